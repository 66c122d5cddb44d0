"""A rule as its file says it: who, how much, from when to when, who pays; a closed vocabulary, nothing is executed."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field

from research.core.status import STATUSES

Kind = Literal["benefit", "subsidy", "levy"]
Payer = Literal["budget", "flat_levy", "proportional_levy"]
Per = Literal["head", "household"]
Setting = Literal["low_income_line", "middle_band_lower", "middle_band_upper"]
Source = Literal["income", "wage_income", "business_income", "property_income", "transfer_income", "consumption"]
SETTINGS = get_args(Setting)
"""Settings of the district that may stand in place of an amount."""

Text = Annotated[str, Field(min_length=1)]
Share = Annotated[float, Field(ge=0, le=1)]
Yuan = Annotated[float, Field(ge=0, le=1e9)]
Line = Annotated[float, Field(gt=0, le=1e9)] | Setting
Count = Annotated[int, Field(ge=1, le=99)]


class _Closed(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False, frozen=True)


class Income(_Closed):
    """Income a year, a head or a household: not below `since` (written `from`), and below `below`."""

    per: Per = "head"
    since: Line | None = Field(None, alias="from")
    below: Line | None = None


class Size(_Closed):
    """Persons in the household, both ends counted."""

    since: Count | None = Field(None, alias="from")
    to: Count | None = None


class Who(_Closed):
    """Whom a rule is for: every condition that is given has to hold; without any, everybody."""

    income: Income | None = None
    residence: Literal["urban", "rural"] | None = None
    places: Annotated[list[Text], Field(min_length=1)] | None = None
    groups: Annotated[list[Text], Field(min_length=1)] | None = None
    size: Size | None = None


class Flat(_Closed):
    """The same yuan a year for each head or household."""

    yuan: Yuan
    per: Per = "head"


class Gap(_Closed):
    """A share of what lacks to the line, a head, for all heads of the household."""

    line: Line
    rate: Share


class Part(_Closed):
    """A share of an income (of all, of one source) or of consumption, of what lies above a threshold."""

    rate: Share
    of: Source = "income"
    above: Yuan | Setting = 0.0
    per: Per = "household"


class Amount(_Closed):
    """How much: one of the three; `most` limits what a household gets or pays a year, before any taper."""

    flat: Flat | None = None
    gap: Gap | None = None
    share: Part | None = None
    most: Annotated[float, Field(gt=0, le=1e9)] | None = None


class Taper(_Closed):
    """Withdrawal: of each yuan of income above `start` so much of the amount is taken away, down to nothing."""

    start: Yuan | Setting
    rate: Annotated[float, Field(gt=0, le=1)]
    per: Per = "head"


class TakeUp(_Closed):
    """Share of the entitled households that take the rule up, and the band in which it is held possible."""

    share: Share = 1.0
    low: Share | None = None
    high: Share | None = None


class Rule(_Closed):
    """A benefit, a subsidy or a levy.

    Parameters
    ----------
    name, name_en : str
        What readers are shown.
    kind : {"benefit", "subsidy", "levy"}
        A benefit and a subsidy are paid to households (a subsidy as a share of what they spend or earn); a levy is
        paid by them.
    from, until : date
        First and last day on which it holds; without `until` it has no end.
    source : str
        Where it is written: document and clause, or that it is an example.
    status : str
        Of the rule itself: `sample` for an example that nobody has decided.
    who : Who
        Whom it is for.
    amount : Amount
        How much a year.
    taper : Taper, optional
        How it is withdrawn.
    take_up : TakeUp
        How many of the entitled take it up.
    financed_by : {"budget", "flat_levy", "proportional_levy"}
        Who pays a benefit (and whom a levy's revenue goes to): the budget, so that no household's income changes by it;
        everybody alike, a head; everybody in proportion to income.
    beyond_gap : bool
        That a means-tested amount may be more than twice what lacks to its line, which else is a fault.

    References
    ----------
    Sutherland & Figari (2013), International Journal of Microsimulation 6 (EUROMOD's policy functions: eligibility,
    amount, withdrawal, take-up); PolicyEngine's parameters with dates and references.

    Examples
    --------
    >>> rule = Rule.model_validate({"name": "n", "kind": "benefit", "from": date(2025, 1, 1), "source": "s",
    ...                             "amount": {"flat": {"yuan": 100}}})
    >>> rule.sign, rule.take_up.share, rule.financed_by
    (1, 1.0, 'budget')
    """

    name: Text
    name_en: Text | None = None
    kind: Kind
    since: date = Field(alias="from")
    until: date | None = None
    source: Text
    status: Literal[STATUSES] = "reported"  # type: ignore[valid-type]
    note: Text | None = None
    who: Who = Who()
    amount: Amount
    taper: Taper | None = None
    take_up: TakeUp = TakeUp()
    financed_by: Payer = "budget"
    beyond_gap: bool = False

    @property
    def sign(self) -> int:
        """1 where households are paid, -1 where they pay."""
        return -1 if self.kind == "levy" else 1

    @property
    def blind(self) -> bool:
        """Whether neither who is concerned nor how much depends on what a household has or spends."""
        tested = self.who.income or self.amount.gap or self.amount.share or self.taper
        return not tested and self.financed_by != "proportional_levy"

    def take_ups(self) -> tuple[float, float, float]:
        """Take-up: low, as stated, high; one without a band is its own band."""
        t = self.take_up
        return (t.share if t.low is None else t.low, t.share, t.share if t.high is None else t.high)
