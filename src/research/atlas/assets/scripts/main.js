// The way between the views, the language, the colours.
(function () {
  "use strict";
  const A = window.Atlas, el = A.el, t = A.t;
  const ORDER = ["explore", "weigh", "compare", "recompute", "calendar"].filter(function (v) { return A.views[v]; });
  let turn = 0;

  // Shows a view with settings, and keeps where the reader's keyboard is.
  A.go = function (view, settings) {
    A.address.write(view, settings);
    return show();
  };

  function place() {
    const at = document.activeElement;
    if (!at || !at.closest || !at.closest("#view")) { return null; }
    const name = at.dataset.name || null, id = at.dataset.id || null, inside = at.closest("[data-name]");
    const open = at.closest("details.pick");
    return { name: name, id: id, holder: open ? open.dataset.name : inside ? inside.dataset.name : null, open: !!(open && open.open), summary: at.tagName === "SUMMARY" };
  }

  function back(where) {
    if (!where) { return; }
    const host = document.getElementById("view");
    let from = host;
    if (where.open && where.holder) {
      const pick = Array.from(host.querySelectorAll("details.pick")).find(function (d) { return d.dataset.name === where.holder; });
      if (pick) { pick.open = true; pick.dispatchEvent(new Event("toggle")); from = pick; }
    }
    const found = Array.from(from.querySelectorAll("[data-name], [data-id]")).find(function (x) {
      return (x.dataset.name || null) === where.name && (x.dataset.id || null) === where.id;
    });
    if (found) { found.focus({ preventScroll: true }); }
    else if (where.summary && from !== host) { from.querySelector("summary").focus({ preventScroll: true }); }
  }

  function show() {
    const params = A.address.read(), mine = ++turn, where = place(), begun = performance.now();
    const wanted = params.get("view"), view = ORDER.includes(wanted) ? wanted : "explore";
    A.speak(params.get("lang") === "en" || A.language === "en" && params.get("lang") !== "zh" ? "en" : "zh");
    tabs(view);
    const strange = wanted && wanted !== view ? [t("unknown-view", { what: wanted.slice(0, 40) })] : [];
    return Promise.resolve().then(function () { return A.views[view].needs(params); }).then(function () {
      if (mine !== turn) { return; }
      const host = document.getElementById("view");
      A.say([]);
      try { A.views[view].draw(host, params); }
      catch (error) { host.replaceChildren(); A.say([t("broken")]); console.error(error); }
      if (strange.length) { A.say(strange.concat(document.getElementById("said").textContent)); }
      back(where);
      A.drawn = performance.now() - begun;
      document.documentElement.dataset.drawn = String(++A.count);
      if (A.count === 1) { requestAnimationFrame(function () { setTimeout(function () { A.ready = performance.now(); }, 0); }); }
    });
  }
  A.count = 0;
  A.show = show;

  function tabs(view) {
    const nav = document.getElementById("views");
    nav.hidden = false;
    nav.replaceChildren.apply(nav, ORDER.map(function (v) {
      return el("a", { href: "#view=" + v + (A.language === "en" ? "&lang=en" : ""), "aria-current": v === view ? "page" : null, text: t("view-" + v) });
    }));
  }

  A.speak = function (language) {
    if (A.language === language && A.spoken) { return; }
    A.spoken = true;
    A.language = language;
    document.documentElement.lang = language === "en" ? "en" : "zh-CN";
    document.getElementById("title").textContent = t("atlas");
    document.title = t("atlas") + " – " + A.topic("about").book;
    const sample = document.getElementById("sample");
    if (sample) { sample.textContent = t("sample"); }
    const button = document.getElementById("language");
    button.hidden = false;
    button.textContent = t("other-language");
    button.lang = language === "en" ? "zh" : "en";
    themeButton.textContent = t("dark");
    document.querySelector(".skip").textContent = t("skip");
    document.getElementById("views").setAttribute("aria-label", t("atlas"));
  };

  const themeButton = document.getElementById("theme");
  function theme(name, keep) {
    document.documentElement.dataset.theme = name;
    themeButton.setAttribute("aria-pressed", String(name === "dark"));
    if (keep) { try { localStorage.setItem("bb-theme", name); } catch (e) { /* not remembered */ } show(); }
  }

  document.getElementById("language").addEventListener("click", function () {
    const params = A.address.read(), next = A.language === "en" ? "zh" : "en";
    A.speak(next);
    params.delete("lang");
    A.go(params.get("view") || "explore", Object.fromEntries(Array.from(params).filter(function (p) { return p[0] !== "view"; })));
  });
  themeButton.hidden = false;
  theme(document.documentElement.dataset.theme || "light", false);
  themeButton.addEventListener("click", function () { theme(document.documentElement.dataset.theme === "dark" ? "light" : "dark", true); });
  addEventListener("hashchange", function () { if (location.hash.includes("=")) { show(); } });
  let wide = document.documentElement.clientWidth;
  addEventListener("resize", function () {
    if (Math.abs(document.documentElement.clientWidth - wide) > 30) { wide = document.documentElement.clientWidth; show(); }
  });
  if (window.matchMedia) { matchMedia("(forced-colors: active)").addEventListener("change", show); }
  show();
})();
