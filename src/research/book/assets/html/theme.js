// Runs before the page is painted, so that dark readers see no white flash.
(function () {
  var theme = null;
  try { theme = localStorage.getItem("bb-theme"); } catch (e) { /* no storage from this address */ }
  if (theme !== "dark" && theme !== "light") {
    theme = window.matchMedia && matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  }
  document.documentElement.dataset.theme = theme;
})();
