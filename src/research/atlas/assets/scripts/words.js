// Words in the reader's language, numbers as text, names of what has a code.
(function () {
  "use strict";
  const A = window.Atlas;
  A.language = "zh";
  const t = function (key, values) { return A.t(key, values); };

  A.t = function (key, values) {
    const pair = (A.topic("words") || {})[key];
    let text = pair ? pair[A.language === "en" ? 1 : 0] : key;
    Object.entries(values || {}).forEach(function ([name, value]) { text = text.split("{" + name + "}").join(String(value)); });
    const sure = (A.topic("about") || {}).percent; // level of the edition's intervals
    return text.split("{sure}").join(String(sure)).split("{risk}").join(String(Math.round(1e6 * (100 - sure)) / 1e6));
  };

  A.named = function (thing) { return (A.language === "en" && thing.en) || thing.name; };

  // What joins a name and its value, and what stands in brackets, as each language writes them.
  A.colon = function () { return A.language === "en" ? ": " : "："; };
  A.bracketed = function (text) { return A.language === "en" ? " (" + text + ")" : "（" + text + "）"; };
  A.joined = function (parts) { return parts.join(A.language === "en" ? "; " : "；"); };
  A.titled = function (subject) { return A.named(subject) + A.bracketed(subject.unit); };

  // The status mark of a picture or table.
  A.marked = function (status) {
    if (!status) { return ""; }
    return status.id === "sample" ? t("sample") : t("status") + A.colon() + (A.language === "en" ? status.en : status.zh);
  };

  // Domains, sub-domains and indicators of an index by the names of their codes.
  A.nodeName = function (tree, level, j) {
    const about = A.topic("about"), code = tree.codes[level][j];
    if (A.language !== "en") { return tree.names[level][j]; }
    const known = about.domains.concat(about.subdomains || []).find(function (d) { return d.code === code; }) || about.indicators.find(function (i) { return i.id === code; });
    return (known && known.en) || tree.names[level][j];
  };

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
    return figures(most).format(value).replace("-", "−");
  };
  const writers = new Map(); // to make one takes longer than to write a thousand numbers
  function figures(most) {
    if (!writers.has(most)) { writers.set(most, new Intl.NumberFormat("en-US", { maximumFractionDigits: most })); }
    return writers.get(most);
  }

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
