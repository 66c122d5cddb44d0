"""How much of their wording the portraits of two places share: the sentences of executed notebooks, numbers masked.

    python benchmarks/wording_overlap.py reports/runs/2024 [--place 331003101 --place 331003202] [--most 0.6]

A portrait's sentences are those of the text cells of a place's theme notebooks. Numbers and the place's own name are
masked; a sentence is shared where the other place has the same wording. Prints the share for each pair, and the
wordings that most places have. Ends with 1 where a pair shares more than `--most`.
"""

from __future__ import annotations

import argparse
import itertools
import json
import re
import sys
from collections import Counter
from pathlib import Path

NUMBER = re.compile(r"[-−]?\d+(?:\.\d+)?")
SENTENCE = re.compile(r"[^。！？]+[。！？]")


def sentences(path: Path) -> list[str]:
    """Sentences of the text cells of an executed notebook."""
    found = []
    for cell in json.loads(path.read_text("utf-8"))["cells"]:
        if not re.search(r"^#\| label: text-", "".join(cell["source"]), re.M):
            continue
        for output in cell.get("outputs", ()):
            facts = output.get("metadata", {}).get("bluebook", {})
            if facts and not facts.get("notice"):
                found += SENTENCE.findall("".join(output["data"].get("text/plain", "")))
    return found


def masked(sentence: str, name: str) -> str:
    """A sentence without its numbers and the place's name."""
    return NUMBER.sub("0", sentence.replace(name, "此地") if name else sentence).strip()


def portraits(folder: Path, places: list[str]) -> dict[str, list[str]]:
    """The masked sentences of each place that several themes were run for."""
    names = named(folder)
    found: dict[str, list[str]] = {}
    for path in sorted(folder.glob("*/*.ipynb")):
        if path.parent.name != "book" and (not places or path.stem in places):
            found.setdefault(path.stem, []).extend(masked(s, names.get(path.stem, "")) for s in sentences(path))
    themes = Counter(p.stem for p in folder.glob("*/*.ipynb"))
    return {place: told for place, told in found.items() if themes[place] > 1 and told}


def named(folder: Path) -> dict[str, str]:
    """Names of the places, from the project that the runs are in or the one around here."""
    for root in (*folder.resolve().parents, Path.cwd()):
        table = root / "data" / "reference" / "places.csv"
        if table.is_file():
            lines = [line.split(",") for line in table.read_text("utf-8").splitlines()]
            at = {head: lines[0].index(head) for head in ("code", "name")}
            return {line[at["code"]]: line[at["name"]] for line in lines[1:]}
    return {}


def shared(one: list[str], other: list[str]) -> float:
    """Share of the sentences of both whose wording the other has too."""
    common = sum(s in set(other) for s in one) + sum(s in set(one) for s in other)
    return common / (len(one) + len(other))


def main(arguments: list[str] | None = None) -> int:
    """Print the shares; see the module."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--place", action="append", default=[])
    parser.add_argument("--most", type=float, default=0.6)
    given = parser.parse_args(arguments)
    told = portraits(given.folder, given.place)
    pairs = {(a, b): shared(told[a], told[b]) for a, b in itertools.combinations(told, 2)}
    if not pairs:
        print("no two places with portraits")
        return 2
    for (a, b), value in sorted(pairs.items(), key=lambda kv: -kv[1])[:12]:
        print(f"{a} {b}: {value:.0%} of {len(told[a])} and {len(told[b])} sentences")
    print(f"{len(pairs)} pairs: mean {sum(pairs.values()) / len(pairs):.0%}, most {max(pairs.values()):.0%}")
    counts = Counter(s for sentences_ in told.values() for s in set(sentences_))
    for sentence, count in counts.most_common(8):
        print(f"{count} of {len(told)}: {sentence[:90]}")
    return int(max(pairs.values()) > given.most)


if __name__ == "__main__":
    sys.exit(main())
