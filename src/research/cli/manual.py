"""The command reference, made from the program itself, and the manual as a book."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import typer

from research.manual.make import manual_folder, write_made

if TYPE_CHECKING:
    from research.core.scope import Project as OpenProject


def commands_page(program: Any) -> Any:
    """Every command with its arguments and options, as a chapter.

    Parameters
    ----------
    program : typer.Typer
        `research.cli.app`.

    Returns
    -------
    str
        Markdown; headings carry ids such as `cmd-case-new`.

    Examples
    --------
    >>> from research.cli.app import app
    >>> "## `bluebook case new`" in commands_page(app)
    True
    """
    about = (
        "本章由程序自己生成，与 `bluebook COMMAND --help` 一致。"
        "退出码：0 完成；1 数据或内容有错；2 命令写错；3 机器上缺东西。"
    )
    parts = ["# 命令参考 {#sec-commands}", about]
    for words, command in walk(typer.main.get_command(program), ("bluebook",)):
        parts += section(words, command)
    return "\n\n".join(parts) + "\n"


def walk(command: Any, words: Any) -> Iterator[Any]:
    """Each command below a command, with the words that call it; groups come before what they hold."""
    yield words, command
    for name, child in sorted((getattr(command, "commands", None) or {}).items()):
        yield from walk(child, (*words, name))


def section(words: Any, command: Any) -> Any:
    """One command's part of the chapter."""
    title = " ".join(words)
    help_text, _, example = (command.help or "").strip().partition("Example: ")
    parts = [f"## `{title}` {{#cmd-{'-'.join(words[1:]) or 'bluebook'}}}", _plain(" ".join(help_text.split()))]
    if example:
        parts.append(f"例：`{' '.join(example.split())}`")
    if getattr(command, "commands", None):
        below = "、".join(f"[`{n}`](#cmd-{'-'.join([*words[1:], n])})" for n in sorted(command.commands))
        parts.append(f"下面的命令：{below}。")
    rows = [row(p) for p in command.params if not getattr(p, "hidden", False)]
    if rows:
        parts.append(
            "| 参数或选项 | 默认 | 说明 |\n|:-----------------------------|:----------|:"
            + "-" * 50
            + "|\n"
            + "\n".join(rows)
        )
    return parts


def row(parameter: Any) -> str:
    """One argument or option as a row of the table."""
    names = parameter.opts + parameter.secondary_opts
    if parameter.param_type_name == "argument":
        names = [parameter.metavar or parameter.name.upper()]
    value = (
        ""
        if parameter.param_type_name == "argument" or getattr(parameter, "is_flag", False)
        else (f" {parameter.metavar or parameter.type_descriptor.annotation.__name__.upper()}")
    )
    shown = "，".join(f"`{n}{value}`" for n in names)
    default = parameter.default
    if parameter.required:
        default = "必填"
    elif default in (None, "", False, [], ()) or getattr(parameter, "is_flag", False):
        default = ""
    else:
        default = f"`{default}`"
    again = "（可重复）" if getattr(parameter, "multiple", False) else ""
    return f"| {shown} | {default} | {_plain(getattr(parameter, 'help', '') or '')}{again} |"


def _plain(text):
    return re.sub(r"([|@<$'\"])", r"\\\1", text)


def make(project: OpenProject, program: Any) -> Any:
    """Write the made pages of the manual; the folder of its book.

    Returns
    -------
    Path
        `reports/manual`, ready for either engine.
    """
    write_made(project, {"commands": commands_page(program)})
    return manual_folder(project)
