"""The words that settings and functions of the index may say, each set in one place."""

from __future__ import annotations

from typing import Literal, TypeAlias

Mean: TypeAlias = Literal["arithmetic", "geometric", "harmonic"]
Aggregation: TypeAlias = Literal["arithmetic", "geometric", "harmonic", "copeland", "sum"]
"""`sum` adds what is there without weights: for amounts of money."""
Imputation: TypeAlias = Literal["none", "last", "linear", "group_mean", "regression"]
Treatment: TypeAlias = Literal["none", "winsorise", "log", "winsorise_log"]
Normalisation: TypeAlias = Literal["goalposts", "target", "price", "minmax", "zscore", "rank", "percentile", "borda"]
Constant: TypeAlias = Literal["refuse", "middle"]
"""What a column without spread gets."""
Unset: TypeAlias = Literal["refuse", "first_year"]
"""What an indicator without goalposts gets."""
Subjective: TypeAlias = Literal["equal", "given", "expert", "ahp"]
Objective: TypeAlias = Literal["none", "entropy", "critic", "cv", "pca"]
Pretreatment: TypeAlias = Literal["share", "minmax_zero", "minmax_shift"]
"""What is done to a column before its entropy."""
Combination: TypeAlias = Literal["linear", "multiplicative", "game"]
Within: TypeAlias = Literal["siblings", "index"]
"""Whether weights are set among siblings or over all indicators at once."""
Emphasis: TypeAlias = Literal["feature", "shortboard", "special"]
AhpMethod: TypeAlias = Literal["eigen", "geometric", "column"]
RandomIndex: TypeAlias = Literal["saaty1980", "saaty2005"]
OpinionMean: TypeAlias = Literal["mean", "median"]
AhpGroup: TypeAlias = Literal["judgements", "priorities"]
Coupling: TypeAlias = Literal["traditional", "modified"]
