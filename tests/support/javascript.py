"""The page's plain JavaScript run outside a page, by node; skipped where there is none."""

import json
import shutil
import subprocess

import pytest


def ran(scripts, code):
    """The value that `code` (an expression) has after some scripts, as JSON would say it.

    Parameters
    ----------
    scripts : sequence of Path
    code : str
        An expression, or a function body with `return`.
    """
    node = shutil.which("node")
    if not node:
        pytest.skip("needs node")
    whole = "\n".join(path.read_text("utf-8") for path in scripts)
    body = code if "return" in code else f"return {code}"
    text = f"{whole}\nconsole.log(JSON.stringify((function () {{ {body} }})()));"
    done = subprocess.run([node, "-"], input=text, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout)
