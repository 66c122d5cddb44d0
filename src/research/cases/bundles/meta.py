"""How a bundle says what it is: citation (CFF), DOI-ready record (DataCite), RO-Crate metadata."""

from __future__ import annotations

import hashlib
import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml
from rocrate.model.contextentity import ContextEntity
from rocrate.rocrate import ROCrate

if TYPE_CHECKING:
    from research.cases.model import Case

__all__ = ["citation", "crate", "datacite", "licence_id"]

LICENCES = {
    "CC-BY-4.0": ("https://creativecommons.org/licenses/by/4.0/", "知识共享署名 4.0 国际许可协议（CC BY 4.0）"),
    "CC0-1.0": ("https://creativecommons.org/publicdomain/zero/1.0/", "公有领域贡献（CC0 1.0）"),
}
KINDS = {
    ".csv": "text/csv",
    ".ipynb": "application/x-ipynb+json",
    ".py": "text/x-python",
    ".yml": "text/yaml",
    ".qmd": "text/markdown",
    ".txt": "text/plain",
    ".json": "application/json",
    ".cff": "text/yaml",
    ".toml": "application/toml",
    ".parquet": "application/vnd.apache.parquet",
}
NAMES = {
    ".csv": "数据表",
    ".ipynb": "证据笔记本",
    ".py": "程序",
    ".yml": "设定",
    ".qmd": "案例正文",
    ".txt": "文本",
    ".json": "元数据",
    ".cff": "引用信息",
    ".toml": "项目说明",
    ".parquet": "数据表",
    ".lock": "锁定的软件版本",
}

VERSION = "1.3"
"""Of RO-Crate: named, so that a newer library writes the same."""


def licence_id(text: str) -> str:
    """SPDX name of a licence written in words.

    Examples
    --------
    >>> licence_id("文字 CC BY 4.0；纲要引文属政府公开信息")
    'CC-BY-4.0'
    """
    found = re.search(r"CC[ -]?(BY|0)", text)
    return "CC0-1.0" if found and found[1] == "0" else "CC-BY-4.0"


def citation(case: Case, centre: str = "") -> bytes:
    """`CITATION.cff` (format 1.2.0) of one case.

    Parameters
    ----------
    case : Case

    Returns
    -------
    bytes
    """
    text = {
        "cff-version": "1.2.0",
        "message": "如引用本案例，请按以下信息著录。",
        "title": case.title,
        "type": "dataset",
        "authors": [{"name": _author(case, centre)}],
        "license": licence_id(case.licence),
        "version": str(case.year),
        "date-released": f"{case.year}-12-31",
        "keywords": list(dict.fromkeys([case.domain, *case.keywords])),
        "abstract": _words(case),
    }
    return yaml.safe_dump(text, allow_unicode=True, sort_keys=False).encode()


def datacite(case: Case, sizes: Any = (), centre: str = "") -> bytes:
    """A DataCite record (kernel 4.5) that lacks only the DOI, which a registrar gives.

    Parameters
    ----------
    case : Case
    sizes : sequence of str
        Sizes of what is registered.

    Returns
    -------
    bytes
        JSON.
    """
    name = licence_id(case.licence)
    url, title = LICENCES[name]
    record = {
        "schemaVersion": "http://datacite.org/schema/kernel-4",
        "creators": [{"name": _author(case, centre), "nameType": "Organizational"}],
        "titles": [{"title": case.title, "lang": "zh"}],
        "publisher": {"name": _author(case, centre), "lang": "zh"},
        "publicationYear": str(case.year),
        "types": {"resourceTypeGeneral": "Dataset", "resourceType": "典型案例包"},
        "language": "zh",
        "subjects": [{"subject": k, "lang": "zh"} for k in dict.fromkeys([case.domain, *case.keywords])],
        "dates": [{"date": f"{case.year}-12-31", "dateType": "Issued"}],
        "version": str(case.year),
        "rightsList": [
            {"rights": title, "rightsUri": url, "rightsIdentifier": name, "rightsIdentifierScheme": "SPDX"},
            {"rights": case.licence, "lang": "zh"},
        ],
        "descriptions": [{"description": _words(case), "descriptionType": "Abstract", "lang": "zh"}],
        "formats": ["application/zip"],
        **({"sizes": list(sizes)} if sizes else {}),
    }
    return _json(record)


def crate(case: Case, files: dict[str, bytes], centre: str = "") -> bytes:
    """RO-Crate metadata: what each file is, under which licence, by whom, from which sources.

    Parameters
    ----------
    case : Case
    files : dict of str to bytes

    Returns
    -------
    bytes
        `ro-crate-metadata.json`; the same files give the same bytes.
    """
    made = ROCrate(version=VERSION)
    url, title = LICENCES[licence_id(case.licence)]
    made.name, made.description = case.title, _words(case)
    made.datePublished, made.keywords = datetime(case.year, 12, 31, tzinfo=UTC), [case.domain, *case.keywords]
    made.license = made.add(
        ContextEntity(made, url, properties={"@type": "CreativeWork", "name": title, "description": case.licence})
    )
    author = made.add(
        ContextEntity(
            made,
            "#lead-unit",
            properties={"@type": "Organization", "name": _author(case, centre), "description": "案例的牵头单位或编者"},
        )
    )
    made.root_dataset["author"] = made.root_dataset["publisher"] = author
    made.root_dataset["isBasedOn"] = [
        made.add(ContextEntity(made, f"#source-{n}", properties={"@type": "CreativeWork", "name": source}))
        for n, source in enumerate(case.sources, start=1)
    ]
    made.root_dataset["inLanguage"] = "zh"
    for name in sorted(files):
        suffix = Path(name).suffix
        file = made.add_file(
            dest_path=name,
            properties={
                "name": Path(name).name,
                "description": NAMES.get(suffix, "文件"),
                "encodingFormat": KINDS.get(suffix, "text/plain"),
                "contentSize": str(len(files[name])),
                "sha256": hashlib.sha256(files[name]).hexdigest(),
            },
        )
        if name == case.evidence:
            made.root_dataset["mainEntity"] = file
    return _json(made.metadata.generate())


def _author(case, centre):
    """A lead unit that is still to be named is no author: then it is the editors."""
    return (centre or "编者") if case.lead_unit.startswith("待") else case.lead_unit


def _words(case):
    sources = "；".join(case.sources)
    return f"典型案例（{case.class_}，{case.status}，{case.domain}）：可核对、可重算的案例包。来源：{sources}。"


def _json(value):
    return (json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()
