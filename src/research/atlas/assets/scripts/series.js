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

  // Rows of a subject, whose topic has been loaded, in the unit that is printed.
  A.rowsOf = function (subject, residence) {
    const held = table(subject.kind, subject.key), factor = subject.factor;
    const scaled = function (v) { return v === null || v === undefined ? null : factor === 1 ? v : v * factor; };
    return (held.at.get(subject.id) || []).map(held.table.row).filter(function (r) {
      return !r.residence || r.residence === (residence || "all");
    }).map(function (r) {
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
