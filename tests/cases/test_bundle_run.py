"""A stranger's notebook that got past the checks still meets the fence: folder, network, programs, time, memory."""

import json
import os
import socket

import pytest

from research.cases.evidence.run import rerun

pytestmark = pytest.mark.slow


def run(tmp_path, source, **limits):
    root = tmp_path / "project"
    (root / "src").mkdir(parents=True)
    cell = {"cell_type": "code", "source": source, "outputs": [], "metadata": {}, "execution_count": None, "id": "a"}
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    path = root / "x.ipynb"
    path.write_text(json.dumps({"cells": [cell], "metadata": kernel, "nbformat": 4, "nbformat_minor": 5}))
    return rerun(root, path, **limits)


def shown(result):
    return "".join("".join(o.get("text", "")) for o in result.notebook["cells"][0]["outputs"])


def test_it_sees_none_of_the_users_settings_and_writes_only_in_its_own_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("SECRET_TOKEN", "abc")
    target = tmp_path / "outside.txt"
    result = run(
        tmp_path,
        "import os\nprint(os.environ.get('SECRET_TOKEN'), os.environ['HOME'], os.getcwd())\n"
        f"open('own.txt', 'w').write('x')\ntry:\n    open({str(target)!r}, 'w')\n"
        "except PermissionError as error:\n    print('refused', error)",
    )
    assert result.notebook, result.error
    text = shown(result)
    assert text.startswith("None ") and str(os.path.expanduser("~")) not in text.split()[1]
    assert "refused writing outside" in text and not target.exists()


def test_it_reaches_no_network_and_starts_no_program(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        result = run(
            tmp_path,
            "import socket, subprocess\n"
            "for act in (lambda: subprocess.run(['true']), lambda: __import__('os').system('true'),\n"
            "            lambda: socket.create_connection(('192.0.2.1', 80), 3)):\n"
            "    try:\n        act(); print('DONE')\n    except OSError as error:\n        print(error)",
        )
    assert port and result.notebook, result.error
    text = shown(result)
    assert "DONE" not in text and text.count("starting another program is refused") == 2


def test_a_library_of_the_bundles_own_never_loads_where_nobody_watches(tmp_path):
    root, mark = tmp_path / "project", tmp_path / "loaded.txt"
    (root / "src").mkdir(parents=True)
    for name in ("nbformat", "nbclient", "sitecustomize"):
        (root / "src" / f"{name}.py").write_text(f"open({str(mark)!r}, 'w').write('x')\n")
    cell = {"cell_type": "code", "source": "1", "outputs": [], "metadata": {}, "execution_count": None, "id": "a"}
    (root / "x.ipynb").write_text(json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}))
    rerun(root, root / "x.ipynb")
    assert not mark.exists()


def test_time_and_memory_have_an_end(tmp_path):
    slow = run(tmp_path / "a", "while True: pass", seconds=6)
    assert slow.notebook is None and slow.error
    large = run(tmp_path / "b", "x = bytearray(6 * 2**30)", memory_mib=4096)
    assert large.notebook is None and "MemoryError" in large.error
