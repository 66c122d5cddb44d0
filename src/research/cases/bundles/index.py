"""The page that lists all bundles, with their checksums and how a reader verifies them."""

from __future__ import annotations

import hashlib
import json
import zipfile
from html import escape

from research.core.files import write_whole
from research.core.status import Status, mark

__all__ = ["write"]

_STYLE = """body{font-family:"Noto Sans SC","Microsoft YaHei",sans-serif;max-width:64rem;margin:3rem auto;
padding:0 1rem;line-height:1.7;color:#1f2933;background:#fff}h1{font-size:1.5rem}h2{font-size:1.15rem;margin-top:2rem}
.scroll{overflow-x:auto}table{border-collapse:collapse;width:100%}th,td{border-bottom:1px solid #d5dbe1;
padding:.45rem .6rem;text-align:left;vertical-align:top}th{border-top:2px solid #1f2933}code{word-break:break-all;
font-size:.85em}pre{background:#f3f5f7;padding:.8rem;overflow-x:auto}"""

_HOW = """<h2>怎样核对</h2>
<ol><li>核对校验和：<pre tabindex="0"><code>sha256sum 文件名</code></pre>得到的一串字符应与表中相同。</li>
<li>案例包可以重新计算。装好 Python 后运行：
<pre tabindex="0"><code>bluebook case verify 文件名 --report 核验.html</code></pre>
程序先查文件名和校验和，再征得同意，然后在隔离的环境里重算。结论有三种：可复现、有变动、无法复现。</li>
<li>整本书的包里有表、运行记录和成书；<code>manifest.json</code> 列出每个文件的校验和。</li></ol>"""


def write(project):
    """Write `reports/bundles/index.html`: one row a bundle, newest edition of each file as it lies there.

    Parameters
    ----------
    project : Project

    Returns
    -------
    Path
    """
    folder = project.reports / "bundles"
    folder.mkdir(parents=True, exist_ok=True)
    rows = "\n".join(_row(path) for path in sorted(folder.glob("*.zip"))) or '<tr><td colspan="6">还没有包。</td></tr>'
    page = f"""<!doctype html>
<html lang="zh-Hans"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>案例包与数据包目录</title><style>{_STYLE}</style></head>
<body><main><h1>案例包与数据包目录</h1>
<div class="scroll" tabindex="0" role="region" aria-label="包的目录"><table><thead><tr><th>名称</th><th>文件</th>
<th>年度</th><th>许可</th><th>大小</th><th>校验和（SHA-256）</th></tr></thead>
<tbody>
{rows}
</tbody></table></div>
{_HOW}
</main></body></html>
"""
    write_whole(folder / "index.html", page)
    return folder / "index.html"


def _row(path):
    about = _about(path)
    content = path.read_bytes()
    whole = f"{about['edition']}年版全书（表、记录、成书）" if about.get("edition") else path.stem
    title = about.get("title") or whole
    title = mark(title, Status.SAMPLE if about.get("mark") else about)
    size = f"{len(content) / 2**20:.1f} MiB" if len(content) >= 2**20 else f"{len(content) / 2**10:.0f} KiB"
    year = str(about.get("year") or about.get("edition") or "")
    cells = [escape(title), f'<a href="{escape(path.name)}">{escape(path.name)}</a>', escape(year),
             escape(str(about.get("licence", ""))), size, f"<code>{hashlib.sha256(content).hexdigest()}</code>"]
    return "<tr>" + "".join(f"<td>{c}</td>" for c in cells) + "</tr>"


def _about(path):
    try:
        with zipfile.ZipFile(path) as archive:
            found = json.loads(archive.read("manifest.json"))
            return found if isinstance(found, dict) else {}
    except (OSError, zipfile.BadZipFile, KeyError, ValueError, RecursionError, NotImplementedError, RuntimeError):
        return {}
