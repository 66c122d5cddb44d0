// Calendar: targets and tasks by date, department and colour; what falls due in the next quarter.
(function () {
  "use strict";
  const A = window.Atlas, el = A.el, t = A.t;
  const COLOURS = ["green", "yellow", "red", "grey"];
  let held = null;

  // Both kinds as rows of one shape.
  function items() {
    if (held) { return held; }
    const topic = A.topic("dates") || {};
    held = A.table(topic.targets).all().map(function (r) {
      return { kind: "target", id: r.target_id, name: r.target_name, department: r.department || "", due: r.due || "", colour: r.colour || "grey", status: r.status, source: r.source,
        detail: A.joined([r.target_text && r.comparator + r.target_text + (r.unit === "relative" || r.unit === "state" ? "" : r.unit || ""), r.value === null || r.value === undefined ? "" : t("now-is", { value: A.number(r.value) })].filter(Boolean)), reason: r.reason };
    }).concat(A.table(topic.tasks).all().map(function (r) {
      const next = r.milestone_due && r.milestone_due < r.due ? r.milestone + " " + r.milestone_due : "";
      return { kind: "task", id: r.id, name: r.name, department: r.lead_unit || "", due: r.due || "", milestone: r.milestone_due || "", colour: r.colour || "grey", status: r.status, source: t("tasks-table"),
        detail: A.joined([t("progress-is", { done: A.number(r.progress * 100, 0), planned: A.number(r.expected * 100, 0) }), next].filter(Boolean)), reason: r.warning };
    }));
    held.sort(function (a, b) { return a.due < b.due ? -1 : a.due > b.due ? 1 : 0; });
    return held;
  }
  A.calendarItems = items;

  // The quarter that begins after a day: [first day, last day]
  A.nextQuarter = function (day) {
    const y = Number(day.slice(0, 4)), q = Math.floor((Number(day.slice(5, 7)) - 1) / 3) + 1;
    const year = q === 4 ? y + 1 : y, first = (q % 4) * 3 + 1, two = function (n) { return String(n).padStart(2, "0"); };
    return [year + "-" + two(first) + "-01", year + "-" + two(first + 2) + "-" + [31, 30, 30, 31][q % 4]];
  };

  A.views = A.views || {};
  A.views.calendar = {
    needs: function () { return A.load("dates"); },
    draw: function (host, params) {
      const all = items();
      if (!all.length) { host.replaceChildren(el("p", { class: "said", text: t("no-dates") })); return; }
      const departments = Array.from(new Set(all.map(function (r) { return r.department; }))).filter(Boolean).sort(), read = A.reading(params), about = A.topic("about");
      const day = /^\d{4}-\d{2}-\d{2}$/.test(params.get("day") || "") ? params.get("day") : about.edition + "-12-31";
      if (params.get("day") && day !== params.get("day")) { read.unknown.push("day=" + params.get("day").slice(0, 20)); }
      const s = { kind: read.one("kind", ["all", "target", "task"], "all"), department: read.one("department", departments, ""), colours: read.some("colours", COLOURS, COLOURS), when: read.one("when", ["all", "quarter", "past"], "all"), day: day };
      const quarter = A.nextQuarter(day);
      A.say(read.unknown.length ? [t("unknown", { what: A.list(read.unknown) })] : []);
      const change = function (more) {
        const n = Object.assign({}, s, more);
        A.go("calendar", { kind: n.kind === "all" ? "" : n.kind, department: n.department, colours: n.colours.length === COLOURS.length ? "" : n.colours.join(","), when: n.when === "all" ? "" : n.when, day: n.day === about.edition + "-12-31" ? "" : n.day });
      };
      const inQuarter = function (r) { return [r.due, r.milestone || ""].some(function (d) { return d >= quarter[0] && d <= quarter[1]; }); };
      const rows = all.filter(function (r) {
        return (s.kind === "all" || r.kind === s.kind) && (!s.department || r.department === s.department) && s.colours.includes(r.colour)
          && (s.when === "all" || (s.when === "quarter" ? inQuarter(r) : r.due && r.due <= s.day));
      });
      host.replaceChildren(controls(s, departments, change, all), el("p", { class: "answer", text: t("next-quarter", { from: quarter[0], to: quarter[1], n: all.filter(inQuarter).length }) }));
      if (!rows.length) { host.append(el("p", { class: "said", text: t("nothing-left") })); return; }
      const picture = el("div", { class: "result" });
      host.append(picture);
      show(picture, rows, s);
    },
  };

  function controls(s, departments, change, all) {
    const row = el("div", { class: "controls" }), has = function (k) { return all.some(function (r) { return r.kind === k; }); };
    row.append(A.choose(t("kind"), ["all"].concat(["target", "task"].filter(has)).map(function (k) { return { id: k, name: t("kind-" + k) }; }), s.kind, function (v) { change({ kind: v }); }),
      A.choose(t("department"), [{ id: "", name: t("all") }].concat(departments.map(function (d) { return { id: d, name: d }; })), s.department, function (v) { change({ department: v }); }),
      A.choose(t("when"), ["all", "quarter", "past"].map(function (w) { return { id: w, name: t("when-" + w) }; }), s.when, function (v) { change({ when: v }); }),
      A.pick(t("colours"), COLOURS.map(function (c) { return { id: c, name: t("colour-" + c) }; }), s.colours, function (v) { change({ colours: v.length ? v : COLOURS }); }),
      el("div", { class: "field" }, el("label", { for: "day", text: t("day") }), el("input", { type: "date", id: "day", value: s.day, "data-name": "day", onchange: function (e) { if (e.target.value) { change({ day: e.target.value }); } } })));
    return row;
  }

  function show(host, rows, s) {
    const count = new Map();
    rows.forEach(function (r) { const y = r.due ? r.due.slice(0, 4) : t("no-date"), k = y + "\t" + r.colour; count.set(k, (count.get(k) || 0) + 1); });
    const bars = Array.from(count, function ([k, n]) { const [year, colour] = k.split("\t"); return { year: year, colour: colour, n: n }; });
    A.picture(host, { title: t("calendar-title"), file: "calendar", subtitle: s.department || "", rows: rows, source: A.sourcesOf(rows.slice(0, 3)) + (rows.length > 3 ? " …" : ""),
      columns: [{ name: t("due"), tight: true, get: function (r) { return r.due || t("no-date"); } }, { name: t("kind"), get: function (r) { return t("kind-" + r.kind); } }, { name: t("name"), get: function (r) { return r.name; } },
        { name: t("department"), get: function (r) { return r.department; } }, { name: t("colour"), get: function (r) { return A.colour(r.colour); }, text: function (r) { return t("colour-" + r.colour); } }, { name: t("state-now"), get: function (r) { return r.detail || r.reason || ""; } }],
      notes: [t("note-calendar")], told: t("told-calendar", { n: rows.length, red: rows.filter(function (r) { return r.colour === "red"; }).length }),
      draw: function (width, ink) {
        const years = Array.from(new Set(bars.map(function (b) { return b.year; }))).sort();
        return Plot.plot({ width: width, height: years.length * 34 + 60, marginLeft: 70, marginRight: 30, marginTop: 28, style: { background: "none", color: ink.ink, fontFamily: A.font, fontSize: "12px" },
          x: { label: null, axis: "top" }, y: { label: null, domain: years, tickSize: 0 },
          marks: [Plot.gridX({ stroke: ink.line, strokeOpacity: 1 }), Plot.barX(bars, { y: "year", x: "n", fill: function (b) { return ink.colours[b.colour]; }, order: function (b) { return COLOURS.indexOf(b.colour); }, insetRight: 1.5, insetTop: 4, insetBottom: 4 }),
            Plot.text([t("how-many")], { frameAnchor: "top-left", textAnchor: "end", dx: -8, dy: -18, fill: ink.muted }), Plot.text(bars, Plot.stackX({ y: "year", x: "n", order: function (b) { return COLOURS.indexOf(b.colour); }, text: function (b) { return b.n >= 4 ? t("short-" + b.colour) + b.n : ""; }, fill: ink.bg, fontWeight: 700 }))] });
      } });
    host.querySelector("details").open = true;
  }
})();
