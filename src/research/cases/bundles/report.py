"""The page that tells a reader how the verification of a case bundle came out."""

from __future__ import annotations

import html

__all__ = ["report"]

WORDS = {
    "verified": "可复现", "changed": "有变动", "not reproducible": "无法复现", "same": "一致", "close": "在容差内一致",
    "picture": "数字一致，图形字节不同", "differs": "不一致", "missing": "缺失",
}
COLOURS = {"verified": "#1b6e3c", "changed": "#9a3412", "not reproducible": "#7a5b00"}


def report(outcome):
    """A small page that a reader can keep: the outcome, and each quoted figure, table and sentence.

    Parameters
    ----------
    outcome : Outcome

    Returns
    -------
    str
        HTML without scripts or outside requests.
    """
    colour = COLOURS[outcome.outcome]
    details = {d.label: d.detail for d in outcome.cells}
    rows = "".join(
        f"<tr><td>{html.escape(label)}</td><td>{WORDS[how]}</td><td>{html.escape(details.get(label, ''))}</td></tr>"
        for label, how in (outcome.quoted or {}).items()
    )
    table = f"<table><tr><th>文中引用</th><th>结果</th><th>说明</th></tr>{rows}</table>" if rows else ""
    notes = "".join(f"<li>{html.escape(n)}</li>" for n in outcome.notes)
    return f"""<!doctype html>
<html lang="zh-Hans"><meta charset="utf-8"><title>案例包核对：{html.escape(outcome.case)}</title>
<style>body{{font-family:"Noto Sans SC","Microsoft YaHei",sans-serif;max-width:46rem;margin:3rem auto;padding:0 1rem;
line-height:1.7;color:#1f2933}}h1{{font-size:1.4rem}}strong{{color:{colour}}}table{{border-collapse:collapse;width:100%}}
th,td{{border-bottom:1px solid #d5dbe1;padding:.4rem .6rem;text-align:left}}th{{border-top:2px solid #1f2933}}
p.reason{{white-space:pre-wrap}}</style>
<h1>案例包核对：{html.escape(outcome.title or outcome.case)}</h1>
<p>结论：<strong>{WORDS[outcome.outcome]}</strong></p><p class="reason">{html.escape(outcome.reason)}</p>
{table}<ul>{notes}</ul></html>
"""
