// Pieces of a page: elements, fields, lists to pick from, tables, sentences.
(function () {
  "use strict";
  const A = window.Atlas, t = A.t;

  A.el = function (tag, attributes) {
    const made = document.createElement(tag);
    Object.entries(attributes || {}).forEach(function ([name, value]) {
      if (value === null || value === undefined || value === false) { return; }
      if (name.startsWith("on")) { made.addEventListener(name.slice(2), value); }
      else if (name === "text") { made.textContent = value; }
      else { made.setAttribute(name, value === true ? "" : value); }
    });
    for (let i = 2; i < arguments.length; i++) { if (arguments[i]) { made.append(arguments[i]); } }
    return made;
  };
  const el = A.el;
  const LONG = 30;
  let count = 0;

  // What has to be said above the view: nothing, or sentences.
  A.say = function (sentences) { document.getElementById("said").textContent = (sentences || []).join(" "); };

  // options: [{id, name, group}]
  A.choose = function (label, options, value, changed) {
    const id = "f" + (++count), select = el("select", { id: id, "data-name": label });
    const fill = function (some) {
      let group = null, at = select;
      some.forEach(function (o) {
        if (o.group !== group && o.group !== undefined) { group = o.group; at = el("optgroup", { label: group }); select.append(at); }
        at.append(el("option", { value: o.id, selected: o.id === value, text: o.name }));
      });
    };
    if (options.length <= LONG) { fill(options); }
    else { // a list of a thousand places is made for the reader who comes to it
      fill(options.filter(function (o) { return o.id === value; }));
      const whole = function () { select.removeEventListener("focus", whole); select.removeEventListener("pointerdown", whole); select.replaceChildren(); fill(options); select.value = value; };
      select.addEventListener("focus", whole);
      select.addEventListener("pointerdown", whole);
    }
    select.addEventListener("change", function () { changed(select.value); });
    return el("div", { class: "field" }, el("label", { for: id, text: label }), select);
  };

  A.segments = function (label, options, value, changed) {
    const made = el("div", { class: "segments", role: "group", "aria-label": label });
    options.forEach(function (o) {
      made.append(el("button", { type: "button", "aria-pressed": String(o.id === value), "data-id": o.id, text: o.name,
        onclick: function () { changed(o.id); } }));
    });
    return made;
  };

  // Many of many: a list that opens, with all and none, and a filter where it is long.
  A.pick = function (label, options, values, changed) {
    const picked = new Set(values), list = el("div", { class: "list" });
    const said = function () {
      return label + A.colon() + (picked.size === options.length ? t("all") : picked.size === 1
        ? options.find(function (o) { return picked.has(o.id); }).name : t("n-picked", { n: picked.size }));
    };
    const summary = el("summary", { text: said() });
    const boxes = new Map();
    const set = function (ids) {
      picked.clear(); ids.forEach(function (i) { picked.add(i); });
      boxes.forEach(function (box, id) { box.checked = picked.has(id); });
      summary.textContent = said(); changed(Array.from(picked));
    };
    list.append(el("div", { class: "acts" },
      el("button", { type: "button", text: t("all"), onclick: function () { set(options.map(function (o) { return o.id; })); } }),
      el("button", { type: "button", text: t("none"), onclick: function () { set([]); } })));
    if (options.length > 30) {
      list.append(el("input", { type: "search", "aria-label": t("filter"), placeholder: t("filter"), oninput: function (e) {
        const text = e.target.value.trim();
        boxes.forEach(function (box, id) { box.parentNode.hidden = !!text && !box.dataset.name.includes(text); });
      } }));
    }
    const fill = function () {
      if (boxes.size) { return; }
      options.forEach(function (o) {
        const box = el("input", { type: "checkbox", "data-name": o.name, "data-id": o.id, onchange: function () {
          if (box.checked) { picked.add(o.id); } else { picked.delete(o.id); }
          summary.textContent = said(); changed(options.map(function (x) { return x.id; }).filter(function (i) { return picked.has(i); }));
        } });
        box.checked = picked.has(o.id);
        boxes.set(o.id, box);
        list.append(el("label", {}, box, o.name));
      });
    };
    const made = el("details", { class: "pick", "data-name": label, onkeydown: function (e) {
      if (e.key === "Escape" && made.open) { made.open = false; summary.focus(); }
    } }, summary, list);
    made.addEventListener("toggle", function () { if (made.open) { fill(); } });
    return made;
  };
  document.addEventListener("click", function (e) {
    document.querySelectorAll("details.pick[open]").forEach(function (d) { if (!d.contains(e.target)) { d.open = false; } });
  });

  // columns: [{name, number, get, own}]; rows beyond `most` are shown when asked for.
  A.sheet = function (caption, columns, rows, options) {
    const most = (options || {}).most || 200, body = el("tbody");
    const line = function (row) {
      const made = el("tr", { class: (options || {}).own && options.own(row) ? "own" : null });
      columns.forEach(function (c, i) {
        const value = c.get(row);
        const cell = el(i ? "td" : "th", { class: c.number ? "number" : c.tight ? "tight" : null, scope: i ? null : "row" });
        cell.append(value instanceof Node ? value : String(value === null || value === undefined ? "" : value));
        made.append(cell);
      });
      return made;
    };
    rows.slice(0, most).forEach(function (row) { body.append(line(row)); });
    const head = el("tr");
    columns.forEach(function (c) { head.append(el("th", { scope: "col", class: c.number ? "number" : null, text: c.name })); });
    const made = el("div", { class: "table", tabindex: "0", role: "region", "aria-label": caption },
      el("table", {}, el("caption", { text: caption }), el("thead", {}, head), body));
    if (rows.length > most) {
      made.append(el("button", { type: "button", text: t("show-all", { n: rows.length }), onclick: function (e) {
        rows.slice(most).forEach(function (row) { body.append(line(row)); });
        e.target.remove();
      } }));
    }
    return made;
  };

  A.colour = function (name) { return el("span", { class: "colour " + name, text: t("colour-" + name) }); };
})();
