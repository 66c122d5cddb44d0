// The case register: search and filters by class, domain, place, clause and year; a plain table without this file.
(function () {
  "use strict";
  var figure = document.getElementById("tbl-cases-register");
  var table = figure && figure.querySelector("table");
  if (!table || !table.tBodies.length) return;
  var KEYS = ["类别", "领域", "地点", "依据", "年度"], NAMES = { "依据": "条款" };
  var SHORT = { "类别": "class", "领域": "domain", "地点": "place", "依据": "clause", "年度": "year" }; // in the address
  var heads = [].map.call(table.tHead.rows[0].cells, function (c) { return c.textContent.replace(/[▲▼↕\s]/g, ""); });
  function split(text) { return text.split(/[、；;,]/).map(function (t) { return t.trim(); }).filter(Boolean); }
  function fold(text) { return text.normalize("NFKC").toLowerCase(); }
  var rows = [].map.call(table.tBodies[0].rows, function (row) {
    var cells = [].map.call(row.cells, function (c) { return c.textContent; });
    var own = {};
    KEYS.forEach(function (k) { own[k] = split(cells[heads.indexOf(k)] || ""); });
    return { row: row, text: fold(cells.join(" ")), own: own };
  });
  var known = new Map(rows.map(function (r) { return [r.row, r]; }));
  var form = document.createElement("form");
  form.className = "register"; form.setAttribute("role", "search"); form.setAttribute("aria-label", "筛选案例");
  function field(name, control) {
    var label = document.createElement("label");
    label.textContent = name; label.appendChild(control); form.appendChild(label);
    return control;
  }
  var input = document.createElement("input");
  input.type = "search"; input.autocomplete = "off"; input.id = "register-text";
  field("搜索", input);
  var choices = KEYS.filter(function (k) { return heads.indexOf(k) >= 0; }).map(function (key) {
    var select = document.createElement("select"), seen = {};
    rows.forEach(function (r) { r.own[key].forEach(function (v) { seen[v] = true; }); });
    var values = Object.keys(seen).sort(function (a, b) {
      return (parseInt(a, 10) || 0) - (parseInt(b, 10) || 0) || a.localeCompare(b, "zh");
    });
    [""].concat(values).forEach(function (v) {
      select.add(new Option(key === "依据" && /^\d+$/.test(v) ? "第" + v + "条" : v || "全部", v));
    });
    select.dataset.key = key;
    return field(NAMES[key] || key, select);
  });
  var clear = document.createElement("button");
  clear.type = "reset"; clear.textContent = "清除"; form.appendChild(clear);
  var count = document.createElement("output");
  count.setAttribute("role", "status"); form.appendChild(count);

  var waiting = [], frame = 0, BATCH = 100; // laying out a thousand rows takes longer than finding them
  function reveal(all) {
    cancelAnimationFrame(frame);
    waiting.splice(0, all ? waiting.length : BATCH).forEach(function (row) { row.hidden = false; });
    if (waiting.length) { frame = requestAnimationFrame(function () { reveal(); }); }
  }
  window.addEventListener("beforeprint", function () { reveal(true); });
  function apply() {
    var began = performance.now(), words = fold(input.value).split(/\s+/).filter(Boolean), shown = 0;
    var asked = choices.filter(function (s) { return s.value; });
    waiting = [];
    [].forEach.call(table.tBodies[0].rows, function (row) { // in the order they stand in now
      var r = known.get(row), keep = words.every(function (w) { return r.text.indexOf(w) >= 0; }) &&
        asked.every(function (s) { return r.own[s.dataset.key].indexOf(s.value) >= 0; });
      if (!keep) { row.hidden = true; } else if (row.hidden) { waiting.push(row); }
      if (keep) shown += 1;
    });
    reveal();
    count.textContent = shown ? "共 " + rows.length + " 个案例，符合条件 " + shown + " 个" : "没有符合条件的案例";
    figure.dataset.ms = (performance.now() - began).toFixed(1);
  }
  function remember() { // what is asked stands in the address: it can be sent, and coming back finds it again
    var asked = new URLSearchParams();
    if (input.value.trim()) { asked.set("q", input.value.trim()); }
    choices.forEach(function (s) { if (s.value) { asked.set(SHORT[s.dataset.key], s.value); } });
    var plain = location.href.split("#")[0];
    history.replaceState(null, "", String(asked) ? plain + "#" + asked : plain);
  }
  function recall() {
    var asked = new URLSearchParams(location.hash.slice(1));
    input.value = asked.get("q") || "";
    choices.forEach(function (s) { // a value that no case has is no filter
      var value = asked.get(SHORT[s.dataset.key]) || "";
      s.value = [].some.call(s.options, function (o) { return o.value === value; }) ? value : "";
    });
    apply();
  }
  function change() { apply(); remember(); }
  form.addEventListener("input", change);
  form.addEventListener("submit", function (e) { e.preventDefault(); });
  form.addEventListener("reset", function () { setTimeout(change, 0); });
  window.addEventListener("hashchange", function () { // a link to a heading asks for nothing
    if (!location.hash || location.hash.indexOf("=") > 0) { recall(); }
  });
  var style = document.createElement("style");
  style.textContent = ".register{display:flex;flex-wrap:wrap;gap:.6rem .9rem;align-items:end;margin:0 0 1rem;text-align:left}" +
    ".register label{display:flex;flex-direction:column;font-size:.85rem;gap:.2rem}" +
    ".register input,.register select,.register button{font:inherit;padding:.35rem .5rem;min-height:2.2rem;" +
    "color:inherit;background:transparent;border:1px solid currentColor;border-radius:.3rem;max-width:14rem}" +
    ".register button{font-size:.85rem;cursor:pointer}" +
    ".register select option{color:#1f2933;background:#fff}.register output{flex-basis:100%;font-size:.85rem}" +
    "@media print{.register{display:none}}";
  document.head.appendChild(style);
  (figure.querySelector(".scroll") || table).before(form);
  recall();
})();
