// What a page can do beyond being read. Every part works from file:// and asks nothing of the network.
(function () {
  "use strict";
  var root = document.documentElement;
  var $ = function (s, at) { return (at || document).querySelector(s); };
  var $$ = function (s, at) { return Array.prototype.slice.call((at || document).querySelectorAll(s)); };
  var make = function (tag, props) { return Object.assign(document.createElement(tag), props || {}); };
  root.dataset.live = "";

  function load(name, file, then) {
    if (window[name]) { then(window[name]); return; }
    var tag = make("script", { src: "assets/" + file });
    tag.onload = function () { then(window[name] || []); };
    document.head.appendChild(tag);
  }

  // dark mode, remembered
  var themeButton = $(".theme-button");
  function theme(name, keep) {
    root.dataset.theme = name;
    themeButton.setAttribute("aria-pressed", String(name === "dark"));
    if (keep) { try { localStorage.setItem("bb-theme", name); } catch (e) { /* not remembered */ } }
  }
  themeButton.hidden = false;
  theme(root.dataset.theme, false);
  themeButton.addEventListener("click", function () { theme(root.dataset.theme === "dark" ? "light" : "dark", true); });

  // the book's contents on a phone
  var menuButton = $(".menu-button"), sidebar = $("#sidebar");
  menuButton.hidden = false;
  function menu(open) {
    sidebar.classList.toggle("open", open);
    menuButton.setAttribute("aria-expanded", String(open));
  }
  menuButton.addEventListener("click", function () { menu(!sidebar.classList.contains("open")); });
  var current = $("[aria-current]", sidebar);
  if (current && current.offsetTop > sidebar.clientHeight - 80) { sidebar.scrollTop = current.offsetTop - 160; }

  document.addEventListener("click", function (event) {
    $$("details.menu[open]").forEach(function (m) { if (!m.contains(event.target)) { m.open = false; } });
  });

  // where we are on the page
  var marks = $$(".contents a"), heads = marks.map(function (a) {
    return document.getElementById(decodeURIComponent(a.getAttribute("href").slice(1)));
  });
  var waiting = false;
  function spy() {
    waiting = false;
    var here = -1;
    heads.forEach(function (h, i) { if (h && h.getBoundingClientRect().top < 130) { here = i; } });
    if (here < 0 && heads.length) { here = 0; }
    if (window.innerHeight + window.scrollY >= document.body.scrollHeight - 4 && window.scrollY > 0) {
      var seen = heads.map(function (h) { return h && h.getBoundingClientRect().top < window.innerHeight; });
      here = Math.max(here, seen.lastIndexOf(true));
    }
    marks.forEach(function (a, i) {
      a.classList.toggle("here", i === here);
      if (i === here) { a.setAttribute("aria-current", "location"); } else { a.removeAttribute("aria-current"); }
    });
  }
  if (marks.length) {
    addEventListener("scroll", function () { if (!waiting) { waiting = true; requestAnimationFrame(spy); } }, { passive: true });
    spy();
  }

  // search: plain substrings, the right thing for Chinese
  var box = $("#search"), input = $("#search-text"), list = $("#search-results"), count = $("#search-count");
  var searchButton = $(".search-button"), records = null;
  var fold = function (s) { return s.normalize("NFKC").toLowerCase(); };
  function openSearch() {
    load("BB_SEARCH", "search-data.js", function (data) {
      records = records || data.map(function (r) { return { r: r, head: fold(r[3] || r[2]), text: fold(r[4]) }; });
      look();
    });
    if (!box.open) { box.showModal(); }
    input.select();
  }
  function terms() { return fold(input.value).split(/\s+/).filter(Boolean); }
  function score(record, words) {
    var total = 0;
    for (var i = 0; i < words.length; i++) {
      var inHead = record.head.indexOf(words[i]) >= 0, at = record.text.indexOf(words[i]);
      if (!inHead && at < 0) { return 0; }
      var times = at < 0 ? 0 : Math.min(record.text.split(words[i]).length - 1, 5);
      total += (inHead ? 10 : 0) + times;
    }
    return total;
  }
  function marked(text, words) {
    var part = document.createDocumentFragment(), low = fold(text);
    if (low.length !== text.length) { part.append(text); return part; }
    for (var i = 0; i < text.length;) {
      var hit = words.filter(function (w) { return low.startsWith(w, i); }).sort(function (a, b) { return b.length - a.length; })[0];
      if (hit) { part.append(make("mark", { textContent: text.substr(i, hit.length) })); i += hit.length; continue; }
      var next = Math.min.apply(null, words.map(function (w) { var n = low.indexOf(w, i); return n < 0 ? text.length : n; }));
      part.append(text.slice(i, next)); i = next;
    }
    return part;
  }
  function snippet(text, words) {
    var low = fold(text), at = Math.max(0, Math.min.apply(null, words.map(function (w) {
      var n = low.indexOf(w); return n < 0 ? 1e9 : n;
    })));
    if (at >= 1e9) { at = 0; }
    var from = Math.max(0, at - 28);
    return (from ? "…" : "") + text.slice(from, from + 96) + (from + 96 < text.length ? "…" : "");
  }
  function look() {
    var words = terms();
    list.textContent = "";
    if (!words.length || !records) { count.textContent = ""; return; }
    var found = records.map(function (x, i) { return { x: x, i: i, s: score(x, words) }; })
      .filter(function (f) { return f.s > 0; }).sort(function (a, b) { return b.s - a.s || a.i - b.i; });
    count.textContent = found.length ? "找到 " + found.length + " 处" : "没有找到“" + input.value.trim() + "”";
    found.slice(0, 60).forEach(function (f) {
      var r = f.x.r, link = make("a"), title = make("b"), where = make("small"), text = make("span");
      link.href = encodeURIComponent(r[0]) + ".html?q=" + encodeURIComponent(input.value.trim()) + (r[1] ? "#" + encodeURIComponent(r[1]) : "");
      title.append(marked(r[3] || r[2], words));
      if (r[3]) { where.textContent = " · " + r[2]; title.append(where); }
      text.append(marked(snippet(r[4], words), words));
      link.append(title, text);
      var item = make("li"); item.append(link); list.append(item);
    });
  }
  searchButton.hidden = false;
  searchButton.addEventListener("click", openSearch);
  input.addEventListener("input", look);
  box.addEventListener("keydown", function (event) {
    var links = $$("a", list), at = links.indexOf(document.activeElement);
    if (event.key === "ArrowDown" && links.length) { event.preventDefault(); links[Math.min(at + 1, links.length - 1)].focus(); }
    if (event.key === "ArrowUp" && at >= 0) { event.preventDefault(); (at ? links[at - 1] : input).focus(); }
    if (event.key === "Enter" && document.activeElement === input) { event.preventDefault(); if (links[0]) { links[0].click(); } }
  });
  list.addEventListener("click", function () { box.close(); });
  document.addEventListener("keydown", function (event) {
    var typing = /^(INPUT|TEXTAREA|SELECT)$/.test(document.activeElement.tagName);
    if ((event.key === "/" && !typing) || (event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey))) {
      event.preventDefault(); openSearch();
    }
    if (event.key === "Escape") { menu(false); hide(); }
  });
  // what was searched for, marked on the page it led to
  var asked = new URLSearchParams(location.search).get("q");
  if (asked && window.CSS && CSS.highlights && window.Highlight) {
    var hits = new Highlight(), words = fold(asked).split(/\s+/).filter(Boolean);
    var walker = document.createTreeWalker($("article"), NodeFilter.SHOW_TEXT), node;
    while ((node = walker.nextNode())) {
      var low = fold(node.data);
      if (low.length !== node.data.length) { continue; }
      words.forEach(function (w) {
        for (var at = low.indexOf(w); at >= 0; at = low.indexOf(w, at + w.length)) {
          var range = new Range(); range.setStart(node, at); range.setEnd(node, at + w.length); hits.add(range);
        }
      });
    }
    CSS.highlights.set("bb-found", hits);
  }

  // figures, large
  var large = $("#large");
  $$("a.zoom").forEach(function (link) {
    link.addEventListener("click", function (event) {
      if (event.ctrlKey || event.metaKey || event.shiftKey) { return; }
      event.preventDefault();
      var image = $("img", link), caption = $("figcaption", link.closest("figure"));
      $(".picture", large).replaceChildren(make("img", { src: image.src, alt: image.alt }));
      $("p", large).textContent = caption ? caption.textContent.trim() : image.alt;
      large.showModal();
    });
  });
  [large, box].forEach(function (d) { d.addEventListener("click", function (e) { if (e.target === d) { d.close(); } }); });

  // tables, sorted by a click on a column's head
  function key(cell) {
    var text = cell.textContent.trim().replace(/[,，\s]/g, "").replace("−", "-");
    var found = text.match(/^[^\d+-]{0,2}([+-]?\d+(\.\d+)?)(万|亿)?/);
    if (!found) { return null; }
    return parseFloat(found[1]) * (found[3] === "亿" ? 1e8 : found[3] === "万" ? 1e4 : 1);
  }
  function sort(table, column, down) {
    var body = table.tBodies[0], rows = Array.prototype.slice.call(body.rows);
    var values = rows.map(function (r) { return { r: r, n: key(r.cells[column]), s: r.cells[column].textContent.trim() }; });
    var numeric = values.filter(function (v) { return v.n !== null; }).length * 2 > values.length;
    values.sort(function (a, b) {
      if (numeric) {
        if (a.n === null || b.n === null) { return (a.n === null) - (b.n === null); }
        return down ? b.n - a.n : a.n - b.n;
      }
      return a.s.localeCompare(b.s, "zh") * (down ? -1 : 1);
    });
    values.forEach(function (v) { body.append(v.r); });
  }
  $$("main table").forEach(function (table) {
    var head = table.tHead && table.tHead.rows;
    if (!head || head.length !== 1 || table.tBodies.length !== 1 || table.tBodies[0].rows.length < 3) { return; }
    if ($("[colspan]:not([colspan='1']), [rowspan]:not([rowspan='1'])", table)) { return; }
    Array.prototype.forEach.call(head[0].cells, function (cell, column) {
      if (!cell.textContent.trim()) { return; }
      var button = make("button", { type: "button", title: "按此列排序" });
      button.append.apply(button, Array.prototype.slice.call(cell.childNodes));
      cell.append(button);
      button.addEventListener("click", function () {
        var down = cell.getAttribute("aria-sort") === "ascending";
        $$("[aria-sort]", table).forEach(function (c) { c.removeAttribute("aria-sort"); });
        cell.setAttribute("aria-sort", down ? "descending" : "ascending");
        sort(table, column, down);
      });
    });
  });
  // tabs
  $$(".tabset").forEach(function (set) {
    var tabs = $$(":scope > .tab", set), bar = make("div", { className: "tablist" });
    bar.setAttribute("role", "tablist");
    var buttons = tabs.map(function (tab) {
      var button = make("button", { type: "button", id: tab.id + "-tab", textContent: $(".tab-title", tab).textContent });
      button.setAttribute("role", "tab");
      button.setAttribute("aria-controls", tab.id);
      tab.setAttribute("role", "tabpanel");
      tab.setAttribute("aria-labelledby", button.id);
      tab.removeAttribute("aria-label");
      return button;
    });
    function show(at, focus) {
      tabs.forEach(function (tab, i) {
        tab.hidden = i !== at;
        buttons[i].setAttribute("aria-selected", String(i === at));
        buttons[i].tabIndex = i === at ? 0 : -1;
      });
      if (focus) { buttons[at].focus(); }
    }
    buttons.forEach(function (button, i) {
      button.addEventListener("click", function () { show(i, false); });
      button.addEventListener("keydown", function (event) {
        var step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
        if (step) { show((i + step + tabs.length) % tabs.length, true); }
      });
      bar.append(button);
    });
    set.prepend(bar); set.classList.add("live"); show(0, false);
    addEventListener("beforeprint", function () { tabs.forEach(function (t) { t.hidden = false; }); });
    addEventListener("afterprint", function () { show(0, false); });
  });
  addEventListener("beforeprint", function () { $$("main details").forEach(function (d) { d.open = true; }); });

  // previews of what a reference points to
  var shown = null, timer = null;
  function hide() {
    clearTimeout(timer);
    if (shown) { shown.remove(); shown = null; }
    $$("[aria-describedby=preview]").forEach(function (a) { a.removeAttribute("aria-describedby"); });
  }
  function place(link, content) {
    hide();
    shown = make("div", { className: "preview", id: "preview" });
    link.setAttribute("aria-describedby", "preview");
    shown.setAttribute("role", "tooltip");
    shown.append.apply(shown, content);
    $("main").append(shown);
    var at = link.getBoundingClientRect(), left = Math.min(at.left, innerWidth - shown.offsetWidth - 12);
    var above = at.bottom + shown.offsetHeight + 12 > innerHeight && at.top > shown.offsetHeight;
    shown.style.left = Math.max(8, left) + scrollX + "px";
    shown.style.top = (above ? at.top - shown.offsetHeight - 8 : at.bottom + 8) + scrollY + "px";
  }
  function preview(link) {
    var name = decodeURIComponent((link.getAttribute("href").split("#")[1] || ""));
    if (!link.classList.contains("bb-ref") && name.indexOf("ref-") !== 0) {
      var note = document.getElementById(name);
      if (note) {
        var copy = note.cloneNode(true);
        copy.removeAttribute("id");
        $$("[id]", copy).forEach(function (n) { n.removeAttribute("id"); });
        $$(".footnote-back", copy).forEach(function (n) { n.remove(); });
        place(link, Array.prototype.slice.call(copy.childNodes));
      }
      return;
    }
    load("BB_PREVIEW", "preview-data.js", function (data) {
      var found = data[name];
      if (!found || !link.matches(":hover, :focus")) { return; }
      var parts = [], text = make("p");
      if (found[2]) { parts.push(make("img", { src: found[2], alt: "" })); }
      text.append(make("strong", { textContent: found[0] }), found[1] && found[1] !== found[0] ? "　" + found[1] : "");
      place(link, parts.concat([text]));
    });
  }
  $$("a.bb-ref, a.footnote-ref, .citation a").forEach(function (link) {
    link.addEventListener("mouseenter", function () { timer = setTimeout(function () { preview(link); }, 250); });
    link.addEventListener("mouseleave", hide);
    link.addEventListener("focus", function () { preview(link); });
    link.addEventListener("blur", hide);
  });

  // copy buttons
  $$("[data-copy]").forEach(function (button) {
    var source = document.getElementById(button.dataset.copy);
    function done() {
      button.textContent = "已复制";
      setTimeout(function () { button.textContent = "复制"; }, 1600);
    }
    function byHand() { // plain http has no clipboard: select the text, and copy it the old way
      getSelection().selectAllChildren(source);
      if (document.execCommand("copy")) { done(); }
    }
    button.addEventListener("click", function () {
      if (navigator.clipboard) { navigator.clipboard.writeText(source.textContent).then(done, byHand); } else { byHand(); }
    });
  });

  if (document.getElementById("tbl-cases-register")) { // the case register brings its own search
    var more = document.createElement("script");
    more.src = "assets/cases.js";
    document.head.appendChild(more);
  }
})();
