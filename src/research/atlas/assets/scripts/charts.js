// The drawings: rows in, SVG out (Observable Plot draws; names are placed by labels.js).
(function () {
  "use strict";
  const A = window.Atlas, t = A.t, charts = (A.charts = {});

  const base = function (width, ink, more) {
    return Object.assign({ width: width, style: { background: "none", color: ink.ink, fontFamily: A.font, fontSize: "12px", overflow: "visible" } }, more);
  };
  const value = function (r) { return r.value !== null; }, limits = function (r) { return r.lower !== null && r.value !== null; };
  const short = function (code) { const p = A.topic("about").places.find(function (x) { return x.code === code; }); return p ? p.short : A.placeName(code); };
  A.shortName = short;
  const tip = function (r) {
    return [r.name + " " + r.year, A.number(r.value) + " " + r.subject.unit + (limits(r) ? A.bracketed(A.interval(r)) : "")].join("\n");
  };
  A.tipOf = tip;

  const colourOf = function (places, ink) {
    const at = new Map(places.map(function (p, i) { return [p, i]; })), district = A.topic("about").district.code;
    return function (place) { return place === district ? ink.ink : places.length > 8 ? ink.muted : ink.palette[at.get(place) % 8]; };
  };

  function texts(svg, found, colour, size) {
    found.forEach(function (l, i) {
      if (l) { svg.append(A.svg("text", { x: l.x, y: l.y, "font-size": size, fill: colour(i), "font-weight": 600, "text-anchor": "start", class: "label" }, l.text)); }
    });
  }

  charts.line = function (rows, width, ink, spec) {
    const places = Array.from(new Set(rows.map(function (r) { return r.place; }))), colour = colourOf(places, ink);
    const right = Math.min(130, 12 + Math.max.apply(null, places.map(function (p) { return A.width(short(p), 12, 600); })));
    const data = rows.filter(value), years = spec.years, bands = places.length <= 3;
    // Intervals of several places stand beside each other, not on each other.
    const order = new Map(places.map(function (p, i) { return [p, i - (places.length - 1) / 2]; })), apart = bands ? 0 : Math.min(0.04, 0.4 / places.length);
    const when = function (r) { return r.year + apart * order.get(r.place); }, edge = 0.1 + apart * places.length / 2;
    const height = Math.max(Math.min(460, width * 0.62), places.length <= 24 ? places.length * 15 + 70 : 0, 260);
    const marks = [Plot.gridY({ stroke: ink.line, strokeOpacity: 1 })];
    const bounded = data.filter(limits);
    if (bands) { marks.push(Plot.areaY(bounded, { x: "year", y1: "lower", y2: "upper", z: "place", fill: function (r) { return colour(r.place); }, fillOpacity: 0.16 })); }
    else {
      marks.push(Plot.ruleX(bounded, { x: when, y1: "lower", y2: "upper", stroke: function (r) { return colour(r.place); }, strokeOpacity: 0.45 }));
    }
    marks.push(Plot.lineY(data, { x: when, y: "value", z: "place", stroke: function (r) { return colour(r.place); }, strokeWidth: function (r) { return r.place === A.topic("about").district.code ? 3 : 1.8; } }),
      Plot.dot(data, { x: when, y: "value", r: 3, fill: function (r) { return colour(r.place); } }),
      Plot.tip(data, Plot.pointer({ x: when, y: "value", title: tip, fill: ink.bg, stroke: ink.muted })));
    const svg = Plot.plot(base(width, ink, { height: height, marginLeft: 64, marginRight: right, marginTop: 18, marginBottom: 34,
      x: { label: null, ticks: years, tickFormat: function (y) { return String(y); }, domain: [years[0] - edge, years[years.length - 1] + edge] },
      y: { label: null, nice: true, tickFormat: function (v) { return A.number(v); } }, marks: marks }));
    const x = svg.scale("x"), y = svg.scale("y");
    const ends = places.map(function (p) { return data.filter(function (r) { return r.place === p; }).pop(); }).filter(Boolean);
    const seen = places.length <= 24 ? ends : [];
    const at = A.spread(seen.map(function (r) { return y.apply(r.value); }), 14, 18, height - 34);
    seen.forEach(function (r, i) {
      const end = x.apply(when(r));
      if (Math.abs(at[i] - y.apply(r.value)) > 4) {
        svg.append(A.svg("path", { d: "M" + (end + 5) + "," + y.apply(r.value) + "L" + (width - right + 8) + "," + at[i], stroke: ink.line, fill: "none" }));
      }
      svg.append(A.svg("text", { x: width - right + 10, y: at[i] + 4, "font-size": 12, "font-weight": 600, fill: colour(r.place), "text-anchor": "start", class: "label" }, short(r.place)));
    });
    return svg;
  };

  // Of very many places: the first, the last and those picked; the table has all.
  charts.few = function (rows, picked) {
    if (rows.length <= 70) { return rows; }
    const own = new Set(picked);
    return rows.filter(function (r, i) { return i < 30 || i >= rows.length - 30 || (own.size < 20 && own.has(r.place)); });
  };

  charts.bars = function (rows, width, ink, spec) {
    const district = A.topic("about").district.code, data = charts.few(rows.filter(value), spec.picked || []);
    const left = Math.min(width * 0.4, 16 + Math.max.apply(null, data.map(function (r) { return A.width(r.name, 12); }).concat([40])));
    const own = new Set(spec.picked && spec.picked.length < spec.all ? spec.picked : []);
    const fill = function (r) { return r.place === district ? ink.ink : own.size && !own.has(r.place) ? ink.line : ink.palette[0]; };
    const zero = data.every(function (r) { return r.value >= 0; });
    return Plot.plot(base(width, ink, { height: data.length * 22 + 50, marginLeft: left, marginRight: 70, marginTop: 6, marginBottom: 30,
      x: { label: null, tickFormat: function (v) { return A.number(v); }, ticks: Math.max(3, Math.round(width / 130)), zero: zero }, y: { label: null, domain: data.map(function (r) { return r.place; }), tickFormat: A.placeName, tickSize: 0 },
      marks: [Plot.gridX({ stroke: ink.line, strokeOpacity: 1 }), Plot.barX(data, { y: "place", x: "value", fill: fill, insetTop: 3, insetBottom: 3 }),
        Plot.ruleY(data.filter(limits), { y: "place", x1: "lower", x2: "upper", stroke: ink.bg, strokeWidth: 4 }),
        Plot.ruleY(data.filter(limits), { y: "place", x1: "lower", x2: "upper", stroke: ink.palette[1], strokeWidth: 1.8, marker: "tick" }),
        Plot.text(data, { y: "place", x: function (r) { return Math.max(r.value, r.upper === null ? -Infinity : r.upper); }, text: function (r) { return A.number(r.value); }, dx: 6, textAnchor: "start", fill: ink.ink }),
        Plot.tip(data, Plot.pointerY({ y: "place", x: "value", title: tip, fill: ink.bg, stroke: ink.muted }))] }));
  };

  // A year below each small picture, within its width.
  const yearAt = function (year, side, ink) { return Plot.axisX([year], { textAnchor: side, tickFormat: String, tickSize: 0, label: null, fill: ink.ink }); };

  charts.multiples = function (rows, width, ink, spec) {
    const places = Array.from(new Set(rows.map(function (r) { return r.place; }))).slice(0, 40), data = rows.filter(function (r) { return value(r) && places.includes(r.place); });
    const columns = Math.max(1, Math.min(places.length, Math.floor(width / 165))), at = new Map(places.map(function (p, i) { return [p, i]; }));
    const fx = function (r) { return at.get(r.place) % columns; }, fy = function (r) { return Math.floor(at.get(r.place) / columns); };
    const many = Math.ceil(places.length / columns), years = spec.years;
    return Plot.plot(base(width, ink, { height: many * 118 + 40, marginLeft: 52, marginRight: 8, marginTop: 26, marginBottom: 30,
      fx: { axis: null, padding: 0.12 }, fy: { axis: null, padding: 0.2 }, y: { label: null, nice: true, ticks: 3, tickFormat: function (v) { return A.number(v); } },
      x: { label: null, axis: null, domain: years.length > 1 ? undefined : [years[0] - 1, years[0] + 1] },
      marks: [years.length > 1 ? ["start", "end"].map(function (side) { return yearAt(years[side === "start" ? 0 : years.length - 1], side, ink); }) : yearAt(years[0], "middle", ink),
        Plot.gridY({ stroke: ink.line, strokeOpacity: 1, ticks: 3 }), Plot.axisY({ ticks: 3, label: null, tickFormat: function (v) { return A.number(v); }, fill: ink.ink }),
        Plot.areaY(data.filter(limits), { fx: fx, fy: fy, x: "year", y1: "lower", y2: "upper", fill: ink.palette[0], fillOpacity: 0.2 }),
        Plot.ruleX(data.filter(limits), { fx: fx, fy: fy, x: "year", y1: "lower", y2: "upper", stroke: ink.palette[0], strokeOpacity: 0.6 }),
        Plot.lineY(data, { fx: fx, fy: fy, x: "year", y: "value", stroke: ink.palette[0], strokeWidth: 2 }), Plot.dot(data, { fx: fx, fy: fy, x: "year", y: "value", r: 2.5, fill: ink.palette[0] }),
        Plot.text(places, { fx: function (p) { return at.get(p) % columns; }, fy: function (p) { return Math.floor(at.get(p) / columns); }, frameAnchor: "top-left", dy: -14, text: short, fontWeight: 700, fill: ink.ink }),
        Plot.tip(data, Plot.pointer({ fx: fx, fy: fy, x: "year", y: "value", title: tip, fill: ink.bg, stroke: ink.muted }))] }));
  };

  // Thousands of points as a few paths: a round stroke of no length is a dot.
  function cloud(svg, pairs, x, y, ink, own) {
    const at = function (v) { return v.toFixed(1); }, bars = [], dots = ["", ""];
    pairs.forEach(function (p) {
      const px = at(x.apply(p.x.value)), py = at(y.apply(p.y.value));
      if (limits(p.x)) { bars.push("M" + at(x.apply(p.x.lower)) + "," + py + "H" + at(x.apply(p.x.upper))); }
      if (limits(p.y)) { bars.push("M" + px + "," + at(y.apply(p.y.lower)) + "V" + at(y.apply(p.y.upper))); }
      dots[own.has(p.place) ? 1 : 0] += "M" + px + "," + py + "h0";
    });
    svg.append(A.svg("path", { d: bars.join(""), stroke: ink.muted, "stroke-opacity": 0.35, fill: "none" }));
    dots.forEach(function (d, i) { if (d) { svg.append(A.svg("path", { d: d, stroke: ink.palette[i], "stroke-width": 6, "stroke-linecap": "round", fill: "none" })); } });
  }
  A.MANY = 300; // beyond that each point is no element of its own

  // Which row lies nearest to a point of the drawing.
  function nearestOf(rows, where) {
    const at = rows.map(where);
    return function (x, y) { return d3.least(d3.range(rows.length), function (i) { return Math.hypot(at[i][0] - x, at[i][1] - y); }); };
  }

  // rows: {x, y: rows of two subjects of one place and year}
  charts.scatter = function (pairs, width, ink, spec) {
    const height = Math.max(300, Math.min(520, width * 0.7)), own = new Set(spec.picked.length < spec.all ? spec.picked : []);
    const get = function (axis, name) { return function (p) { return p[axis][name]; }; };
    const many = pairs.length > A.MANY, ends = function (axis) { return many ? { domain: d3.extent(pairs.flatMap(function (p) { return limits(p[axis]) ? [p[axis].lower, p[axis].upper] : [p[axis].value]; })) } : {}; };
    const svg = Plot.plot(base(width, ink, { height: height, marginLeft: 64, marginRight: 20, marginBottom: 44, marginTop: 26,
      x: Object.assign({ label: A.titled(spec.x) + " →", nice: true, tickFormat: function (v) { return A.number(v); }, ticks: Math.max(3, Math.round(width / 140)), labelAnchor: "right" }, ends("x")),
      y: Object.assign({ label: "↑ " + A.titled(spec.y), nice: true, tickFormat: function (v) { return A.number(v); } }, ends("y")),
      marks: [Plot.gridX({ stroke: ink.line, strokeOpacity: 1 }), Plot.gridY({ stroke: ink.line, strokeOpacity: 1 })].concat(many ? [] : [
        Plot.ruleY(pairs.filter(function (p) { return limits(p.x); }), { y: get("y", "value"), x1: get("x", "lower"), x2: get("x", "upper"), stroke: ink.muted, strokeOpacity: 0.5 }),
        Plot.ruleX(pairs.filter(function (p) { return limits(p.y); }), { x: get("x", "value"), y1: get("y", "lower"), y2: get("y", "upper"), stroke: ink.muted, strokeOpacity: 0.5 }),
        Plot.dot(pairs, { x: get("x", "value"), y: get("y", "value"), r: 4, fill: function (p) { return own.has(p.place) ? ink.palette[1] : ink.palette[0]; } }),
        Plot.tip(pairs, Plot.pointer({ x: get("x", "value"), y: get("y", "value"), title: function (p) { return tip(p.x) + "\n" + tip(p.y); }, fill: ink.bg, stroke: ink.muted }))]) }));
    const x = svg.scale("x"), y = svg.scale("y");
    if (many) { cloud(svg, pairs, x, y, ink, own); spec.near = nearestOf(pairs, function (p) { return [x.apply(p.x.value), y.apply(p.y.value)]; }); }
    const first = pairs.slice().sort(function (a, b) { return own.has(b.place) - own.has(a.place); });
    const named = first.slice(0, many ? Math.min(100, Math.max(30, own.size)) : 200);
    const found = A.placed(named.map(function (p) { return { x: x.apply(p.x.value), y: y.apply(p.y.value), text: short(p.place) }; }), 12, [64, 14, width - 4, height - 40]);
    texts(svg, found, function () { return ink.ink; }, 12);
    return svg;
  };
})();
