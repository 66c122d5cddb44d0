"""Chapters and executed notebooks into a book: website, Word and PDF, from one Quarto source.

The sources are a Quarto book. `quarto` renders them where it is installed; elsewhere the embedded engine
does, on pandoc and typst alone. It carries cross references, callouts, tabsets, embeds, includes,
variables, conditional content, citations and footnotes; anything else in a source is a fault that names
file and line.

The one way through the folder: `source/` (what `_quarto.yml` says, then expanded markdown), `tree/` (one tree a
chapter, in few shapes, with its numbers and references), then the writers `web/`, and on `paper/`, which knows
what the two have in common, `word/` and `pdf/`.

Shapes in a resolved chapter, beside pandoc's own:

- figure: ``Div#fig-x.bb-figure`` (number, label, alt) holds images or ``Div.bb-subfigure``, then
  ``Div.bb-caption``; without a `fig-` label it has no number;
- table: ``Div#tbl-x.bb-table`` holds ``Div.bb-caption``, the Table (no caption of its own), then notes;
- equation: ``Span#eq-x.bb-equation`` around the Math; callout: ``Div.bb-callout.callout-note`` holds
  ``Div.bb-callout-title`` and ``Div.bb-callout-body``; tabs: ``Div.bb-tabset`` of ``Div.bb-tab`` (title);
- code of cells: ``Div.bb-code`` (fold, summary); layout: ``Div.bb-layout`` (ncol);
- reference: ``Link.bb-ref`` to ``#id``; ids are unique in the book, so a writer maps an id to its file.
"""

from importlib import import_module

_PUBLIC = {
    "load_book": "tree.resolve",
    "inspect_book": "tree.resolve",
    "render": "rendering",
    "check": "checking",
    "watch": "watching",
    "Book": "tree.model",
    "Chapter": "tree.model",
}
__all__ = [*_PUBLIC]


def __getattr__(name):
    if name in _PUBLIC:
        return getattr(import_module(f"research.book.{_PUBLIC[name]}"), name)
    raise AttributeError(f"module 'research.book' has no attribute {name!r}")


def __dir__():
    return sorted([*globals(), *__all__])
