// The nearest weights that make a place first: a linear programme, by the simplex method.
(function (root) {
  "use strict";
  const A = (root.Atlas = root.Atlas || {}), TINY = 1e-10;

  // Least c·x with a·x <= b (b of any sign) and x >= 0; null where there is none. Two phases, Bland's rule.
  A.simplex = function (c, rows, bounds) {
    const n = c.length, m = rows.length, negative = bounds.map(function (b) { return b < 0; });
    const artificial = negative.filter(Boolean).length, width = n + m + artificial + 1;
    const basis = [], table = [];
    let next = n + m;
    rows.forEach(function (row, i) {
      const sign = negative[i] ? -1 : 1, line = new Float64Array(width);
      row.forEach(function (v, j) { line[j] = sign * v; });
      line[n + i] = sign;
      line[width - 1] = sign * bounds[i];
      if (negative[i]) { line[next] = 1; basis.push(next++); } else { basis.push(n + i); }
      table.push(line);
    });
    const run = function (cost, allowed) {
      const line = new Float64Array(width);
      line.set(cost);
      basis.forEach(function (b, i) { if (line[b]) { const by = line[b]; for (let j = 0; j < width; j++) { line[j] -= by * table[i][j]; } } });
      for (let turn = 0; turn < 5000; turn++) {
        let enter = -1;
        for (let j = 0; j < allowed && enter < 0; j++) { if (line[j] < -TINY) { enter = j; } }
        if (enter < 0) { return -line[width - 1]; }
        let leave = -1, least = Infinity;
        table.forEach(function (row, i) {
          if (row[enter] > TINY) {
            const ratio = row[width - 1] / row[enter];
            if (ratio < least - TINY || (Math.abs(ratio - least) <= TINY && basis[i] < basis[leave])) { least = ratio; leave = i; }
          }
        });
        if (leave < 0) { return -Infinity; }
        pivot(table, line, leave, enter, width);
        basis[leave] = enter;
      }
      return NaN;
    };
    if (artificial) {
      const cost = new Float64Array(width);
      cost.fill(1, n + m, n + m + artificial);
      if (!(run(cost, n + m + artificial) < 1e-8)) { return null; }
      basis.forEach(function (b, i) {
        if (b < n + m) { return; }
        for (let j = 0; j < n + m; j++) { if (Math.abs(table[i][j]) > 1e-9) { pivot(table, new Float64Array(width), i, j, width); basis[i] = j; return; } }
      });
    }
    const cost = new Float64Array(width);
    cost.set(c);
    const value = run(cost, n + m);
    if (!isFinite(value)) { return null; }
    const x = new Array(n).fill(0);
    basis.forEach(function (b, i) { if (b < n) { x[b] = table[i][width - 1]; } });
    return { x: x, value: value };
  };

  function pivot(table, line, leave, enter, width) {
    const row = table[leave], by = row[enter];
    for (let j = 0; j < width; j++) { row[j] /= by; }
    table.concat([line]).forEach(function (other) {
      if (other === row || !other[enter]) { return; }
      const f = other[enter];
      for (let j = 0; j < width; j++) { other[j] -= f * row[j]; }
    });
  }

  // Weights nearest to `from` (the least sum of shifts) by which `own` is not behind any of `others`; all are the values
  // of the parts under the mean (its f). Returns {weights, moved} (moved: share of the weight that changes hands) or null.
  // `ahead`: by which share of the largest difference it shall be in front, so that rounded weights still put it there.
  A.nearest = function (from, own, others, ahead) {
    const k = from.length, gaps = rivals(own, others);
    const margin = (ahead || 0) * Math.max.apply(null, [0].concat(gaps.flat().map(Math.abs)));
    const rows = [], bounds = [];
    const both = function (v) { return v.concat(v.map(function (x) { return -x; })); };
    gaps.forEach(function (g) { rows.push(both(g.map(function (x) { return -x; }))); bounds.push(from.reduce(function (t, w, i) { return t + w * g[i]; }, -margin)); });
    from.forEach(function (w, i) { const row = new Array(2 * k).fill(0); row[i] = -1; row[k + i] = 1; rows.push(row); bounds.push(w); });
    rows.push(both(new Array(k).fill(1))); bounds.push(0);
    rows.push(both(new Array(k).fill(-1))); bounds.push(0);
    const found = A.simplex(new Array(2 * k).fill(1), rows, bounds);
    if (!found) { return null; }
    return { weights: from.map(function (w, i) { return Math.max(0, w + found.x[i] - found.x[k + i]); }), moved: found.value / 2 };
  };

  // Differences to those that no other rival beats in every part: the others say nothing more.
  function rivals(own, others) {
    const kept = others.filter(function (o, i) {
      return !others.some(function (p, j) {
        return i !== j && p.every(function (v, x) { return v >= o[x]; }) && (p.some(function (v, x) { return v > o[x]; }) || j < i);
      });
    });
    return kept.map(function (o) { return own.map(function (v, x) { return v - o[x]; }); });
  }
})(typeof window === "undefined" ? globalThis : window);
