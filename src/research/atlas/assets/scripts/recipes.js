// How published numbers are made of published tables: steps that run before the reader's eyes, one function each.
// A step gets what was computed so far and gives {rows, columns} or {value}; its code is shown beside it.
(function () {
  "use strict";
  const A = window.Atlas, t = A.t;
  const observed = function (id, year) { return A.rowsOf(A.subject(id), "all", { years: [year, year] }).filter(function (r) { return r.value !== null; }); };
  const places = function (rows) { return rows.filter(function (r) { return r.place !== A.topic("about").district.code; }); };
  const own = function (rows, place) { return rows.find(function (r) { return r.place === place; }); };
  const measure = function (id, residence, s) { return A.rowsOf(A.subject(id), residence).find(function (r) { return r.place === s.place && r.year === s.year; }); };
  const column = function (name, get, number) { return { name: name, get: get, number: number }; };
  const valueColumns = function () { return [column(t("place"), function (r) { return r.name; }), column(t("value"), function (r) { return A.number(r.value); }, true), column(t("status"), function (r) { return r.status; })]; };
  const has = function (id) { return !!A.subject(id); };

  A.recipes = [
    {
      id: "index", needs: ["weighing"], there: function () { return !!A.topic("weighing"); }, of: "unit",
      published: function (s) { return A.indexScore(s); }, same: 1e-9,
      steps: [
        { says: "step-index-values", run: function (s) {
          const index = A.weighing(), i = index.units.findIndex(function (u) { return u.place === s.place && u.year === s.year; });
          s.index = index; s.unit = i;
          return { rows: index.tree.codes[0].map(function (code, j) { return { name: index.tree.names[0][j], value: index.values[i][j], low: index.posts[j][0], high: index.posts[j][3], up: index.tree.directions[j] }; }),
            columns: [column(t("indicator"), function (r) { return r.name; }), column(t("value"), function (r) { return A.number(r.value); }, true), column(t("ends"), function (r) { return A.number(r.low) + "—" + A.number(r.high); }, true), column(t("direction"), function (r) { return r.up > 0 ? "↑" : r.up < 0 ? "↓" : "↔"; })] };
        } },
        { says: "step-index-scores", run: function (s) {
          s.scores = A.composite.normalise(s.index, s.index.values, s.index.normalise, s.index.scale);
          return { rows: Array.from(s.scores[s.unit], function (v, j) { return { name: s.index.tree.names[0][j], value: v, weight: s.index.local[0][j] }; }),
            columns: [column(t("indicator"), function (r) { return r.name; }), column(t("score"), function (r) { return A.number(r.value, 4); }, true), column(t("weight-in-family"), function (r) { return A.number(r.weight, 4); }, true)] };
        } },
        { says: "step-index-levels", run: function (s) {
          s.levels = A.composite.climb(s.index, s.scores, s.index.local, s.index.methods);
          const k = s.levels.length - 2;
          return { rows: s.levels[k][s.unit].map(function (v, j) { return { name: s.index.tree.names[k][j], value: v, weight: s.index.local[k][j] }; }),
            columns: [column(t("domain"), function (r) { return r.name; }), column(t("score"), function (r) { return A.number(r.value, 4); }, true), column(t("weight"), function (r) { return A.number(r.weight, 4); }, true)] };
        } },
        { says: "step-index-total", run: function (s) { return { value: s.levels[s.levels.length - 1][s.unit][0] }; } },
      ],
    },
    {
      id: "max-min", needs: ["observations"], of: "year", same: 1e-9,
      there: function () { return !!A.ofMeasure("gdp_max_min") && !!A.ofMeasure("gdp_per_head"); },
      published: function (s) { const r = own(observed(A.ofMeasure("gdp_max_min"), s.year), A.topic("about").district.code); return r ? r.value : null; },
      steps: [
        { says: "step-places", run: function (s) { s.rows = places(observed(A.ofMeasure("gdp_per_head"), s.year)); return { rows: s.rows, columns: valueColumns() }; } },
        { says: "step-highest", run: function (s) { s.high = Math.max.apply(null, s.rows.map(function (r) { return r.value; })); return { value: s.high }; } },
        { says: "step-lowest", run: function (s) { s.low = Math.min.apply(null, s.rows.map(function (r) { return r.value; })); return { value: s.low }; } },
        { says: "step-divide", run: function (s) { return { value: s.high / s.low }; } },
      ],
    },
    {
      id: "urban-rural", needs: ["measures"], of: "place", same: 1e-6,
      there: function () { return has("urban_rural_ratio") && has("mean_income"); },
      published: function (s) { const r = measure("urban_rural_ratio", "all", s); return r ? r.value : null; },
      steps: [
        { says: "step-urban", run: function (s) { s.urban = measure("mean_income", "urban", s).value; return { value: s.urban }; } },
        { says: "step-rural", run: function (s) { s.rural = measure("mean_income", "rural", s).value; return { value: s.rural }; } },
        { says: "step-divide", run: function (s) { return { value: s.urban / s.rural }; } },
      ],
    },
    {
      id: "top-share", needs: ["measures", "curves"], of: "place", rounded: 0.005,
      there: function () { return has("top_share"); },
      published: function (s) { const r = measure("top_share", "all", s); return r && r.value !== null ? r.value / r.subject.factor : null; },
      steps: [
        { says: "step-curve", run: function (s) { s.curve = A.lorenz(s.place, s.year);
          return { rows: s.curve, columns: [column(t("people-up-to"), function (r) { return A.number(r.x * 100) + "%"; }, true), column(t("their-share"), function (r) { return A.number(r.y * 100, 2) + "%"; }, true)] }; } },
        { says: "step-top", run: function (s) { const at = s.curve.find(function (r) { return Math.abs(r.x - 0.9) < 1e-9; }); return { value: at ? 1 - at.y : null }; } },
      ],
    },
    {
      id: "grouped-gini", needs: ["measures", "curves"], of: "place", below: true,
      there: function () { return has("gini"); },
      published: function (s) { const r = measure("gini", "all", s); return r ? r.value : null; },
      steps: [
        { says: "step-curve", run: function (s) { s.curve = A.lorenz(s.place, s.year);
          return { rows: s.curve, columns: [column(t("people-up-to"), function (r) { return A.number(r.x * 100) + "%"; }, true), column(t("their-share"), function (r) { return A.number(r.y * 100, 2) + "%"; }, true)] }; } },
        { says: "step-area", run: function (s) { s.area = 0; for (let i = 1; i < s.curve.length; i++) { s.area += (s.curve[i].x - s.curve[i - 1].x) * (s.curve[i].y + s.curve[i - 1].y) / 2; } return { value: s.area }; } },
        { says: "step-gini", run: function (s) { return { value: 1 - 2 * s.area }; } },
      ],
    },
    {
      id: "attainment", needs: ["dates"], of: "", same: 1e-9,
      there: function () { const d = A.topic("dates"); return !!(d && d.targets && d.rates); },
      published: function () { const r = A.table(A.topic("dates").rates).all().find(function (x) { return x.scope === "overall"; }); return r ? r.rate : null; },
      steps: [
        { says: "step-assessed", run: function (s) { s.rows = A.table(A.topic("dates").targets).all().filter(function (r) { return r.attained !== "unassessed"; });
          return { rows: s.rows, columns: [column(t("name"), function (r) { return r.target_name; }), column(t("value"), function (r) { return A.number(r.value); }, true), column(t("attained"), function (r) { return t("attained-" + r.attained); })] }; } },
        { says: "step-attained", run: function (s) { s.yes = s.rows.filter(function (r) { return r.attained === "yes"; }).length; return { value: s.yes }; } },
        { says: "step-rate", run: function (s) { return { value: s.yes / s.rows.length }; } },
      ],
    },
  ];

  A.ofMeasure = function (name) { const i = A.topic("about").indicators.find(function (x) { return x.measure === name; }); return i ? i.id : null; };

  A.indexScore = function (s) {
    const scores = A.table(A.topic("weighing").scores), top = A.topic("weighing").tree.codes.slice(-1)[0][0];
    for (let i = 0; i < scores.rows; i++) { if (scores.get.code(i) === top && scores.get.place(i) === s.place && scores.get.year(i) === s.year) { return scores.get.score(i); } }
    return null;
  };

  A.lorenz = function (place, year) {
    const curves = A.table((A.topic("curves") || {}).curves), found = [];
    for (let i = 0; i < curves.rows; i++) {
      if (curves.get.place(i) === place && curves.get.year(i) === year && curves.get.residence(i) === "all" && curves.get.curve(i) === "lorenz") { found.push({ x: curves.get.x(i), y: curves.get.y(i) }); }
    }
    return found;
  };
})();
