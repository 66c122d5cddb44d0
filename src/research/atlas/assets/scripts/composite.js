// The composite index, computed in the page as research.composite does: normalise, weigh, aggregate, rank, shake.
// Plain functions of plain values, so that they run outside a page too.
(function (root) {
  "use strict";
  const A = (root.Atlas = root.Atlas || {}), ROUNDING = 1e-9;
  const F = {
    arithmetic: [function (x) { return x; }, function (y) { return y; }],
    geometric: [Math.log, Math.exp],
    harmonic: [function (x) { return 1 / x; }, function (y) { return 1 / y; }],
  };
  const C = (A.composite = { means: Object.keys(F), normalisations: ["goalposts", "minmax", "percentile", "zscore"] });

  // The topic as arrays: values[unit][leaf], NaN where nothing is.
  C.open = function (topic) {
    const cells = A.table(topic.cells), n = topic.tree.codes[0].length, units = [], values = [], errors = [];
    for (let i = 0; i < cells.rows; i += n) {
      units.push({ place: cells.get.place(i), year: cells.get.year(i) });
      values.push(Array.from({ length: n }, function (_, j) { const v = cells.get.treated(i + j); return v === null ? NaN : v; }));
      errors.push(Array.from({ length: n }, function (_, j) { return cells.get.error(i + j) || 0; }));
    }
    return Object.assign({}, topic, { units: units, values: values, errors: errors, kept: new Map() });
  };

  // The units of one year alone, and what was computed of them once; a slider moves weights, not scores.
  function once(index, key, make) {
    if (!index.kept.has(key)) { index.kept.set(key, make()); }
    return index.kept.get(key);
  }
  C.of = function (index, year) {
    return once(index, year, function () {
      const at = [];
      index.units.forEach(function (u, i) { if (u.year === year) { at.push(i); } });
      const pick = function (list) { return at.map(function (i) { return list[i]; }); };
      return Object.assign({}, index, { at: at, units: pick(index.units), values: pick(index.values), errors: pick(index.errors), kept: new Map() });
    });
  };

  function column(values, j) { return values.map(function (row) { return row[j]; }); }
  function there(list) { return list.filter(function (v) { return !isNaN(v); }); }

  function byGoalposts(v, posts, direction, clip) {
    const [low, idealLow, idealHigh, high] = posts;
    const rising = (v - low) / (idealLow - low), falling = (high - v) / (high - idealHigh);
    let share = direction > 0 ? rising : falling;
    if (direction === 0 && !isNaN(v)) { share = v < idealLow ? rising : v > idealHigh ? falling : 1; }
    return clip ? Math.min(1, Math.max(0, share)) : share;
  }

  function byTarget(v, posts, direction) {
    const [low, idealLow, idealHigh, high] = posts;
    if (direction > 0) { return v / high; }
    if (direction < 0) { return isNaN(v) ? NaN : v <= 0 ? 1 : low / v; }
    return isNaN(v) ? NaN : v < idealLow ? v / idealLow : v > idealHigh ? idealHigh / v : 1;
  }

  // What is best inside a range, as closeness to it; more is better afterwards.
  function oriented(index, values, j) {
    const d = index.tree.directions[j], p = index.posts[j];
    return column(values, j).map(function (v) { return d === 0 ? -Math.max(0, p[1] - v, v - p[2]) : v * d; });
  }

  function spreads(list) {
    const known = there(list), low = Math.min.apply(null, known), high = Math.max.apply(null, known);
    return { low: low, high: high, varies: known.length > 0 && high - low > ROUNDING * Math.max(Math.abs(low), Math.abs(high)) };
  }

  // Scores of every indicator; rows as in `values`, a NaN where nothing is. Methods that compare look at all units, or at those of the same year.
  C.normalise = function (index, values, method, scale) {
    const n = index.tree.codes[0].length, span = scale[1] - scale[0];
    const out = values.map(function () { return new Float64Array(n); });
    for (let j = 0; j < n; j++) {
      const put = function (share, i) { out[i][j] = isNaN(share) ? NaN : scale[0] + share * span; };
      if (method === "goalposts") {
        const posts = index.posts[j], direction = index.tree.directions[j];
        for (let i = 0; i < values.length; i++) { out[i][j] = scale[0] + byGoalposts(values[i][j], posts, direction, index.clip) * span; }
        continue;
      }
      if (method === "target") {
        column(values, j).forEach(function (v, i) { const s = byTarget(v, index.posts[j], index.tree.directions[j]); put(index.clip && !isNaN(s) ? Math.min(1, Math.max(0, s)) : s, i); });
        continue;
      }
      const list = oriented(index, values, j);
      if (method === "percentile") { byOrder(index, list).forEach(put); continue; }
      const s = spreads(list);
      if (method === "minmax") { list.forEach(function (v, i) { put(isNaN(v) ? NaN : s.varies ? (v - s.low) / (s.high - s.low) : 0.5, i); }); continue; }
      const known = there(list), mean = known.reduce(sum, 0) / known.length;
      const deviation = Math.sqrt(known.reduce(function (t, v) { return t + (v - mean) * (v - mean); }, 0) / (known.length - 1));
      list.forEach(function (v, i) { out[i][j] = isNaN(v) ? NaN : s.varies ? (v - mean) / deviation : 0; });
    }
    return out;
  };

  function sum(a, b) { return a + b; }

  // Share of the others of the year that are below; equals share half.
  function byOrder(index, list) {
    const out = new Array(list.length).fill(NaN), years = new Map();
    index.units.forEach(function (u, i) { if (!years.has(u.year)) { years.set(u.year, []); } if (!isNaN(list[i])) { years.get(u.year).push(i); } });
    years.forEach(function (at) {
      const sorted = at.map(function (i) { return list[i]; }).sort(function (a, b) { return a - b; });
      const same = function (a, b) { return Math.abs(a - b) <= ROUNDING * Math.max(Math.abs(a), Math.abs(b)); };
      const first = [], last = [];
      sorted.forEach(function (v, k) { first[k] = k && same(v, sorted[k - 1]) ? first[k - 1] : k; });
      for (let k = sorted.length - 1; k >= 0; k--) { last[k] = k + 1 < sorted.length && same(sorted[k + 1], sorted[k]) ? last[k + 1] : k; }
      at.forEach(function (i) {
        const k = lowest(sorted, list[i]), rank = (first[k] + last[k]) / 2 + 1;
        out[i] = sorted.length > 1 ? (rank - 1) / (sorted.length - 1) : 0.5;
      });
    });
    return out;
  }

  function lowest(sorted, v) {
    let a = 0, b = sorted.length - 1;
    while (a < b) { const m = (a + b) >> 1; if (sorted[m] < v) { a = m + 1; } else { b = m; } }
    return a;
  }

  // Scores of each level from the leaves up; local: weights among siblings, a level each. A family that has less than
  // `availability` of its weight has no score; a family whose weights are all zero has none either.
  C.climb = function (index, scores, local, methods) {
    const levels = [scores];
    methods.forEach(function (method, k) {
      const parents = index.tree.parents[k], weights = local[k], many = index.tree.codes[k + 1].length, [f, back] = F[method];
      const whole = new Float64Array(many), top = new Float64Array(many), share = new Float64Array(many);
      parents.forEach(function (p, j) { whole[p] += weights[j]; });
      levels.push(levels[k].map(function (row) {
        top.fill(0); share.fill(0);
        for (let j = 0; j < row.length; j++) {
          const v = row[j], w = weights[j];
          if (v === v && w > 0) { top[parents[j]] += w * f(v); share[parents[j]] += w; }
        }
        return Array.from(top, function (t, p) { return share[p] > 0 && share[p] / whole[p] >= index.availability - 1e-12 ? back(t / share[p]) : NaN; });
      }));
    });
    return levels;
  };

  // The scale that a mean can be taken on: a score of nothing has no geometric or harmonic mean.
  C.scaleFor = function (index, methods) {
    const positive = methods.some(function (m) { return m !== "arithmetic"; });
    return positive && index.scale[0] <= 0 ? [1, index.scale[1]] : index.scale;
  };

  // Scores by a method: of one year alone where the method looks no further, once for all weights.
  function scored(index, part, method, scale) {
    return once(part, method + scale, function () {
      if (part === index || (method !== "minmax" && method !== "zscore")) { return C.normalise(part, part.values, method, scale); }
      const all = scored(index, index, method, scale);
      return part.at.map(function (i) { return all[i]; });
    });
  }

  // The index by a reader's choices: {normalise, aggregate (of the last step), local, year (all without it)}
  C.compute = function (index, choice) {
    const methods = index.methods.slice(0, -1).concat(choice.aggregate || index.methods[index.methods.length - 1]);
    const scale = C.scaleFor(index, methods);
    const part = choice.year === undefined ? index : C.of(index, choice.year);
    const levels = C.climb(index, scored(index, part, choice.normalise || index.normalise, scale), choice.local || index.local, methods);
    return { units: part.units, levels: levels, scale: scale, methods: methods, total: levels[levels.length - 1].map(function (r) { return r[0]; }) };
  };

  // The best is 1, equals share the better rank; by year.
  C.ranks = function (index, total) {
    const ranks = new Array(total.length).fill(NaN), years = new Map();
    total.forEach(function (v, i) {
      const year = index.units[i].year;
      if (!years.has(year)) { years.set(year, []); }
      if (!isNaN(v)) { years.get(year).push(i); }
    });
    years.forEach(function (at) {
      at.sort(function (a, b) { return total[b] - total[a]; });
      at.forEach(function (i, k) { ranks[i] = k && total[at[k - 1]] === total[i] ? ranks[at[k - 1]] : k + 1; });
    });
    return ranks;
  };

  // A stream of numbers between 0 and 1 that a seed repeats (mulberry32), and normal ones from it.
  C.random = function (seed) {
    let a = seed >>> 0;
    return function () {
      a = (a + 0x6d2b79f5) >>> 0;
      let x = Math.imul(a ^ (a >>> 15), 1 | a);
      x = (x + Math.imul(x ^ (x >>> 7), 61 | x)) ^ x;
      return ((x ^ (x >>> 14)) >>> 0) / 4294967296;
    };
  };
  C.normal = function (random) { return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random()); };

  // Ranks of one year in many variants, as research.composite.robustness draws them: normalisation, last mean, a mix of
  // these weights and equal ones, noise on every weight, the indicators' own errors. `more(n)` draws n of them and says
  // whether some are left, so that a page can stay awake between them; `ends()` gives the interval of each place.
  C.shaking = function (index, year, local, settings) {
    const part = C.of(index, year), units = part.units, small = Object.assign({}, part, { clip: true });
    const random = C.random(settings.seed), leaves = weights(index, local), even = weights(index, C.equal(index.tree));
    const methods = index.methods.map(function () { return "arithmetic"; }), unsure = part.errors.map(function (row) { return row.some(Boolean); });
    const found = units.map(function () { return []; }), kinds = units.length < 3 ? ["goalposts"] : ["goalposts", "minmax", "percentile"];
    let left = settings.variants;
    function variant() {
      const values = part.values.map(function (row, i) {
        return unsure[i] ? row.map(function (x, j) { return part.errors[i][j] ? x + part.errors[i][j] * C.normal(random) : x; }) : row;
      });
      const kind = kinds[Math.floor(random() * kinds.length)], mix = random();
      methods[methods.length - 1] = C.means[Math.floor(random() * 3)];
      const drawn = leaves.map(function (w, j) { return (mix * w + (1 - mix) * even[j]) * Math.exp(settings.noise * C.normal(random)); });
      const levels = C.climb(small, C.normalise(small, values, kind, [1, 100]), C.localFrom(index.tree, drawn), methods);
      C.ranks(small, levels[levels.length - 1].map(function (r) { return r[0]; })).forEach(function (r, i) { if (!isNaN(r)) { found[i].push(r); } });
    }
    return {
      more: function (n) { for (let k = 0; k < n && left > 0; k++) { variant(); left--; } return left > 0; },
      ends: function () {
        const shares = [(1 - settings.level) / 2, (1 + settings.level) / 2];
        return new Map(units.map(function (unit, i) {
          const sorted = found[i].sort(function (a, b) { return a - b; });
          return [unit.place, sorted.length ? shares.map(function (e) { return sorted[Math.round(e * (sorted.length - 1))]; }) : null];
        }));
      },
    };
  };

  C.shake = function (index, year, local, settings) {
    const shaking = C.shaking(index, year, local, settings);
    shaking.more(settings.variants);
    return shaking.ends();
  };

  C.equal = function (tree) {
    return tree.parents.map(function (parents) {
      const size = new Map();
      parents.forEach(function (p) { size.set(p, (size.get(p) || 0) + 1); });
      return parents.map(function (p) { return 1 / size.get(p); });
    });
  };

  // Weights of the leaves in the whole, and back.
  function weights(index, local) {
    let above = [1];
    for (let k = index.tree.parents.length - 1; k >= 0; k--) { const up = above; above = index.tree.parents[k].map(function (p, j) { return up[p] * local[k][j]; }); }
    const whole = above.reduce(sum, 0);
    return above.map(function (w) { return whole ? w / whole : 0; });
  }
  C.leaves = weights;
  C.localFrom = function (tree, leaves) {
    let now = leaves;
    return tree.parents.map(function (parents, k) {
      const total = new Array(tree.codes[k + 1].length).fill(0), own = now;
      parents.forEach(function (p, j) { total[p] += own[j]; });
      now = total;
      return parents.map(function (p, j) { return total[p] > 0 ? own[j] / total[p] : 0; });
    });
  };
})(typeof window === "undefined" ? globalThis : window);
