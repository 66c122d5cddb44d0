// A picture with all that belongs to it: title, drawing, what the error is, source, the mark; reading, table, downloads.
(function () {
  "use strict";
  const A = window.Atlas, el = A.el, t = A.t, NS = "http://www.w3.org/2000/svg";

  A.ink = function () {
    const read = getComputedStyle(document.body);
    const get = function (name) { return read.getPropertyValue(name).trim(); };
    return { ink: get("--ink"), muted: get("--muted"), line: get("--line"), bg: get("--bg"), accent: get("--accent"),
      warn: get("--warn"), low: get("--low"), high: get("--high"),
      colours: { green: get("--green"), yellow: get("--yellow"), red: get("--red"), grey: get("--grey") },
      palette: [1, 2, 3, 4, 5, 6, 7, 8].map(function (i) { return get("--c" + i); }) };
  };

  A.svg = function (tag, attributes, text) {
    const made = document.createElementNS(NS, tag);
    Object.entries(attributes || {}).forEach(function ([n, v]) { made.setAttribute(n, v); });
    if (text !== undefined) { made.textContent = text; }
    return made;
  };

  // Texts above and below the drawing, within one SVG, so that a saved picture has them too.
  function composed(spec, ink, width) {
    const whole = A.svg("svg", { xmlns: NS, width: width, role: "img", "font-family": A.font, fill: ink.ink });
    let y = 0;
    const put = function (text, size, colour, weight) {
      A.wrap(text, width - 4, size, weight).forEach(function (line) {
        y += Math.round(size * 1.45);
        whole.append(A.svg("text", { x: 0, y: y, "font-size": size, fill: colour, "font-weight": weight || 400 }, line));
      });
    };
    put(spec.title, 17, ink.ink, 700);
    if (spec.subtitle) { put(spec.subtitle, 13, ink.muted); }
    y += 8;
    [].concat(spec.drawing).forEach(function (part) {
      const height = Number(part.getAttribute("height"));
      part.setAttribute("y", y); part.setAttribute("x", 0);
      part.removeAttribute("viewBox");
      part.setAttribute("aria-hidden", "true"); // told in one sentence, read number by number, and in the table
      part.querySelectorAll("[aria-label]").forEach(function (g) { g.removeAttribute("aria-label"); });
      whole.append(part);
      y += height + 4;
    });
    (spec.notes || []).filter(Boolean).forEach(function (note) { put(note, 12, ink.muted); });
    if (spec.source) { put(t("source") + A.colon() + spec.source, 12, ink.muted); }
    if (spec.mark) { put(spec.mark, 14, ink.warn, 700); }
    y += 8;
    whole.setAttribute("height", y);
    whole.setAttribute("viewBox", "0 0 " + width + " " + y);
    whole.insertBefore(A.svg("desc", {}, spec.told), whole.firstChild);
    whole.insertBefore(A.svg("title", {}, spec.title), whole.firstChild);
    whole.setAttribute("aria-label", spec.title + (A.language === "en" ? ". " : "。") + spec.told + (spec.mark ? " " + spec.mark : ""));
    return whole;
  }

  // spec: title, subtitle, notes, told (one sentence on what is seen), rows, columns, draw(width, ink) -> svg or svgs
  A.picture = function (host, spec) {
    const status = A.statusOf(spec.rows), about = A.topic("about");
    spec.mark = A.marked(status);
    const width = Math.max(280, Math.min(1100, (host.clientWidth || 900) - 28)), ink = A.ink();
    const drawn = spec.draw(width, ink);
    const svg = composed(Object.assign({ drawing: drawn }, spec), ink, width);
    const reading = el("p", { class: "reading", "aria-live": "polite", text: t("read-hint") });
    const frame = el("div", { class: "frame", tabindex: "0", role: "group", "aria-label": t("read-with-arrows", { what: spec.title }) });
    let at = -1;
    frame.addEventListener("keydown", function (e) {
      const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[e.key];
      if (!step || !spec.rows.length) { return; }
      e.preventDefault();
      at = (at + step + spec.rows.length) % spec.rows.length;
      read();
    });
    function read() { reading.textContent = A.joined(spec.columns.map(function (c) { return c.name + " " + (c.text || c.get)(spec.rows[at]); })); }
    if (spec.near) { // of thousands of marks the one below the pointer is read
      const part = [].concat(drawn)[0];
      frame.addEventListener("pointermove", function (e) {
        const p = new DOMPoint(e.clientX, e.clientY).matrixTransform(part.getScreenCTM().inverse()), found = spec.near(p.x, p.y);
        if (found >= 0 && found !== at) { at = found; read(); }
      });
    }
    frame.append(svg);
    const file = [about.district.code, about.edition, spec.file || "atlas"].join("-").replace(/[^\w-]/g, "-");
    const acts = el("div", { class: "acts" },
      button("PNG", function () { png(svg, ink, file); }), button("SVG", function () { save(file + ".svg", plain(svg, ink), "image/svg+xml"); }),
      button("CSV", function () { save(file + ".csv", "\ufeff" + csv(spec), "text/csv"); }),
      el("button", { type: "button", text: t("copy-address"), onclick: function (e) {
        if (navigator.clipboard) { navigator.clipboard.writeText(location.href).then(function () { e.target.textContent = t("copied"); }, function () {}); }
      } }));
    const figure = el("figure", { class: "picture", "data-status": status ? status.id : null }, frame, reading, acts);
    const details = el("details", { ontoggle: function () {
      if (details.open && details.childElementCount === 1) { details.append(A.sheet(spec.title, spec.columns, spec.rows)); }
    } }, el("summary", { text: t("numbers-of-picture", { n: spec.rows.length }) }));
    figure.append(details);
    host.replaceChildren(figure);
    return svg;
  };

  function button(kind, act) { return el("button", { type: "button", text: t("download", { kind: kind }), "data-save": kind, onclick: act }); }

  function plain(svg, ink) {
    const copy = svg.cloneNode(true), pad = 16;
    const w = Number(svg.getAttribute("width")), h = Number(svg.getAttribute("height"));
    copy.setAttribute("viewBox", [-pad, -pad, w + 2 * pad, h + 2 * pad].join(" "));
    copy.setAttribute("width", w + 2 * pad); copy.setAttribute("height", h + 2 * pad);
    copy.insertBefore(A.svg("rect", { x: -pad, y: -pad, width: w + 2 * pad, height: h + 2 * pad, fill: ink.bg }), copy.firstChild);
    return new XMLSerializer().serializeToString(copy);
  }

  function png(svg, ink, file) {
    const image = new Image(), scale = 2;
    image.onload = function () {
      const canvas = document.createElement("canvas");
      canvas.width = image.width * scale; canvas.height = image.height * scale;
      const pen = canvas.getContext("2d");
      pen.scale(scale, scale); pen.drawImage(image, 0, 0);
      canvas.toBlob(function (blob) { save(file + ".png", blob); });
    };
    image.src = "data:image/svg+xml;charset=utf-8," + encodeURIComponent(plain(svg, ink));
  }

  // Rows as a file that opens in a spreadsheet: nothing in it runs as a formula, each row says source, status and mark.
  function csv(spec) {
    const columns = spec.columns.concat([{ name: t("status"), get: function (r) { return r.status; } },
      { name: t("source"), get: function (r) { return r.source || spec.source || ""; } }, { name: t("mark"), get: function () { return spec.mark; } }]);
    const cell = function (v) {
      let text = v === null || v === undefined ? "" : String(v);
      if (typeof v === "string" && /^[=+\-@\t\r＝＋－＠]/.test(text)) { text = "'" + text; }
      return /[",\n\r]/.test(text) ? '"' + text.replace(/"/g, '""') + '"' : text;
    };
    return [columns.map(function (c) { return cell(c.name); })].concat(spec.rows.map(function (r) {
      return columns.map(function (c) { return cell((c.raw || c.text || c.get)(r)); });
    })).map(function (line) { return line.join(","); }).join("\r\n") + "\r\n";
  }

  function save(name, content, kind) {
    const blob = content instanceof Blob ? content : new Blob([content], { type: kind + ";charset=utf-8" });
    const link = el("a", { href: URL.createObjectURL(blob), download: name });
    document.body.append(link); link.click(); link.remove();
    setTimeout(function () { URL.revokeObjectURL(link.href); }, 10000);
  }
})();
