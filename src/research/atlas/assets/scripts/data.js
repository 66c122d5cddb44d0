// Topics: each is a script of data that calls atlasTopic(name, value); it is loaded when first asked for.
(function () {
  "use strict";
  const root = typeof window === "undefined" ? globalThis : window, A = (root.Atlas = root.Atlas || {});
  const held = new Map(), waiting = new Map();

  root.atlasTopic = function (name, value) { held.set(name, value); };

  // What stood in a topic when it came with the page.
  A.topic = function (name) { return held.get(name) || null; };

  // A promise of a topic; null where the edition has none.
  A.load = function (name) {
    if (held.has(name)) { return Promise.resolve(held.get(name)); }
    if (!held.get("about").topics.includes(name)) { return Promise.resolve(null); }
    if (!waiting.has(name)) {
      waiting.set(name, new Promise(function (done) {
        const tag = document.createElement("script");
        tag.src = "atlas/data/" + name + ".js";
        tag.onload = function () { done(held.get(name) || null); };
        tag.onerror = function () { done(null); };
        document.head.append(tag);
      }));
    }
    return waiting.get(name);
  };

  // A column that was packed by runs of equal values, value by value.
  function spread(column) {
    if (!column.runs) { return column; }
    const held = Array.isArray(column.of) ? column.of : column.of.at;
    const each = [];
    column.runs.forEach(function (n, k) { for (let i = 0; i < n; i++) { each.push(held[k]); } });
    return held === column.of ? each : { words: column.of.words, at: each };
  }

  // A packed table (see research.core.tables) as one with columns to read by row number.
  A.table = function (packed) {
    const names = packed ? Object.keys(packed.columns) : [], get = {};
    names.forEach(function (name) {
      let column = null; // unpacked when it is first read
      get[name] = function (i) {
        column = column || spread(packed.columns[name]);
        return Array.isArray(column) ? column[i] : column.at[i] < 0 ? null : column.words[column.at[i]];
      };
    });
    function row(i) { const made = {}; names.forEach(function (n) { made[n] = get[n](i); }); return made; }
    const rows = packed ? packed.rows : 0;
    return { rows: rows, names: names, get: get, row: row,
      all: function () { return Array.from({ length: rows }, function (_, i) { return row(i); }); } };
  };

  // Row numbers by the value of a column, in order.
  A.grouped = function (table, name) {
    const found = new Map(), get = table.get;
    for (let i = 0; get[name] && i < table.rows; i++) {
      const key = get[name](i);
      if (!found.has(key)) { found.set(key, []); }
      found.get(key).push(i);
    }
    return found;
  };
})();
