// Compare: two to four places side by side, what is and is not a real difference in words, and places like a place.
(function () {
  "use strict";
  const A = window.Atlas, el = A.el, t = A.t, S = A.student;
  const MOST = 4;

  A.views = A.views || {};
  A.views.compare = {
    needs: function () { return Promise.all([A.load("observations"), A.load("measures")]); },
    draw: function (host, params) {
      const about = A.topic("about"), codes = about.places.map(function (p) { return p.code; }), read = A.reading(params);
      if (codes.length < 2 || !A.subjects().length) { host.replaceChildren(el("p", { class: "said", text: t("no-compare") })); return; }
      const wanted = read.some("places", codes, codes.slice(0, 2)), places = wanted.length < 2 ? wanted.concat(codes.filter(function (c) { return c !== wanted[0]; })[0]) : wanted.slice(0, MOST);
      const year = read.years("year", about.years, [about.edition, about.edition])[1], only = read.one("only", ["real", "all"], "all");
      const subjects = about.indicators.map(function (i) { return i.id; }), by = read.some("by", subjects, null), said = [];
      if (read.unknown.length) { said.push(t("unknown", { what: A.list(read.unknown) })); }
      if (wanted.length > MOST) { said.push(t("most-four", { places: A.list(places.map(A.placeName)) })); }
      A.say(said);
      const change = function (more) {
        const next = Object.assign({ places: places, year: year, only: only, by: by }, more);
        A.go("compare", { places: next.places.join(","), year: next.year, only: next.only === "all" ? "" : next.only, by: next.by ? next.by.join(",") : "" });
      };
      const rows = compared(places, year);
      host.replaceChildren(controls(places, year, only, change), sentences(rows, places, year), side(rows.filter(function (r) { return only === "all" || r.real; }), places, year), like(places[0], year, by, change));
    },
  };

  function controls(places, year, only, change) {
    const about = A.topic("about"), row = el("div", { class: "controls" });
    const options = about.places.map(function (p) { return { id: p.code, name: p.name }; });
    places.concat(places.length < MOST ? [""] : []).forEach(function (place, i) {
      row.append(A.choose(t("place-n", { n: i + 1 }), (i > 1 || !place ? [{ id: "", name: t("nobody") }] : []).concat(options), place, function (v) {
        const next = places.slice(); if (v) { next[i] = v; } else { next.splice(i, 1); }
        change({ places: Array.from(new Set(next.filter(Boolean))) });
      }));
    });
    row.append(A.choose(t("year"), about.years.map(function (y) { return { id: String(y), name: String(y) }; }), String(year), function (v) { change({ year: v }); }),
      A.choose(t("which"), [{ id: "all", name: t("all-indicators") }, { id: "real", name: t("real-only") }], only, function (v) { change({ only: v }); }));
    return row;
  }

  // All indicators and measures: a value a place, and the difference of each from the first, tested together.
  function compared(places, year) {
    const rows = [];
    A.subjects().forEach(function (s) {
      const subject = A.subject(s.id), held = new Map(A.rowsOf(subject, "all", { places: places, years: [year, year] }).filter(function (r) { return r.value !== null; }).map(function (r) { return [r.place, r]; }));
      const values = places.map(function (p) { return held.get(p) || null; });
      if (!values.some(Boolean)) { return; }
      rows.push({ subject: subject, group: s.group, values: values, tests: values.map(function (v, i) { return i && v && values[0] ? S.difference(values[0], v, A.topic("about").percent / 100) : null; }) });
    });
    const flat = rows.flatMap(function (r) { return r.tests.filter(Boolean); });
    S.holm(flat.map(function (x) { return x.p; })).forEach(function (p, i) { flat[i].adjusted = p; flat[i].real = p === null ? flat[i].difference !== 0 : p < 1 - A.topic("about").percent / 100; });
    rows.forEach(function (r) { r.real = r.tests.some(function (x) { return x && x.real; }); });
    return rows;
  }
  A.comparedPlaces = compared;

  // Higher, lower, or not to be told apart; better or worse where the indicator has a direction.
  function verdict(row, i) {
    const x = row.tests[i], unit = row.subject.unit;
    if (!x) { return t("not-both"); }
    if (!x.real) { return x.p === null ? t("same") : t("within-error"); }
    const better = row.subject.direction * x.difference, size = A.number(Math.abs(x.difference)) + unit;
    const words = t(x.difference > 0 ? "first-higher" : "first-lower", { size: size });
    return words + (row.subject.direction ? t(better > 0 ? "is-better" : "is-worse") : "") + (x.p === null ? t("by-count") : t("beyond-error"));
  }

  function sentences(rows, places, year) {
    const box = el("div", { class: "answer" });
    places.slice(1).forEach(function (p, k) {
      const i = k + 1, both = rows.filter(function (r) { return r.tests[i]; }), tested = both.filter(function (r) { return r.tests[i].p !== null; });
      const real = both.filter(function (r) { return r.tests[i].real && r.subject.direction; });
      const better = real.filter(function (r) { return r.subject.direction * r.tests[i].difference > 0; });
      box.append(el("p", { text: t("pair", { a: A.placeName(places[0]), b: A.placeName(p), year: year, n: both.length, better: better.length, worse: real.length - better.length,
        tested: tested.length, unsure: tested.filter(function (r) { return !r.tests[i].real; }).length }) }));
    });
    return box;
  }

  function side(rows, places, year) {
    const status = A.statusOf(rows.flatMap(function (r) { return r.values.filter(Boolean); }));
    const columns = [{ name: t("indicator"), get: function (r) { return A.titled(r.subject); } }];
    places.forEach(function (p, i) {
      columns.push({ name: A.placeName(p), number: true, get: function (r) { const v = r.values[i]; return v ? A.number(v.value) + (v.lower === null ? "" : " [" + A.interval(v) + "]") : "–"; } });
      if (i) { columns.push({ name: t("against-first", { place: A.placeName(places[0]) }), get: function (r) { return verdict(r, i); } }); }
    });
    const box = el("section", { "data-status": status ? status.id : null }, el("h2", { text: t("side-by-side") }));
    if (!rows.length) { box.append(el("p", { class: "said", text: t("nothing-real") })); return box; }
    box.append(A.sheet(t("compare-caption", { year: year }) + (status ? (A.language === "en" ? ". " : "。") + A.marked(status) : ""), columns, rows), el("p", { class: "reading", text: t("compare-note") }));
    return box;
  }

  const spans = new Map();
  // Places nearest by indicators the reader names: distance of standardised values, over those both have.
  A.nearestPlaces = function (place, year, ids) {
    const about = A.topic("about"), columns = ids.map(function (id) {
      if (spans.has(id + year)) { return spans.get(id + year); }
      const rows = A.rowsOf(A.subject(id), "all", { years: [year, year] }).filter(function (r) { return r.value !== null && r.place !== about.district.code; });
      const made = { id: id, sd: d3.deviation(rows, function (r) { return r.value; }), at: new Map(rows.map(function (r) { return [r.place, r.value]; })) };
      spans.set(id + year, made);
      return made;
    }).filter(function (c) { return c.sd > 0 && c.at.has(place); });
    return about.places.filter(function (p) { return p.code !== place; }).map(function (p) {
      const both = columns.filter(function (c) { return c.at.has(p.code); });
      const mean = d3.mean(both, function (c) { const z = (c.at.get(p.code) - c.at.get(place)) / c.sd; return z * z; });
      return { place: p.code, name: p.name, distance: Math.sqrt(mean), n: both.length, of: columns.length };
    }).filter(function (r) { return r.n > 0 && r.n >= r.of / 2; }).sort(function (a, b) { return a.distance - b.distance; });
  };

  function like(place, year, by, change) {
    const about = A.topic("about"), options = about.indicators.map(function (i) { return { id: i.id, name: A.named(i) }; });
    const chosen = by || about.indicators.slice(0, 6).map(function (i) { return i.id; });
    const found = A.nearestPlaces(place, year, chosen).slice(0, 5), box = el("section", {}, el("h2", { text: t("like-title", { place: A.placeName(place) }) }));
    box.append(el("div", { class: "controls" }, A.pick(t("by-indicators"), options, chosen, function (v) { change({ by: v.length ? v : null }); })));
    if (!found.length) { box.append(el("p", { class: "said", text: t("like-none") })); return box; }
    box.append(el("p", { class: "answer", text: t("like", { place: A.placeName(place), year: year, what: A.list(chosen.slice(0, 8).map(function (i) { return A.named(A.subject(i)); })), nearest: A.list(found.slice(0, 3).map(function (r) { return r.name; })) }) }),
      A.sheet(t("like-caption"), [{ name: t("place"), get: function (r) { return r.name; } }, { name: t("distance"), number: true, get: function (r) { return A.number(r.distance, 2); } }, { name: t("indicators-both"), number: true, get: function (r) { return r.n + " / " + r.of; } },
        { name: "", get: function (r) { return el("button", { type: "button", text: t("compare-with"), "data-id": "with-" + r.place, onclick: function () { change({ places: [place, r.place] }); } }); } }], found));
    return box;
  }
})();
