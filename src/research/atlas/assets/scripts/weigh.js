// Weigh: the composite index with the reader's own weights, always told apart from the published one.
(function () {
  "use strict";
  const A = window.Atlas, el = A.el, t = A.t, C = A.composite;
  let index = null, published = null, later = 0;

  function open() {
    if (!index) {
      index = C.open(A.topic("weighing"));
      published = new Map(A.table(index.published).all().map(function (r) { return [r.place + " " + r.year, r]; }));
      index.years = Array.from(new Set(index.units.map(function (u) { return u.year; }))).sort();
      index.top = index.tree.codes.length - 2;
    }
    return index;
  }
  A.weighing = open;

  function settings(params) {
    const read = A.reading(params), raw = {}, known = new Set(index.tree.codes.slice(1, -1).flat());
    (params.get("w") || "").split(",").filter(Boolean).forEach(function (part) {
      const [code, value] = part.split(":"), number = Number(value);
      if (known.has(code) && value !== "" && number >= 0 && number <= 100) { raw[code] = number; } else { read.unknown.push("w=" + part.slice(0, 40)); }
    });
    return { raw: raw, unknown: read.unknown,
      year: Number(read.one("year", index.years.map(String), String(index.years[index.years.length - 1]))),
      normalise: read.one("normalise", C.normalisations.concat(index.normalise), index.normalise),
      aggregate: read.one("aggregate", C.means, index.methods[index.methods.length - 1]),
      place: read.one("place", index.units.map(function (u) { return u.place; }), "") };
  }

  // Weights among siblings: as published, but for those the reader has set (0 to 100, beside 100 times the published one).
  function localOf(raw) {
    return index.local.map(function (weights, k) {
      const parents = index.tree.parents[k], codes = index.tree.codes[k];
      const own = weights.map(function (w, j) { return codes[j] in raw ? raw[codes[j]] / 100 : w; }), total = new Map();
      parents.forEach(function (p, j) { total.set(p, (total.get(p) || 0) + own[j]); });
      return own.map(function (w, j) { return total.get(parents[j]) > 0 ? w / total.get(parents[j]) : 0; });
    });
  }

  function isPublished(s) {
    return !Object.keys(s.raw).length && s.normalise === index.normalise && s.aggregate === index.methods[index.methods.length - 1];
  }

  A.views = A.views || {};
  A.views.weigh = {
    needs: function () { return A.load("weighing"); },
    draw: function (host, params) {
      if (!A.topic("weighing")) { host.replaceChildren(el("p", { class: "said", text: t("no-index") })); return; }
      open();
      const s = settings(params), local = localOf(s.raw), own = !isPublished(s);
      const change = function (more) {
        const next = Object.assign({}, s, more);
        A.go("weigh", { year: next.year, normalise: next.normalise === index.normalise ? "" : next.normalise,
          aggregate: next.aggregate === index.methods[index.methods.length - 1] ? "" : next.aggregate, place: next.place,
          w: Object.entries(next.raw).map(function (e) { return e.join(":"); }).join(",") });
      };
      A.say(s.unknown.length ? [t("unknown", { what: A.list(s.unknown) })] : []);
      const picture = el("div", { class: "result" }), first = el("section");
      host.replaceChildren(
        el("p", {}, el("span", { class: "state " + (own ? "own" : "published"), text: t(own ? "own-weights" : "published-weights", { version: index.version }) }), " ",
          el("button", { type: "button", "data-id": "reset", disabled: !own, text: t("reset"), onclick: function () { change({ raw: {}, normalise: index.normalise, aggregate: index.methods[index.methods.length - 1] }); } })),
        controls(s, change), sliders(s, local, change), picture, first);
      const all = local[index.top].every(function (w) { return !w; });
      if (all) { A.say([t("all-zero")]); picture.append(el("p", { class: "said", text: t("all-zero") })); return; }
      show(picture, s, local, own);
      nearest(first, s, local, change);
    },
  };

  function controls(s, change) {
    const row = el("div", { class: "controls" });
    row.append(A.choose(t("year"), index.years.map(function (y) { return { id: String(y), name: String(y) }; }), String(s.year), function (v) { change({ year: v }); }),
      A.choose(t("normalise"), Array.from(new Set([index.normalise].concat(C.normalisations))).map(function (m) { return { id: m, name: t("normalise-" + m) }; }), s.normalise, function (v) { change({ normalise: v }); }),
      A.choose(t("aggregate"), C.means.map(function (m) { return { id: m, name: t("mean-" + m) }; }), s.aggregate, function (v) { change({ aggregate: v }); }));
    return row;
  }

  function slider(code, name, weight, raw, change) {
    const id = "w-" + code, value = code in raw ? raw[code] : Math.round(weight * 1000) / 10;
    return el("div", { class: "slider" }, el("label", { for: id, text: name }), el("output", { for: id, text: A.number(weight * 100, 1) + "%" }),
      el("input", { type: "range", id: id, min: 0, max: 100, step: 1, value: value, "data-name": id, "aria-valuetext": A.number(weight * 100, 1) + "%",
        oninput: function (e) { change({ raw: Object.assign({}, raw, { [code]: Number(e.target.value) }) }); } }));
  }

  const opened = new Set();
  function sliders(s, local, change) {
    const box = el("div", { class: "sliders" }), top = index.top;
    index.tree.codes[top].forEach(function (code, p) {
      const one = el("div", {}, slider(code, A.nodeName(index.tree, top, p), local[top][p], s.raw, change));
      if (top > 1) {
        const inner = el("details", { open: opened.has(code), ontoggle: function () { if (inner.open) { opened.add(code); } else { opened.delete(code); } } }, el("summary", { text: t("sub-domains"), "data-name": "sub-" + code }));
        index.tree.parents[top - 1].forEach(function (parent, j) {
          if (parent === p) { inner.append(slider(index.tree.codes[top - 1][j], A.nodeName(index.tree, top - 1, j), local[top - 1][j], s.raw, change)); }
        });
        if (inner.childElementCount > 2) { one.append(inner); }
      }
      box.append(one);
    });
    return box;
  }

  function rowsOf(s, result, own, ends) {
    const ranks = C.ranks(result, result.total);
    return result.units.map(function (u, i) {
      const held = published.get(u.place + " " + u.year) || {}, limits = own ? (ends || new Map()).get(u.place) : held.rank_lower === null || held.rank_lower === undefined ? null : [held.rank_lower, held.rank_upper];
      return { place: u.place, name: A.placeName(u.place), year: u.year, score: result.total[i], rank: ranks[i], was: held.rank, lower: limits ? limits[0] : null, upper: limits ? limits[1] : null, status: held.status, source: index.title };
    }).filter(function (r) { return !isNaN(r.rank); }).sort(function (a, b) { return a.rank - b.rank; });
  }

  function show(host, s, local, own) {
    const result = C.compute(index, { normalise: s.normalise, aggregate: s.aggregate, local: local, year: s.year }), turn = ++later;
    paint(host, s, result, own, null);
    if (!own) { return; }
    const settings = Object.assign({ variants: result.units.length > 200 ? 200 : 400 }, index.robustness);
    let shaking = null;
    const go = function () { // some variants at a time: a reader who moves on is not kept waiting
      if (turn !== later || !host.isConnected) { return; }
      const begun = performance.now();
      shaking = shaking || C.shaking(index, s.year, local, settings);
      while (shaking.more(1)) { if (performance.now() - begun > 20) { setTimeout(go, 0); return; } }
      paint(host, s, result, own, shaking.ends());
      document.documentElement.dataset.shaken = String(turn);
    };
    setTimeout(go, 250);
  }

  function paint(host, s, result, own, ends) {
    const rows = rowsOf(s, result, own, ends), missing = result.units.length - rows.length;
    if (!rows.length) { host.replaceChildren(el("p", { class: "said", text: t("no-scores", { mean: t("mean-" + s.aggregate), how: t("normalise-" + s.normalise) }) })); return; }
    const moved = rows.filter(function (r) { return r.rank !== r.was; }).length;
    A.picture(host, { title: (own ? t("own-title") + A.colon() : "") + index.title, file: own ? "own-weights" : "index", rows: rows, source: index.title + " " + index.version,
      subtitle: [s.year, t("normalise-" + s.normalise), t("mean-" + s.aggregate)].join(" · "),
      columns: [{ name: t("place"), get: function (r) { return r.name; } }, { name: t("rank"), number: true, get: function (r) { return r.rank; } },
        { name: t("rank-interval"), number: true, get: function (r) { return r.lower === null ? t("computing") : r.lower + "—" + r.upper; } },
        { name: t("published-rank"), number: true, get: function (r) { return r.was; } }, { name: t("score"), number: true, get: function (r) { return A.number(r.score, 2); }, raw: function (r) { return r.score; } }],
      notes: [t(own ? "note-own" : "note-published", { level: Math.round(index.robustness.level * 100), version: index.version }), result.scale[0] !== index.scale[0] ? t("note-scale", { low: result.scale[0] }) : "", missing ? t("note-missing", { n: missing }) : ""],
      told: t("told-ranks", { first: rows[0].name, last: rows[rows.length - 1].name, n: rows.length }) + (own ? t("told-moved", { n: moved }) : ""),
      draw: function (width, ink) { return drawing(rows, width, ink, own); } });
  }

  function drawing(all, width, ink, own) {
    const rows = A.charts.few(all.map(function (r) { return Object.assign({ value: r.rank }, r); }), []), n = d3.max(all, function (r) { return Math.max(r.rank, r.upper || 0, r.was || 0); });
    const left = 16 + Math.max.apply(null, rows.map(function (r) { return A.width(r.name, 12); })), has = rows.filter(function (r) { return r.lower !== null; });
    return Plot.plot({ width: width, height: rows.length * 22 + 56, marginLeft: left, marginRight: 70, marginTop: 26, marginBottom: 6, style: { background: "none", color: ink.ink, fontFamily: A.font, fontSize: "12px" },
      x: { label: null, domain: [0.5, n + 0.5], axis: "top", ticks: Math.min(n, 10), tickFormat: "d" }, y: { label: null, domain: rows.map(function (r) { return r.place; }), tickFormat: A.placeName, tickSize: 0 },
      marks: [Plot.gridX({ stroke: ink.line, strokeOpacity: 1 }), Plot.ruleY(has, { y: "place", x1: "lower", x2: "upper", stroke: ink.palette[own ? 1 : 0], strokeWidth: 6, strokeOpacity: 0.35 }),
        own ? Plot.dot(rows.filter(function (r) { return r.was; }), { y: "place", x: "was", r: 5, stroke: ink.ink, strokeWidth: 1.5, fill: ink.bg }) : null,
        Plot.dot(rows, { y: "place", x: "rank", r: 4, fill: ink.palette[own ? 1 : 0], symbol: own ? "diamond" : "circle" }),
        Plot.text(rows, { y: "place", x: n + 0.5, text: function (r) { return A.number(r.score, 1); }, dx: 8, textAnchor: "start", fill: ink.ink }),
        Plot.text([t("rank")], { frameAnchor: "top-left", textAnchor: "end", dx: -8, dy: -18, fill: ink.muted }),
        Plot.text([t("score")], { frameAnchor: "top-right", textAnchor: "start", dx: 8, dy: -18, fill: ink.muted })] });
  }

  // Which weights of the domains would put a place first, and how far they are from those in use.
  function nearest(host, s, local, change) {
    const places = C.of(index, s.year).units.map(function (u) { return { id: u.place, name: A.placeName(u.place) }; });
    host.append(el("h2", { text: t("first-title") }), el("div", { class: "controls" }, A.choose(t("place"), [{ id: "", name: t("choose") }].concat(places), s.place, function (v) { change({ place: v }); })));
    if (!s.place) { return; }
    const found = A.firstBy(index, s, index.local);
    const name = A.placeName(s.place);
    if (found.first) { host.append(el("p", { class: "answer", text: t("first-already", { place: name }) })); return; }
    if (!found.weights) { host.append(el("p", { class: "answer", text: t(found.unknown ? "first-unknown" : "first-never", { place: name, mean: t("mean-" + s.aggregate) }) })); return; }
    const names = index.tree.codes[index.top].map(function (_, j) { return A.nodeName(index.tree, index.top, j); }), base = index.local[index.top];
    const rows = names.map(function (n, i) { return { name: n, was: base[i], now: found.weights[i] }; });
    host.append(el("p", { class: "answer", text: t("first-needs", { place: name, moved: A.number(found.moved * 100, 1) }) + (found.left ? t("first-left", { n: found.left }) : "") }),
      A.sheet(t("first-table", { place: name }), [{ name: t("domain"), get: function (r) { return r.name; } }, { name: t("published-weight"), number: true, get: function (r) { return A.number(r.was * 100, 1) + "%"; } },
        { name: t("needed-weight"), number: true, get: function (r) { return A.number(r.now * 100, 1) + "%"; } }, { name: t("shift"), number: true, get: function (r) { return A.number((r.now - r.was) * 100, 1); } }], rows),
      el("p", {}, el("button", { type: "button", text: t("use-weights"), "data-id": "use", onclick: function () {
        const raw = Object.assign({}, s.raw);
        index.tree.codes[index.top].forEach(function (c, i) { raw[c] = Number((found.weights[i] * 100).toFixed(4)); });
        change({ raw: raw });
      } })));
  }

  // Every mean here is f^-1(sum w f(x)): what is first by it is first by sum w f(x), which is linear in the weights.
  A.firstBy = function (index, s, local) {
    const result = C.compute(index, { normalise: s.normalise, aggregate: s.aggregate, local: local, year: s.year }), level = result.levels[result.levels.length - 2];
    const f = { arithmetic: function (x) { return x; }, geometric: Math.log, harmonic: function (x) { return -1 / x; } }[s.aggregate];
    const units = result.units, whole = units.map(function (_, i) { return i; }).filter(function (i) { return level[i].every(function (v) { return isFinite(f(v)); }); });
    const own = whole.find(function (i) { return units[i].place === s.place; });
    if (own === undefined) { return { unknown: true }; }
    const of = function (i) { return level[i].map(f); }, base = local[local.length - 1];
    const score = function (i) { return of(i).reduce(function (t, v, k) { return t + v * base[k]; }, 0); };
    if (whole.every(function (i) { return score(i) <= score(own); })) { return { first: true }; }
    const mine = of(own), rivals = whole.filter(function (i) { return i !== own; }).map(of);
    const found = A.nearest(base, mine, rivals, 2e-5) || A.nearest(base, mine, rivals); // where it can be no more than level
    return found ? Object.assign(found, { left: units.length - whole.length }) : {};
  };
})();
