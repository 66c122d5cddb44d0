"""Time the atlas in Chromium at a quarter of this machine's speed, and print seconds, milliseconds and bytes.

``python benchmarks/atlas_speed.py [--plotly plotly.min.js]``: a made-up edition of 64 indicators, 20 and 1,400 places and
5 years. Usable: the first picture is painted and all controls stand. Interactions: each choice of chart, indicator, place
and weight, until its picture stands in the page. Beside it, side by side, a page of itables (and of plotly, where its
script is given) that shows the same table.
"""

from __future__ import annotations

import argparse
import gzip
import json
import statistics
import tempfile
import time
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
from selenium import webdriver

from research.atlas.page import write_page
from research.atlas.weighing import index_data
from research.book.web.files import copy_assets
from research.book.web.page import ASSETS
from research.composite import IndexSpec, build_index
from research.core.status import Status
from research.core.tables import packed

YEARS, INDICATORS, THROTTLE = range(2021, 2026), 64, 4
CHOICES = [
    "view=explore&chart=line", "view=explore&chart=bars&of=I02", "view=explore&chart=map&of=I03",
    "view=explore&chart=scatter&of=I04&against=I05", "view=explore&chart=multiples&of=I06&places=P0001,P0002,P0003",
    "view=explore&chart=table&of=I07", "view=weigh", "view=weigh&w=D1:60", "view=weigh&w=D1:60,D2:5",
    "view=weigh&w=D1:60,D2:5&aggregate=geometric", "view=compare&places=P0001,P0002,P0003", "view=explore&chart=bars&of=I08",
]  # fmt: skip


def made_up(places: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Observations with errors, and the nodes of an index of them."""
    rng = np.random.default_rng(1)
    keys = pd.MultiIndex.from_product(
        [[f"I{i:02}" for i in range(INDICATORS)], [f"P{p:04}" for p in range(places)], YEARS],
        names=["indicator", "place", "year"],
    ).to_frame(index=False)
    value = np.round(rng.normal(60, 15, len(keys)), 1)
    rows = keys.assign(value=value, se=np.where(keys["indicator"] < "I12", 2.5, np.nan), status="sample", source="示例")
    rows = rows.assign(df=np.nan, unit="分")
    leaves = [{"code": f"I{i:02}", "level": 1, "parent": f"S{i % 18}", "direction": 1} for i in range(INDICATORS)]
    subs = [{"code": f"S{s}", "level": 2, "parent": f"D{s % 6}"} for s in range(18)]
    tops = [{"code": f"D{d}", "level": 3, "parent": "X"} for d in range(6)] + [{"code": "X", "level": 4, "parent": ""}]
    return rows, pd.DataFrame([*leaves, *subs, *tops])


def site(folder: Path, places: int) -> pd.DataFrame:
    """Write the atlas of a made-up edition; its observations."""
    rows, nodes = made_up(places)
    spec = IndexSpec(goalposts={f"I{i:02}": (0, 120) for i in range(INDICATORS)})
    result = build_index(rows[["indicator", "place", "year", "value", "se", "status"]], nodes, spec)
    top = result.ranks[result.ranks["level"] == result.tree.levels[-1]]
    published = top[["place", "year", "score", "rank", "status"]].assign(rank_lower=top["rank"], rank_upper=top["rank"])
    about = {
        "edition": YEARS[-1], "percent": 95, "limit": 1.96, "district": {"code": "P", "name": "全区"}, "years": list(YEARS), "sample": "示例数据，非真实统计",
        "statuses": [{"id": str(s), "zh": s.meaning, "en": s.en} for s in Status],
        "places": [{"code": f"P{p:04}", "name": f"地区{p:04}", "short": f"{p:04}", "tile": None} for p in range(places)],
        "groups": [], "domains": [{"code": "D", "name": "领域", "en": "Domain"}], "measures": [], "plan": {},
        "indicators": [{"id": f"I{i:02}", "name": f"指标{i}", "en": f"Indicator {i}", "domain": "D", "sub": "", "unit": "分",
                        "direction": 1, "measure": ""} for i in range(INDICATORS)],
    }  # fmt: skip
    robust = {"level": 0.9, "noise": 0.25, "seed": 1}
    topics = {"observations": {"observations": packed(rows)},
              "weighing": index_data(result) | {"published": packed(published), "robustness": robust}}  # fmt: skip
    copy_assets(ASSETS, folder / "assets")
    (folder / "index.html").write_text("<title>书</title>", encoding="utf-8")
    write_page(
        folder,
        SimpleNamespace(title="书", chapters=[SimpleNamespace(slug="index", title="书", kind="chapter")]),
        about,
        topics,
    )
    return rows


def browser(profile: str) -> webdriver.Chrome:
    """A headless Chromium at a quarter of the machine's speed."""
    options = webdriver.ChromeOptions()
    options.binary_location = "/usr/bin/chromium"
    for flag in (
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        f"--user-data-dir={profile}",
        "--window-size=1300,1000",
    ):
        options.add_argument(flag)
    made = webdriver.Chrome(options=options, service=webdriver.ChromeService("/usr/bin/chromedriver"))
    made.execute_cdp_cmd("Emulation.setCPUThrottlingRate", {"rate": THROTTLE})
    return made


def wait(driver: webdriver.Chrome, condition: str) -> None:
    """Until a condition holds."""
    end = time.monotonic() + 120
    while not driver.execute_script(f"return {condition}"):
        if time.monotonic() > end:
            raise TimeoutError(condition)
        time.sleep(0.05)


def opened(driver: webdriver.Chrome, address: str, ready: str, times: int = 5) -> list[float]:
    """Seconds from opening a page to what its `ready` gives, in milliseconds since the navigation."""
    found = []
    for _ in range(times):
        driver.get("about:blank")
        driver.get(address)
        wait(driver, f"!!({ready})")
        found.append(driver.execute_script(f"return {ready}") / 1000)
    return found


def interactions(driver: webdriver.Chrome) -> tuple[list[float], list[float]]:
    """Milliseconds of each choice until its picture stands, throttled; and of the main thread's own time at full speed."""
    found: tuple[list[float], list[float]] = ([], [])
    for times, rate in zip(found, (THROTTLE, 1), strict=True):
        driver.execute_cdp_cmd("Emulation.setCPUThrottlingRate", {"rate": rate})
        driver.execute_cdp_cmd("Performance.enable", {"timeDomain": "threadTicks"})
        for choice in CHOICES * 4:
            count, before = driver.execute_script("return Atlas.count"), task(driver)
            driver.execute_script("location.hash = arguments[0]", choice)
            wait(driver, f"Atlas.count > {count}")
            spent = 1000 * (task(driver) - before)
            times.append(spent if rate == 1 else driver.execute_script("return Atlas.drawn"))
    driver.execute_cdp_cmd("Performance.disable", {})
    driver.execute_cdp_cmd("Emulation.setCPUThrottlingRate", {"rate": THROTTLE})
    return found


def task(driver: webdriver.Chrome) -> float:
    """Seconds of the main thread's tasks so far."""
    held = driver.execute_cdp_cmd("Performance.getMetrics", {})["metrics"]
    return next(m["value"] for m in held if m["name"] == "TaskDuration")


def processor(driver: webdriver.Chrome, address: str, ready: str, times: int = 5) -> float:
    """Seconds of the main thread's own processor time to open a page, at full speed: others' load is not in it."""
    driver.execute_cdp_cmd("Emulation.setCPUThrottlingRate", {"rate": 1})
    driver.execute_cdp_cmd("Performance.enable", {"timeDomain": "threadTicks"})
    found = []
    for _ in range(times):
        driver.get("about:blank")
        driver.get(address)
        wait(driver, f"!!({ready})")
        found.append(task(driver))
    driver.execute_cdp_cmd("Performance.disable", {})
    driver.execute_cdp_cmd("Emulation.setCPUThrottlingRate", {"rate": THROTTLE})
    return statistics.median(found)


def weight(paths) -> tuple[int, int]:
    """Bytes as they are, and compressed."""
    texts = [p.read_bytes() for p in paths]
    return sum(map(len, texts)), sum(len(gzip.compress(t)) for t in texts)


def atlas(driver: webdriver.Chrome, folder: Path, places: int) -> tuple[pd.DataFrame, float, int]:
    """Print what the atlas of so many places takes; its rows, seconds to the first picture, and bytes."""
    rows = site(folder, places)
    address = f"file://{folder}/atlas.html"
    seconds = opened(driver, address, "window.Atlas && Atlas.ready")
    own = processor(driver, address, "window.Atlas && Atlas.ready")
    driver.get(address)
    wait(driver, "window.Atlas && Atlas.ready")
    drawn, busy = interactions(driver)
    scripts = [*folder.glob("atlas/scripts/*.js"), *folder.glob("atlas/vendor/*.js")]
    data = list(folder.glob("atlas/data/*.js"))
    first = [*scripts, *(p for p in data if p.stem in ("about", "words", "observations")), folder / "atlas.html"]
    print(f"{INDICATORS} indicators x {places} places x {len(YEARS)} years, {THROTTLE}x slower")
    print(f"  usable after            {statistics.median(seconds):.2f} s (of {', '.join(f'{s:.2f}' for s in seconds)})")
    print(f"  processor time to open  {own:.2f} s at full speed, {own * THROTTLE:.2f} s at the throttled one")
    least = [min(drawn[i :: len(CHOICES)]) for i in range(len(CHOICES))]  # what others do to the machine only adds
    print(f"  interaction, median     {statistics.median(drawn):.0f} ms of {len(drawn)} (longest {max(drawn):.0f}); of each")
    print(f"    choice's best time    {statistics.median(least):.0f} ms (longest {max(least):.0f})")
    least = [THROTTLE * min(busy[i :: len(CHOICES)]) for i in range(len(CHOICES))]
    print(f"  processor time of it    {statistics.median(least):.0f} ms at the throttled speed, of each choice's least")
    print(f"  scripts                 {weight(scripts)[0]:,} B, compressed {weight(scripts)[1]:,} B")
    print(f"  data                    {weight(data)[0]:,} B, compressed {weight(data)[1]:,} B")
    return rows, statistics.median(seconds), weight(first)[0]


def others(driver: webdriver.Chrome, folder: Path, rows: pd.DataFrame, plotly: str, seconds: float, size: int) -> None:
    """The same table by itables, and with plotly drawing the first indicator, side by side."""
    import itables
    import itables.options as options
    from itables.javascript import generate_init_offline_itables_html

    start = generate_init_offline_itables_html(Path(options.dt_bundle))
    table = itables.to_html_datatable(rows, connected=False, maxBytes=0)
    page = folder / "itables.html"
    page.write_text(f"<meta charset='utf-8'>{start}{table}"
                    "<script>(function look() { if (document.querySelector('.dt-container tbody tr, .dataTables_wrapper tbody tr'))"
                    " { window.done = performance.now(); } else { setTimeout(look, 5); } })()</script>", encoding="utf-8")  # fmt: skip
    report(driver, "itables", page, seconds, size)
    if plotly:
        part = rows[(rows["indicator"] == "I00") & (rows["year"] == YEARS[-1])]
        data = [{"type": "bar", "x": part["value"].tolist(), "y": part["place"].tolist(), "orientation": "h",
                 "error_x": {"array": part["se"].fillna(0).tolist()}}]  # fmt: skip
        every = json.dumps(rows.to_dict("list"))
        page = folder / "plotly.html"
        page.write_text(f"<meta charset='utf-8'><script>{Path(plotly).read_text('utf-8')}</script><div id=p></div>"
                        f"<script>var rows = {every.replace('NaN', 'null')}; Plotly.newPlot('p', {json.dumps(data)})"
                        ".then(function () { window.done = performance.now() })</script>", encoding="utf-8")  # fmt: skip
        report(driver, "plotly", page, seconds, size)


def report(driver: webdriver.Chrome, name: str, page: Path, seconds: float, size: int) -> None:
    """One line on another page, with the atlas's share of it."""
    theirs, weighs = statistics.median(opened(driver, f"file://{page}", "window.done", 3)), page.stat().st_size
    print(
        f"  {name}: first picture {theirs:.2f} s, {weighs:,} B; the atlas: {seconds / theirs:.2f} and {size / weighs:.2f} of it"
    )


def main() -> None:
    """Both sizes, then the others."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--plotly", default="", help="plotly.min.js of npm's plotly.js-dist-min")
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as work:
        driver = browser(f"{work}/profile")
        try:
            for places in (20, 1400):
                folder = Path(work) / str(places)
                folder.mkdir()
                rows, seconds, size = atlas(driver, folder, places)
                if places == 20:
                    others(driver, folder, rows, given.plotly, seconds, size)
        finally:
            driver.quit()


if __name__ == "__main__":
    main()
