// Recompute: check a number in the page, step by step from the published table to it.
(function () {
  "use strict";
  const A = window.Atlas, el = A.el, t = A.t;
  const TOPICS = ["observations", "measures", "curves", "weighing", "dates"];

  A.views = A.views || {};
  A.views.recompute = {
    needs: function () { return Promise.all(TOPICS.map(A.load)); },
    draw: function (host, params) {
      const about = A.topic("about"), can = A.recipes.filter(function (r) { return r.there(); }), read = A.reading(params);
      if (!can.length) { host.replaceChildren(el("p", { class: "said", text: t("no-recipes") })); return; }
      const recipe = can.find(function (r) { return r.id === read.one("number", can.map(function (x) { return x.id; }), can[0].id); });
      const codes = recipe.of === "place" ? [about.district.code].concat(about.places.map(function (p) { return p.code; })) : about.places.map(function (p) { return p.code; });
      const s = { place: read.one("place", codes, codes[0]), year: read.years("year", about.years, [about.edition, about.edition])[1] };
      A.say(read.unknown.length ? [t("unknown", { what: A.list(read.unknown) })] : []);
      const change = function (more) { const n = Object.assign({ number: recipe.id }, s, more); A.go("recompute", { number: n.number, place: recipe.of === "place" || recipe.of === "unit" ? n.place : "", year: recipe.of ? n.year : "" }); };
      const row = el("div", { class: "controls" }, A.choose(t("number"), can.map(function (r) { return { id: r.id, name: t("recipe-" + r.id) }; }), recipe.id, function (v) { change({ number: v }); }));
      if (recipe.of === "place" || recipe.of === "unit") { row.append(A.choose(t("place"), codes.map(function (c) { return { id: c, name: A.placeName(c) }; }), s.place, function (v) { change({ place: v }); })); }
      if (recipe.of) { row.append(A.choose(t("year"), about.years.map(function (y) { return { id: String(y), name: String(y) }; }), String(s.year), function (v) { change({ year: Number(v) }); })); }
      host.replaceChildren(row, el("p", { text: t("recompute-about") }));
      begin(host, recipe, s);
    },
  };

  function begin(host, recipe, s) {
    let published = null;
    try { published = recipe.published(s); } catch (e) { published = null; }
    if (published === null || published === undefined || isNaN(published)) { host.append(el("p", { class: "said", text: t("not-there") })); return; }
    host.append(el("p", { class: "answer", text: t("published-number", { value: A.number(published, 10) }) }));
    const list = el("ol", { class: "steps" }), all = el("div", { "aria-live": "polite" }, list), context = Object.assign({}, s);
    let at = 0;
    const next = el("button", { type: "button", "data-id": "next", text: t("next-step"), onclick: function () { step(); } });
    const rest = el("button", { type: "button", "data-id": "rest", text: t("all-steps"), onclick: function () { while (at < recipe.steps.length && step()) { /* until the end */ } } });
    host.append(el("div", { class: "acts" }, next, rest), all);

    function step() {
      const now = recipe.steps[at++];
      let found;
      try { found = now.run(context); } catch (e) { found = { value: null }; }
      list.append(shown(now, found));
      if (at === recipe.steps.length || (found.rows && !found.rows.length) || found.value === null) { next.disabled = rest.disabled = true; all.append(verdict(recipe, found.value, published)); return false; }
      return true;
    }
  }

  function shown(step, found) {
    const item = el("li", { class: "done" }, el("p", { text: t(step.says) }));
    if (found.rows) { item.append(A.sheet(t("step-table", { n: found.rows.length }), found.columns, found.rows, { most: 30 })); }
    else { item.append(el("p", { class: "formula", text: "= " + (found.value === null ? "–" : String(found.value)) })); }
    item.append(el("details", {}, el("summary", { text: t("code") }), el("pre", { tabindex: "0" }, el("code", { text: step.run.toString() }))));
    return item;
  }

  function verdict(recipe, value, published) {
    if (typeof value !== "number" || isNaN(value)) { return el("p", { class: "verdict other", text: t("cannot-recompute") }); }
    const gap = Math.abs(value - published), fine = recipe.below ? value <= published + 1e-9 : gap <= (recipe.rounded || recipe.same * Math.max(1, Math.abs(published)));
    const key = recipe.below ? (fine ? "verdict-below" : "verdict-other") : fine ? (recipe.rounded ? "verdict-rounded" : "verdict-same") : "verdict-other";
    return el("p", { class: "verdict " + (fine ? "same" : "other"), text: t(key, { value: A.number(value, 10), published: A.number(published, 10), gap: gap === 0 ? "0" : gap.toExponential(1) }) });
  }
})();
