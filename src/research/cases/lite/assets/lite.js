// The notebook of a case: its cells as they were published, each to be run again, changed and compared.
(function () {
  "use strict";
  const SAYS = { core: "正在载入 Python……", packages: "正在载入 NumPy、pandas、Matplotlib、SciPy……", bundle: "正在打开案例包……" };
  const OUTCOME = { same: "与书中保存的结果相同", close: "数字相同（相差不到十亿分之一）", picture: "图重新画过，数字见图下各格", differs: "与书中保存的结果不同" };
  const said = document.getElementById("said"), list = document.getElementById("cells"), all = document.getElementById("all");
  const wanted = location.hash.slice(1), packages = document.body.dataset.packages.split(",");
  const known = new Map(Array.from(document.querySelectorAll("#cases a"), function (a) { return [a.dataset.case, a.dataset]; }));
  const waiting = [];
  let cells = [], busy = null, worker = null;

  function el(tag, attributes) {
    const made = document.createElement(tag);
    Object.entries(attributes || {}).forEach(function ([name, value]) {
      if (name === "text") { made.textContent = value; } else if (name === "onclick") { made.addEventListener("click", value); } else { made.setAttribute(name, value); }
    });
    for (let i = 2; i < arguments.length; i++) { if (arguments[i]) { made.append(arguments[i]); } }
    return made;
  }

  // Tables of markdown as tables, all other text as paragraphs: nothing of it is taken for HTML.
  function markdown(text, name) {
    const box = el("div");
    text.trim().split(/\n\s*\n/).forEach(function (block) {
      const lines = block.split("\n");
      if (lines.length < 2 || !/^\|[\s:|-]+\|$/.test(lines[1])) { box.append(el("p", { text: block })); return; }
      const row = function (line, tag) { return el.apply(null, ["tr", {}].concat(line.replace(/^\||\|$/g, "").split("|").map(function (c) { return el(tag, { text: c.trim() }); }))); };
      box.append(el("div", { class: "table", tabindex: "0", role: "region", "aria-label": name }, el("table", {}, el("thead", {}, row(lines[0], "th")), el.apply(null, ["tbody", {}].concat(lines.slice(2).map(function (l) { return row(l, "td"); }))))));
    });
    return box;
  }

  // Outputs with the status of the numbers beside each: no picture goes without it.
  function shown(outputs, what, alt) {
    const mark = known.get(wanted).mark, box = el("div", { class: "outputs" }, el("p", { class: "what", text: what + (mark ? "（" + mark + "）" : "") }));
    outputs.forEach(function (data) {
      if (data["image/svg+xml"]) { box.append(el("img", { alt: alt, src: "data:image/svg+xml;charset=utf-8," + encodeURIComponent(data["image/svg+xml"]) })); }
      else if (data["image/png"]) { box.append(el("img", { alt: alt, src: "data:image/png;base64," + data["image/png"].replace(/\s/g, "") })); }
      else if (data["text/markdown"]) { box.append(markdown(data["text/markdown"], what + " " + alt)); }
      else { box.append(el("pre", { tabindex: "0", text: data["text/plain"] || "" })); }
    });
    return box;
  }

  function ask(number) { waiting.push(number); next(); }
  function next() {
    if (busy !== null || !waiting.length) { return; }
    busy = waiting.shift();
    cells[busy].verdict.textContent = "正在计算……";
    worker.postMessage({ number: busy, source: cells[busy].text.value });
  }

  function ran(found) {
    const cell = cells[found.number], names = { ModuleNotFoundError: 1 };
    busy = null;
    if (found.error) {
      waiting.length = 0; // what follows stands on it
      const lacks = names[found.error.split(":")[0]] && found.lacks;
      cell.verdict.className = "verdict other";
      cell.verdict.textContent = lacks ? "浏览器里没有程序包 " + found.lacks + "，这一格不能在这里运行；请用 bluebook case verify 重算。" : "没有算成：" + found.error;
      cell.fresh.replaceChildren();
    } else {
      const fine = found.own || found.outcome !== "differs";
      cell.verdict.className = "verdict " + (found.own ? "own" : fine ? "same" : "other");
      cell.verdict.textContent = found.own ? "您改过这一格，下面是您自己的结果，不是公布结果" : OUTCOME[found.outcome] + (found.outcome === "differs" && found.detail ? "：" + found.detail : "");
      cell.fresh.replaceChildren(found.outputs.length ? shown(found.outputs, "重算的结果", cell.alt) : "");
    }
    document.documentElement.dataset.ran = String(Number(document.documentElement.dataset.ran || 0) + 1);
    next();
    if (busy === null) { said.textContent = "计算停止，可以改动任何一格再运行。"; }
  }

  function opened(bundle) {
    document.getElementById("title").textContent = bundle.title;
    document.title = bundle.title;
    document.getElementById("mark").textContent = known.get(wanted).mark;
    cells = bundle.cells.map(function (c, i) {
      if (c.kind !== "code") { list.append(el("li", {}, markdown(c.source.replace(/^#+\s*/gm, ""), "说明" + (i + 1)))); return null; }
      const name = c.label || "第" + (i + 1) + "格", alt = (/fig-alt:\s*"?([^"\n]*)/.exec(c.source) || [])[1] || name;
      const text = el("textarea", { "aria-label": "程序 " + name, rows: String(Math.min(24, c.source.split("\n").length)), spellcheck: "false" });
      text.value = c.source;
      const verdict = el("p", { class: "verdict", role: "status" }), fresh = el("div");
      list.append(el("li", { "data-label": c.label }, el("h2", { text: name }), text,
        el("p", { class: "acts" }, el("button", { type: "button", text: "运行", "aria-label": "运行 " + name, onclick: function () { ask(i); } }),
          el("button", { type: "button", text: "恢复原样", "aria-label": "恢复原样 " + name, onclick: function () { text.value = c.source; } })),
        verdict, fresh, c.kept.length ? el("details", {}, el("summary", { text: "书中保存的结果" }), shown(c.kept, "案例包中保存的结果", alt)) : null));
      return { text: text, verdict: verdict, fresh: fresh, alt: alt };
    });
    said.textContent = "可以运行了。";
    all.hidden = false;
    document.documentElement.dataset.opened = "1";
  }

  all.addEventListener("click", function () { all.disabled = true; cells.forEach(function (c, i) { if (c) { ask(i); } }); });
  addEventListener("hashchange", function () { location.reload(); });
  if (!known.has(wanted)) { said.textContent = wanted ? "没有“" + wanted.slice(0, 60) + "”这个案例，请从下面选一个。" : "请选一个案例。"; return; }
  if (location.protocol === "file:") { said.textContent = "从文件夹直接打开时，浏览器不许本页载入 Python。请在本文件夹里运行 python -m http.server，再打开它给出的地址。"; return; }
  document.getElementById("cases").hidden = true;
  worker = new Worker("worker.js");
  worker.onerror = function (e) { said.textContent = "没有载入：" + (e.message || "worker.js"); };
  worker.onmessage = function (e) {
    const { kind, value } = e.data;
    if (kind === "loading") { said.textContent = SAYS[value]; }
    else if (kind === "failed") { said.textContent = "没有载入：" + value; }
    else if (kind === "opened") { opened(value); }
    else { ran(value); }
  };
  said.textContent = SAYS.core;
  worker.postMessage({ open: known.get(wanted).file, packages: packages });
})();
