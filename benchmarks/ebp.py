"""Empirical best prediction on emdi's worked example, beside emdi itself: digits, predictions and processor time.

Needs the source of the R package emdi (2.2.3) with its data, R with nlme and MASS; nothing of it is kept here:

    python benchmarks/ebp.py FOLDER_OF_EMDI [--rounds 100] [--repeat 3] [--seeds 10]

Both draw 100 populations and make `--rounds` bootstrap rounds under the Box-Cox scale, on one core, in turn. Ours
are compared with the mean of emdi's over `--seeds` seeds, by the errors that emdi's own seeds show.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ[name] = "1"

import pandas as pd  # noqa: E402

from research.measures.small_area import EmpiricalBest, ebp  # noqa: E402

COVARIATES = [
    "gender",
    "eqsize",
    "cash",
    "self_empl",
    "unempl_ben",
    "age_ben",
    "surv_ben",
    "sick_ben",
    "dis_ben",
    "rent",
    "fam_allow",
    "house_allow",
    "cap_inv",
    "tax_adj",
]
LINE = 10885.33
MEASURES = {
    "Mean": "mean",
    "Head_Count": ("headcount", {"line": LINE}),
    "Poverty_Gap": ("poverty_gap", {"line": LINE}),
    "Gini": "gini",
    "Quintile_Share": "quintile_ratio",
    "Quantile_10": ("quantile", {"q": 0.1}),
    "Quantile_25": ("quantile", {"q": 0.25}),
    "Median": "median",
    "Quantile_75": ("quantile", {"q": 0.75}),
    "Quantile_90": ("quantile", {"q": 0.9}),
}
PRINTED = {
    "lambda": 0.6046901,
    "r2_marginal": 0.6325942,
    "r2_conditional": 0.709266,
    "icc": 0.2086841,
    "effect_skewness": 0.4655324,
    "effect_kurtosis": 2.837176,
    "effect_shapiro": 0.9760574,
}
"""Kreutzmann et al. (2019), J. Statistical Software 91(7), summary of the model of the Austrian districts."""
HEAD = """
suppressMessages({library(nlme); library(MASS)})
for (f in c("auxiliary_functions", "check_ebp_arguments", "ebp", "framework_ebp", "mse_estimation", "optimal_parameter",
            "point_estimation", "transformation_functions", "emdiObject", "framework_direct"))
  source(paste0("R/", f, ".R"))
load("data/eusilcA_pop.rda"); load("data/eusilcA_smp.rda")
f <- as.formula(paste("eqIncome ~", TERMS))
run <- function(seed, mse, B) suppressMessages(ebp(f, eusilcA_pop, "district", eusilcA_smp, "district",
  threshold = LINE, transformation = "box.cox", L = 100, MSE = mse, B = B, seed = seed))
"""
DATA = """
write.csv(eusilcA_pop, file.path(OUT, "pop.csv"), row.names = FALSE)
write.csv(eusilcA_smp, file.path(OUT, "smp.csv"), row.names = FALSE)
"""
SEEDS = """
found <- do.call(rbind, lapply(seq_len(SEEDS), function(s) cbind(seed = s, run(s, FALSE, 0)$ind)))
write.csv(found, file.path(OUT, "seeds.csv"), row.names = FALSE)
"""
TIMED = """
t <- system.time(found <- run(SEED, TRUE, B))
write.csv(found$MSE, file.path(OUT, "mse.csv"), row.names = FALSE)
cat("seconds", t[["user.self"]], "\\n")
"""


def in_r(folder: Path, body: str, **values: object) -> str:
    """What R prints, with emdi's functions and data at hand."""
    given = {"LINE": LINE, "TERMS": " + ".join(COVARIATES), **values}
    head = "".join(f"{k} <- {json.dumps(v) if isinstance(v, str) else v}\n" for k, v in given.items())
    done = subprocess.run(["Rscript", "-"], input=head + HEAD + body, cwd=folder, text=True, capture_output=True)
    if done.returncode:
        raise SystemExit(done.stderr)
    return done.stdout


def compare(found: pd.DataFrame, out: Path) -> None:
    """Our predictions against the mean over emdi's seeds, in standard errors of the difference."""
    theirs = pd.read_csv(out / "seeds.csv").drop(columns="seed").groupby("Domain").agg(["mean", "sem"])
    ours = found.pivot(index="district", columns="measure", values="estimate")
    for key in MEASURES:
        level, error = (theirs[key][k].reindex(ours.index) for k in ("mean", "sem"))
        z, off = (ours[key] - level) / error, (ours[key] / level - 1).abs()
        print(f"{key:16s} {len(z)} districts: off by {off.median():.2%} (median), {off.max():.2%} (most); "
              f"in emdi's own errors: mean {z.mean():+.2f}, spread {z.std():.2f}")  # fmt: skip


def timed(call: Callable[[], EmpiricalBest]) -> tuple[EmpiricalBest, float]:
    """What a call gives, and the seconds of the processor that it takes."""
    start = time.process_time()
    return call(), time.process_time() - start


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("folder", type=Path)
    ask.add_argument("--rounds", type=int, default=100)
    ask.add_argument("--repeat", type=int, default=3)
    ask.add_argument("--seeds", type=int, default=10, help="0: predictions are not compared")
    given = ask.parse_args()
    with tempfile.TemporaryDirectory() as name:
        out = Path(name)
        in_r(given.folder, DATA, OUT=name)
        tables = [pd.read_csv(out / f"{n}.csv") for n in ("smp", "pop")]

        def ours(**options: int) -> EmpiricalBest:
            return ebp(tables[0], "eqIncome", "district", COVARIATES, tables[1], MEASURES, scale="box-cox", **options)

        told = digits(ours(draws=2, replicates=0))
        assert all(abs(a / b - 1) < 5e-5 for a, b in told), told
        if given.seeds:
            in_r(given.folder, SEEDS, OUT=name, SEEDS=given.seeds)
            compare(ours(draws=4000, replicates=0).table, out)
        pairs = [pair(given, ours, out, k) for k in range(given.repeat)]
    r, own = (statistics.median(side) for side in zip(*pairs, strict=True))
    print(f"medians: emdi {r:.1f} s, ours {own:.2f} s: {statistics.median(b / a for a, b in pairs):.4f}")


def digits(found: EmpiricalBest) -> list[tuple[float, float]]:
    """Ours beside what is printed."""
    told = {"lambda": found.scales["parameter"].iloc[0], **found.diagnostics}
    for key, value in PRINTED.items():
        print(f"{key:16s} emdi {value:.7g}  ours {told[key]:.7g}")
    return [(told[key], value) for key, value in PRINTED.items()]


def pair(given: argparse.Namespace, ours: Callable[..., EmpiricalBest], out: Path, k: int) -> tuple[float, float]:
    """Seconds of both, in turn, and how their errors compare in districts with a sample."""
    printed = in_r(given.folder, TIMED, OUT=str(out), SEED=123 + k, B=given.rounds)
    r = float(printed.split("seconds")[1].split()[0])
    found, own = timed(lambda: ours(replicates=given.rounds, seed=1 + k))
    print(f"{given.rounds} rounds: emdi {r:.1f} s, ours {own:.2f} s of the processor: {own / r:.4f}", flush=True)
    seen = found.table[found.table["n"] > 0].pivot(index="district", columns="measure", values="rmse")
    theirs = pd.read_csv(out / "mse.csv").set_index("Domain").reindex(seen.index)
    for key in ("Mean", "Head_Count", "Gini"):
        print(
            f"  rmse of {key}: ours over theirs {(seen[key] / theirs[key] ** 0.5).median():.3f} (median of districts)"
        )
    return r, own


if __name__ == "__main__":
    main()
