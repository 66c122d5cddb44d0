"""From plan to report on the tables of a folder, by the commands, and back through Excel; a made-up county."""

import json

import numpy as np
import openpyxl
import pandas as pd
import pytest
from scipy import stats
from typer.testing import CliRunner

from research.cli.app import app
from research.core.scope import open_project
from research.indicators.intake.intake import take_in
from research.survey import reporting


@pytest.fixture(scope="module")
def county():
    """All households of 4 townships with 12 villages each; income hangs on the village."""
    rng = np.random.default_rng(11)
    village = np.repeat(np.arange(48), rng.integers(40, 160, 48))
    level = rng.normal(30, 4, 48) + 5 * (np.arange(48) // 12)
    homes = pd.DataFrame({"village": [f"v{v:02d}" for v in village], "size": rng.integers(1, 6, len(village))})
    homes["household"] = [f"h{i}" for i in range(len(village))]
    homes["stratum"] = [f"s{v // 12}" for v in village]
    homes["place"] = homes["stratum"].str.replace("s", "镇")
    homes["income"] = (level[village] + rng.gamma(4, 4, len(village))).round(3)
    return homes


@pytest.fixture(scope="module")
def folder(county, tmp_path_factory):
    """Tables with Chinese headings, as a clerk keeps them."""
    root = tmp_path_factory.mktemp("survey")
    size = county.groupby("stratum").agg(总户数=("household", "size"), 村数=("village", "nunique")).reset_index()
    strata = size.rename(columns={"stratum": "层"}).assign(每村户数=8, 每村费用=400, 每户费用=100, 预计应答率=0.8)
    strata["乡镇街道"] = strata["层"].str.replace("s", "镇")
    strata.to_excel(root / "strata.xlsx", index=False)
    spread = county.groupby("stratum")["income"].agg(["mean", "std"]).reset_index()
    spread.columns = ["层", "均值", "标准差"]
    spread.assign(指标="income", 村内相关=0.2).to_csv(root / "measures.csv", index=False)
    pd.DataFrame({"分组": ["", "place"], "取值": "", "指标": "income", "变异系数": [0.025, 0.045]}).to_csv(
        root / "targets.csv", index=False)  # fmt: skip
    register = county.groupby(["village", "stratum"]).size().reset_index(name="households")
    register.to_csv(root / "villages.csv", index=False)
    county.drop(columns=["income", "size", "stratum"]).to_csv(root / "households.csv", index=False)
    county.groupby("stratum").size().reset_index(name="total").rename(columns={"stratum": "level"}).assign(
        margin="stratum").to_csv(root / "totals.csv", index=False)  # fmt: skip
    return root


def run(*words):
    result = CliRunner().invoke(app, ["survey", *map(str, words)])
    assert result.exit_code == 0, (result.output, result.exception)
    return result.output


def test_the_whole_way(folder, county):
    assert "精度要求全部达到" in run("plan", folder)
    said = run("select", folder, "--seed", 7, "--reserves", 2)
    again = (folder / "draw-households.csv").read_bytes()
    run("select", folder, "--seed", 7, "--reserves", 2)
    assert (folder / "draw-households.csv").read_bytes() == again and "种子7" in said
    assert len(json.loads((folder / "draw.json").read_text("utf-8"))["inputs"]["villages.csv"]) == 64
    run("forms", folder, "--question", "income", "--question", "size")
    rosters = sorted((folder / "forms").glob("*.xlsx"))
    rng, known = np.random.default_rng(3), county.set_index("household")
    for path in rosters:  # each visitor fills in: four of five answer
        book = openpyxl.load_workbook(path)
        sheet = book["名单"]
        heads = [c.value for c in sheet[1]]
        for row in sheet.iter_rows(min_row=2):
            at = dict(zip(heads, row, strict=True))
            if at["角色"].value == "备用":
                continue
            done = rng.uniform() < 0.8
            at["结果代码"].value = "I" if done else "R"
            if done:
                at["income"].value = float(known.at[at["户编号"].value, "income"])
                at["size"].value = int(known.at[at["户编号"].value, "size"])
        book.save(path)
    assert "应答率RR1为" in run("weigh", folder)
    weights = pd.read_csv(folder / "weights-households.csv")
    assert weights.groupby("stratum")["weight"].sum().to_dict() == pytest.approx(
        county.groupby("stratum").size().to_dict())  # fmt: skip
    assert "5个估计值" in run("report", folder, "--value", "income", "--status", "sample")
    table = pd.read_csv(folder / "report-estimates.csv", keep_default_na=False)
    truth = county.groupby("place")["income"].mean().to_dict() | {"": county["income"].mean()}
    assert all(abs(r.estimate - truth[r.place]) < stats.t.ppf(0.9995, r.df) * r.se for r in table.itertuples())
    plan = pd.read_csv(folder / "plan-precision.csv")
    assert table.loc[table.place == "", "cv"].iloc[0] < 2 * plan["target"].iloc[0]
    text = (folder / "report-appendix.md").read_text("utf-8")
    assert "示例数据，非真实统计。" in text and "## income" in text and "应答率（RR1）" in text


def test_what_is_wrong_is_told_in_chinese_with_its_place(folder, tmp_path):
    result = CliRunner().invoke(app, ["survey", "plan", str(tmp_path)])
    assert "应为文件夹里有这张表" in result.exception.text("zh")
    (tmp_path / "strata.csv").write_text("层,总户数\n甲,一百\n乙,-3\n", "utf-8")
    for name in ("measures", "targets"):
        (tmp_path / f"{name}.csv").write_bytes((folder / f"{name}.csv").read_bytes())
    result = CliRunner().invoke(app, ["survey", "plan", str(tmp_path)])
    assert len(result.exception.faults) == 2 and "第2行" in result.exception.text("zh")
    (tmp_path / "draw-households.csv").write_text("village,household,base_weight\nv,h1,2\n", "utf-8")
    (tmp_path / "answers.csv").write_text("户编号,结果代码\nh1,I\nh2,X\nh1,R\n", "utf-8")
    result = CliRunner().invoke(app, ["survey", "weigh", str(tmp_path)])
    assert len(result.exception.faults) == 3 and "“结果代码”列" in result.exception.text("zh")


def test_rosters_come_back_as_the_household_form_and_are_imported(tmp_path):
    """Drawn, asked, weighed, and taken in by the edition's own import: its incomes are then the calibrated ones."""
    rng = np.random.default_rng(5)
    root = tmp_path / "survey-2025"
    root.mkdir()
    place, other = "331003001", "331003002"
    known = pd.read_csv(open_project().reference / "villages.csv", dtype=str)
    codes = [v for p in (place, other) for v in known.loc[known["place"] == p, "code"].head(6)]
    homes = pd.DataFrame({"village": np.repeat(codes, 20)})
    homes["household"] = [f"h{i:03d}" for i in range(len(homes))]
    register = homes.groupby("village").size().reset_index(name="households")
    register["place"] = register["village"].str[:9]
    register["residence"] = np.where(register.index % 2, "rural", "urban")
    register["stratum"] = register["place"] + "-" + register["residence"]
    register.to_csv(root / "villages.csv", index=False)
    homes.to_csv(root / "households.csv", index=False)
    pd.DataFrame({"stratum": sorted(set(register["stratum"])), "villages_drawn": 2, "invited": 12}).to_csv(
        root / "plan-allocation.csv", index=False)  # fmt: skip
    pd.DataFrame({"margin": "place", "level": [place, other], "total": [150, 90]}).to_csv(
        root / "totals.csv", index=False)  # fmt: skip
    run("select", root, "--seed", 3)
    run("forms", root, "--household-form")
    for path in sorted((root / "forms").glob("*.xlsx")):
        book = openpyxl.load_workbook(path)
        sheet = book["名单"]
        heads = [c.value for c in sheet[1]]
        for row in sheet.iter_rows(min_row=2):
            at = dict(zip(heads, row, strict=True))
            at["结果代码"].value, at["家庭人口"].value = "I", int(rng.integers(1, 5))
            at["家庭可支配收入"].value = at["工资性收入"].value = int(rng.integers(30000, 200000))
            for source in ("经营净收入", "财产净收入", "转移净收入"):
                at[source].value = 0
            at["家庭消费支出"].value = 20000
        book.save(path)
    said = run("weigh", root, "--year", 2025, "--status", "sample")
    form = pd.read_csv(root / "households-2025.csv", dtype={"place": str})
    assert "households-2025.csv" in said and form["weight"].groupby(form["place"]).sum().tolist() == pytest.approx(
        [150, 90])  # fmt: skip
    assert set(form["residence"]) == {"urban", "rural"} and form["status"].eq("sample").all()
    taken = take_in(open_project(), [root / "households-2025.csv"], tmp_path / "own")
    held = pd.read_csv(tmp_path / "own" / "households-2025.csv")
    assert len(held) == len(form) == 48 and held["weight"].sum() == pytest.approx(240), str(taken)


def test_a_question_left_open_is_counted_and_its_mean_is_of_those_who_answered(tmp_path):
    """Weights 1, 1, 2; of village a and b: the mean of income is over 10 and 30 alone, (1*10 + 2*30) / 3."""
    rows = [
        (v, f"{v}{i}", "s", "p", w, x) for v in "abcd" for i, (w, x) in enumerate([(1, 10.0), (1, None), (2, 30.0)])
    ]
    pd.DataFrame(rows, columns=["village", "household", "stratum", "place", "weight", "income"]).to_csv(
        tmp_path / "weights-households.csv", index=False)  # fmt: skip
    run("report", tmp_path, "--value", "income", "--level", 0.9)
    gaps = pd.read_csv(tmp_path / "report-gaps.csv", keep_default_na=False)
    assert gaps.values.tolist() == [["income", 4, 0.25], ["", 4, 0.25]]
    found = reporting._means(reporting._sample(tmp_path, pd.read_csv(tmp_path / "weights-households.csv"), "stratum",
                                               None), "income", None, 0.9).table.iloc[0]  # fmt: skip
    assert found["estimate"] == pytest.approx(70 / 3) and found["n"] == 8
    assert pd.read_csv(tmp_path / "report-estimates.csv")["level"].eq(0.9).all()
    assert "90%区间" in (tmp_path / "report-appendix.md").read_text("utf-8")


def test_income_a_head_is_all_income_over_all_persons(tmp_path):
    """(1*30 + 1*20 + 2*90) / (1*3 + 1*1 + 2*2) of each village, and the appendix says how few reserves were used."""
    rows = [(v, f"{v}{i}", "s", "p", w, y, n) for v in "abcd" for i, (w, y, n) in enumerate(
        [(1, 30.0, 3), (1, 20.0, 1), (2, 90.0, 2)])]  # fmt: skip
    rows.append(("a", "a9", "s", "p", 1, 50.0, None))
    names = ["village", "household", "stratum", "place", "weight", "income", "size"]
    answers = pd.DataFrame(rows, columns=names)
    answers.to_csv(tmp_path / "weights-households.csv", index=False)
    drawn = pd.concat([answers.assign(role="main"), answers.iloc[:5].assign(role="reserve", household="x")])
    drawn[["village", "household", "stratum", "role"]].to_csv(tmp_path / "draw-households.csv", index=False)
    run("report", tmp_path, "--value", "income", "--per", "size")
    told = pd.read_csv(tmp_path / "report-estimates.csv")
    assert told["measure"].unique().tolist() == ["income/size"] and told["n"].iloc[0] == 12
    assert told["estimate"].iloc[0] == pytest.approx(230 / 8)
    design = pd.read_csv(tmp_path / "report-design.csv").iloc[0]
    assert (design["invited"], design["reserves"], design["answered"]) == (13, 5, 13)
    gaps = pd.read_csv(tmp_path / "report-gaps.csv", keep_default_na=False)
    assert set(gaps["item"]) <= {"income", "size", ""}
