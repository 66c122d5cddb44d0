"""What an index is made by: one frozen, closed set of settings, read from `index.yml`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from research.composite import options
from research.core.faults import DataError, Fault, nearest, say
from research.core.texts import expected_of


class _Closed(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Outliers(_Closed):
    """How outlying columns are treated; see `outliers.treat`."""

    method: options.Treatment = "none"
    most: int = Field(default=5, ge=1)
    skew: float = Field(default=2.0, gt=0)
    kurt: float = 3.5


class Weights(_Closed):
    """Where weights come from.

    Parameters
    ----------
    subjective : str
        `equal`, `given` (the registry's columns), `expert` (numbers in `expert`) or `ahp`.
    expert : dict
        Node -> weight among its siblings, any positive scale; all of a family or none of it (then equal).
    experts, opinions, expert_mean : str, dict, str
        A CSV beside `index.yml` with the scores of several experts (see `experts.read_scores`), what it says,
        and how they are put together: `mean` or `median`.
    ahp : dict
        Parent node -> {order: [children], matrix: [[...]]}; families not named are equal.
    judgements, judged, group : str, dict, str
        A CSV with the pairwise judgements of several experts (see `experts.read_judgements`), what it says, and
        how they are put together (see `experts.group_ahp`).
    ahp_method, random_index, consistency :
        See `ahp.ahp`; the limit of the consistency ratio.
    objective : str
        `none`, `entropy`, `critic`, `cv` or `pca`, by the reference years and places.
    entropy, entropy_shift : str, float
        Pre-treatment of the entropy weights, and what `minmax_shift` adds.
    pca_share : float
        Share of the variance that the components kept must explain.
    within : str
        `siblings`: objective weights inside each family, upper levels as the subjective ones; `index`:
        over all indicators at once.
    combine, share : str, float
        See `weights.combine`; the share of the objective weights.
    emphasis : dict
        Factor by kind: `feature` and `shortboard` (clause 71), `special` (the * mark); 1 is none.
    emphasis_within : str
        `index`: an emphasised indicator takes weight from all others; `siblings`: from its siblings only.
    fixed : dict
        Indicator -> weight in the whole, for a frozen set; then nothing else is used.
    """

    subjective: options.Subjective = "equal"
    expert: dict[str, float] = {}
    experts: str = ""
    opinions: dict[str, dict[str, float]] = {}
    expert_mean: options.OpinionMean = "mean"
    ahp: dict[str, dict[str, Any]] = {}
    judgements: str = ""
    judged: dict[str, dict[str, dict[str, Any]]] = {}
    group: options.AhpGroup = "judgements"
    ahp_method: options.AhpMethod = "eigen"
    random_index: options.RandomIndex = "saaty1980"
    consistency: float = Field(default=0.1, gt=0)
    objective: options.Objective = "none"
    entropy: options.Pretreatment = "minmax_shift"
    entropy_shift: float = Field(default=0.01, gt=0)
    pca_share: float = Field(default=0.8, gt=0, le=1)
    within: options.Within = "siblings"
    combine: options.Combination = "linear"
    share: float = Field(default=0.5, ge=0, le=1)
    emphasis: dict[options.Emphasis, float] = {}
    emphasis_within: options.Within = "index"
    fixed: dict[str, float] = {}


class IndexSpec(_Closed):
    """One version of the index; "the same, but geometric" is `spec.but(aggregate="geometric")`.

    Parameters
    ----------
    version, title, since, source, note :
        Name of the version, its title, first year, where it comes from.
    exclude : tuple of str
        Indicators left out, such as the perception items.
    screen_units, screen_indicators : float
        Shares of values below which a unit, an indicator is left out.
    availability : float
        Share of the siblings' weight needed for a score.
    impute, impute_group :
        See `fill.impute`; the column of the places' table to group by.
    outliers : Outliers
    normalise : str
        See `normalise.normalise`.
    goalposts : dict
        Indicator -> [low, high].
    prices : dict
        Indicator -> price of one unit, where `normalise` is `price`.
    unset_goalposts : str
        `refuse`, or `first_year`: an indicator without goalposts gets the range of its values in the first year
        that has any, widened by half of it on both sides (by half of the value where there is one only). Past
        scores do not move when later years are added.
    scale : pair of float
        Ends of the scale of scores.
    clip : bool
        Whether values beyond the goalposts are held at the ends.
    constant : str
        `refuse` or `middle`: what a column without spread gets.
    weights : Weights
    aggregate : str or list
        One mean for all levels, or one a level from the lowest up.
    reference_years, reference_places : tuple
        Units by which objective weights are taken; empty: all (then they move with the data).
    grades : dict
        Indicator -> {grade: number}.

    Examples
    --------
    >>> IndexSpec(aggregate="geometric", scale=(1, 100)).methods(3)
    ('geometric', 'geometric', 'geometric')
    """

    version: str = "unnamed"
    title: str = ""
    since: int = 2021
    source: str = ""
    note: str = ""
    exclude: tuple[str, ...] = ()
    screen_units: float = Field(default=0.0, ge=0, le=1)
    screen_indicators: float = Field(default=0.0, ge=0, le=1)
    availability: float = Field(default=0.6, ge=0, le=1)
    impute: options.Imputation = "none"
    impute_group: str = ""
    outliers: Outliers = Outliers()
    normalise: options.Normalisation = "goalposts"
    goalposts: dict[str, tuple[float, ...]] = {}
    prices: dict[str, float] = {}
    unset_goalposts: options.Unset = "refuse"
    scale: tuple[float, float] = (0.0, 100.0)
    clip: bool = True
    constant: options.Constant = "refuse"
    weights: Weights = Weights()
    aggregate: str | tuple[str, ...] = "arithmetic"
    reference_years: tuple[int, ...] = ()
    reference_places: tuple[str, ...] = ()
    grades: dict[str, dict[str, float]] = {}

    def __init__(self, **settings: Any) -> None:
        try:
            super().__init__(**settings)
        except ValidationError as error:
            raise DataError(_faults(error, settings)) from None

    @model_validator(mode="after")
    def _sound(self) -> Self:
        from research.composite.aggregate import METHODS

        words = (self.aggregate,) if isinstance(self.aggregate, str) else self.aggregate
        for word in words:
            if word not in METHODS:
                raise ValueError(f"aggregate: one of {', '.join(METHODS)}, not {word!r} ({nearest(word, METHODS)})")
        if self.scale[0] >= self.scale[1]:
            raise ValueError(f"scale: low below high, not {self.scale}")
        return self

    def methods(self, steps: int) -> tuple[str, ...]:
        """The mean of each of `steps` levels, lowest first.

        Raises
        ------
        DataError
            When a list has another length.
        """
        if isinstance(self.aggregate, str):
            return (self.aggregate,) * steps
        if len(self.aggregate) != steps:
            raise DataError(
                Fault(
                    f"index {self.version}, aggregate",
                    f"{steps} means, lowest level first",
                    f"{len(self.aggregate)}",
                    kind="spec",
                )
            )
        return self.aggregate

    def but(self, **changed: Any) -> IndexSpec:
        """The same index with some settings changed; `weights` and `outliers` may be given in part, as dicts.

        Raises
        ------
        DataError
            Unknown settings, with the nearest known ones.
        """
        return IndexSpec(**merged(self.model_dump(), changed))

    @property
    def moves_with(self) -> list[str]:
        """Why past scores of this version would move when a year or a place is added; empty when they do not."""
        reasons = []
        if self.normalise not in ("goalposts", "target", "price"):
            reasons.append(f"normalise: {self.normalise} compares with the other units")
        if self.impute in ("linear", "group_mean", "regression"):
            reasons.append(f"impute: {self.impute} looks at later years or other places")
        if self.outliers.method != "none":
            reasons.append("outliers: the limits follow the data")
        if self.weights.objective != "none" and not (self.reference_years and self.reference_places):
            reasons.append("weights: objective weights without fixed reference years and places")
        if "copeland" in (self.aggregate if not isinstance(self.aggregate, str) else (self.aggregate,)):
            reasons.append("aggregate: copeland compares with the other units")
        if self.screen_indicators > 0:
            reasons.append("screen_indicators: the share of values follows the data")
        return reasons


def merged(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    """Settings with some of them changed; `weights` and `outliers` may be given in part."""
    out = dict(old)
    for key, value in new.items():
        if key in ("weights", "outliers") and isinstance(value, dict):
            out[key] = {**old.get(key, {}), **value}
        else:
            out[key] = value.model_dump() if isinstance(value, BaseModel) else value
    return out


def _faults(error: ValidationError, settings: Mapping[str, Any]) -> list[Fault]:
    known = {"": IndexSpec.model_fields, "weights": Weights.model_fields, "outliers": Outliers.model_fields}
    faults, version = [], settings.get("version", "")
    for e in error.errors():
        where = ".".join(str(p) for p in e["loc"])
        place = ", ".join(filter(None, ["index", str(version), where]))
        if e["type"] == "extra_forbidden":
            names = known.get(str(e["loc"][0]) if len(e["loc"]) > 1 else "", IndexSpec.model_fields)
            unknown = e["loc"][-1]
            faults.append(
                Fault(place, say("a known setting", "已有的设置"), repr(unknown), nearest(unknown, names), "spec")
            )
        else:
            faults.append(Fault(place, expected_of(e), repr(e["input"])[:80], kind="spec"))
    return faults
