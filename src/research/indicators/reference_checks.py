"""Faults of the reference tables: ids, quotes, counts, memberships, weights, settings."""

from __future__ import annotations

from research.errors import DataError, Fault, nearest
from research.indicators import reference
from research.indicators.tables import read_yaml
from research.project import THEMES

COLUMNS = {
    "places": ["code", "name", "kind"],
    "villages": ["code", "name", "place", "kind"],
    "indicators": ["id", "name_zh", "theme", "domain_code", "domain_zh", "subdomain_code", "subdomain_zh",
                   "direction", "unit", "local_flag", "survey_flag", "level", "emphasis", "weight_domain",
                   "weight_subdomain", "weight_indicator", "effective_weight", "source_department", "quote"],
    "targets": ["id", "clause", "action", "indicator", "unit", "target_2022", "target_2025", "comparator", "kind",
                "class", "department", "quote"],
    "target_indicators": ["target", "indicator", "rule", "comparator", "reference", "reference_indicator"],
    "milestones": ["id", "clause", "milestone", "year", "quote"],
    "directional": ["id", "clause", "indicator", "direction", "quote"],
    "published": ["geo_code", "geo", "level", "year", "period", "indicator", "value", "unit", "status",
                  "source_title", "publisher", "source_date", "url", "trust"],
    "themes": ["theme", "domain_code", "name_zh", "name_en"],
    "counties": ["code", "name", "city_code", "city"],
    "departments": ["department", "kind"],
}
_IDS = {"places": "code", "villages": "code", "indicators": "id", "targets": "id", "milestones": "id",
        "directional": "id", "target_indicators": "target", "themes": "theme", "counties": "code",
        "departments": "department"}
TRUST = ("high", "medium-high")


def check_reference(project):
    """All faults of `data/reference`.

    Returns
    -------
    list of Fault

    Examples
    --------
    >>> from research.project import open_project
    >>> check_reference(open_project())
    []
    """
    frames, faults = {}, []
    for name, columns in COLUMNS.items():
        try:
            frame = reference.load(project, name)
        except DataError as error:
            faults += error.faults
            continue
        lost = [c for c in columns if c not in frame]
        faults += [Fault(f"{_file(name)}, row 1", f"a column {c}", "none", nearest(c, frame.columns), "column")
                   for c in lost]
        if not lost:
            frames[name] = frame
    try:
        texts = {"about": reference.district(project), "outline": reference.outline(project)}
        for name in ("groups", "settings", "index"):
            texts[name] = read_yaml(project.reference / f"{name}.yml", f"data/reference/{name}.yml")
    except (DataError, OSError) as error:
        return faults + (error.faults if isinstance(error, DataError) else [Fault("data/reference/outline.txt",
                         "the outline's text", "none", kind="missing-file")])
    if faults:
        return faults
    for rule in (_ids, _quotes, _links, _counts, _weights, _published, _groups, _settings):
        faults += rule(frames, texts)
    return faults


def _file(name):
    return f"data/reference/{name}.csv"


def _ids(frames, texts):
    faults = []
    for name, column in _IDS.items():
        ids = frames[name][column]
        faults += [Fault(f"{_file(name)}, row {row + 2}, column {column}", "each id once", repr(ids[row]),
                         kind="duplicate") for row in ids.index[ids.duplicated() | ids.eq("")]]
    return faults


def _quotes(frames, texts):
    """Each quote is a piece of the outline, letter for letter."""
    faults = []
    for name in ("indicators", "targets", "milestones", "directional"):
        quotes = frames[name]["quote"]
        faults += [Fault(f"{_file(name)}, row {row + 2}, column quote", "words of the outline, letter for letter",
                         repr(quote[:40]), "copy them from data/reference/outline.txt", "quote")
                   for row, quote in quotes.items() if quote and quote not in texts["outline"]]
        if name != "indicators":
            faults += [Fault(f"{_file(name)}, row {row + 2}, column quote", "a quote", "an empty cell", kind="quote")
                       for row in quotes.index[quotes.eq("")]]
    for name, group in texts["groups"].items():
        if group.get("quote") and group["quote"] not in texts["outline"]:
            faults.append(Fault(f"data/reference/groups.yml, {name}, quote", "words of the outline", group["quote"],
                                kind="quote"))
    return faults


def _links(frames, texts):
    """Names in one table that another must hold."""
    pairs = [("villages", "place", frames["places"]["code"]), 
             ("target_indicators", "target", frames["targets"]["id"]),
             ("target_indicators", "indicator", frames["indicators"]["id"]),
             ("targets", "department", frames["departments"]["department"]),
             ("indicators", "source_department", frames["departments"]["department"]),
             ("indicators", "domain_code", frames["themes"]["domain_code"]),
             ("indicators", "theme", frames["themes"]["theme"]), ("themes", "theme", list(THEMES))]
    faults = []
    for name, column, known in pairs:
        cells = frames[name][column]
        faults += [Fault(f"{_file(name)}, row {row + 2}, column {column}", "a known name", repr(cells[row]),
                         nearest(cells[row], known), "link") for row in cells.index[cells.ne("") & ~cells.isin(known)]]
    return faults


def _counts(frames, texts):
    """The counts that the outline states, where `district.yml` gives them."""
    found = {"domains": frames["indicators"]["domain_code"].nunique(),
             "subdomains": frames["indicators"]["subdomain_code"].nunique(),
             "indicators": len(frames["indicators"]), "places": len(frames["places"]),
             "villages": len(frames["villages"]), "targets": len(frames["targets"])}
    return [Fault(f"data/reference/district.yml, counts, {name}", f"{count} {name}", str(found.get(name)),
                  "correct the table or the count", "count")
            for name, count in (texts["about"].get("counts") or {}).items() if found.get(name) != count]


def _weights(frames, texts):
    """Weights are above zero and add up to one among siblings, at each level and as a whole."""
    table, faults = frames["indicators"], []
    low = table[["weight_domain", "weight_subdomain", "weight_indicator"]].le(0)
    faults += [Fault(f"{_file('indicators')}, row {row + 2}, column {column}", "a weight above 0",
                     f"{table.at[row, column]:g}", kind="weight") for column in low for row in low.index[low[column]]]
    domains, subdomains = table.drop_duplicates("domain_code"), table.drop_duplicates("subdomain_code")
    sums = {"weight_domain": domains.groupby(lambda _: "all domains")["weight_domain"].sum(),
            "weight_subdomain": subdomains.groupby("domain_code")["weight_subdomain"].sum(),
            "weight_indicator": table.groupby("subdomain_code")["weight_indicator"].sum(),
            "effective_weight": table.groupby(lambda _: "all indicators")["effective_weight"].sum()}
    for column, total in sums.items():
        faults += [Fault(f"{_file('indicators')}, column {column}, {group}", "weights that add up to 1", f"{value:.6g}",
                         kind="weight") for group, value in total.items() if abs(value - 1) > 1e-6]
    return faults


def _published(frames, texts):
    """Published rows have a source and enough trust."""
    table, faults = frames["published"], []
    for column in ("source_title", "publisher", "source_date", "url"):
        faults += [Fault(f"{_file('published')}, row {row + 2}, column {column}", "the source", "an empty cell",
                         "give the document", "source") for row in table.index[table[column].eq("")]]
    faults += [Fault(f"{_file('published')}, row {row + 2}, column trust", "one of " + ", ".join(TRUST),
                     repr(table.at[row, "trust"]), "leave the row out", "trust")
               for row in table.index[~table["trust"].isin(TRUST)]]
    faults += [Fault(f"{_file('published')}, row {row + 2}, column status", "published", repr(table.at[row, "status"]),
                     kind="status") for row in table.index[table["status"].ne("published")]]
    key = ["geo_code", "year", "period", "indicator"]
    return faults + [Fault(f"{_file('published')}, row {row + 2}", "each row once", "a second one", kind="duplicate")
                     for row in table.index[table.duplicated(key)]]


def _groups(frames, texts):
    """Members are places of the district, and each dated membership has a source."""
    codes, faults = list(frames["places"]["code"]), []
    for name, group in texts["groups"].items():
        for entry in group.get("memberships") or [{}]:
            where = f"data/reference/groups.yml, {name}"
            faults += [Fault(where, "a known place", repr(str(code)), nearest(code, codes), "place")
                       for code in entry.get("members", ()) if str(code) not in codes]
            faults += [Fault(where, f"an entry '{key}' in each membership", "none", kind="group")
                       for key in ("from", "members", "source") if not entry.get(key)]
    return faults


def _settings(frames, texts):
    """Each setting has dated values and a source."""
    faults = []
    for name, entry in texts["settings"].items():
        where = f"data/reference/settings.yml, {name}"
        if not isinstance(entry, dict) or not entry.get("values"):
            faults.append(Fault(where, "dated values like [{from: 2021, value: 1}]", repr(entry)[:40], kind="settings"))
            continue
        faults += [Fault(where, "'from' and 'value' in each entry", repr(v), kind="settings")
                   for v in entry["values"] if not isinstance(v, dict) or "from" not in v or "value" not in v]
        if not entry.get("source"):
            faults.append(Fault(where, "a source", "none", "say who set it", "settings"))
    return faults
