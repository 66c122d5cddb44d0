"""The size of one sample for a required precision, and households a village at given costs."""

from __future__ import annotations

import math
from dataclasses import dataclass

import scipy

from research.core.faults import DataError, Fault, say


@dataclass(frozen=True)
class Size:
    """A sample's size.

    Parameters
    ----------
    exact : float
        Answers needed, before rounding.
    respondents : int
        Answers needed.
    invited : int
        Households to be asked, at the expected response.
    se : float
        Standard error with as many answers.
    reached : bool
        Whether the population holds as many households as have to be asked; if not, `invited` is the population and
        `se` what it gives.

    Examples
    --------
    >>> sample_size(share=0.5, half_width=0.05, response=0.8).invited
    482
    """

    exact: float
    respondents: int
    invited: int
    se: float
    reached: bool = True


def sample_size(
    *,
    cv: float | None = None,
    half_width: float | None = None,
    mean: float | None = None,
    sd: float | None = None,
    share: float | None = None,
    population: float | None = None,
    deff: float = 1.0,
    response: float = 1.0,
    level: float = 0.95,
) -> Size:
    """Households needed for a mean or a share.

    Parameters
    ----------
    cv : float, optional
        Coefficient of variation wanted: standard error over estimate.
    half_width : float, optional
        Or half the interval wanted, in the unit of the estimate.
    mean, sd : float, optional
        Of the population, as expected (for a `half_width` the mean is not needed).
    share : float, optional
        Instead of mean and sd: the share expected, 0 to 1.
    population : float, optional
        Households there are; default: endless.
    deff : float
        Design effect.
    response : float
        Share of the asked that answer.
    level : float
        Of the interval.

    Returns
    -------
    Size

    Raises
    ------
    DataError
        With all faults at once.

    References
    ----------
    Cochran (1977), "Sampling Techniques", chapter 4.

    Examples
    --------
    >>> sample_size(share=0.5, half_width=0.05).respondents
    385
    >>> sample_size(mean=30000, sd=21000, cv=0.05, deff=1.5, response=0.8)
    Size(exact=294.0, respondents=294, invited=368, se=1500.0, reached=True)
    """
    _check(cv, half_width, mean, sd, share, population, deff, response, level)
    if share is not None:
        mean, spread = share, share * (1 - share)
        spread *= 1.0 if population is None else population / max(population - 1, 1)
    else:
        spread = float(sd or 0) ** 2
    wanted = (
        half_width / scipy.stats.norm.ppf(0.5 + level / 2)
        if half_width is not None
        else float(cv or 0) * abs(float(mean or 0))
    ) ** 2
    over = 0.0 if population is None else 1 / population
    exact = deff * spread / (wanted + deff * spread * over) if spread else 1.0
    most = math.inf if population is None else math.floor(population * response + 1e-9)
    n = max(1, min(math.ceil(exact - 1e-9), most))
    invited = math.ceil(n / response - 1e-9)
    se = math.sqrt(max(deff * spread * (1 / n - over), 0.0))
    return Size(
        round(exact, 9),
        int(n),
        int(invited if population is None else min(invited, population)),
        se,
        exact <= most + 1e-9,
    )


def per_village(cost_village: float, cost_household: float, icc: float) -> float:
    """Households a village that give the most precision for the money.

    Parameters
    ----------
    cost_village, cost_household : float
        Of going to one more village; of one more household in it.
    icc : float
        Intraclass correlation within villages, 0 to 1.

    Returns
    -------
    float
        At least 1; infinite where villages do not differ.

    Raises
    ------
    DataError
        For costs that are not above 0 and an `icc` outside 0 to 1.

    References
    ----------
    Kish (1965), "Survey Sampling", section 8.3.

    Examples
    --------
    >>> per_village(900, 100, 0.1)
    9.0
    """
    faults = [
        Fault(name, say("a number above 0", "大于0的数"), repr(value), kind="parameter")
        for name, value in (("cost_village", cost_village), ("cost_household", cost_household))
        if not value > 0
    ]
    if not 0 <= icc <= 1:
        faults.append(Fault("icc", say("a number from 0 to 1", "0至1的数"), repr(icc), kind="parameter"))
    if faults:
        raise DataError(faults)
    if icc == 0:
        return math.inf
    return max(1.0, round(math.sqrt(cost_village / cost_household * (1 - icc) / icc), 9))


def _check(
    cv: float | None,
    half_width: float | None,
    mean: float | None,
    sd: float | None,
    share: float | None,
    population: float | None,
    deff: float,
    response: float,
    level: float,
) -> None:
    faults: list[Fault | str] = []

    def ask(name: str, good: bool, expected: str, value: object) -> None:
        if not good:
            faults.append(Fault(name, expected, repr(value), kind="parameter"))

    positive = say("a number above 0", "大于0的数")
    ask("cv / half_width", (cv is None) != (half_width is None), say("one of both", "两者之一"), (cv, half_width))
    for name, value in (("cv", cv), ("half_width", half_width), ("population", population), ("deff", deff)):
        ask(name, value is None or 0 < value < math.inf, positive, value)
    if share is not None:
        ask("share", 0 <= share <= 1, say("a number from 0 to 1", "0至1的数"), share)
        ask("share", not (share == 0 and cv is not None), say("above 0 for a cv", "用变异系数时应大于0"), share)
    else:
        ask("sd", sd is not None and 0 <= sd < math.inf, say("a number of 0 or more", "不小于0的数"), sd)
        ask("mean", cv is None or (mean is not None and mean != 0), say("a mean other than 0", "不为0的均值"), mean)
    ask("response", 0 < response <= 1, say("above 0, up to 1", "大于0、不大于1"), response)
    ask("level", 0 < level < 1, say("between 0 and 1", "0与1之间"), level)
    if faults:
        raise DataError(faults)
