"""What `_quarto.yml` and its profiles say: the book's chapters in order, and the metadata."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from research.book.source.config_items import Item, check_keys, list_items, relative, unsupported
from research.core.faults import DataError, Fault, nearest, say
from research.core.texts import read_yaml


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
    place : Path, optional
        Folder that the book is written to, where it is not the one that the files name.
    faults : list of Fault
        What is wrong in the files.
    """

    root: Path
    profile: str
    metadata: dict
    items: list[Item] = field(default_factory=list)
    place: Path | None = None
    faults: list[Any] = field(default_factory=list)

    @property
    def book(self) -> dict[str, Any]:
        """The `book:` mapping."""
        found = self.metadata.get("book")
        return found if isinstance(found, dict) else {}

    @property
    def profiles(self) -> list[str]:
        """The names of the profiles that are on."""
        return [p for p in self.profile.split(",") if p]

    @property
    def output(self) -> Path:
        """Folder that the book is written to."""
        named = str((self.metadata.get("project") or {}).get("output-dir") or "_book")
        return self.place or (self.root / named).resolve()

    @property
    def work(self) -> Path:
        """Folder for what is kept between two renders; never part of the book."""
        return self.output.parent / ".work" / self.output.name

    def directory_metadata(self, folder: Path) -> dict[str, Any]:
        """`_metadata.yml` of a chapter's folder and of those above it, inner ones winning."""
        merged: dict[str, Any] = {}
        chain = []
        while folder.is_relative_to(self.root):
            chain.append(folder / "_metadata.yml")
            if folder == self.root:
                break
            folder = folder.parent
        for path in reversed(chain):
            if path.is_file():
                found = load_yaml(path, self.root, self.faults)
                for key in unsupported(found):
                    self.faults.append(
                        Fault(
                            relative(path, self.root),
                            say("settings the engine carries", "引擎支持的设置"),
                            key,
                            say("leave it out, or render with --engine quarto", "请删去，或用 --engine quarto 生成"),
                            kind="unsupported",
                        )
                    )
                merged = merge(merged, _from_root(found, path.parent, self.root))
        return merged


def merge(base: Any, over: Any) -> Any:
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


def _from_root(metadata, folder, root):
    """Paths in a folder's metadata start at that folder: here they are led back to the root."""
    names = metadata.get("bibliography")
    if not names or folder == root:
        return metadata
    names = [f"{relative(folder, root)}/{n}" for n in (names if isinstance(names, list) else [names])]
    return {**metadata, "bibliography": names}


def load_yaml(path: Path, root: Path, faults: Any) -> dict[str, Any]:
    """A YAML file that must hold a mapping; what is wrong goes to `faults`, with the line."""
    name = relative(path, root)
    try:
        found = read_yaml(path, name)
    except DataError as error:
        faults.extend(error.faults)
        return {}
    if not isinstance(found, dict):
        faults.append(Fault(name, say("a mapping of settings", "成对的设置"), type(found).__name__, kind="yaml"))
        return {}
    return found


def read_config(root: Path, profile: str = "", output: Path | None = None) -> Config:
    """Read `_quarto.yml`, its metadata files, its profiles and `_quarto.yml.local`, merged as Quarto merges them.

    Parameters
    ----------
    root : str or Path
        Folder of `_quarto.yml`.
    profile : str
        Profile names joined by commas; where two say different things, the first wins. Empty: those of the
        environment's `QUARTO_PROFILE`, else of `profile: default:` in `_quarto.yml.local` or `_quarto.yml`.
        Of each `profile: group:` without a name among them, the first joins.
    output : Path, optional
        Folder that the book is written to. Default: `project: output-dir:`.

    Returns
    -------
    Config
        With `faults` filled; nothing is raised for what the files say.
    """
    root = Path(root).resolve()
    faults: list[Fault] = []
    files = [_yaml_file(root, "_quarto")]
    if files[0] is None:
        fault = Fault(
            "_quarto.yml", say("a Quarto project", "Quarto 项目"), say("no such file", "没有这个文件"), kind="missing"
        )
        return Config(root, profile, {}, faults=[fault])
    metadata = load_yaml(files[0], root, faults)
    local = next((p for p in (root / "_quarto.yml.local", root / "_quarto.yaml.local") if p.is_file()), None)
    kept = load_yaml(local, root, faults) if local else {}
    names = _active(profile, metadata, kept)
    files += _metadata_files(metadata, root, faults)
    files += [p for n in reversed(names) if (p := _profile_file(root, n, metadata, faults))]
    for path in files[1:]:
        metadata = merge(metadata, load_yaml(path, root, faults))
    metadata = merge(metadata, kept)
    config = Config(root, ",".join(names), metadata, place=output, faults=faults)
    check_keys(config, files)
    list_items(config, files)
    return config


def _yaml_file(root, stem):
    return next((p for p in (root / f"{stem}.yml", root / f"{stem}.yaml") if p.is_file()), None)


def _active(profile, metadata, local):
    """Names of the profiles that are on."""
    said = profile or os.environ.get("QUARTO_PROFILE", "")
    names = [p.strip() for p in re.split(r"[ ,]+", said) if p.strip()]
    for config in (local, metadata):
        default = _profile_key(config, "default")
        names = names or ([default] if isinstance(default, str) else [str(d) for d in default])
    groups = _profile_key(metadata, "group")
    for group in [groups] if all(isinstance(g, str) for g in groups) else groups:
        if group and not set(group) & set(names):
            names.append(group[0])
    return names


def _profile_key(config, key):
    found = config.get("profile")
    return (found.get(key) if isinstance(found, dict) else None) or []


def _metadata_files(metadata, root, faults):
    """Files that `metadata-files:` names; what they say wins over `_quarto.yml`."""
    found = []
    for name in metadata.get("metadata-files") or []:
        path = root / str(name)
        if path.is_file():
            found.append(path)
        else:
            faults.append(
                Fault(
                    "_quarto.yml",
                    say("a file of metadata-files:", "metadata-files: 所列的文件"),
                    say(f"no {name}", f"没有 {name}"),
                    kind="missing",
                )
            )
    return found


def _profile_file(root, name, metadata, faults):
    """The file of a profile. One that the project itself names may do without (it may only switch content)."""
    path = _yaml_file(root, f"_quarto-{name}")
    known = str([_profile_key(metadata, k) for k in ("default", "group")])
    if path is None and f"'{name}'" not in known:
        near = [p.stem.removeprefix("_quarto-") for p in sorted(root.glob("_quarto-*.yml"))]
        hint = nearest(name, near) if near else "this project has no profiles"
        faults.append(
            Fault(
                f"_quarto-{name}.yml",
                say("the profile's settings", "该书的设置"),
                say("no such file", "没有这个文件"),
                hint,
                kind="profile",
            )
        )
    return path
