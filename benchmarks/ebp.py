"""Empirical best prediction on emdi's worked example, beside emdi itself: printed digits, and processor time.

Needs the source of the R package emdi (2.2.3) with its data, R with nlme and MASS; nothing of it is kept here:

    python benchmarks/ebp.py FOLDER_OF_EMDI [--rounds 100]

Both draw 100 populations and make `--rounds` bootstrap rounds under the Box-Cox scale, on one core.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import tempfile
import time
from pathlib import Path

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ[name] = "1"

import pandas as pd  # noqa: E402

from research.measures.small_area import ebp  # noqa: E402

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
R = """
suppressMessages({library(nlme); library(MASS)})
for (f in c("auxiliary_functions", "check_ebp_arguments", "ebp", "framework_ebp", "mse_estimation", "optimal_parameter",
            "point_estimation", "transformation_functions", "emdiObject", "framework_direct"))
  source(paste0("R/", f, ".R"))
load("data/eusilcA_pop.rda"); load("data/eusilcA_smp.rda")
write.csv(eusilcA_pop, file.path(OUT, "pop.csv"), row.names = FALSE)
write.csv(eusilcA_smp, file.path(OUT, "smp.csv"), row.names = FALSE)
if (B > 0) {
  f <- as.formula(paste("eqIncome ~", TERMS))
  t <- system.time(suppressMessages(ebp(f, eusilcA_pop, "district", eusilcA_smp, "district", threshold = LINE,
       transformation = "box.cox", L = 100, MSE = TRUE, B = B, seed = 123)))
  cat("seconds", t[["user.self"]], "\\n")
}
"""


def theirs(folder: Path, out: Path, rounds: int) -> float:
    """Seconds of the processor that emdi takes; its data as CSV in `out`."""
    head = f'OUT <- "{out}"; B <- {rounds}; LINE <- {LINE}; TERMS <- "{" + ".join(COVARIATES)}"\n'
    done = subprocess.run(["Rscript", "-"], input=head + R, cwd=folder, text=True, capture_output=True, check=True)
    return float(done.stdout.split("seconds")[1].split()[0]) if rounds else float("nan")


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("folder", type=Path)
    ask.add_argument("--rounds", type=int, default=100)
    ask.add_argument("--ours-only", action="store_true")
    given = ask.parse_args()
    with tempfile.TemporaryDirectory() as out:
        r = theirs(given.folder, Path(out), 0 if given.ours_only else given.rounds)
        sample, register = (pd.read_csv(Path(out) / f"{n}.csv") for n in ("smp", "pop"))
    start = time.process_time()
    found = ebp(
        sample, "eqIncome", "district", COVARIATES, register, MEASURES, scale="box-cox", replicates=given.rounds
    )
    ours = time.process_time() - start
    told = {"lambda": found.scales["parameter"].iloc[0], **found.diagnostics}
    for key, value in PRINTED.items():
        print(f"{key:16s} emdi {value:.7g}  ours {told[key]:.7g}")
        assert abs(told[key] / value - 1) < 5e-5, key
    print(f"{given.rounds} rounds: emdi {r:.1f} s, ours {ours:.1f} s of the processor: {ours / r:.4f}")
    cv = found.table.loc[found.table["measure"] == "Median", "cv"]
    print(f"median of the districts' cvs of median income: {cv.median():.3f}")


if __name__ == "__main__":
    main()
