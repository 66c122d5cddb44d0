// Words in the reader's language, numbers as text, names of what has a code.
(function () {
  "use strict";
  const A = window.Atlas;
  A.language = "zh";

  A.t = function (key, values) {
    const pair = (A.topic("words") || {})[key];
    let text = pair ? pair[A.language === "en" ? 1 : 0] : key;
    Object.entries(values || {}).forEach(function ([name, value]) { text = text.split("{" + name + "}").join(String(value)); });
    const sure = (A.topic("about") || {}).percent; // level of the edition's intervals
    return text.split("{sure}").join(String(sure)).split("{risk}").join(String(Math.round(1e6 * (100 - sure)) / 1e6));
  };

  A.named = function (thing) { return (A.language === "en" && thing.en) || thing.name; };

  A.placeName = function (code) {
    const about = A.topic("about");
    if (code === about.district.code) { return about.district.name; }
    A.placeNames = A.placeNames || new Map(about.places.map(function (p) { return [p.code, p.name]; }));
    return A.placeNames.get(code) || code;
  };

  A.list = function (items) { return items.join(A.language === "en" ? ", " : "、"); };

  // As many decimals as a reader can use: five figures, none after the point of large numbers.
  A.number = function (value, digits) {
    if (value === null || value === undefined || !isFinite(value)) { return "–"; }
    const size = Math.abs(value);
    const most = digits !== undefined ? digits : size >= 1000 ? 0 : size >= 100 ? 1 : size >= 1 ? 2 : 3;
    return value.toLocaleString("en-US", { maximumFractionDigits: most }).replace("-", "−");
  };

  A.interval = function (row, factor) {
    if (row.lower === null || row.upper === null || row.lower === undefined) { return ""; }
    return A.number(row.lower * (factor || 1)) + "—" + A.number(row.upper * (factor || 1));
  };

  A.statusOf = function (rows) {
    const ladder = A.topic("about").statuses;
    let worst = -1;
    rows.forEach(function (r) { worst = Math.max(worst, ladder.findIndex(function (s) { return s.id === r.status; })); });
    return worst < 0 ? null : ladder[worst];
  };
})();
