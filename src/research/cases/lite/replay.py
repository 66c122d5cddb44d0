"""Run the notebook of a case bundle where there is no kernel: in the reader's browser, cell by cell.

The page loads this file by itself; the program that the notebook imports is the bundle's own.
"""

import base64
import json
import os
import re
import sys
import zipfile
from typing import Any

from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

HOME = "/bundle"
held: dict[str, Any] = {}


def begin(path: str) -> str:
    """Unpack a bundle; its title and its cells as JSON: kind, source, label, kept outputs."""
    os.environ["MPLBACKEND"] = "agg"
    with zipfile.ZipFile(path) as archive:
        archive.extractall(HOME)
        manifest = json.loads(archive.read("manifest.json"))
        notebook = held["notebook"] = json.loads(archive.read(manifest["evidence"]))
    os.chdir(os.path.dirname(f"{HOME}/{manifest['evidence']}"))
    sys.path.insert(0, f"{HOME}/src")
    held["shell"] = InteractiveShell.instance()
    return _text({"title": manifest["title"], "cells": [_cell(c) for c in notebook["cells"]]})


def run(number: int, source: str) -> str:
    """Run a cell's text; its outputs, and how they agree with those that the bundle keeps, as JSON."""
    kept = held["notebook"]["cells"][number]
    with capture_output() as caught:
        done = held["shell"].run_cell(source)
    if not done.success:
        error = done.error_before_exec or done.error_in_exec
        return _text({"error": f"{type(error).__name__}: {error}", "lacks": getattr(error, "name", None)})
    outputs = [{"output_type": "display_data", "data": _plain(o.data), "metadata": o.metadata} for o in caught.outputs]
    if caught.stdout.strip():
        outputs.append({"output_type": "stream", "name": "stdout", "text": caught.stdout})
    from research.cases.evidence.compare import compare

    fresh = {"cells": [{**kept, "source": source, "outputs": outputs}]}
    found = compare({"cells": [kept]}, fresh)[0]
    own = source != "".join(kept["source"])
    return _text(
        {"outputs": [_shown(o) for o in outputs], "outcome": found.outcome, "detail": found.detail, "own": own}
    )


def _cell(made):
    source = "".join(made["source"])
    found = re.search(r"^#\|\s*label:\s*[\"']?([\w-]+)", source, re.M)
    kept = [_shown(o) for o in made.get("outputs", [])]
    return {"kind": made["cell_type"], "source": source, "label": found[1] if found else "", "kept": kept}


def _shown(output):
    data = output.get("data") or {"text/plain": output.get("text", "")}
    return {kind: "".join(value) if isinstance(value, list) else value for kind, value in data.items()}


def _plain(data):
    return {k: base64.b64encode(v).decode() if isinstance(v, bytes) else v for k, v in data.items()}


def _text(value):
    return json.dumps(value, ensure_ascii=False)
