"""Other programs on warm kernels: papermill's command, nbclient, nbval, nbmake, nbconvert and a Jupyter server."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from importlib.util import find_spec
from pathlib import Path

import nbformat
import pytest
from tiny import EAST, notebook, write_notebook

from research.runs.engine import PlainEngine

WARM = "research-warm"
PROBE = "import os\nprint(os.path.basename(open(f'/proc/{os.getppid()}/cmdline').read().split(chr(0))[2]))"
"""Prints what the kernel's parent is: the module that the warm parent runs, and nothing else has."""

pytestmark = pytest.mark.usefixtures("warm_parent")


@pytest.fixture(autouse=True)
def kernelspec(tmp_path, monkeypatch):
    """The kernelspec `research-warm` where Jupyter finds it, as an installation puts it."""
    installed = tmp_path / "installed"
    info = installed / "research_warm_for_tests-0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: research-warm-for-tests\nVersion: 0\n")
    (info / "entry_points.txt").write_text(
        "[jupyter_client.kernel_provisioners]\nresearch-warm = research.runs.provisioner:WarmProvisioner\n"
        "[papermill.engine]\nresearch-warm = research.runs.engine:WarmEngine\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(installed))
    source = Path(sys.modules[PlainEngine.__module__].__file__).parent / "kernelspec"
    shutil.copytree(source, tmp_path / "jupyter" / "kernels" / WARM)
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "jupyter"))


def run(*words, cwd=None):
    return subprocess.run(
        [sys.executable, "-m", *map(str, words)], capture_output=True, text=True, cwd=cwd, env=os.environ, timeout=100
    )


def written(path, *sources):
    path.write_text(json.dumps(notebook(*sources)), "utf-8")
    return path


def printed(cell):
    return "".join(o.get("text", "") for o in cell["outputs"])


def test_papermills_command_runs_our_notebooks_on_warm_kernels(project, tmp_path):
    path, output = write_notebook(project, "income", "print(place)", PROBE), tmp_path / "out.ipynb"
    done = run("papermill", path, output, "-r", "place", EAST, "--no-progress-bar", "--engine", WARM, "-k", WARM)
    assert done.returncode == 0, done.stderr
    cells = nbformat.read(output, 4).cells
    assert printed(cells[-2]) == f"{EAST}\n" and printed(cells[-1]).strip() == "research.runs.zygote"


def test_papermills_command_runs_our_notebooks_as_it_comes(project, tmp_path):
    path, output = write_notebook(project, "income", "print(place)"), tmp_path / "out.ipynb"
    done = run("papermill", path, output, "-r", "place", EAST, "--no-progress-bar")
    assert done.returncode == 0, done.stderr
    assert printed(nbformat.read(output, 4).cells[-1]) == f"{EAST}\n"


def test_nbclient_runs_a_notebook_on_the_warm_kernelspec():
    from nbclient import NotebookClient

    book = NotebookClient(nbformat.from_dict(notebook(PROBE)), kernel_name=WARM, timeout=60).execute()
    assert printed(book.cells[-1]).strip() == "research.runs.zygote"


def test_nbval_checks_a_notebook_on_warm_kernels(tmp_path):
    book = notebook("print(place)", "1 + 1")
    book["cells"][1].update(
        execution_count=2, outputs=[{"output_type": "stream", "name": "stdout", "text": "331003\n"}]
    )
    path = tmp_path / "case.ipynb"
    path.write_text(json.dumps(book))
    nbval = ("pytest", "-q", "-p", "nbval", "-p", "no:cacheprovider", "--nbval-lax", "--nbval-kernel-name", WARM)
    done = run(*nbval, path, cwd=tmp_path)
    assert done.returncode == 0 and "3 passed" in done.stdout, done.stdout + done.stderr
    book["cells"][1]["outputs"][0]["text"] = "331002\n"
    path.write_text(json.dumps(book))
    assert run(*(w.replace("-lax", "") for w in nbval), path, cwd=tmp_path).returncode == 1


@pytest.mark.slow
@pytest.mark.skipif(find_spec("nbmake") is None, reason="nbmake is not installed")
def test_nbmake_passes_and_fails_as_it_should_on_warm_kernels(tmp_path):
    good = written(
        tmp_path / "good.ipynb",
        PROBE + f"\nassert place\nopen({str(tmp_path / 'seen')!r}, 'w').write("
        "open(f'/proc/{os.getppid()}/cmdline').read())",
    )
    words = ("pytest", "-q", "--nbmake", f"--nbmake-kernel={WARM}", "-p", "no:cacheprovider", "-p", "no:nbval")
    done = run(*words, good, cwd=tmp_path)
    assert done.returncode == 0 and "1 passed" in done.stdout, done.stdout + done.stderr
    assert "research.runs.zygote" in (tmp_path / "seen").read_text()
    bad = run(*words, written(tmp_path / "bad.ipynb", "assert place == 'elsewhere'"), cwd=tmp_path)
    assert bad.returncode == 1 and "AssertionError" in bad.stdout


def test_nbconvert_executes_on_warm_kernels(tmp_path):
    path = written(tmp_path / "one.ipynb", PROBE)
    done = run(
        "nbconvert",
        "--to",
        "notebook",
        "--execute",
        f"--ExecutePreprocessor.kernel_name={WARM}",
        "--output",
        "two.ipynb",
        path,
        cwd=tmp_path,
    )
    assert done.returncode == 0, done.stderr
    assert printed(nbformat.read(tmp_path / "two.ipynb", 4).cells[-1]).strip() == "research.runs.zygote"


@pytest.mark.slow
def test_a_jupyter_server_offers_starts_interrupts_and_ends_a_warm_kernel(tmp_path):
    """What JupyterLab does when someone picks "Python (research, warm)"."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        sys.executable,
        "-m",
        "jupyter",
        "server",
        "--no-browser",
        "--allow-root",
        f"--ServerApp.port={port}",
        "--IdentityProvider.token=t",
        f"--ServerApp.root_dir={tmp_path}",
    ]
    with open(tmp_path / "log", "w") as log:
        server = subprocess.Popen(command, stdout=log, stderr=log, env=os.environ)

    def ask(path, method="GET", body=None):
        request = urllib.request.Request(
            f"http://127.0.0.1:{port}/api/{path}",
            method=method,
            data=json.dumps(body).encode() if body else None,
            headers={"Authorization": "token t"},
        )
        with urllib.request.urlopen(request, timeout=20) as answer:
            return json.loads(answer.read() or b"null")

    try:
        end = time.monotonic() + 60
        while True:
            try:
                specs = ask("kernelspecs")["kernelspecs"]
                break
            except OSError:
                assert time.monotonic() < end and server.poll() is None, (tmp_path / "log").read_text()
                time.sleep(0.2)
        assert specs[WARM]["spec"]["display_name"] == "Python (research, warm)"
        kernel = ask("kernels", "POST", {"name": WARM})["id"]
        text, pid = _in_the_kernel(port, kernel, PROBE + "\nprint(os.getpid())").split()
        assert text == "research.runs.zygote" and _alive(int(pid))
        ask(f"kernels/{kernel}/restart", "POST", {})
        again, second = _in_the_kernel(port, kernel, PROBE + "\nprint(os.getpid())").split()
        assert again == text and second != pid and not _alive(int(pid))
        ask(f"kernels/{kernel}", "DELETE")
        end = time.monotonic() + 10
        while _alive(int(second)) and time.monotonic() < end:
            time.sleep(0.05)
        assert not _alive(int(second))
    finally:
        server.terminate()
        server.wait(20)


def _in_the_kernel(port, kernel, code):
    """What a piece of code prints in a server's kernel, over its websocket."""
    import asyncio
    import uuid

    from tornado.httpclient import HTTPRequest
    from tornado.websocket import websocket_connect

    async def talk():
        url = f"ws://127.0.0.1:{port}/api/kernels/{kernel}/channels"
        line = await websocket_connect(HTTPRequest(url, headers={"Authorization": "token t"}))
        asked = uuid.uuid4().hex
        header = {"msg_id": asked, "msg_type": "execute_request", "username": "", "session": "s", "version": "5.3"}
        content = {"code": code, "silent": False, "store_history": False, "user_expressions": {}, "allow_stdin": False}
        await line.write_message(
            json.dumps(
                {
                    "channel": "shell",
                    "header": header,
                    "parent_header": {},
                    "metadata": {},
                    "content": content,
                    "buffers": [],
                }
            )
        )
        text, idle, replied = "", False, False
        while not (idle and replied):
            message = json.loads(await asyncio.wait_for(line.read_message(), 30))
            if message["parent_header"].get("msg_id") == asked:
                text += message["content"].get("text", "") if message["msg_type"] == "stream" else ""
                idle = idle or message["content"].get("execution_state") == "idle"
                replied = replied or message["msg_type"] == "execute_reply"
        line.close()
        return text

    return asyncio.run(talk())


def _alive(pid):
    try:
        os.kill(pid, 0)
    except OSError:
        return False
    return True
