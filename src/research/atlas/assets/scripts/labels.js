// Where names stand so that none lies on another: along a line's end, and around points.
(function () {
  "use strict";
  const A = window.Atlas;
  const known = new Map();
  let pen = null;

  A.width = function (text, size, weight) {
    const font = (weight || 400) + " " + size + "px ", key = font + text;
    if (!known.has(key)) {
      pen = pen || document.createElement("canvas").getContext("2d");
      pen.font = font + A.font;
      if (known.size > 5000) { known.clear(); }
      known.set(key, pen.measureText(text).width);
    }
    return known.get(key);
  };
  A.font = '"Noto Sans SC", "Source Han Sans SC", "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", system-ui, sans-serif';

  // Lines of a text that are no wider than `width`.
  A.wrap = function (text, width, size, weight) {
    const lines = [];
    let line = "";
    if (A.width(text, size, weight) <= width) { return text ? [String(text)] : []; }
    (String(text).match(/[\x21-\x7e]+\s*|[\s\S]/g) || []).forEach(function (piece) {
      if (line && A.width(line + piece, size, weight) > width) { lines.push(line); line = piece.trimStart(); }
      else { line += piece; }
    });
    return line ? lines.concat(line) : lines;
  };

  // Heights for labels that want to stand at `wanted`, at least `step` apart, within the ends; order is kept.
  A.spread = function (wanted, step, low, high) {
    const order = wanted.map(function (_, i) { return i; }).sort(function (a, b) { return wanted[a] - wanted[b]; });
    const at = new Array(wanted.length);
    let last = -Infinity;
    order.forEach(function (i) { last = at[i] = Math.max(wanted[i], last + step, low); });
    let next = Infinity;
    order.slice().reverse().forEach(function (i) { next = at[i] = Math.min(at[i], next - step, high); });
    return at;
  };

  // Boxes for names of points: the first free place around each, none where there is none. points: [{x, y, text}]
  A.placed = function (points, size, box, taken) {
    const boxes = (taken || []).slice(), cells = new Map(), unit = 40;
    const keys = function (b) {
      const found = [];
      for (let i = Math.floor(b[0] / unit); i <= Math.floor(b[2] / unit); i++) {
        for (let j = Math.floor(b[1] / unit); j <= Math.floor(b[3] / unit); j++) { found.push(i + ":" + j); }
      }
      return found;
    };
    const keep = function (b) { keys(b).forEach(function (k) { cells.set(k, (cells.get(k) || []).concat([b])); }); };
    const free = function (b) {
      return b[0] >= box[0] && b[2] <= box[2] && b[1] >= box[1] && b[3] <= box[3] && keys(b).every(function (k) {
        return (cells.get(k) || []).every(function (c) { return b[2] <= c[0] || b[0] >= c[2] || b[3] <= c[1] || b[1] >= c[3]; });
      });
    };
    boxes.forEach(keep);
    points.forEach(function (p) { keep([p.x - 4, p.y - 4, p.x + 4, p.y + 4]); });
    return points.map(function (p) {
      const w = A.width(p.text, size) + 2, h = size + 2;
      const tries = [[6, -h / 2], [-w - 6, -h / 2], [-w / 2, -h - 5], [-w / 2, 5], [5, -h - 3], [-w - 5, -h - 3], [5, 3], [-w - 5, 3]];
      for (const [dx, dy] of tries) {
        const b = [p.x + dx, p.y + dy, p.x + dx + w, p.y + dy + h];
        if (free(b)) { keep(b); return { x: b[0] + 1, y: b[3] - 3, text: p.text }; }
      }
      return null;
    });
  };
})();
