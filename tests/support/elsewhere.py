"""A made-up district: eight townships, forty official indicators, thirty targets, aggregates only. Nothing is real."""

from __future__ import annotations

import csv
import subprocess
import sys
import zlib
from pathlib import Path

NAME, CODE = "乌有县", "990199"
TOWNS = ("天字街道", "地字街道", "玄字镇", "黄字镇", "宇字镇", "宙字镇", "洪字乡", "荒字乡")
YEARS = (2025, 2026, 2027)
ANSWERS = (
    "--name",
    NAME,
    "--code",
    CODE,
    "--name-en",
    "Wuyou County",
    "--city",
    "子虚市",
    "--province",
    "亡是省",
    "--centre",
    "乌有县发展研究室",
    "--plan",
    "乌有县共同富裕行动方案（2026—2030年）",
    "--plan-name",
    "行动方案",
    "--start",
    "2026",
    "--end",
    "2030",
    "--milestones",
    "2028,2030",
    "--edition",
    "2027",
    "--places",
    ",".join(TOWNS),
)
OWNERS = {
    "economy": "县经济商务局",
    "income": "县人力社保局",
    "services": "县民生事务局",
    "governance": "县社会工作部",
    "culture": "县文化服务中心",
    "environment": "县生态保护站",
}
INDICATORS = (  # theme, sub-domain, name, unit, direction, level, value, yearly change, measure
    ("economy", "产出", "人均地区生产总值", "元/人", 1, "both", 88000, 4200, "gdp_per_head"),
    ("economy", "产出", "常住人口", "人", 1, "both", 41000, 150, "population"),
    ("economy", "产出", "规模以上工业增加值增速", "%", 1, "district", 6.1, 0.2, ""),
    ("economy", "创新", "研发经费占生产总值比重", "%", 1, "district", 2.2, 0.1, ""),
    ("economy", "创新", "科技型企业数", "家", 1, "both", 46, 5, ""),
    ("economy", "市场", "经营主体数", "户", 1, "both", 5200, 260, ""),
    ("economy", "市场", "网络零售额", "万元", 1, "both", 38000, 2600, ""),
    ("income", "水平", "居民人均可支配收入", "元", 1, "both", 52000, 2900, "mean_income"),
    ("income", "水平", "城镇居民人均可支配收入", "元", 1, "both", 63000, 3000, "mean_income:urban"),
    ("income", "水平", "农村居民人均可支配收入", "元", 1, "both", 36500, 2500, "mean_income:rural"),
    ("income", "差距", "城乡居民收入比", "倍", -1, "district", 1.72, -0.02, "urban_rural_ratio"),
    ("income", "差距", "居民收入基尼系数", "系数", -1, "district", 0.36, -0.004, "gini"),
    ("income", "群体", "中等收入家庭比例", "%", 1, "district", 61, 1.4, "band_share"),
    ("income", "群体", "低收入农户人均可支配收入", "元", 1, "both", 19800, 1900, ""),
    ("services", "教育", "普惠性幼儿园在园幼儿占比", "%", 1, "both", 88, 1.1, ""),
    ("services", "教育", "义务教育校际差异系数", "系数", -1, "district", 0.31, -0.01, ""),
    ("services", "医疗", "县域就诊率", "%", 1, "district", 87, 0.6, ""),
    ("services", "医疗", "每千人执业医师数", "人", 1, "both", 2.8, 0.1, ""),
    ("services", "养老", "护理型床位占比", "%", 1, "both", 52, 2, ""),
    ("services", "养老", "社区助餐覆盖率", "%", 1, "both", 71, 4, ""),
    ("services", "出行", "公交通达村比例", "%", 1, "both", 93, 1, ""),
    ("services", "就业", "城镇登记失业率", "%", -1, "district", 2.6, -0.05, ""),
    ("governance", "平安", "万人刑事发案数", "件/万人", -1, "both", 31, -1.2, ""),
    ("governance", "平安", "矛盾纠纷就地化解率", "%", 1, "both", 92, 0.7, ""),
    ("governance", "服务", "一件事集成办结率", "%", 1, "both", 84, 2, ""),
    ("governance", "服务", "群众诉求按期办结率", "%", 1, "both", 95, 0.6, ""),
    ("governance", "基层", "善治村比例", "%", 1, "both", 66, 4, ""),
    ("governance", "基层", "社区工作者持证率", "%", 1, "both", 58, 3, ""),
    ("culture", "设施", "公共文化设施万人面积", "平方米", 1, "both", 4100, 140, ""),
    ("culture", "设施", "十五分钟文化圈覆盖率", "%", 1, "both", 79, 3, ""),
    ("culture", "参与", "居民综合阅读率", "%", 1, "both", 88, 0.8, ""),
    ("culture", "参与", "注册志愿者占比", "%", 1, "both", 16, 0.9, ""),
    ("culture", "感受", "群众满意度", "分", 1, "both", 84, 0.7, ""),
    ("environment", "质量", "空气优良天数比例", "%", 1, "both", 94, 0.4, ""),
    ("environment", "质量", "地表水优良断面比例", "%", 1, "district", 96, 0.5, ""),
    ("environment", "质量", "饮用水水质达标率", "%", 1, "both", 99, 0.1, ""),
    ("environment", "治理", "生活垃圾资源化利用率", "%", 1, "both", 62, 3, ""),
    ("environment", "治理", "生活污水处理率", "%", 1, "both", 90, 1.2, ""),
    ("environment", "治理", "美丽乡村达标率", "%", 1, "both", 55, 5, ""),
    ("environment", "治理", "单位产值能耗下降率", "%", 1, "district", 2.9, 0.1, ""),
)


def run(*arguments, cwd=None, ok=0, program=(sys.executable, "-m", "research"), env=None):
    """One documented command; its whole output where it ends otherwise than expected."""
    done = subprocess.run([*program, *arguments], cwd=cwd, capture_output=True, text=True, env=env)
    assert done.returncode == ok, f"{arguments}: {done.returncode}\n{done.stdout[-4000:]}\n{done.stderr[-6000:]}"
    return done.stdout + done.stderr


def ids():
    """Id of each indicator: Z01 ... Z40, of no theme's making."""
    return [f"Z{number:02d}" for number in range(1, len(INDICATORS) + 1)]


def fill(folder: Path) -> int:
    """Fill in the tables that the project's README lists; the number of files edited."""
    reference = folder / "data" / "reference"
    rows = {
        name: list(csv.reader((reference / f"{name}.csv").read_text("utf-8").splitlines()))[0]
        for name in ("indicators", "targets", "target_years", "target_indicators")
    }
    _write(
        reference / "indicators.csv",
        rows["indicators"],
        [
            {
                "id": i,
                "name_zh": name,
                "theme": theme,
                "subdomain_zh": sub,
                "direction": way,
                "unit": unit,
                "level": level,
                "source_department": OWNERS[theme],
                "measure": measure,
            }
            for i, (theme, sub, name, unit, way, level, _, _, measure) in zip(ids(), INDICATORS, strict=True)
        ],
    )
    targets = _targets()
    (reference / "outline.txt").write_text(
        "\n\n".join(["为了扎实推动共同富裕，制定本行动方案。", *(t["quote"] for t in targets)]) + "\n", "utf-8"
    )
    _write(reference / "targets.csv", rows["targets"], targets)
    _write(
        reference / "target_years.csv",
        rows["target_years"],
        [{"target": t["id"], "year": year, "value": _goal(t["row"], year)} for t in targets for year in (2028, 2030)],
    )
    _write(
        reference / "target_indicators.csv",
        rows["target_indicators"],
        [{"target": t["id"], "indicator": t["measured"], "rule": "level"} for t in targets],
    )
    own = folder / "data" / "own"
    (own / "meta.yml").write_text("title: 乌有县公布数据\nstatus: published\nsource: 乌有县统计公报\n", "utf-8")
    columns = ["place", "year", "indicator", "value", "unit", "status", "source"]
    _write(own / "observations.csv", columns, _observations())
    return 7


def _targets():
    made = []
    for number, i in enumerate(i for i, row in zip(ids(), INDICATORS, strict=True) if row[2] != "常住人口"):
        if number == 30:
            return made
        row = INDICATORS[int(i[1:]) - 1]
        word = "达到" if row[4] > 0 else "控制在"
        quote = f"到2030年，{row[2]}{word}{_goal(row, 2030)}{row[3]}{'以上' if row[4] > 0 else '以内'}。"
        made.append(
            {
                "id": f"M{number + 1:02d}",
                "plan": "2026-2030",
                "clause": f"段{number + 2}",
                "action": ("增收行动", "共享行动", "善治行动")[number % 3],
                "indicator": row[2],
                "unit": row[3],
                "comparator": ">=" if row[4] > 0 else "<=",
                "kind": "level",
                "class": "numeric",
                "department": OWNERS[row[0]],
                "quote": quote,
                "row": row,
                "measured": i,
            }
        )
    return made


def _goal(row, year):
    value = row[6] + row[7] * (year - 2025) * 1.05
    return f"{min(value, 100):.4g}" if row[3] == "%" else f"{value:.4g}" if row[6] < 1000 else f"{value:.0f}"


def _observations():
    made = []
    for i, row in zip(ids(), INDICATORS, strict=True):
        places = {CODE: 1.0} | ({f"{CODE}{n:03d}": _factor(n, i, row) for n in range(1, 9)} if row[5] == "both" else {})
        for place, factor in places.items():
            whole = 8 if place == CODE and row[8] == "population" else 1
            for year in YEARS:
                value = (row[6] * factor + row[7] * (year - 2025) * _pace(place, i)) * whole
                value = min(value, 100.0) if row[3] == "%" else value
                made.append(
                    {
                        "place": place,
                        "year": year,
                        "indicator": i,
                        "value": f"{value:.5g}",
                        "unit": row[3],
                        "status": "published",
                        "source": OWNERS[row[0]],
                    }
                )
    return made


def _factor(number, indicator, row):
    """How far a township lies from the county: fixed by its name, within a tenth or a third of the value."""
    spread = 0.06 if row[3] in ("%", "分") else 0.25
    noise = zlib.crc32(f"{number}{indicator}".encode()) % 1000 / 1000 - 0.5
    return 1 + spread * ((4.5 - number) / 4 + 0.6 * noise) * (1 if row[4] > 0 else -1)


def _pace(place, indicator):
    return 0.6 + zlib.crc32(f"{place}{indicator}pace".encode()) % 800 / 1000


def _write(path, columns, rows):
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, columns, restval="", extrasaction="ignore", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
