"""Make the sample district anew: synthetic figures on real place codes, the same bytes every time.

Run ``python data/sample/generate.py [FOLDER]``. Only raw 64-bit draws of PCG64 are used, each place and year has a
stream of its own, and everything is rounded before it is written, so that no release of numpy changes the files.
Nothing here is a statistic: levels, trends and gaps come from `source/`, which is invented.
"""

import csv
import importlib.util
import math
import sys
from pathlib import Path
from statistics import NormalDist
from types import SimpleNamespace

from numpy.random import PCG64

HERE = Path(__file__).resolve().parent
REFERENCE = HERE.parent / "reference"
SEED, YEARS, WEST = 2022, (2021, 2022, 2023, 2024), 0.06  # WEST: share of the gap that closes in a year
KNOWN = 3  # years between the two levels of `source/levels.csv`; `--until` goes on along the same lines
URBAN = {2021: 69000, 2022: 72600, 2023: 75800, 2024: 79000}
RURAL = {2021: 36400, 2022: 39300, 2023: 42000, 2024: 44700}
SHARES = {"wage": (0.84, 0.03, 0.07, 0.06), "business": (0.26, 0.58, 0.10, 0.06),
          "mixed": (0.52, 0.26, 0.12, 0.10), "pension": (0.12, 0.05, 0.13, 0.70)}
SIZES = ((1, 0.14), (2, 0.44), (3, 0.71), (4, 0.88), (5, 0.97), (6, 1.0))
NOTE = "示例数据，由带种子的程序生成，非真实统计"


class Stream:
    """Uniform and normal draws from one PCG64 stream."""

    def __init__(self, *key):
        self.bits = PCG64([SEED, *key])

    def uniform(self):
        return (int(self.bits.random_raw()) >> 11) / 2**53

    def normal(self, mean=0.0, sd=1.0):
        return mean + sd * NormalDist().inv_cdf(min(max(self.uniform(), 1e-12), 1 - 1e-12))

    def between(self, low, high):
        return low + (high - low) * self.uniform()


def read(path):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write(folder, name, rows):
    with open(folder / name, "w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def fixed(value, decimals):
    text = f"{value:.{decimals}f}"
    return text.replace("-0", "0") if float(text) == 0 else text


def is_west(place):
    return place["kind"] == "乡" or place["code"].endswith("101")


def level(place):
    """Income of a place relative to the district, in 2021."""
    noise = Stream(1, int(place["code"])).normal()
    if is_west(place):
        return 0.70 + 0.025 * noise
    return (1.04 if place["kind"] == "街道" else 0.92) + 0.045 * noise


def closing(factor, year):
    """A factor moves towards 1 over the years: the gaps narrow."""
    return 1 - (1 - factor) * (1 - WEST * (year - YEARS[0]))


# --- households ---------------------------------------------------------------------------------------------------


def residences(place, villages):
    """Urban and other villages of a place, and the urban share: communities are urban; few are joined by the first."""
    own = [v for v in villages if v["place"] == place["code"]]
    urban = [v for v in own if v["kind"] == "居"]
    rest = [v for v in own if v["kind"] != "居"]
    while len(urban) < 2:
        urban.append(rest.pop(0))
    return urban, rest, 0.62 if place["kind"] == "街道" else 0.45 if place["kind"] == "镇" else 0.3


def clusters(place, villages):
    """Villages of the sample by stratum."""
    urban, rest, share = residences(place, villages)
    return {"urban": (spread_out(urban, 6), share), "rural": (spread_out(rest, 6), 1 - share)}


def stock_of(place, year, villages):
    """`residences`, and the households of the place."""
    per_village = {"街道": 900, "镇": 520, "乡": 330}[place["kind"]]
    return *residences(place, villages), per_village * int(place["n_villages"]) * (1 + 0.005 * (year - YEARS[0]))


def spread_out(items, count):
    """Every k-th item, so that the sample of villages is the same each year."""
    if len(items) <= count:
        return items
    return [items[i * len(items) // count] for i in range(count)]


def households(place, year, villages):
    rows, draws = [], Stream(2, int(place["code"]), year)
    target = int(draws.between(165, 235))
    stock = stock_of(place, year, villages)[-1]
    for residence, (sampled, share) in clusters(place, villages).items():
        wanted = max(2 * len(sampled), round(target * share))
        for number in range(wanted):
            village = sampled[number % len(sampled)]
            weight = stock * share / wanted * (0.85 + 0.30 * draws.uniform())
            rows.append(household(place, year, residence, village, weight, len(rows) + 1, draws))
    return rows


def income_of(levels, year):
    """Mean income of a year; after the last one that is written it grows on by a twentieth."""
    last = max(levels)
    return levels[year] if year <= last else round(levels[last] * 1.05 ** (year - last))


def household(place, year, residence, village, weight, number, draws):
    base = income_of(URBAN if residence == "urban" else RURAL, year) * closing(level(place), year)
    local = math.exp(Stream(3, int(village["code"])).normal(0, 0.09))
    size = next(n for n, upto in SIZES if draws.uniform() <= upto or n == 6)
    sigma = 0.52 - 0.008 * (year - YEARS[0])
    head = base * local * math.exp(draws.normal(-sigma**2 / 2, sigma)) * (3 / size) ** 0.12
    if draws.uniform() < 0.010:  # the heavy tail: a Pareto factor
        head *= min(draws.uniform() ** (-1 / 2.6), 6)
    total = 0 if draws.uniform() < 0.0015 else round(head * size)
    sources = split(total, draws)
    consumption = fixed(0.64 * total**0.82 * (base * size) ** 0.18 * math.exp(draws.normal(0, 0.16)), 0)
    refused, gap = draws.uniform() < 0.004, draws.uniform() < 0.006
    cells = ["" if refused or (gap and name == "property") else str(v) for name, v in sources.items()]
    names = ["wage_income", "business_income", "property_income", "transfer_income"]
    return {
        "household": f"{year}-{place['code'][-3:]}-{number:04d}", "place": place["code"], "year": year,
        "residence": residence, "village": village["code"], "stratum": f"{place['code']}-{residence}",
        "weight": fixed(weight, 1), "size": size, **dict(zip(names, cells, strict=True)),
        "income": "" if refused or gap else str(total),
        "consumption": "" if refused or draws.uniform() < 0.015 else consumption, "status": "sample",
    }


def split(total, draws):
    """Income by source, in whole yuan that add up."""
    u = draws.uniform()
    kind = "wage" if u < 0.60 else "business" if u < 0.78 else "mixed" if u < 0.90 else "pension"
    parts = [share * math.exp(draws.normal(0, 0.45)) for share in SHARES[kind]]
    if draws.uniform() < 0.35:
        parts[2] = 0.0
    if kind in ("wage", "pension") and draws.uniform() < 0.7:
        parts[1] = 0.0
    whole = [math.floor(total * p / sum(parts)) for p in parts]
    whole[parts.index(max(parts))] += total - sum(whole)
    return dict(zip(("wage", "business", "property", "transfer"), whole, strict=True))


# --- indicator values ---------------------------------------------------------------------------------------------


def path(row, year):
    step = (year - YEARS[0]) / KNOWN
    return float(row["v2021"]) + (float(row["v2024"]) - float(row["v2021"])) * step


def clipped(value, row):
    value = max(value, float(row["low"])) if row["low"] else value
    return min(value, float(row["high"])) if row["high"] else value


def indicator_rows(row, number, indicator, places, people):
    """Values of one indicator: the district and, where the indicator has them, its places."""
    rows, code, values = [], places[0]["code"][:6], {}
    local = indicator["level"] == "both" and row["kind"] != "district"
    for year in YEARS:
        former = values
        values = place_values(row, number, year, places, people) if local else {}
        if row["kind"] == "cumulative":  # what was built stays built
            values = {p: max(v, former.get(p, v), key=float) for p, v in values.items()}
        wobble = 1 + 0.004 * Stream(4, number, year).normal() if row["kind"] == "district" else 1
        total = clipped(path(row, year) * wobble, row)
        if local and row["kind"] in ("total", "cumulative"):
            total = sum(float(v) for v in values.values())
        elif local:
            total = sum(float(values[p]) * people[p] for p in values) / sum(people.values())
        rows.append(observation(code, year, indicator, fixed(total, int(row["decimals"])), row, number))
        rows += [observation(p, year, indicator, v, row, number) for p, v in values.items()]
    return rows


def place_values(row, number, year, places, people):
    spread, west = float(row["spread"]), float(row["west"])
    sizes = {}
    for place in places:
        own = math.exp(Stream(5, number, int(place["code"])).normal(0, spread) - spread**2 / 2)
        factor = own * (1 + west) if is_west(place) else own
        wobble = 1 + 0.12 * spread * Stream(6, number, int(place["code"]), year).normal()
        sizes[place["code"]] = closing(factor, year) * wobble
    if row["kind"] in ("total", "cumulative"):
        mass = {p: f * people[p] for p, f in sizes.items()}
        unit = path(row, year) / sum(mass.values())
        parts = {p: m * unit for p, m in mass.items()}
        return shared_out(parts) if row["decimals"] == "0" else {
            p: fixed(v, int(row["decimals"])) for p, v in parts.items()}
    mean = sum(f * people[p] for p, f in sizes.items()) / sum(people.values())
    return {p: fixed(clipped(path(row, year) * f / mean, row), int(row["decimals"])) for p, f in sizes.items()}


def shared_out(parts):
    """Whole numbers near the parts, with the rounded sum of the parts (largest remainders)."""
    whole = {p: math.floor(v) for p, v in parts.items()}
    short = round(sum(parts.values())) - sum(whole.values())
    for place in sorted(parts, key=lambda p: (round(whole[p] - parts[p], 9), p))[:short]:
        whole[place] += 1
    return {p: str(v) for p, v in whole.items()}


def observation(place, year, indicator, value, row, number):
    """One row; indicators marked + carry the survey they come from."""
    survey = indicator["survey_flag"] == "+"
    n = (2400 if len(place) == 6 else 150 + 5 * (int(place[-3:]) % 17)) if survey else ""
    error = fixed(math.sqrt(float(value) * max(100 - float(value), 1) / n) * 1.2, 2) if survey else ""
    return {
        "place": place, "year": year, "indicator": indicator["id"], "value": value, "unit": indicator["unit"],
        "status": "sample", "source": f"{indicator['source_department']}（示例数据）", "n": n,
        "survey_date": f"{year}-10-20" if survey else "", "method": "入户与电话结合（示例）" if survey else "",
        "se": error,
    }


def observations(places):
    known = {r["id"]: r for r in read(REFERENCE / "indicators.csv")}
    people = {p["code"]: {"街道": 2600, "镇": 1500, "乡": 950}[p["kind"]] * int(p["n_villages"]) for p in places}
    rows = []
    for number, row in enumerate(read(HERE / "source" / "levels.csv")):
        for made in indicator_rows(row, number, known[row["indicator"]], places, people):
            lag = made["year"] == YEARS[-1] and row["indicator"] in ("ECO-1-04", "SRV-3-03")
            late = made["year"] == 2021 and row["indicator"] in ("SRV-5-03", "CUL-1-02")
            lost = len(made["place"]) == 9 and (
                Stream(7, number, int(made["place"]), made["year"]).uniform() < 0.03)
            rows += [] if lag or late or lost else [made]
    return sorted(rows, key=lambda r: (r["year"], r["indicator"], r["place"]))


# --- targets, tasks, demands --------------------------------------------------------------------------------------


def target_values(district):
    """Values reported straight for numeric targets that no indicator covers; some departments report nothing."""
    rows, derived = [], ("growth_of", "relative_growth")  # those may be reported beside the indicator they stand on
    measured = {r["target"] for r in read(REFERENCE / "target_indicators.csv") if r["rule"] not in derived}
    stated = {}
    for row in read(REFERENCE / "target_years.csv"):
        stated.setdefault(row["target"], {})[int(row["year"])] = row["value"]
    for number, target in enumerate(read(REFERENCE / "targets.csv")):
        draws = Stream(8, number)
        if target["class"] not in ("numeric", "coverage") or target["id"] in measured or draws.uniform() < 0.12:
            continue
        year_of_goal = max(stated[target["id"]])
        goal = stated[target["id"]][year_of_goal]
        pace = draws.between(0.78, 1.12)
        for year in YEARS[1:]:
            rows.append({
                "target": target["id"], "place": district, "year": year, "value": reached(target, float(goal), year,
                year_of_goal, pace), "unit": target["unit"], "status": "sample",
                "source": f"{target['department']}（示例数据）",
            })
    return rows


def reached(target, goal, year, year_of_goal, pace):
    done = min((year - 2020) / (year_of_goal - 2020), 1)
    whole = target["unit"].split("/")[0] in ("个", "家", "项", "名", "人", "所", "台", "对", "条", "处", "卷", "场")
    decimals = 0 if whole or goal >= 100 else 1 if goal >= 10 else 2
    if target["kind"] == "cumulative":
        value = goal * done * pace
    elif target["comparator"] in ("<=", "<"):
        value = goal * (1 + 0.5 * (1 - done) / pace) if goal else 73 * (1 - done) * pace
    else:
        value = goal * (1 - 0.3 * (1 - done)) * (0.6 + 0.4 * pace)
    return fixed(min(value, 100) if target["unit"] == "%" else value, decimals)


def tasks():
    """The register: names of projects that the outline names; dates and progress are invented."""
    rows = []
    for number, row in enumerate(read(HERE / "source" / "projects.csv")):
        draws = Stream(9, number)
        start, due = 2021 + int(draws.uniform() * 2), 2023 + int(draws.uniform() * 3)
        planned = min((2025 - start) / (due + 1 - start), 1)
        progress = min(1.0, planned * draws.between(0.5, 1.1)) if number % 4 else 1.0 if due < 2025 else planned
        month = 1 + int(draws.uniform() * 12)
        rows.append({
            "id": f"K{number + 1:03d}", "kind": row["kind"], "name": row["name"], "action": row["action"],
            "place": row["place"], "lead_unit": row["lead_unit"], "start": f"{start}-{month:02d}-01",
            "due": f"{due}-12-31", "milestone": "主体完工" if row["kind"] in ("重大项目", "重大工程") else "阶段评估",
            "milestone_due": f"{due}-06-30", "progress": fixed(progress, 2),
            "updated": "2024-06-30" if draws.uniform() < 0.12 else "2024-12-20", "status": "sample",
        })
    return rows


def demands(places):
    rows, topics = [], read(HERE / "source" / "topics.csv")
    for place in places:
        people = {"街道": 2600, "镇": 1500, "乡": 950}[place["kind"]] * int(place["n_villages"]) / 1000
        for year in YEARS:
            for quarter in (1, 2, 3, 4):
                draws = Stream(10, int(place["code"]), year, quarter)
                rows += [demand(place, year, quarter, topic, people, draws) for topic in topics]
    return rows


def demand(place, year, quarter, topic, people, draws):
    rate = float(topic["per_thousand"]) / 4 * (1 + 0.03 * (year - YEARS[0])) * draws.between(0.7, 1.3)
    count = math.floor(people * rate + 0.5)
    better = 0.008 * (year - YEARS[0])
    done, glad = (min(float(topic[c]) + better, 1) for c in ("resolved", "satisfied"))
    resolved = min(count, math.floor(count * done * draws.between(0.95, 1.03)))
    satisfied = min(resolved, math.floor(count * glad * draws.between(0.94, 1.02)))
    return {"place": place["code"], "year": year, "quarter": quarter, "topic": topic["topic"], "count": count,
            "resolved": resolved, "satisfied": satisfied, "status": "sample"}


def aspects(places):
    """Scores of the four aspects that are handed in (clause 72), for townships and for departments with targets."""
    offices = list(dict.fromkeys(r["department"] for r in read(REFERENCE / "targets.csv") if r["department"]))
    rows = []
    for number, unit in enumerate([*(p["code"] for p in places), *offices]):
        for year in YEARS:
            draws = Stream(11, number, year)
            level = draws.between(76, 90) + 0.8 * (year - YEARS[0])
            rows += [{"unit": unit, "year": year, "aspect": aspect,
                      "score": fixed(min(level + shift + draws.between(-4, 4), 100), 1), "status": "sample",
                      "source": "区考评办（示例数据）"}
                     for aspect, shift in (("工作机制", 2), ("工作推进", 0), ("工作保障", 1), ("群众测评", -2))]
    return rows


META = f"""title: 示例区数据
status: sample
note: {NOTE}；只有地名、代码与项目名称是真实的，其余一切数值、日期与进度均为虚构。
years: [@@YEARS@@]
seed: {SEED}
source: 示例数据（程序生成，非真实统计）
sources:
  - 示例数据，由带种子的程序生成，非真实统计
  - 地区代码：国家统计局《统计用区划代码和城乡划分代码（2023年）》
licence: MIT
"""


def generate(folder=HERE):
    """Write every file of the sample into `folder`."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    places, villages = read(REFERENCE / "places.csv"), read(REFERENCE / "villages.csv")
    (folder / "meta.yml").write_bytes(META.replace("@@YEARS@@", ", ".join(map(str, YEARS))).encode())
    for year in YEARS:
        write(folder, f"households-{year}.csv", [r for p in places for r in households(p, year, villages)])
    values = observations(places)
    write(folder, "observations.csv", values)
    write(folder, "target-values.csv", target_values(places[0]["code"][:6]))
    write(folder, "tasks.csv", tasks())
    write(folder, "demands.csv", demands(places))
    write(folder, "aspects.csv", aspects(places))
    _registers(folder, values)


def _registers(folder, values):
    """The registers have a file of their own, which uses what stands here."""
    spec = importlib.util.spec_from_file_location("sample_registers", HERE / "registers.py")
    registers = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(registers)
    here = {name: globals()[name] for name in ("HERE", "REFERENCE", "YEARS", "Stream", "read", "write", "fixed",
                                               "is_west", "stock_of")}
    registers.write_all(SimpleNamespace(**here, observations_of=lambda years: values), folder)


if __name__ == "__main__":
    generate(*sys.argv[1:2])
