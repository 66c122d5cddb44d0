// Student's t: the probability of a larger difference than the one found, and the limits of an interval.
(function (root) {
  "use strict";
  const A = (root.Atlas = root.Atlas || {}), S = (A.student = {});
  const G = [676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059, 12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7];

  function logGamma(z) {
    if (z < 0.5) { return Math.log(Math.PI / Math.sin(Math.PI * z)) - logGamma(1 - z); }
    let x = 0.99999999999980993;
    G.forEach(function (g, i) { x += g / (z + i); });
    const t = z + 6.5;
    return 0.5 * Math.log(2 * Math.PI) + (z - 0.5) * Math.log(t) - t + Math.log(x);
  }

  // The regularised incomplete beta function, by its continued fraction.
  function beta(x, a, b) {
    if (x <= 0) { return 0; }
    if (x >= 1) { return 1; }
    if (x > (a + 1) / (a + b + 2)) { return 1 - beta(1 - x, b, a); }
    const front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log(1 - x)) / a;
    let f = 1, c = 1, d = 0;
    for (let i = 0; i <= 300; i++) {
      const m = i >> 1;
      const n = i === 0 ? 1 : i % 2 === 0 ? (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m)) : -((a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
      d = 1 / (1 + n * d || 1e-30); c = 1 + n / c || 1e-30; f *= c * d;
      if (Math.abs(1 - c * d) < 1e-14) { break; }
    }
    return front * (f - 1);
  }

  S.twoSided = function (t, df) { return isFinite(df) ? beta(df / (df + t * t), df / 2, 0.5) : S.twoSided(t, 1e7); };

  S.limit = function (level, df) {
    let low = 0, high = 700;
    for (let i = 0; i < 200; i++) { const m = (low + high) / 2; if (S.twoSided(m, df) > 1 - level) { low = m; } else { high = m; } }
    return (low + high) / 2;
  };

  // The difference of two estimates of different samples, by Welch: {difference, se, df, p, lower, upper}
  S.difference = function (a, b, level) {
    const va = (a.se || 0) * (a.se || 0), vb = (b.se || 0) * (b.se || 0), se = Math.sqrt(va + vb), known = function (x) { return x && isFinite(x) ? x : Infinity; };
    const below = (va ? va * va / known(a.df) : 0) + (vb ? vb * vb / known(b.df) : 0), df = below > 0 ? (va + vb) * (va + vb) / below : Infinity;
    const d = a.value - b.value, half = se ? S.limit(level || 0.95, df) * se : 0;
    return { difference: d, se: se, df: df, p: se ? S.twoSided(Math.abs(d) / se, df) : null, lower: d - half, upper: d + half };
  };

  // Holm's adjustment of several probabilities; what has none keeps none.
  S.holm = function (ps) {
    const order = ps.map(function (p, i) { return i; }).filter(function (i) { return ps[i] !== null; }).sort(function (a, b) { return ps[a] - ps[b]; });
    const out = ps.slice();
    let most = 0;
    order.forEach(function (i, k) { most = Math.max(most, Math.min(1, ps[i] * (order.length - k))); out[i] = most; });
    return out;
  };
})(typeof window === "undefined" ? globalThis : window);
