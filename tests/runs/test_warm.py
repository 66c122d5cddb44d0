"""Warm kernels: real, separate, short-lived - and with the same bytes as kernels started anew."""

import json
import os
import signal
import subprocess
import sys
import time

import pytest
from tiny import DISTRICT, EAST, SHOW, WEST, write_notebook

from research import runs
from research.core.scope import Scope
from research.runs.warm import ADDRESS, WarmError, WarmParent, fork_kernel, supported

pytestmark = pytest.mark.skipif(not supported(), reason="no fork on this system")


@pytest.fixture
def parent(warm_parent):
    """The warm parent of the test session."""
    return warm_parent


@pytest.fixture
def warm(warm_parent):
    """Warm kernels for this process's clients."""
    return warm_parent


def cells(warm, *sources):
    """Outputs of some cells in one warm kernel, as texts."""
    import nbformat
    from nbclient import NotebookClient

    from research.runs.client import Limits, RunClient
    from research.runs.provisioner import warm_spec

    class Manager:  # what papermill hands to its client
        nb = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(s) for s in sources])

        def __getattr__(self, name):
            return lambda *words, **more: None

    assert issubclass(RunClient, NotebookClient)
    client = RunClient(Manager(), kernel_name="python3", spec=warm_spec(), limits=Limits())
    book = client.execute(env=dict(os.environ))
    assert client.forked
    return [
        "".join(
            o.get("text", "") or o.get("data", {}).get("text/plain", "") or str(o.get("evalue", ""))
            for o in cell.outputs
        )
        for cell in book.cells
    ]


def test_the_parent_has_one_thread_when_it_has_imported_everything():
    done = subprocess.run(
        [sys.executable, "-c", "from research.runs import warmup\nprint(repr(warmup.warm_up()))"],
        capture_output=True,
        text=True,
        env=_environment(),
        timeout=100,
    )
    assert done.stdout == "''\n", done.stderr


def test_a_parent_with_two_threads_refuses_to_fork_and_says_why(monkeypatch):
    from research.runs import warmup

    monkeypatch.setattr(warmup, "threads", lambda: 2)
    assert warmup.problem() == "2 threads in the warm parent; a fork needs exactly one"


def _environment():
    from research.runs.environment import environment

    return environment("")


def test_nothing_of_one_run_reaches_the_next(warm):
    leave = (
        "import os, random, numpy, matplotlib, builtins, sys, warnings; left = 1; os.environ['LEFT'] = '1'\n"
        "os.chdir('/'); matplotlib.rcParams['font.size'] = 99; builtins.left = 1; sys.path.append('/left')\n"
        "numpy.random.seed(1); random.seed(1); held = open('/etc/hostname'); warnings.simplefilter('error')\n"
        "import pandas; pandas.options.display.max_rows = 1; os.umask(0o077)"
    )
    look = (
        "import os, matplotlib, builtins, sys, warnings, pandas\n"
        "print('left' in globals(), 'LEFT' in os.environ, os.getcwd() == '/', matplotlib.rcParams['font.size'],\n"
        "      hasattr(builtins, 'left'), '/left' in sys.path,\n"
        "      ('error', None, Warning, None, 0) in warnings.filters,\n"
        "      pandas.options.display.max_rows == 1, os.umask(0o22) == 0o077)"
    )
    before = cells(warm, look)
    cells(warm, leave)
    assert cells(warm, look) == before == ["False False False 10.0 False False False False False\n"]


def test_open_files_of_the_parent_are_closed_in_the_kernel(warm):
    count = (
        "import os\nfds = [f'/proc/self/fd/{n}' for n in os.listdir('/proc/self/fd') if int(n) > 2]\n"
        "print(sum('bb-warm' in os.readlink(p) for p in fds if os.path.exists(p)))"
    )
    assert cells(warm, count) == ["0\n"]


def test_two_kernels_draw_different_numbers_unless_seeded(warm):
    draw = "import random, numpy as np\nprint(random.random(), np.random.random())"
    assert cells(warm, draw) != cells(warm, draw)


def test_figures_show_as_in_any_kernel(warm):
    import nbformat
    from papermill.execute import execute_notebook

    book = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell("import matplotlib.pyplot as plt\nplt.plot([1, 2]);", metadata={"tags": []})]
    )
    book.metadata.kernelspec = {"name": "python3", "display_name": "p", "language": "python"}
    from papermill.engines import papermill_engines

    from research.runs.engine import WarmEngine

    papermill_engines.register("research-warm", WarmEngine)
    done = execute_notebook(book, None, engine_name="research-warm", progress_bar=False)
    assert WarmEngine.now.client.forked
    assert "image/png" in done.cells[0].outputs[-1].data


def test_a_kernel_dies_with_its_client_and_takes_what_it_started_along(parent):
    code = f"""
import os, sys, time
from research.runs.warm import fork_kernel
from jupyter_client.connect import write_connection_file
path, _ = write_connection_file(transport='ipc', ip=sys.argv[1] + '/k')
kernel = fork_kernel(['-f', path], dict(os.environ), sys.argv[1], {parent.address!r})
print(kernel.pid, flush=True)
time.sleep(60)
"""
    import tempfile

    folder = tempfile.mkdtemp(prefix="bb-")
    client = subprocess.Popen([sys.executable, "-c", code, folder], stdout=subprocess.PIPE, text=True)
    pid = int(client.stdout.readline())
    assert _alive(pid)
    client.kill()
    client.wait()
    client.stdout.close()
    assert _gone(pid)


def test_a_process_that_leaves_the_kernels_group_ends_with_it(warm, tmp_path):
    note = tmp_path / "pid"
    script = tmp_path / "stray.py"
    script.write_text(f"import os, time\nos.setsid()\nopen({str(note)!r}, 'w').write(str(os.getpid()))\ntime.sleep(60)")
    cells(
        warm,
        f"import os, subprocess, sys, time\np = subprocess.Popen([sys.executable, {str(script)!r}])\n"
        f"while not (os.path.exists({str(note)!r}) and os.path.getsize({str(note)!r})): time.sleep(0.02)",
    )
    assert _gone(int(note.read_text()))


def test_all_kernels_end_with_the_parent(tmp_path):
    parent = WarmParent()
    from jupyter_client.connect import write_connection_file

    path, _ = write_connection_file(str(tmp_path / "k.json"), transport="ipc", ip=str(tmp_path / "k"))
    kernel = fork_kernel(["-f", path], dict(os.environ), str(tmp_path), parent.address)
    assert kernel.poll() is None and _alive(kernel.pid)
    parent.process.send_signal(signal.SIGKILL)
    assert _gone(kernel.pid)
    assert kernel.wait(5) == -signal.SIGKILL
    parent.close()


def test_without_a_parent_the_error_says_so(tmp_path):
    with pytest.raises(WarmError, match="no warm kernel"):
        fork_kernel([], {}, "/", str(tmp_path / "nobody"))


def test_a_lost_parent_means_plain_kernels_not_failed_runs(project, monkeypatch, tmp_path):
    from research.runs.executor import job_maker
    from research.runs.worker import run_one

    write_notebook(project, "targets", "print(1)", kind="district")
    monkeypatch.setenv(ADDRESS, str(tmp_path / "nobody"))
    plan = runs.plan(Scope.of(project, "2024"))
    assert run_one(job_maker(plan, "warm")(plan.runs[0]))["status"] == "done"
    assert runs.read_record(plan.runs[0].path)["kernel"] == "plain"


def test_warm_and_plain_kernels_give_the_same_bytes_on_a_hostile_notebook(project, warm):
    write_notebook(project, "income", SHOW, *HOSTILE)
    texts = []
    for kernel in ("warm", "plain", "warm"):
        report = runs.execute(runs.plan(Scope.of(project, "2024"), places=[EAST]), kernel=kernel, force=True, jobs=1)
        assert not report.failed, report.recap()
        path = Scope.of(project, "2024").runs / "income" / f"{EAST}.ipynb"
        assert runs.read_record(path)["kernel"] == kernel
        texts.append(path.read_text("utf-8"))
    assert texts[0] == texts[2]
    assert texts[0] == texts[1]
    for word in (str(project.root), sys.prefix, "ipykernel_", "0x7"):
        assert word not in texts[0]
    outputs = [o for c in json.loads(texts[0])["cells"] for o in c.get("outputs", [])]
    assert sum("image/png" in o.get("data", {}) for o in outputs) == 1  # the figure has not vanished


HOSTILE = (
    "import random, uuid, os, numpy as np\nprint(random.random(), np.random.rand(2))",
    "print({'income', 'economy', 'culture', 'services'}, object())",
    "import pandas as pd\npd.DataFrame({'a': [1, 2]}).style.format('{:.1f}')",
    "import io, matplotlib.pyplot as plt\nfrom IPython.display import SVG\nfig, ax = plt.subplots()\n"
    "ax.fill_between([1, 2], [1, 2])\nout = io.StringIO()\nfig.savefig(out, format='svg')\nSVG(out.getvalue())",
    "import statsmodels.api as sm\nprint(sm.OLS([1., 2, 4, 3], sm.add_constant([1., 2, 3, 4])).fit().summary())",
    "import warnings, sys\nwarnings.warn('a path')\nprint('a'); print('b', file=sys.stderr); print('c')",
    "import os\nprint(os.environ['BLUEBOOK_PROJECT'], sys.prefix, os.getcwd())",
    "from IPython.display import display, HTML\ndisplay(HTML(f'<div id={uuid.uuid4()}></div>'))\nlambda: 1",
)


def _alive(pid):
    try:
        os.kill(pid, 0)
    except OSError:
        return False
    return True


def _gone(pid, seconds=8):
    end = time.monotonic() + seconds
    while _alive(pid):
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


def test_two_places_side_by_side_on_warm_kernels(project, warm):
    write_notebook(project, "income", SHOW, "print(place)")
    report = runs.execute(runs.plan(Scope.of(project, "2024")), jobs=2, kernel="warm")
    assert {r.place for r in report.done} == {DISTRICT, EAST, WEST}
