// Explore: one indicator over places and years in the drawing one chooses.
(function () {
  "use strict";
  const A = window.Atlas, el = A.el, t = A.t;
  A.views = A.views || {};
  const CHARTS = ["line", "bars", "multiples", "scatter", "spread", "map", "table"];

  function settings(params) {
    const about = A.topic("about"), subjects = A.subjects().map(function (s) { return s.id; });
    const places = about.places.map(function (p) { return p.code; }), read = A.reading(params), years = about.years;
    const made = {
      of: read.one("of", subjects, subjects[0]),
      chart: read.one("chart", CHARTS, "bars"),
      places: read.some("places", places.concat(about.district.code), null, places),
      years: read.years("years", years, null),
      residence: read.one("residence", ["all", "urban", "rural"], "all"),
      against: read.one("against", subjects, subjects[1] || subjects[0]),
    };
    return { made: made, unknown: read.unknown, all: places };
  }

  // What a chart shows when nothing was chosen: few lines, all bars; all years, or the last.
  function filled(s) {
    const about = A.topic("about"), many = s.made.chart === "line" || s.made.chart === "spread";
    const first = [about.district.code].concat(s.all.slice(0, many ? 3 : 0));
    return Object.assign({}, s.made, {
      places: s.made.places || (many ? first : s.all),
      years: s.made.years || (s.made.chart === "line" || s.made.chart === "multiples" ? [about.years[0], about.edition] : [about.edition, about.edition]),
    });
  }

  A.views.explore = {
    needs: function (params) { const s = settings(params).made; return !s.of ? null : A.needs([s.of, s.against]).then(function () {
      return Promise.all([s.chart === "spread" ? A.load("curves") : null, s.chart === "map" ? A.load("boundaries") : null]); }); },
    draw: function (host, params) {
      if (!A.subjects().length) { A.say([t("no-indicators")]); return; }
      const read = settings(params), now = filled(read), subject = A.subject(now.of);
      A.say(read.unknown.length ? [t("unknown", { what: A.list(read.unknown) })] : []);
      const change = function (more) {
        const next = Object.assign({}, read.made, more);
        A.go("explore", { of: next.of, chart: next.chart, places: next.places && (next.places.length === read.all.length ? "all" : next.places.join(",")),
          years: next.years && (next.years[0] === next.years[1] ? next.years[0] : next.years.join("-")),
          residence: next.residence === "all" ? "" : next.residence, against: next.chart === "scatter" ? next.against : "" });
      };
      const picture = el("div", { class: "result" });
      host.replaceChildren(controls(now, read, subject, change), picture);
      show(picture, now, read, subject);
    },
  };

  function controls(now, read, subject, change) {
    const about = A.topic("about"), subjects = A.subjects(), years = about.years.map(function (y) { return { id: String(y), name: String(y) }; });
    const row = el("div", { class: "controls" });
    row.append(A.choose(t("indicator"), subjects, now.of, function (v) { change({ of: v }); }));
    if (now.chart === "scatter") { row.append(A.choose(t("against"), subjects, now.against, function (v) { change({ against: v }); })); }
    row.append(A.pick(t("places"), [{ id: about.district.code, name: about.district.name }].concat(about.places.map(function (p) { return { id: p.code, name: p.name }; })),
      now.places, function (v) { change({ places: v.length ? v : null }); }));
    const span = now.chart === "line" || now.chart === "multiples" || now.chart === "table";
    if (span) { row.append(A.choose(t("from-year"), years, String(now.years[0]), function (v) { change({ years: [Number(v), Math.max(Number(v), now.years[1])] }); })); }
    row.append(A.choose(span ? t("to-year") : t("year"), years, String(now.years[1]), function (v) { change({ years: [span ? Math.min(Number(v), now.years[0]) : Number(v), Number(v)] }); }));
    if (subject.kind === "measures") {
      row.append(A.choose(t("residence"), ["all", "urban", "rural"].map(function (r) { return { id: r, name: t("residence-" + r) }; }), now.residence, function (v) { change({ residence: v }); }));
    }
    row.append(A.segments(t("chart"), CHARTS.map(function (c) { return { id: c, name: t("chart-" + c) }; }), now.chart, function (v) { change({ chart: v, years: null }); }));
    return row;
  }

  A.columnsOf = function (subject) {
    return [{ name: t("place"), get: function (r) { return r.name; } }, { name: t("year"), number: true, get: function (r) { return r.year; } },
      { name: A.titled(subject), number: true, get: function (r) { return r.value === null ? t("not-published") : A.number(r.value); }, raw: function (r) { return r.value; } },
      { name: t("interval-95"), number: true, get: function (r) { return A.interval(r) || (r.value === null ? "" : t("no-error")); }, raw: function (r) { return A.interval(r); } }];
  };

  function show(host, now, read, subject) {
    if (now.chart === "spread") { return spread(host, now); }
    if (now.chart === "scatter") { return scatter(host, now, read); }
    const about = A.topic("about"), single = now.chart === "bars" || now.chart === "map";
    let shown = A.rowsOf(subject, now.residence, { places: now.places, years: [now.years[single ? 1 : 0], now.years[1]] });
    if (!shown.some(function (r) { return r.value !== null; })) { host.replaceChildren(el("p", { class: "said", text: t("no-data", { what: A.named(subject), years: now.years[1] }) })); return; }
    if (single) { shown = shown.slice().sort(function (a, b) { return (b.value === null ? -Infinity : b.value) - (a.value === null ? -Infinity : a.value); }); }
    const years = about.years.filter(function (y) { return y >= now.years[0] && y <= now.years[1]; });
    const spec = {
      title: A.titled(subject), file: subject.id + "-" + now.chart,
      subtitle: [about.district.name, single ? now.years[1] : now.years[0] === now.years[1] ? now.years[0] : now.years.join("—"), subject.kind === "measures" ? t("residence-" + now.residence) : ""].filter(Boolean).join(" · "),
      notes: [now.chart === "map" && shown.some(function (r) { return r.lower !== null; }) ? "" : A.errorNote(shown), A.withheldNote(shown), now.chart === "bars" && shown.length > 70 ? t("note-few", { n: shown.length }) : "",
        now.chart === "multiples" && now.places.length > 40 ? t("note-forty") : "", now.chart === "map" ? A.topic("boundaries") ? A.shapesNote() : t("note-tiles") : ""],
      source: A.sourcesOf(shown), told: told(shown, subject), rows: shown, columns: A.columnsOf(subject),
      years: years, picked: now.places, all: read.all.length,
    };
    if (now.chart === "table") { host.replaceChildren(); A.tableOnly(host, spec); return; }
    const draw = now.chart === "map" ? (A.topic("boundaries") ? A.charts.shapes : A.charts.tiles) : A.charts[now.chart];
    spec.draw = function (width, ink) { return draw(shown, width, ink, spec); };
    A.picture(host, spec);
  }

  // One sentence on what is seen, for those who do not see it.
  function told(rows, subject) {
    const known = rows.filter(function (r) { return r.value !== null && r.place !== A.topic("about").district.code; });
    const data = known.length ? known : rows.filter(function (r) { return r.value !== null; });
    const last = d3.max(data, function (r) { return r.year; }), now = data.filter(function (r) { return r.year === last; });
    const high = d3.greatest(now, function (r) { return r.value; }), low = d3.least(now, function (r) { return r.value; });
    return now.length < 2 ? t("told-one", { place: now[0].name, year: last, value: A.number(now[0].value), unit: subject.unit })
      : t("told", { year: last, n: now.length, high: high.name, most: A.number(high.value), low: low.name, least: A.number(low.value), unit: subject.unit });
  }

  function scatter(host, now, read) {
    const x = A.subject(now.of), y = A.subject(now.against), own = new Set(now.places);
    const there = function (s) { return new Map(A.rowsOf(s, s.kind === "measures" ? now.residence : "all", { years: [now.years[1], now.years[1]] }).filter(function (r) { return r.value !== null; }).map(function (r) { return [r.place, r]; })); };
    const xs = there(x), ys = there(y), district = A.topic("about").district.code;
    const pairs = Array.from(xs.keys()).filter(function (p) { return ys.has(p) && own.has(p) && p !== district; }).map(function (p) {
      return { place: p, name: A.placeName(p), x: xs.get(p), y: ys.get(p), status: A.statusOf([xs.get(p), ys.get(p)]).id, source: A.sourcesOf([xs.get(p), ys.get(p)]) };
    });
    if (pairs.length < 3) { host.replaceChildren(el("p", { class: "said", text: t("no-pairs", { x: A.named(x), y: A.named(y), year: now.years[1] }) })); return; }
    const both = pairs.flatMap(function (p) { return [p.x, p.y]; });
    const column = function (axis, s) { return [{ name: A.titled(s), number: true, get: function (p) { return A.number(p[axis].value); }, raw: function (p) { return p[axis].value; } },
      { name: t("interval-95"), number: true, get: function (p) { return A.interval(p[axis]) || t("no-error"); }, raw: function (p) { return A.interval(p[axis]); } }]; };
    A.picture(host, { title: A.named(x) + t("and") + A.named(y), subtitle: A.topic("about").district.name + " · " + now.years[1], file: x.id + "-" + y.id, rows: pairs,
      columns: [{ name: t("place"), get: function (p) { return p.name; } }].concat(column("x", x), column("y", y)),
      notes: [A.errorNote(both), t("note-scatter")], source: A.sourcesOf(both), told: t("told-scatter", { n: pairs.length, x: A.named(x), y: A.named(y) }),
      x: x, y: y, picked: now.places, all: read.all.length, draw: function (width, ink) { return A.charts.scatter(pairs, width, ink, this); } });
  }

  // How income is spread within places: the published groups only.
  function spread(host, now) {
    const held = A.topic("curves"), curves = A.table(held && held.curves), own = new Set(now.places.slice(0, 8));
    const rows = [], last = new Map();
    for (let i = 0; i < curves.rows; i++) {
      const r = curves.row(i);
      if (r.curve !== "lorenz" || r.year !== now.years[1] || r.residence !== now.residence || !own.has(r.place)) { continue; }
      const before = last.get(r.place);
      if (before && r.x > before.x) { rows.push({ place: r.place, name: A.placeName(r.place), year: r.year, low: before.x, high: r.x, middle: (before.x + r.x) / 2, share: (r.y - before.y) , width: r.x - before.x, status: r.status, source: r.source }); }
      last.set(r.place, r);
    }
    if (!rows.length) { host.replaceChildren(el("p", { class: "said", text: t("no-curves", { year: now.years[1] }) })); return; }
    const top = d3.greatest(rows, function (r) { return r.share; });
    A.picture(host, { title: t("share-by-group"), file: "groups", subtitle: [now.years[1], t("residence-" + now.residence)].join(" · "), rows: rows, source: A.sourcesOf(rows),
      columns: [{ name: t("place"), get: function (r) { return r.name; } }, { name: t("group"), get: function (r) { return A.number(r.low * 100) + "%—" + A.number(r.high * 100) + "%"; } },
        { name: t("share-of-income"), number: true, get: function (r) { return A.number(r.share * 100) + "%"; }, raw: function (r) { return r.share; } }],
      notes: [t("note-groups"), now.places.length > 8 ? t("note-eight") : ""], told: t("told-groups", { place: top.name, share: A.number(top.share * 100) }),
      draw: function (width, ink) { return A.charts.shares(rows, width, ink); } });
  }

  A.tableOnly = function (host, spec) {
    A.picture(host, Object.assign({}, spec, { draw: function () { return []; } }));
    host.querySelector("details").open = true;
  };
})();
