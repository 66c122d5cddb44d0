"""Typed parameters: one closed pydantic model a notebook, filled in before any kernel starts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, create_model

from research.core.faults import DataError, Fault, nearest, say, spot
from research.core.texts import expected_of

if TYPE_CHECKING:
    from research.runs.templates import Template

TYPES = (bool, int, float, str, list, dict)
BOUNDS = ("gt", "ge", "lt", "le", "min_length", "max_length", "pattern")


class Book(BaseModel):
    """What a case's evidence is given: the year and the name of the data.

    Unknown names are refused, and so is a value of another type: `edition=2024` is not "2024".
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    edition: Annotated[str, Field(pattern=r"^[0-9]{4}$")]
    data: Annotated[str, Field(min_length=1), AfterValidator(lambda v: _one_line(v))]


class Parameters(Book):
    """What every other run is given: the place too."""

    place: Annotated[str, Field(pattern=r"^[0-9]{6,12}$")]


def _one_line(text):
    if re.search(r"[\x00-\x1f\x7f]", text):
        raise ValueError("one line of text without control characters")
    return text


def base_of(template: Template) -> type[BaseModel]:
    """The common parameters of a template."""
    return Book if template.kind == "cases" else Parameters


def model_for(template: Any, base: Any = None) -> type:
    """The model of one notebook: the common parameters, and its own with type and bounds.

    Parameters
    ----------
    template : Template
        Own parameters take the type of their default; bounds come from the notebook's metadata, as
        `{"bluebook": {"parameters": {"share": {"gt": 0, "lt": 1}}}}`.
    base : type, optional
        The common parameters. Default: those of the template's kind.

    Returns
    -------
    type
        A subclass of `Parameters`.

    Raises
    ------
    DataError
        When a bound is unknown, or names no parameter, or excludes the default.
    """
    base = base or base_of(template)
    faults = []
    fields: dict[str, Any] = {}
    for name, limits in template.limits.items():
        if name not in template.defaults:
            faults.append(
                _fault(
                    template,
                    f"metadata bluebook.parameters.{name}",
                    say("a parameter of the cell", "该单元的参数"),
                    repr(name),
                    nearest(name, template.defaults),
                )
            )
        for bound in set(limits) - set(BOUNDS):
            faults.append(
                _fault(
                    template,
                    f"metadata bluebook.parameters.{name}",
                    say("a bound", "一种界限"),
                    repr(bound),
                    nearest(bound, BOUNDS),
                )
            )
    if faults:
        raise DataError(faults)
    for name, value in template.defaults.items():
        if name not in base.model_fields:
            kind = next((t for t in TYPES if type(value) is t), Any)
            fields[name] = (kind, Field(default=value, **template.limits.get(name, {})))
    model = create_model(f"{re.sub('[-_]', '', template.theme.title())}Parameters", __base__=base, **fields)
    try:
        model(**template.defaults)  # the defaults themselves must pass
    except ValidationError as error:
        raise DataError([explain(template, model, e) for e in error.errors()]) from None
    return model


def fill(
    template: Any, values: dict[str, str] | None = None, model: type | None = None, places: dict[str, str] | None = None
) -> dict[str, str]:
    """The parameters of one run, checked, defaults filled in.

    Parameters
    ----------
    template : Template
    values : dict, optional
        Given parameters. Default: the cell's own.
    model : type, optional
        As `model_for` gives it. Default: made.
    places : dict of str to str, optional
        Known place codes and names; others are refused.

    Returns
    -------
    dict
        Plain values, ready for papermill.

    Raises
    ------
    DataError
        All unknown, misspelt (with the nearest name), wrongly typed and out-of-range parameters at once.
    """
    model = model or model_for(template)
    given = dict(values) if values is not None else {}
    base = {n: template.defaults[n] for n in base_of(template).model_fields}
    try:
        filled = model(**{**base, **given}).model_dump()
    except ValidationError as error:
        raise DataError([explain(template, model, e) for e in error.errors()]) from None
    if places is not None and "place" in filled and filled["place"] not in places:
        raise DataError(
            _fault(
                template,
                say("parameter place", "参数 place"),
                say("the code of a known place", "已知地区的代码"),
                repr(filled["place"]),
                nearest(filled["place"], places),
            )
        )
    return filled


def explain(template: str, model: Any, error: Any, row: Any = None) -> Any:
    """One of pydantic's errors as a fault, with the nearest name where one is unknown."""
    name = str(error["loc"][0]) if error["loc"] else "?"
    if error["type"] == "extra_forbidden":
        return _fault(
            template,
            say(f"parameter {name}", f"参数 {name}"),
            say("a parameter of this notebook", "本笔记本的参数"),
            say("an unknown name", "未知的名称"),
            nearest(name, model.model_fields),
            row,
        )
    expected = {
        "edition": say("four digits, as '2024'", "四位数字，如 '2024'"),
        "place": say("digits, as '331003'", "数字，如 '331003'"),
    }.get(name) or expected_of(error)
    return _fault(template, say(f"parameter {name}", f"参数 {name}"), expected, repr(error["input"]), row=row)


def _fault(template, item, expected, found, way_out="", row=None):
    place = spot(template.path.name, item=item, row=row)
    return Fault(place, expected, found, way_out, kind="parameter")
