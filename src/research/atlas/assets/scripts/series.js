// One indicator or measure as rows: place, year, residence, value, its limits, status and source.
(function () {
  "use strict";
  const A = window.Atlas, tables = {};

  // The English for a unit or a measure, which the book has in Chinese alone.
  function word(kind, name, otherwise) {
    const held = A.topic("words")[kind + name];
    return held && A.language === "en" ? held[1] : otherwise;
  }

  // All that can be shown, in groups for a field.
  A.subjects = function () {
    const about = A.topic("about");
    const domain = new Map(about.domains.map(function (d) { return [d.code, A.language === "en" ? d.en : d.name]; }));
    return about.indicators.map(function (i) { return { id: i.id, name: A.named(i), group: domain.get(i.domain) || i.domain }; })
      .concat(about.measures.map(function (m) { return { id: m.id, name: A.named(A.subject(m.id)), group: A.t("measures") }; }));
  };

  A.subject = function (id) {
    const about = A.topic("about");
    const indicator = about.indicators.find(function (i) { return i.id === id; });
    if (indicator) { return Object.assign({ kind: "observations", key: "indicator", factor: 1 }, indicator, { unit: word("unit-", indicator.unit, indicator.unit) }); }
    const measure = about.measures.find(function (m) { return m.id === id; });
    return measure ? Object.assign({ kind: "measures", key: "measure", direction: 0 }, measure, { en: word("measure-", id, ""), unit: word("unit-", measure.unit, measure.unit) }) : null;
  };

  function table(kind, key) {
    if (!tables[kind]) {
      const made = A.table((A.topic(kind) || {})[kind]);
      tables[kind] = { table: made, at: A.grouped(made, key) };
    }
    return tables[kind];
  }

  // Row numbers of a subject, by place: in a province one row in thousands is wanted.
  function placed(held, id) {
    held.placed = held.placed || new Map();
    if (!held.placed.has(id)) {
      const by = new Map();
      (held.at.get(id) || []).forEach(function (i) { const p = held.table.get.place(i); if (by.has(p)) { by.get(p).push(i); } else { by.set(p, [i]); } });
      held.placed.set(id, by);
    }
    return held.placed.get(id);
  }

  // Rows of a subject, whose topic has been loaded, in the unit that is printed; only: {places, years: [first, last]}
  A.rowsOf = function (subject, residence, only) {
    const held = table(subject.kind, subject.key), factor = subject.factor, get = held.table.get, of = residence || "all";
    const scaled = function (v) { return v === null || v === undefined ? null : factor === 1 ? v : v * factor; };
    const wanted = only && only.places, years = only && only.years, few = wanted && wanted.length <= 50, own = wanted && !few ? new Set(wanted) : null;
    const by = few ? placed(held, subject.id) : null, all = few ? wanted.flatMap(function (p) { return by.get(p) || []; }) : held.at.get(subject.id) || [];
    const found = all.filter(function (i) {
      return (!years || (get.year(i) >= years[0] && get.year(i) <= years[1])) && (!own || own.has(get.place(i))) && (!get.residence || get.residence(i) === of);
    });
    if (few) { found.sort(function (a, b) { return a - b; }); } // in the order of the table, as without a choice
    return found.map(held.table.row).map(function (r) {
      if (r.lower === undefined) { // an indicator has its error; its limits follow from it
        const half = r.se === null ? null : A.topic("about").limit * r.se;
        r.lower = half === null || r.value === null ? null : r.value - half;
        r.upper = half === null || r.value === null ? null : r.value + half;
      }
      return Object.assign(r, { subject: subject, name: A.placeName(r.place), value: scaled(r.value), se: scaled(r.se),
        lower: scaled(r.lower), upper: scaled(r.upper) });
    });
  };

  A.needs = function (ids) {
    return Promise.all(Array.from(new Set(ids.map(function (i) { return A.subject(i).kind; }))).map(A.load));
  };

  // How the error of some rows is told below a picture.
  A.errorNote = function (rows) {
    const known = rows.filter(function (r) { return r.value !== null; });
    const exact = known.filter(function (r) { return r.lower === null; }).length;
    if (!known.length) { return ""; }
    if (!exact) { return A.t("note-interval"); }
    return exact === known.length ? A.t("note-exact") : A.t("note-interval") + A.t("note-some-exact", { n: exact });
  };

  A.withheldNote = function (rows) {
    const n = rows.filter(function (r) { return r.value === null; }).length;
    return n ? A.t("note-withheld", { n: n }) : "";
  };

  A.sourcesOf = function (rows) {
    const found = Array.from(new Set(rows.map(function (r) { return r.source; }).filter(Boolean)));
    return found.length > 3 ? A.list(found.slice(0, 3)) + A.t("and-more", { n: found.length }) : A.list(found);
  };
})();
