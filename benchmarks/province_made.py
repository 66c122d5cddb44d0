"""Make a synthetic province: ``python benchmarks/province_made.py FOLDER [--places 76] [--years 2021,2022,2023,2024]``.

A whole project with its data, by the generator of the sample (`data/sample/generate.py`): districts of about fifteen
townships, eight districts a city (1,360 townships are 91 districts in 12 cities), about 200 households of a township a
year (`--households` of the whole province otherwise), all indicators. The same bytes from the same numbers. Every
name is invented and marked.
"""

from __future__ import annotations

import argparse
import csv
import importlib.util
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import yaml

from research.starter.layout import new_district, words_of

ROOT = Path(__file__).resolve().parents[1]
PROVINCE, PER_DISTRICT, PER_CITY, VILLAGES = "990000", 15, 8, 18
KINDS = ("街道", "镇", "镇", "乡")
COPIED = (
    "indicators.csv",
    "targets.csv",
    "target_years.csv",
    "target_indicators.csv",
    "milestones.csv",
    "directional.csv",
    "themes.csv",
    "departments.csv",
    "settings.yml",
    "index.yml",
    "outline.txt",
    "calibres.yml",
    "assumptions.yml",
    "passages.yml",
    "sentences.yml",
    "inconsistencies.csv",
    "grids.csv",
)


def generator() -> ModuleType:
    """The sample's generator, as a module of its own."""
    spec = importlib.util.spec_from_file_location("sample_generator", ROOT / "data" / "sample" / "generate.py")
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    return made


def districts(places: int) -> list[dict]:
    """Rows of `districts.csv`: as many districts as hold so many townships."""
    rows = []
    for n in range(-(-places // PER_DISTRICT)):
        city = n // PER_CITY + 1
        rows.append(
            {
                "code": f"99{city:02d}{n % PER_CITY + 1:02d}",
                "name": f"示例{n + 1:03d}区",
                "name_en": "",
                "city": f"示例{city:02d}市",
                "city_code": f"99{city:02d}00",
            }
        )
    return rows


def townships(places: int) -> list[dict]:
    """Rows of `places.csv`."""
    homes = districts(places)
    return [
        {
            "code": f"{homes[n // PER_DISTRICT]['code']}{n % PER_DISTRICT + 1:03d}",
            "name": f"示例{n + 1:04d}{kind}",
            "name_short": f"示{n + 1:04d}",
            "kind": kind,
            "n_villages": VILLAGES,
            "n_village_committees": VILLAGES - 4,
            "n_resident_committees": 4,
            "n_other": 0,
            "district": homes[n // PER_DISTRICT]["code"],
            "source": "示例（程序生成）",
        }
        for n in range(places)
        for kind in (KINDS[n % len(KINDS)],)
    ]


def villages(places: list[dict]) -> list[dict]:
    """Rows of `villages.csv`."""
    return [
        {
            "code": f"{p['code']}{n + 1:03d}",
            "name": f"{p['name_short']}第{n + 1}村",
            "place": p["code"],
            "kind": "居" if n < 4 else "村",
        }
        for p in places
        for n in range(VILLAGES)
    ]


def write(path: Path, rows: list[dict]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def data(folder: Path, places: list[dict], own: list[dict], years: tuple[int, ...], times: float) -> None:
    """The files of the data folder, district by district: each has the generator's whole shape."""
    sample, by_place = generator(), {}
    sample.YEARS, sample.is_west = years, lambda place: place["kind"] == "乡"
    for row in own:
        by_place.setdefault(row["place"], []).append(row)
    write(folder / "demands.csv", sample.demands(places))
    write(folder / "aspects.csv", sample.aspects(places))
    groups = {
        code: [p for p in places if p["district"] == code] for code in dict.fromkeys(p["district"] for p in places)
    }
    write(folder / "observations.csv", [*values(sample, places, groups)])
    write(folder / "target-values.csv", [row for code in (PROVINCE, *groups) for row in sample.target_values(code)])
    (folder / "meta.yml").write_text(sample.META.replace("@@YEARS@@", ", ".join(map(str, years))), "utf-8")
    for year in years:
        rows = [row for p in places for row in homes(sample, p, year, by_place[p["code"]], times)]
        write(folder / f"households-{year}.csv", rows)


def values(sample: ModuleType, places: list[dict], groups: dict[str, list[dict]]) -> Iterator[dict]:
    """Values of the province and its townships, made together, and of each district."""
    first, made, kept = places[0]["code"][:6], sample.place_values, {}

    def whole(row, number, year, group, people):
        if (number, year) not in kept:
            kept[number, year] = made(row, number, year, group, people)
        return {p["code"]: kept[number, year][p["code"]] for p in group}

    sample.place_values = whole
    for row in sample.observations(places):
        yield {**row, "place": PROVINCE} if row["place"] == first else row
    for code, group in groups.items():
        yield from (row for row in sample.observations(group) if row["place"] == code)


def homes(sample: ModuleType, place: dict, year: int, own: list[dict], times: float) -> list[dict]:
    """Households of a township; beyond the generator's number, the same homes again under ids of their own."""
    rows = sample.households(place, year, own)
    wanted = round(len(rows) * times)
    more = [rows[n % len(rows)] for n in range(wanted)]
    return [{**row, "household": f"{year}-{place['code']}-{n + 1:05d}"} for n, row in enumerate(more)]


def make(folder: Path, places: int, years: tuple[int, ...] = (2021, 2022, 2023, 2024), households: int = 0) -> Path:
    """Lay the project out; the folder must be empty or none."""
    new_district(
        folder, words_of("示例省", PROVINCE, start=2021, end=2025, milestones=(2022, 2025), edition=max(years))
    )
    reference = folder / "data" / "reference"
    for name in COPIED:
        (reference / name).write_bytes((ROOT / "data" / "reference" / name).read_bytes())
    rows = townships(places)
    own = villages(rows)
    write(reference / "places.csv", rows)
    write(reference / "districts.csv", districts(places))
    write(reference / "villages.csv", own)
    about = yaml.safe_load((ROOT / "data" / "reference" / "district.yml").read_text("utf-8"))
    about |= {
        "code": PROVINCE,
        "name": "示例省",
        "name_en": "",
        "level": "province",
        "centre": "示例省共富研究中心",
        "books": {"bluebook": "示例省共同富裕蓝皮书", "cases": "示例省共同富裕实践案例汇编"},
    }
    for key in ("counts", "city", "city_code", "province", "province_code"):
        about.pop(key)
    (reference / "district.yml").write_text(yaml.safe_dump(about, allow_unicode=True, sort_keys=False), "utf-8")
    home = folder / "data" / "sample"
    home.mkdir(parents=True, exist_ok=True)
    data(home, rows, own, years, households / (200 * places) if households else 1)
    return folder


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--places", type=int, default=76)
    parser.add_argument("--years", default="2021,2022,2023,2024")
    parser.add_argument("--households", type=int, default=0, help="a year, of the whole province")
    given = parser.parse_args()
    print(make(given.folder, given.places, tuple(map(int, given.years.split(","))), given.households))
