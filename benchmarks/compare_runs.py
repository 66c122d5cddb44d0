"""Hold two folders of executed notebooks against each other: the numbers of every table, figure and sentence.

    python benchmarks/compare_runs.py reports/runs/2024-before reports/runs/2024 [--place 331003] [--texts]

A table's numbers are those of its cells, a sentence's those in its words, a figure's those of the frames it carries,
in the columns that both have (a frame made anew may carry fewer). Texts may differ; `--texts` lists them. Ends with 1
where a number differs.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import re
import sys
from collections import Counter
from pathlib import Path

NUMBER = re.compile(r"[-−]?\d+(?:\.\d+)?")


def outputs(path: Path) -> dict[str, tuple[dict, dict]]:
    """Label without the place -> (bundle, facts) of the cells of an executed notebook."""
    found = {}
    for cell in json.loads(path.read_text("utf-8"))["cells"]:
        label = re.search(r"^#\| label: (\S+)", "".join(cell["source"]), re.M)
        shown = [o for o in cell.get("outputs", ()) if o.get("metadata", {}).get("bluebook")]
        shown = [o for o in shown if not o["metadata"]["bluebook"].get("notice")]
        if label and shown:
            name = label[1].removesuffix(f"-{path.stem}")
            found[name] = (shown[0]["data"], shown[0]["metadata"]["bluebook"])
    return found


def numbers(text: str) -> Counter:
    """The numbers of a text, each as often as it stands there."""
    return Counter(m.replace("−", "-") for m in NUMBER.findall(text))


def framed(facts: dict, kept: set[str]) -> Counter:
    """The numbers of the frames that a figure carries, of some columns, to nine digits; equal cells of two frames once.

    A cell is told by its column, its value, and what its row is of.
    """
    cells = set()
    for text in facts.get("data", ()):
        for row in csv.DictReader(io.StringIO(text)):
            of = tuple(sorted((k, v) for k, v in row.items() if k in KEYS and k in kept))
            cells |= {(of, k, f"{float(v):.9g}") for k, v in row.items() if k in kept and NUMBER.fullmatch(v or "")}
    return Counter(f"{k}={v}" for _, k, v in cells)


KEYS = ("place", "year", "residence", "indicator", "measure", "id", "topic", "domain", "curve")


def columns(facts: dict) -> set[str]:
    """The columns of the frames that a figure carries."""
    return {name for text in facts.get("data", ()) for name in next(csv.reader(io.StringIO(text)), ())}


def told(bundle: dict) -> str:
    """The markdown or plain text of an output."""
    return "".join(bundle.get("text/markdown", bundle.get("text/plain", "")))


def cells(text: str) -> str:
    """The rows of a pipe table alone."""
    return "\n".join(line for line in text.splitlines() if line.startswith("| ") or line.startswith("|:"))


def compare(before: Path, after: Path, where: str) -> tuple[list[str], list[str], int]:
    """Differing numbers, differing texts, and how many items were compared."""
    old, new = outputs(before), outputs(after)
    wrong, texts = [], []
    for label in sorted(set(old) | set(new)):
        if label not in old or label not in new:
            wrong.append(f"{where} {label}: only {'before' if label in old else 'after'}")
            continue
        (one, was), (two, now) = old[label], new[label]
        if label.startswith("tbl-"):
            first, second = numbers(cells(told(one))), numbers(cells(told(two)))
        elif label.startswith("fig-"):
            shared = columns(was) & columns(now)
            first, second = framed(was, shared), framed(now, shared)
        else:
            first, second = numbers(told(one)), numbers(told(two))
        lost, added = first - second, second - first
        kind = "figure's frames" if label.startswith("fig-") else "table" if label.startswith("tbl-") else "sentence"
        if lost or added:
            wrong.append(f"{where} {label} ({kind}): lost {_listed(lost)}; new {_listed(added)}")
        if was.get("status") != now.get("status"):
            wrong.append(f"{where} {label}: status {was.get('status')} became {now.get('status')}")
        if told(one) != told(two) or was.get("caption") != now.get("caption"):
            texts.append(
                f"{where} {label}\n  - {was.get('caption', '')} {told(one)}\n  + {now.get('caption', '')} {told(two)}"
            )
    return wrong, texts, len(old)


def _listed(counts: Counter) -> str:
    found = [f"{n}×{k}" if k > 1 else n for n, k in counts.items()]
    return " ".join(found[:12]) + (f" … {len(found)} in all" if len(found) > 12 else "") if found else "none"


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("before", type=Path)
    asked.add_argument("after", type=Path)
    asked.add_argument("--place", action="append", default=[])
    asked.add_argument("--notebook", action="append", default=[])
    asked.add_argument("--texts", action="store_true")
    given = asked.parse_args()
    wrong, texts, items = [], [], 0
    for path in sorted(given.before.glob("*/*.ipynb")):
        other = given.after / path.relative_to(given.before)
        skipped = (given.place and path.stem not in given.place) or (
            given.notebook and path.parent.name not in given.notebook
        )
        if skipped or not other.is_file():
            continue
        found = compare(path, other, f"{path.parent.name}/{path.stem}")
        wrong, texts, items = wrong + found[0], texts + found[1], items + found[2]
    print("\n".join([*wrong, *(texts if given.texts else [])]))
    print(f"{items} figures, tables and sentences; {len(wrong)} with other numbers; {len(texts)} with other texts")
    return bool(wrong or not items)


if __name__ == "__main__":
    sys.exit(main())
