// The reader's choices in the address, so that a picture can be cited; names that nobody knows are said, not obeyed.
(function () {
  "use strict";
  const A = window.Atlas;

  A.address = {
    read: function () {
      const text = location.hash.slice(1);
      return new URLSearchParams(text.includes("=") ? text : "");
    },
    // Keeps only what is set; the view comes first.
    write: function (view, settings) {
      const made = new URLSearchParams({ view: view });
      Object.entries(settings).forEach(function ([name, value]) {
        if (value !== null && value !== undefined && value !== "") { made.set(name, value); }
      });
      if (A.language === "en") { made.set("lang", "en"); }
      const text = "#" + made.toString().replace(/%2C/g, ",");
      if (text !== location.hash) { history.replaceState(null, "", text); }
      return text;
    },
  };

  // A reader of one view's settings that gathers what it did not understand.
  A.reading = function (params) {
    const unknown = [];
    return {
      unknown: unknown,
      one: function (name, among, fallback) {
        const value = params.get(name);
        if (value === null || value === "") { return fallback; }
        if (among.includes(value)) { return value; }
        unknown.push(name + "=" + value.slice(0, 60));
        return fallback;
      },
      some: function (name, among, fallback, whole) {
        const text = params.get(name);
        if (text === null || text === "") { return fallback; }
        if (text === "all") { return whole || among; }
        const values = Array.from(new Set(text.split(","))), known = new Set(among);
        values.filter(function (v) { return !known.has(v); }).slice(0, 5).forEach(function (v) { unknown.push(name + "=" + v.slice(0, 60)); });
        const found = values.filter(function (v) { return known.has(v); });
        return found.length ? found : fallback;
      },
      // "2021-2024" or "2024": [first, last]
      years: function (name, among, fallback) {
        const text = params.get(name);
        if (text === null || text === "") { return fallback; }
        const parts = /^(\d{4})(?:-(\d{4}))?$/.exec(text);
        const ends = parts ? [Number(parts[1]), Number(parts[2] || parts[1])] : null;
        if (ends && ends[0] <= ends[1] && ends.every(function (y) { return among.includes(y); })) { return ends; }
        unknown.push(name + "=" + text.slice(0, 60));
        return fallback;
      },
      number: function (name, low, high, fallback) {
        const text = params.get(name);
        if (text === null || text === "") { return fallback; }
        const value = Number(text);
        if (isFinite(value) && value >= low && value <= high) { return value; }
        unknown.push(name + "=" + text.slice(0, 60));
        return fallback;
      },
    };
  };
})();
