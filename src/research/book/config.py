"""What `_quarto.yml` and its profiles say: the book's chapters in order, and the metadata."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import yaml

from research.errors import Fault, nearest

BOOK_KEYS = frozenset([
    "title", "subtitle", "author", "date", "date-format", "abstract", "description", "doi", "favicon",
    "site-url", "site-path", "repo-url", "repo-subdir", "repo-branch", "repo-actions", "repo-link-target",
    "repo-link-rel", "issue-url", "reader-mode", "search", "navbar", "sidebar", "page-navigation",
    "back-to-top-navigation", "bread-crumbs", "page-header", "page-footer", "margin-header", "margin-footer",
    "body-header", "body-footer", "cover-image", "cover-image-alt", "chapters", "appendices", "references",
    "output-file", "downloads", "tools", "sharing", "open-graph", "twitter-card", "image", "image-alt",
    "license", "keywords", "number-sections",
])
NOT_CARRIED = ("filters", "shortcodes", "include-in-header", "include-before-body", "include-after-body",
               "metadata-files", "engine", "engines", "notebook-view")


@dataclass(frozen=True)
class Item:
    """One line of the book's chapter list.

    Parameters
    ----------
    kind : str
        `index`, `chapter`, `appendix` or `part`.
    path : Path or None
        The source; None for a part that has only a title.
    title : str or None
        The title of a part without a source.
    part : str or None
        The part that a chapter stands in (its title, or its source as text).
    where : str
        Place in the configuration, for messages.
    """

    kind: str
    path: Path | None
    title: str | None
    part: str | None
    where: str


@dataclass
class Config:
    """A book's configuration, profiles merged in.

    Parameters
    ----------
    root : Path
        Folder of `_quarto.yml`.
    profile : str
        Names of the profiles, joined by commas; may be empty.
    metadata : dict
        Everything the files say.
    items : list of Item
        The chapter list.
    faults : list of Fault
        What is wrong in the files.
    """

    root: Path
    profile: str
    metadata: dict
    items: list[Item] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    @property
    def book(self):
        """The `book:` mapping."""
        found = self.metadata.get("book")
        return found if isinstance(found, dict) else {}

    @property
    def profiles(self):
        """The names of the profiles that are on."""
        return [p for p in self.profile.split(",") if p]

    @property
    def output(self):
        """Folder that the book is written to."""
        return (self.root / str((self.metadata.get("project") or {}).get("output-dir") or "_book")).resolve()

    @property
    def work(self):
        """Folder for what is kept between two renders; never part of the book."""
        return self.output.parent / ".work" / self.output.name

    def directory_metadata(self, folder):
        """`_metadata.yml` of a chapter's folder and of those above it, inner ones winning."""
        merged, chain = {}, []
        while folder.is_relative_to(self.root):
            chain.append(folder / "_metadata.yml")
            if folder == self.root:
                break
            folder = folder.parent
        for path in reversed(chain):
            if path.is_file():
                merged = merge(merged, load_yaml(path, self.root, self.faults))
        return merged


def merge(base, over):
    """Two configurations as Quarto merges them: mappings deeply, lists one after the other.

    Examples
    --------
    >>> merge({"a": {"x": 1}, "l": [1]}, {"a": {"y": 2}, "l": [1, 2]})
    {'a': {'x': 1, 'y': 2}, 'l': [1, 2]}
    """
    if isinstance(base, dict) and isinstance(over, dict):
        merged = dict(base)
        for key, value in over.items():
            merged[key] = merge(base[key], value) if key in base else value
        return merged
    if isinstance(base, list) and isinstance(over, list):
        return base + [item for item in over if item not in base]
    return over


def load_yaml(path, root, faults):
    """A YAML file that must hold a mapping; what is wrong goes to `faults`, with the line."""
    name = relative(path, root)
    try:
        found = yaml.safe_load(path.read_text(encoding="utf-8-sig"))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f", line {mark.line + 1}" if mark else ""
        problem = getattr(error, "problem", None) or "broken YAML"
        faults.append(Fault(name + line, "valid YAML", problem, "check indentation and quotes", kind="yaml"))
        return {}
    except UnicodeDecodeError:
        faults.append(Fault(name, "UTF-8 text", "other bytes", "save the file as UTF-8", kind="encoding"))
        return {}
    if found is None:
        return {}
    if not isinstance(found, dict):
        faults.append(Fault(name, "a mapping of settings", type(found).__name__, kind="yaml"))
        return {}
    return found


def relative(path, root):
    """A path as messages show it: relative to the project where it lies inside."""
    path, root = Path(path), Path(root)
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else path.name


def read_config(root, profile=""):
    """Read `_quarto.yml` and its profiles.

    Parameters
    ----------
    root : str or Path
        Folder of `_quarto.yml`.
    profile : str
        Profile names joined by commas. Empty: the project's own `profile: default:`, if any.

    Returns
    -------
    Config
        With `faults` filled; nothing is raised for what the files say.
    """
    root = Path(root).resolve()
    faults, files = [], [root / "_quarto.yml"]
    if not files[0].is_file():
        fault = Fault("_quarto.yml", "a Quarto project", "no such file", kind="missing")
        return Config(root, profile, {}, faults=[fault])
    metadata = load_yaml(files[0], root, faults)
    names = [p.strip() for p in profile.split(",") if p.strip()] or _default_profiles(metadata)
    for name in names:
        path = root / f"_quarto-{name}.yml"
        if path.is_file():
            files.append(path)
            metadata = merge(metadata, load_yaml(path, root, faults))
        else:
            known = [p.stem.removeprefix("_quarto-") for p in sorted(root.glob("_quarto-*.yml"))]
            hint = nearest(name, known) if known else "this project has no profiles"
            faults.append(Fault(path.name, "the profile's settings", "no such file", hint, kind="profile"))
    config = Config(root, ",".join(names), metadata, faults=faults)
    _check_keys(config, files)
    _list_items(config, files)
    return config


def _default_profiles(metadata):
    default = (metadata.get("profile") or {}).get("default", [])
    return [default] if isinstance(default, str) else list(default)


def _where(files, root, needle):
    """Place of the first line of the configuration that holds some text."""
    for path in reversed(files):
        for number, line in enumerate(path.read_text(encoding="utf-8-sig").splitlines(), 1):
            if needle in line.split(" #")[0]:
                return f"{relative(path, root)}, line {number}"
    return relative(files[0], root)


def _check_keys(config, files):
    kind = (config.metadata.get("project") or {}).get("type")
    if kind != "book":
        config.faults.append(Fault(_where(files, config.root, "type:"), "project: type: book",
                                   repr(kind), kind="config"))
    for key in config.book:
        if key not in BOOK_KEYS:
            config.faults.append(Fault(_where(files, config.root, f"{key}:"), "a setting of book:", repr(key),
                                       nearest(key, BOOK_KEYS), kind="config"))
    for key in NOT_CARRIED:
        if key in config.metadata:
            config.faults.append(Fault(_where(files, config.root, f"{key}:"), "settings the engine carries",
                                       repr(key), "leave it out, or render with --engine quarto",
                                       kind="unsupported"))


def _list_items(config, files):
    """Flatten `chapters:` and `appendices:` into items."""
    chapters = config.book.get("chapters")
    if not isinstance(chapters, list) or not chapters:
        config.faults.append(Fault(_where(files, config.root, "chapters:"), "book: chapters: a list of files",
                                   repr(chapters), kind="chapters"))
        return
    _walk(config, files, chapters, "chapter", None)
    _walk(config, files, config.book.get("appendices") or [], "appendix", None)
    if config.book.get("references"):
        _walk(config, files, [config.book["references"]], "chapter", None)
    first = next((i for i in config.items if i.path), None)
    if first is None or first.path.stem != "index" or first.path.parent != config.root:
        config.faults.append(Fault(_where(files, config.root, "chapters:"), "index.qmd as the first chapter",
                                   relative(first.path, config.root) if first else "none", kind="chapters"))


def _walk(config, files, entries, kind, part):
    if not isinstance(entries, list):
        config.faults.append(Fault(_where(files, config.root, "chapters:"), "a list of files", repr(entries),
                                   kind="chapters"))
        return
    for entry in entries:
        if isinstance(entry, dict) and "part" in entry:
            _add_part(config, files, entry, kind)
        else:
            name = (entry.get("file") or entry.get("href")) if isinstance(entry, dict) else entry
            _add_file(config, files, name, kind, part, entry)


def _add_part(config, files, entry, kind):
    name = str(entry["part"])
    if name.endswith((".qmd", ".md", ".ipynb")):
        _add_file(config, files, name, "part", None, entry)
    else:
        config.items.append(Item("part", None, name, None, _where(files, config.root, name)))
    _walk(config, files, entry.get("chapters") or [], kind, name)


def _add_file(config, files, name, kind, part, entry):
    if not isinstance(name, str):
        config.faults.append(Fault(_where(files, config.root, "chapters:"), "a file name or a part",
                                   repr(entry), kind="chapters"))
        return
    path, where = (config.root / name).resolve(), _where(files, config.root, name)
    listed = [i.path for i in config.items]
    if not path.is_file():
        near = [relative(p, config.root) for p in path.parent.glob("*") if p.suffix == path.suffix]
        hint = nearest(name, near) if near else "write the chapter, or take the line out"
        config.faults.append(Fault(where, "a chapter's file", f"no {name}", hint, kind="chapter-missing"))
    elif path in listed:
        config.faults.append(Fault(where, "each chapter once", f"{name} again", kind="chapter-twice"))
    elif path.suffix not in (".qmd", ".md", ".ipynb"):
        config.faults.append(Fault(where, "a .qmd, .md or .ipynb file", name, kind="chapters"))
    else:
        is_index = path == config.root / f"index{path.suffix}"
        config.items.append(Item("index" if is_index else kind, path, None, part, where))
