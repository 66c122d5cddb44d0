"""Text files that people and programs write: read whole, or refused by file and line; nothing ends in a traceback."""

from __future__ import annotations

import json
import shutil
import subprocess
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from research.core.faults import DataError, Fault, Place, Words, say, spot
from research.core.kept import once

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # libyaml is ten times as fast where it is there
_SAVE = say("save the file as UTF-8", "请另存为 UTF-8 编码")


class _Strict(_LOADER):  # type: ignore[valid-type, misc]  # which of two classes is known at run time only
    """A loader that makes no objects and refuses a key that stands twice: YAML's rule, which PyYAML does not hold."""


def _mapping(loader: Any, node: Any, deep: bool = False) -> dict[Any, Any]:
    seen: dict[Any, int] = {}
    for key, _ in node.value:
        if key.tag == "tag:yaml.org,2002:merge":
            continue
        name, line = loader.construct_object(key, deep=True), key.start_mark.line + 1
        if isinstance(name, (str, int, float, bool)) and seen.setdefault(name, line) != line:
            raise _Twice(name, seen[name], line)
    loader.flatten_mapping(node)
    return {loader.construct_object(k, deep=True): loader.construct_object(v, deep=True) for k, v in node.value}


_Strict.add_constructor("tag:yaml.org,2002:map", _mapping)


class _Twice(Exception):
    """A key stands twice in one mapping."""


def read_text(path: str | Path, name: str = "") -> str:
    """A text file in UTF-8, with or without a byte order mark.

    Parameters
    ----------
    path : str or Path
    name : str, optional
        What messages call the file; default: its folder and name.

    Returns
    -------
    str

    Raises
    ------
    DataError
        When it is not there, or written in another encoding: the line and, where it can be told, the encoding.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "a.qmd"
    >>> _ = path.write_bytes("第一行\\n共富".encode("gb18030"))
    >>> read_text(path, "a.qmd")
    Traceback (most recent call last):
    ...
    research.core.faults.DataError: a.qmd, line 1: expected UTF-8 text, found GB18030 (GBK) (save the file as UTF-8)
    """
    path = Path(path)
    shown = name or _name(path)
    try:
        content = path.read_bytes()
    except OSError as error:
        found = say("none", "没有这个文件") if isinstance(error, FileNotFoundError) else str(error.strerror)
        raise DataError(
            Fault(
                shown,
                say("a readable file", "可以读取的文件"),
                found,
                say("put it there", "请放好这个文件"),
                "missing-file",
            )
        ) from error
    try:
        return content.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise DataError(
            Fault(spot(shown, line=line), say("UTF-8 text", "UTF-8 编码的文本"), _encoding(content), _SAVE, "encoding")
        ) from error


def read_yaml(path: str | Path, name: str = "", needed: bool = False) -> Any:
    """A YAML file as plain data; no object is ever made from a file.

    Parameters
    ----------
    path : str or Path
    name : str, optional
        What messages call the file.
    needed : bool
        An empty file is a fault.

    Returns
    -------
    dict, list or scalar
        `{}` for an empty file that is not needed.

    Raises
    ------
    DataError
        Naming the line where the text is not YAML, or where a key stands a second time.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "a.yml"
    >>> _ = path.write_text("a: 1\\nb: 2\\na: 3\\n")
    >>> read_yaml(path, "a.yml")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ...
    research.core.faults.DataError: a.yml, line 3: expected each key once, found 'a' again (first: line 1) (take one ...
    """
    shown = name or _name(Path(path))
    found = once("yaml", path, lambda: parse_yaml(read_text(path, name), shown))
    if found in (None, "") and needed:
        raise DataError(Fault(shown, say("settings", "设置内容"), say("an empty file", "空文件"), "", "empty"))
    return {} if found is None else found


def parse_yaml(text: str, name: str | Place, first: int = 1) -> Any:
    """YAML text as plain data.

    Parameters
    ----------
    text : str
    name : str or Place
        What messages call the file.
    first : int
        Line of the file in which the text begins.

    Raises
    ------
    DataError
        As `read_yaml`.

    Examples
    --------
    >>> parse_yaml("a: [1, 2]", "a.yml")
    {'a': [1, 2]}
    """
    try:
        return yaml.load(text, _Strict)  # noqa: S506  (a safe loader)
    except _Twice as twice:
        key, before, line = twice.args
        raise DataError(
            Fault(
                spot(name, line=line + first - 1),
                say("each key once", "每个键只出现一次"),
                say(
                    f"{key!r} again (first: line {before + first - 1})", f"“{key}”重复（先见第{before + first - 1}行）"
                ),
                say("take one of the two out", "请删去其中一处"),
                "twice",
            )
        ) from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        where = spot(name, line=mark.line + first) if mark else name
        problem = getattr(error, "problem", None) or (str(error).splitlines() or [type(error).__name__])[0]
        way = say("check indentation and quotes", "请检查缩进和引号")
        raise DataError(Fault(where, say("valid YAML", "正确的 YAML"), problem, way, "yaml")) from error


def read_json(path: str | Path, name: str = "") -> Any:
    """A JSON file that people or programs wrote.

    Raises
    ------
    DataError
        Naming the line where the text is not JSON.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "a.json"
    >>> _ = path.write_text('{"a": 1,\\n}')
    >>> read_json(path, "a.json")
    Traceback (most recent call last):
    ...
    research.core.faults.DataError: a.json, line 2: expected JSON, found Expecting property name enclosed in double \
quotes (make the file again, or mend the line)
    """
    shown = name or _name(Path(path))
    try:
        return json.loads(read_text(path, name))
    except json.JSONDecodeError as error:
        way = say("make the file again, or mend the line", "请重新生成，或改正这一行")
        raise DataError(
            Fault(spot(shown, line=error.lineno), say("JSON", "JSON 文本"), error.msg, way, "json")
        ) from error
    except RecursionError as error:
        raise DataError(
            Fault(shown, say("JSON", "JSON 文本"), say("text nested without end", "嵌套过深的文本"), "", "json")
        ) from error


def read_made(path: str | Path) -> dict[str, Any]:
    """A JSON object that the program itself has made: whatever is no such thing counts as not made.

    Returns
    -------
    dict
        Empty when the file is missing, broken, or holds no object: what it tells of is then made anew.

    Examples
    --------
    >>> read_made("nowhere.json")
    {}
    """
    try:
        found = json.loads(Path(path).read_bytes())
    except (OSError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _name(path: Path) -> str:
    return f"{path.parent.name}/{path.name}" if path.parent.name else path.name


def _encoding(content: bytes) -> str:
    for name, shown in (("gb18030", "GB18030 (GBK)"), ("utf-16", "UTF-16")):
        if name == "utf-16" and content[:2] not in (b"\xff\xfe", b"\xfe\xff"):
            continue
        if name != "utf-16" and content[:2] in (b"\xff\xfe", b"\xfe\xff"):
            continue
        try:
            content.decode(name)
            return shown
        except UnicodeDecodeError:
            continue
    return say("other bytes", "其他编码")


_PDFTOTEXT = "pdftotext"
_SECONDS = 300


def reads_pdf() -> bool:
    """Whether the program that reads PDF files is there."""
    return shutil.which(_PDFTOTEXT) is not None


@lru_cache(maxsize=4)
def pdf_text(data: bytes, layout: bool = True) -> str | None:
    """The text of a PDF file, by poppler's pdftotext.

    Parameters
    ----------
    data : bytes
    layout : bool
        Whether what stands side by side stays on one line; else the text goes in its own order.

    Returns
    -------
    str or None
        None where nothing can be read: the program is missing, or the file is broken or locked.

    Examples
    --------
    >>> pdf_text(b"no PDF") is None
    True
    """
    if not reads_pdf():
        return None
    command = [_PDFTOTEXT, "-layout" if layout else "-raw", "-enc", "UTF-8", "-", "-"]
    try:
        done = subprocess.run(command, input=data, capture_output=True, check=False, timeout=_SECONDS)
    except subprocess.TimeoutExpired:
        return None
    return None if done.returncode else done.stdout.decode("utf-8", "replace")


_KINDS = {
    "string": "文字",
    "int": "整数",
    "float": "数",
    "bool": "true 或 false",
    "list": "列表",
    "tuple": "列表",
    "dict": "成对的条目（名称: 值）",
    "model": "成对的条目（名称: 值）",
    "date": "日期，如 2024-12-31",
    "decimal": "数",
    "finite": "有限的数",
    "missing": "有这一项",
    "none": "空",
}
"""What is wanted, by the first word of the kind of an error of pydantic."""
_LIMITS = {
    "less_than": "小于{lt}的数",
    "less_than_equal": "不大于{le}的数",
    "greater_than": "大于{gt}的数",
    "greater_than_equal": "不小于{ge}的数",
    "literal_error": "{expected}",
    "enum": "{expected}",
    "string_pattern_mismatch": "形如 {pattern} 的文字",
    "string_too_short": "至少{min_length}个字",
    "string_too_long": "至多{max_length}个字",
    "too_short": "至少{min_length}项",
    "too_long": "至多{max_length}项",
    "multiple_of": "{multiple_of}的倍数",
}


def expected_of(error: Any) -> Words:
    """What one of pydantic's errors expected, in both languages.

    Parameters
    ----------
    error : dict
        An item of `ValidationError.errors()`.

    Returns
    -------
    Words

    Examples
    --------
    >>> told = expected_of({"type": "less_than_equal", "msg": "Input should be less than or equal to 1",
    ...                     "ctx": {"le": 1}})
    >>> print(told, "|", told.zh)
    less than or equal to 1 | 不大于1的数
    """
    text = error["msg"].removeprefix("Input should ").removeprefix("Value error, ").removeprefix("be ")
    kind = error["type"]
    if kind in _LIMITS:
        told = _LIMITS[kind].format(**error.get("ctx", {})).replace(" or ", " 或 ").replace(", ", "、")
    else:
        told = _KINDS.get(kind.split("_")[0], text if kind == "value_error" else f"符合格式的内容（{text}）")
    return say(text, told)
