"""The sample's registers: policies, lists, topics and claims as `source/registers/` has them, pairs and villages from the seed."""

import math

FIRST = 2019  # villages hand in their collective income for longer than the rest of the sample
PAIRS = 40
SHARES = {"民主法治村": "GOV-2-03", "共享法庭": "GOV-2-04", "文化礼堂": "CUL-2-01", "美丽乡村达标村": "ENV-2-03"}
INCOME = "集体经营性收入"
HOMES, PERSONS, TOWN = "户数", "常住人口", "城镇社区"
A_HOME = 2.85  # persons of a household, as the sample's sizes come to
SAID = "示例数据（程序生成，非真实统计）"


def kept(tools, name):
    """A register that stands in `source/registers/`, each row marked."""
    rows = tools.read(tools.HERE / "source" / "registers" / f"{name}.csv")
    source = {} if name in ("topics", "claims") else {"source": SAID}
    return [row | {"status": "sample"} | source for row in rows]


def level(tools, village, west):
    """Collective income of a village in the first year, in 万元."""
    draws = tools.Stream(21, int(village["code"]))
    return math.exp(draws.normal(3.6 if west else 4.0, 0.45)), draws.normal(0.06, 0.01)


def chosen(tools, places, villages):
    """Strong and weak villages: drawn among the upper and the lower half of the first year's incomes."""
    own = [v for v in villages if v["kind"] == "村"]
    own.sort(key=lambda v: (level(tools, v, tools.is_west(places[v["place"]]))[0], v["code"]))
    draw = {v["code"]: tools.Stream(22, int(v["code"])).uniform() for v in own}
    half = len(own) // 2
    weak = sorted(own[: half + half // 3], key=lambda v: draw[v["code"]])[:PAIRS]
    strong = sorted(own[-half // 2 :], key=lambda v: draw[v["code"]])[:PAIRS]
    return [v["code"] for v in strong], [v["code"] for v in weak]


def pairs(tools, places, strong, weak):
    contents = ("干部互派", "村村共建", "村社协作")
    rows = [
        {"id": f"J{n + 1:03d}", "kind": "强村弱村", "giver": s, "receiver": w, "start": "2022-03-01", "ends": "",
         "content": contents[n % 3]} for n, (s, w) in enumerate(zip(strong, weak, strict=True))
    ]  # fmt: skip
    west = [p for p in places.values() if tools.is_west(p)]
    east = [p for p in places.values() if p["kind"] == "街道"]
    for n, place in enumerate(west):
        for k, giver in enumerate((east[n % len(east)]["name"], f"示例企业{n + 1}", f"示例部门{n + 1}")):
            rows.append({"id": f"D{n + 1:02d}{k + 1}", "kind": "多对一", "giver": giver, "receiver": place["code"],
                         "start": "2022-06-01", "ends": "", "content": ""})  # fmt: skip
    return [row | {"status": "sample", "source": SAID} for row in rows]


def grids(tools, places, years):
    """Which of the items of the plan's grids each place has; in the west fewer at first."""
    rows = []
    items = tools.read(tools.REFERENCE / "grids.csv")
    for number, item in enumerate(items):
        for place in places.values():
            since = tools.Stream(23, number, int(place["code"])).uniform() * (6 if tools.is_west(place) else 4)
            rows += [
                {"place": place["code"], "year": year, "grid": item["grid"], "cell": item["cell"],
                 "name": f"{place['name']}{item['cell']}（示例）", "status": "sample", "source": SAID}
                for year in years if year - years[0] + 1 > since
            ]  # fmt: skip
    return rows


def village_values(tools, places, villages, years, weak):
    """Collective incomes, and which villages have what the indicators of places count."""
    rows = []
    for village in villages:
        start, growth = level(tools, village, tools.is_west(places[village["place"]]))
        draws = tools.Stream(24, int(village["code"]))
        for year in range(FIRST, years[-1] + 1):
            helped = 0.02 * max(0, year - 2021) if village["code"] in weak else 0.0
            value = start * math.exp(growth * (year - FIRST) + helped + draws.normal(0, 0.03))
            rows.append(_value(tools, village, year, INCOME, tools.fixed(value, 1)))
    rows += counted(tools, places, villages, years[0])
    held = {}
    for row in tools.observations_of(years):
        held[row["place"], row["year"], row["indicator"]] = float(row["value"])
    for name, indicator in SHARES.items():
        for place in places:
            own = [v for v in villages if v["place"] == place]
            own.sort(key=lambda v: tools.Stream(25, int(v["code"]), len(name)).uniform())
            for year in (years[0], years[-1]):
                if (place, year, indicator) not in held:
                    continue
                count = round(len(own) * held[place, year, indicator] / 100)
                rows += [_value(tools, v, year, name, str(int(n < count))) for n, v in enumerate(own)]
    return rows


def counted(tools, places, villages, year):
    """Households and persons of each village, adding up to what the sampled households stand for, and which are urban."""
    rows = []
    for place in places.values():
        urban, rest, share, stock = tools.stock_of(place, year, villages)
        for own, homes in ((urban, stock * share), (rest, stock * (1 - share))):
            sizes = [tools.Stream(27, int(v["code"])).between(0.6, 1.4) for v in own]
            for village, size in zip(own, sizes, strict=True):
                count = max(round(homes * size / sum(sizes)), 20)
                persons = round(count * A_HOME * tools.Stream(28, int(village["code"])).between(0.95, 1.05))
                told = {HOMES: count, PERSONS: persons, TOWN: int(own is urban)}
                rows += [_value(tools, village, year, item, str(value)) for item, value in told.items()]
    return rows


def _value(tools, village, year, item, value):
    return {"village": village["code"], "year": year, "village_item": item, "value": value, "status": "sample",
            "source": SAID}  # fmt: skip


def quantities(tools, places, years):
    """Physical quantities of ecological products by place, invented: more in the west, growing slowly."""
    sizes = {"农业产品产量": 3000, "林业产品产量": 400, "水源涵养量": 900, "土壤保持量": 60, "固碳量": 1.2,
             "旅游康养人次": 18}  # fmt: skip
    rows = []
    for number, (name, size) in enumerate(sizes.items()):
        for code, place in places.items():
            draws = tools.Stream(26, number, int(code))
            start = size * (1.6 if tools.is_west(place) else 0.7) * draws.between(0.6, 1.4)
            for year in years:
                value = start * (1 + 0.02 * (year - years[0])) * draws.between(0.97, 1.03)
                rows.append({"place": code, "year": year, "quantity": name, "value": tools.fixed(value, 2),
                             "status": "sample", "source": SAID})  # fmt: skip
    return rows


def write_all(tools, folder):
    """Write the registers into the sample's folder."""
    places = {p["code"]: p for p in tools.read(tools.REFERENCE / "places.csv")}
    villages = tools.read(tools.REFERENCE / "villages.csv")
    strong, weak = chosen(tools, places, villages)
    made = {name: kept(tools, name) for name in ("policies", "lists", "topics", "claims")}
    made["pairs"] = pairs(tools, places, strong, weak)
    made["quantities"] = quantities(tools, places, tools.YEARS)
    made["grids"] = grids(tools, places, tools.YEARS)
    made["village-values"] = village_values(tools, places, villages, tools.YEARS, set(weak))
    for name, rows in made.items():
        tools.write(folder, f"{name}.csv", rows)
