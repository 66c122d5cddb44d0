// Places where they lie: tiles in the order of the reference table, or real boundaries; and what is spread within one.
(function () {
  "use strict";
  const A = window.Atlas, charts = A.charts;

  function shades(rows, ink) {
    const values = rows.map(function (r) { return r.value; }), low = Math.min.apply(null, values), high = Math.max.apply(null, values);
    const scale = d3.scaleLinear([low, low === high ? low + 1 : high], [ink.low, ink.high]).interpolate(d3.interpolateLab).clamp(true);
    return { low: low, high: high, fill: scale, text: function (v) {
      const c = d3.lab(scale(v)); return isNaN(c.l) ? ink.ink : c.l > 58 ? "#10181f" : "#ffffff"; } };
  }

  function key(width, ink, s, unit) {
    const svg = A.svg("svg", { width: width, height: 30 });
    for (let i = 0; i < 40; i++) { svg.append(A.svg("rect", { x: 60 + i * 4, y: 4, width: 4.5, height: 12, fill: s.fill(s.low + (s.high - s.low) * i / 39) })); }
    svg.append(A.svg("text", { x: 54, y: 15, "text-anchor": "end", "font-size": 12, fill: ink.ink }, A.number(s.low)));
    svg.append(A.svg("text", { x: 228, y: 15, "font-size": 12, fill: ink.ink }, A.number(s.high) + " " + unit));
    return svg;
  }

  // Tiles by row and column; places without one follow in the order of the table.
  charts.tiles = function (rows, width, ink, spec) {
    const data = rows.filter(function (r) { return r.value !== null && r.place !== A.topic("about").district.code; }), about = A.topic("about");
    const given = new Map(about.places.filter(function (p) { return p.tile; }).map(function (p) { return [p.code, p.tile]; }));
    const whole = about.places.every(function (p) { return p.tile; });
    const side = Math.ceil(Math.sqrt(about.places.length));
    const cell = new Map(about.places.map(function (p, i) { return [p.code, whole ? given.get(p.code) : [Math.floor(i / side), i % side]]; }));
    const all = Array.from(cell.values()), r0 = d3.min(all, function (c) { return c[0]; }), c0 = d3.min(all, function (c) { return c[1]; });
    const across = d3.max(all, function (c) { return c[1]; }) - c0 + 1, down = d3.max(all, function (c) { return c[0]; }) - r0 + 1;
    const size = Math.min(96, Math.floor(width / across)), s = shades(data, ink), by = new Map(data.map(function (r) { return [r.place, r]; }));
    const svg = A.svg("svg", { width: width, height: down * size + 6 });
    if (about.places.length > A.MANY) {
      mosaic(svg, about.places, function (p) { return [(cell.get(p.code)[1] - c0) * size, (cell.get(p.code)[0] - r0) * size]; }, size, by, s, ink);
      spec.near = function (x, y) {
        const p = about.places.find(function (q) { const c = cell.get(q.code); return c[1] - c0 === Math.floor(x / size) && c[0] - r0 === Math.floor(y / size); });
        return p && by.has(p.code) ? rows.indexOf(by.get(p.code)) : -1;
      };
      return [svg, key(width, ink, s, data.length ? data[0].subject.unit : "")];
    }
    about.places.forEach(function (p) {
      const at = cell.get(p.code), row = by.get(p.code), x = (at[1] - c0) * size, y = (at[0] - r0) * size;
      const g = A.svg("g", { class: "tile" });
      g.append(A.svg("rect", { x: x + 1, y: y + 1, width: size - 2, height: size - 2, rx: 4, fill: row ? s.fill(row.value) : "none", stroke: ink.line }));
      const text = function (dy, words, fontSize, weight) {
        if (size >= 30 && A.width(words, fontSize) <= size - 2) {
          g.append(A.svg("text", { x: x + size / 2, y: y + size / 2 + dy, "text-anchor": "middle", "font-size": fontSize, "font-weight": weight, fill: row ? s.text(row.value) : ink.muted }, words));
        }
      };
      const small = Math.max(9, Math.min(13, size / 5));
      text(-small * 0.9, p.short, small, 700);
      text(small * 0.5, row ? A.number(row.value) : "–", small, 400);
      if (row && row.lower !== null) { text(small * 1.7, "±" + A.number((row.upper - row.lower) / 2), small * 0.85, 400); }
      if (row) { g.append(A.svg("title", {}, A.tipOf(row))); }
      svg.append(g);
    });
    return [svg, key(width, ink, s, data.length ? data[0].subject.unit : "")];
  };

  // Thousands of tiles: those of one shade are one path.
  function mosaic(svg, places, at, size, by, s, ink) {
    const shades = new Map(), steps = 40, side = Math.max(1, size - 1);
    places.forEach(function (p) {
      const row = by.get(p.code), k = row ? Math.round(steps * (row.value - s.low) / (s.high - s.low || 1)) : -1, [x, y] = at(p);
      shades.set(k, (shades.get(k) || "") + "M" + x + "," + y + "h" + side + "v" + side + "h-" + side + "z");
    });
    shades.forEach(function (d, k) { svg.append(A.svg("path", { class: "tiles", d: d, fill: k < 0 ? "none" : s.fill(s.low + (s.high - s.low) * k / steps), stroke: k < 0 ? ink.line : "none" })); });
  }

  // Whose boundaries they are, and which places have none.
  A.shapesNote = function () {
    const shapes = A.topic("boundaries").shapes, there = new Set(shapes.features.map(function (f) { return f.properties.code; }));
    const none = A.topic("about").places.filter(function (p) { return !there.has(p.code); }).map(function (p) { return p.short; });
    return A.t("note-shapes") + shapes.credit + (none.length ? " " + A.t("note-no-shape", { n: none.length, places: A.list(none.slice(0, 8)) }) : "");
  };

  // The part of an area that carries its name.
  function largest(f, path) {
    const parts = f.geometry.type === "Polygon" ? [f.geometry] : f.geometry.coordinates.map(function (c) { return { type: "Polygon", coordinates: c }; });
    return d3.greatest(parts, function (p) { return path.area(p); });
  }

  // Name, value and error where they fit into their area, the name where it does, nothing on another's letters.
  function lettered(svg, spots, ink) {
    const kept = [], size = 12, half = size * 0.7;
    spots.slice().sort(function (a, b) { return b.room - a.room; }).forEach(function (p) {
      const text = [p.name + p.value + p.error, p.name + p.value, p.name].find(function (words) {
        const w = A.width(words, size, 600) / 2;
        return 2 * w <= p.room && kept.every(function (k) { return Math.abs(k.x - p.x) >= k.w + w || Math.abs(k.y - p.y) >= 2 * half; });
      });
      if (!text) { return; }
      kept.push({ x: p.x, y: p.y, w: A.width(text, size, 600) / 2 });
      svg.append(A.svg("text", { x: p.x, y: p.y + 4, "text-anchor": "middle", "font-size": size, "font-weight": 600, fill: ink.ink, stroke: ink.bg, "stroke-width": 3, "stroke-linejoin": "round", "paint-order": "stroke", class: "label" }, text));
    });
  }

  charts.shapes = function (rows, width, ink) {
    const shapes = A.topic("boundaries").shapes, data = rows.filter(function (r) { return r.value !== null; });
    const by = new Map(data.map(function (r) { return [r.place, r]; })), s = shades(data.filter(function (r) { return r.place !== A.topic("about").district.code; }), ink);
    const height = Math.min(560, width * 0.75);
    const path = d3.geoPath(d3.geoMercator().fitExtent([[4, 4], [width - 4, height - 4]], shapes));
    const svg = A.svg("svg", { width: width, height: height });
    const spots = [];
    shapes.features.forEach(function (f) {
      const row = by.get(f.properties.code);
      const shape = A.svg("path", { d: path(f), fill: row ? s.fill(row.value) : "none", stroke: ink.muted, "stroke-width": 1 });
      if (row) { shape.append(A.svg("title", {}, A.tipOf(row))); }
      svg.append(shape);
      const part = largest(f, path), [x, y] = path.centroid(part), [[left], [right]] = path.bounds(part);
      spots.push({ x: x, y: y, room: right - left, name: A.shortName(f.properties.code), value: row ? " " + A.number(row.value) : "",
        error: row && row.lower !== null ? " ±" + A.number((row.upper - row.lower) / 2) : "" });
    });
    lettered(svg, spots, ink);
    return [svg, key(width, ink, s, data.length ? data[0].subject.unit : "")];
  };

  // Shares of income of the published groups, the poorest first; rows: {place, name, low, high, share}
  charts.shares = function (rows, width, ink) {
    const places = Array.from(new Set(rows.map(function (r) { return r.place; })));
    const height = Math.max(280, Math.min(440, width * 0.55)), named = places.length > 1;
    const right = named ? 14 + Math.max.apply(null, places.map(function (p) { return A.width(A.shortName(p), 12, 600); })) : 20;
    const svg = Plot.plot({ width: width, height: height, marginLeft: 50, marginRight: right, marginTop: 20, marginBottom: 40, style: { background: "none", color: ink.ink, fontFamily: A.font, fontSize: "12px" },
      x: { label: A.t("groups-poorest-first") + " →", domain: [0, 1], tickFormat: "%" }, y: { label: "↑ " + A.t("share-of-income"), tickFormat: "%", grid: true },
      marks: [Plot.rectY(places.length === 1 ? rows : [], { x1: "low", x2: "high", y: "share", fill: ink.palette[0], inset: 1 }),
        Plot.lineY(places.length === 1 ? [] : rows, { x: "middle", y: "share", z: "place", stroke: function (r) { return ink.palette[places.indexOf(r.place) % 8]; }, marker: true, strokeWidth: 2 }),
        Plot.ruleY([0], { stroke: ink.ink }), Plot.tip(rows, Plot.pointerX({ x: "middle", y: "share", title: function (r) { return r.name + "\n" + A.number(r.share * 100) + "%"; }, fill: ink.bg, stroke: ink.muted }))] });
    const ends = named ? places.map(function (p) { return rows.filter(function (r) { return r.place === p; }).pop(); }) : [];
    const at = A.spread(ends.map(function (r) { return svg.scale("y").apply(r.share); }), 14, 20, height - 44);
    ends.forEach(function (r, i) {
      svg.append(A.svg("text", { x: width - right + 8, y: at[i] + 4, "font-size": 12, "font-weight": 600, fill: ink.palette[i % 8], "text-anchor": "start", class: "label" }, A.shortName(r.place)));
    });
    return svg;
  };
})();
