"""A copy of this project as a stranger gets it: the sources, and nothing that was made from them."""

import shutil
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MADE = frozenset(
    {
        ".git",
        ".venv",
        ".quarto",
        "build",
        "dist",
        "data/raw",
        "data/results",
        "data/own",
        "data/store",
        "reports/runs",
        "reports/output",
        "reports/bundles",
        "reports/manual/made",
        "_variables.yml",
    }
)
"""Made files and folders by their place in the project: a source folder may have the same name as one of them."""


def fresh(target: Path, *left_out: str, keep: tuple[str, ...] = ()) -> Path:
    """Copy the project to `target`, without what is made (but with `keep` of it) and without `left_out`."""

    def ignored(folder, names):
        here = Path(folder).relative_to(ROOT)
        return {
            n
            for n in names
            if (here / n).as_posix() in unwanted
            or n == "__pycache__"
            or n.endswith((".egg-info", ".part"))
            or (n[0] == "." and "cache" in n)
            or n in {".hypothesis", ".benchmarks"}
        }

    unwanted = MADE - set(keep) | set(left_out)
    return Path(shutil.copytree(ROOT, target, ignore=ignored))
