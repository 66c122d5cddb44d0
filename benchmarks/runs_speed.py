"""How fast notebooks run, side by side in one go: floor, papermill, two papermills, warm with one and two workers.

Run `python benchmarks/runs_speed.py [--places N]`; it works in a temporary project and prints a table.
The notebook is a realistic one (weighted statistics, a regression, three drawn figures, a table). The floor is
the cells' code alone, again and again in one process in which everything is imported.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

CELLS = (
    "import io\nimport numpy as np\nimport pandas as pd\nimport seaborn as sns\nimport matplotlib.pyplot as plt\n"
    "import statsmodels.api as sm\nfrom matplotlib.figure import Figure\nfrom IPython.display import display",
    "rng = np.random.default_rng(int(place) % 997)\nn = 4000\n"
    "frame = pd.DataFrame({'income': rng.lognormal(10, .7, n),\n 'weight': rng.uniform(1, 3, n),\n"
    " 'urban': rng.integers(0, 2, n), 'year': rng.integers(2021, 2025, n)})",
    "def show(fig):\n    data = {}\n    for kind in ('svg', 'png'):\n        out = io.BytesIO()\n"
    "        fig.savefig(out, format=kind, dpi=150)\n        data[kind] = out.getvalue()\n"
    "    import base64\n    display({'image/svg+xml': data['svg'].decode(),\n"
    "             'image/png': base64.b64encode(data['png']).decode()}, raw=True)",
    "def gini(g):\n    g = g.sort_values('income')\n    w, x = g.weight.to_numpy(), g.income.to_numpy()\n"
    "    p, l = np.cumsum(w) / w.sum(), np.cumsum(w * x) / (w * x).sum()\n"
    "    return 1 - np.sum(np.diff(np.r_[0, p]) * (l + np.r_[0, l[:-1]]))\n"
    "table = frame.groupby(['year', 'urban'])[['income', 'weight']].apply(gini).unstack()\ntable.round(3)",
    "fig = Figure(figsize=(6, 4), layout='constrained')\nax = fig.subplots()\n"
    "sns.kdeplot(frame, x='income', hue='urban', ax=ax)\nax.set_xlabel('yuan')\nshow(fig)",
    "fig = Figure(figsize=(6, 4), layout='constrained')\nax = fig.subplots()\n"
    "sns.barplot(frame, x='year', y='income', hue='urban', ax=ax, errorbar=None)\nshow(fig)",
    "fit = sm.WLS(np.log(frame.income), sm.add_constant(frame[['urban', 'year']]), weights=frame.weight).fit()\n"
    "print(fit.params.round(6).to_dict())",
    "fig = Figure(figsize=(6, 4), layout='constrained')\nax = fig.subplots()\n"
    "ax.plot(np.sort(frame.income.to_numpy()).cumsum() / frame.income.sum())\nshow(fig)",
)
PARAMETERS = 'edition = "2024"\nplace = "331003"\ndata = "sample"'


def project_in(folder, places, first=331003001):
    """A project of its own with one theme, the district and townships, this many places in all."""
    import pandas as pd

    from research.core.scope import Project

    codes = [str(first + n) for n in range(places - 1)]
    for name in ("data/reference", "data/sample", "data/results/2024", "notebooks/themes"):
        (folder / name).mkdir(parents=True)
    (folder / "_quarto.yml").write_text("project: {type: book}\n")
    (folder / "data/reference/district.yml").write_text('code: "331003"\nname: D\n')
    (folder / "data/reference/places.csv").write_text("code,name\n" + "".join(f"{c},T{c}\n" for c in codes))
    pd.DataFrame({"place": codes, "value": 1.0}).to_parquet(folder / "data/results/2024/measures.parquet")
    cells = [
        {
            "cell_type": "code",
            "id": f"c{i}",
            "metadata": {"tags": ["parameters"]} if not i else {},
            "outputs": [],
            "execution_count": None,
            "source": text,
        }
        for i, text in enumerate((PARAMETERS, *CELLS))
    ]
    spec = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    book = {"cells": cells, "metadata": spec, "nbformat": 4, "nbformat_minor": 5}
    (folder / "notebooks/themes/income.ipynb").write_text(json.dumps(book))
    return Project(folder)


FLOOR = """
import sys, time, json, io
import IPython.display
IPython.display.display = lambda *a, **k: None
cells, places = json.load(sys.stdin)
times = []
for place in places:
    start, work, space = time.perf_counter(), time.process_time(), {"place": place}
    for text in cells:
        exec(text, space)
    times.append((time.perf_counter() - start, time.process_time() - work))
print(json.dumps(times[1:]))
"""


def used():
    """CPU seconds of the processes that have ended: what a busy machine does not change."""
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime


def floor(places):
    """Seconds, and CPU seconds, a notebook for the cells' code alone, everything imported."""
    from research.runs.worker import environment

    words = CELLS[0].replace("from IPython.display import display", "display = lambda *a, **k: None")
    text = json.dumps([[words, *CELLS[1:]], ["331003000", *places]])
    done = subprocess.run(
        [sys.executable, "-c", FLOOR],
        input=text,
        capture_output=True,
        text=True,
        check=True,
        env=environment("") | {"MPLBACKEND": "agg"},
    )
    return [statistics.mean(column) for column in zip(*json.loads(done.stdout.splitlines()[-1]), strict=True)]


def papermill(project, places, jobs):
    """Seconds a notebook for papermill as it comes, `jobs` processes side by side."""
    code = (
        "import sys, papermill\nfor p in sys.argv[3:]:\n    papermill.execute_notebook(sys.argv[1], "
        "f'{sys.argv[2]}/{p}.ipynb', {'place': p}, progress_bar=False)"
    )
    template = str(project.notebooks / "themes" / "income.ipynb")
    start = time.perf_counter()
    running = [
        subprocess.Popen(
            [sys.executable, "-c", code, template, str(project.root), *places[i::jobs]], stderr=subprocess.DEVNULL
        )
        for i in range(jobs)
    ]
    if any(p.wait() for p in running):
        raise RuntimeError("papermill failed")
    return (time.perf_counter() - start) / len(places)


def ours(project, places, jobs, kernel):
    """Seconds a notebook for `research.runs`: over all runs, and without the start of the workers."""
    from research import runs

    plan = runs.plan(project, "2024", places=places)
    moments, start = [], time.perf_counter()
    report = runs.execute(
        plan, jobs=jobs, kernel=kernel, force=True, progress=lambda e: moments.append((e.kind, time.perf_counter()))
    )
    if report.failed:
        raise RuntimeError(report.recap())
    ends = [moment for kind, moment in moments if kind == "done"]
    steady = (ends[-1] - ends[jobs - 1]) / (len(ends) - jobs)
    return (time.perf_counter() - start) / len(places), steady


def check_seconds(project):
    """Whole-process seconds to find that nothing has changed."""
    code = (
        "import sys\nfrom research import runs\nfrom research.core.scope import open_project\n"
        "p = runs.plan(open_project(sys.argv[1]), '2024')\nassert not p.stale, p.describe()"
    )
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", code, str(project.root)], check=True)
    return time.perf_counter() - start


OWN = (
    "import pathlib\nown = pathlib.Path('/proc/self/smaps_rollup').read_text().splitlines()\n"
    "print(sum(int(l.split()[1]) for l in own if l.startswith(('Private_Dirty', 'Private_Clean'))) // 1024)"
)


def private_mebibytes(project):
    """Private memory of a warm run at its end, beyond what it shares with its parent; the realistic notebook's."""
    from research import runs

    path = project.notebooks / "themes" / "income.ipynb"
    before = path.read_text()
    book = json.loads(before)
    book["cells"].append(
        {"cell_type": "code", "id": "own", "metadata": {}, "outputs": [], "execution_count": None, "source": OWN}
    )
    path.write_text(json.dumps(book))
    report = runs.execute(runs.plan(project, "2024", places=["331003"]), jobs=1, kernel="warm", force=True)
    path.write_text(before)
    done = json.loads(report.done[0].path.read_text())
    return int(done["cells"][-1]["outputs"][0]["text"][0])


PROVINCE = """
import resource, sys, time
from research import runs
from research.core.scope import open_project
start = time.perf_counter()
plan = runs.plan(open_project(sys.argv[1]), "2024")
used = resource.getrusage(resource.RUSAGE_SELF)
print(len(plan.runs), time.perf_counter() - start, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)
"""


def province(folder, townships=1360, themes=6):
    """Runs, seconds, CPU seconds and MiB of a plan for a province, in a process of its own."""
    project = project_in(folder, townships + 1, first=330000001)
    text = (project.notebooks / "themes" / "income.ipynb").read_text()
    for number in range(1, themes):
        (project.notebooks / "themes" / f"theme{number}.ipynb").write_text(text)
    done = subprocess.run(
        [sys.executable, "-c", PROVINCE, str(project.root)], capture_output=True, text=True, check=True
    )
    return [float(word) for word in done.stdout.split()]


def main():
    """Measure and print."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--places", type=int, default=13, help="notebooks of each way (default 13)")
    count = words.parse_args().places
    os.environ.pop("BLUEBOOK_WARM", None)
    with tempfile.TemporaryDirectory(prefix="bb-bench-") as folder:
        project = project_in(Path(folder).resolve(), count)
        places = ["331003"] + [f"331003{n:03d}" for n in range(1, count)]
        base, work = min(floor(places) for _ in range(2))
        rows = [("floor: the cells' code in one process", base, base, work)]
        few = places[: max(4, count // 3)]
        for name, jobs in (("papermill, sequential", 1), ("papermill, 2 processes", 2)):
            before = used()
            seconds = papermill(project, few, jobs)
            rows.append((name, seconds, seconds, (used() - before) / len(few)))
        for name, jobs, kernel in (
            ("ours, plain kernels, 2 workers", 2, "plain"),
            ("ours, warm, 1 worker", 1, "warm"),
            ("ours, warm, 2 workers", 2, "warm"),
        ):
            before = used()
            rows.append((name, *ours(project, places, jobs, kernel), (used() - before) / count))
        print(
            "| way | s a notebook, start included | s, steady | against the floor | 120 notebooks "
            f"| CPU s a notebook, start included |\n{'|---' * 6}|"
        )
        for name, whole, steady, work in rows:
            start = (whole - steady) * (count if name.startswith("ours") else 0)
            print(
                f"| {name} | {whole:.2f} | {steady:.2f} | {steady / base:.2f} | {steady * 120 + start:.0f} s "
                f"| {work:.2f} |"
            )
        load, cores = os.getloadavg()[0], os.cpu_count()
        busy = " - others work here: the figures are too high" if load > cores + 1 else ""
        print(f"\n{cores} cores, load {load:.1f}{busy}")
        print(f"nothing changed, {count} runs: {check_seconds(project):.2f} s for the whole process")
        if sys.platform.startswith("linux"):
            print(f"private memory of a warm run, its own data included: {private_mebibytes(project)} MiB")
        planned, seconds, spent, size = province(Path(folder).resolve() / "province")
        print(f"plan of {planned:.0f} runs: {seconds:.2f} s, {spent:.2f} CPU s with the imports, {size:.0f} MiB")


if __name__ == "__main__":
    main()
