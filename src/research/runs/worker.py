"""One run from template to record, and the process that does them one after another.

A worker reads jobs as JSON lines and answers with outcomes as JSON lines; so it can be killed, replaced, or
stand on another machine. It ends when its input ends: no worker outlives the command that started it.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
import traceback
import zlib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from research.core import scratch as folders
from research.core.files import write_whole
from research.core.scope import Project
from research.runs import literals, watch
from research.runs import record as records
from research.runs.environment import environment


def run_one(job: Any) -> dict[Any, Any]:
    """Execute one run, write its notebook, then its record.

    Parameters
    ----------
    job : dict
        As `research.runs.executor.job_maker` makes it: plain values only.

    Returns
    -------
    dict
        `name`, `status` (`done`, `failed`), `seconds`, and `failure` when it failed. Nothing is raised
        for what a notebook does.
    """
    started, clock = datetime.now(UTC), time.monotonic()
    scratch = folders.make()
    try:
        notebook, failure, extra = _execute(job, scratch)
        status = "failed" if failure else "done"
        base = {
            "theme": job["theme"],
            "place": job["place"],
            "parameters": job["shown"],
            "parts": job["parts"],
            "key": job["key"],
            "seed": seed_of(job),
            "status": status,
            "started": started.isoformat(timespec="seconds"),
            "begun": started.timestamp(),
            "worker": f"worker-{os.getpid()}",
            "failure": failure,
            "environment": job.get("environment"),
            **extra,
        }
        try:
            base.update(_keep(job, notebook, failure, scratch))
            base["seconds"] = round(time.monotonic() - clock, 3)
            records.write_record(job["path"], base)
        except OSError as error:
            failure = {"kind": "disk", "ename": type(error).__name__, "evalue": _disk_words(error, job)}
            status = "failed"
    finally:
        folders.drop(scratch)
    return {
        "name": job["name"],
        "status": status,
        "seconds": round(time.monotonic() - clock, 3),
        "failure": failure,
        "started": started.timestamp(),
        "pid": os.getpid(),
    }


def seed_of(job: Any) -> Any:
    """Seed of the run's random states: a fixed number for each theme and place."""
    return zlib.crc32(f"{job['theme']}/{job['place']}".encode())


def _execute(job, scratch):
    """The executed notebook, what failed (None: nothing), and what the record says about the way."""
    import nbformat
    from papermill.engines import papermill_engines
    from papermill.iorw import load_notebook_node
    from papermill.parameterize import parameterize_notebook

    from research.runs.engine import engine_for

    engine = engine_for(job["kernel"])
    papermill_engines.register(engine.__name__, engine)
    notebook = load_notebook_node(nbformat.from_dict(job["notebook"]))
    notebook = parameterize_notebook(notebook, {}, kernel_name="python3", language="python")
    injected = next(c for c in notebook.cells if "injected-parameters" in c.metadata.get("tags", []))
    injected.source = literals.cell(job["parameters"])
    work = scratch / "work"
    work.mkdir()
    env = {**environment(job["root"]), "IPYTHONDIR": str(scratch / "ipython"), "JUPYTER_RUNTIME_DIR": str(scratch)}
    engine.now.client, error = None, None
    try:
        papermill_engines.execute_notebook_with_engine(
            engine.__name__,
            notebook,
            kernel_name="python3",
            progress_bar=False,
            autosave_cell_every=0,
            start={"cwd": str(work), "env": env},
            limits=job["limits"],
            scratch=str(scratch),
            prelude="from research.runs import prelude as _p; "
            f"_p.prepare({seed_of(job)}, {job['root']!r}, {str(scratch)!r}); del _p",
            postlude="from research.runs import prelude as _p; _bluebook_report = _p.reads(); del _p",
        )
    except Exception as caught:
        error = caught
    client = engine.now.client
    failure = _failure(notebook, error, client)
    report = {} if failure else client.report
    read = _input_names(job, report.get("reads"))
    inputs = {k: v for k, v in job["inputs"].items() if read is None or k in read}
    cells = [_seconds(c) for c in notebook.cells]
    return (
        notebook,
        failure,
        {
            "inputs": inputs,
            "cell_seconds": [s for s in cells if s is not None],
            "kernel": "warm" if client and client.forked else "plain",
            **watch.of(job, report),
        },
    )


def _input_names(job, paths):
    """Names of the inputs among the files the notebook has read; None when that is not known."""
    if paths is None:
        return None
    folders = {Path(folder): name for folder, name in job["folders"].items()}
    if not folders:
        return {Project(Path(job["root"])).show(path) for path in paths}
    return {f"{folders[path.parent]}/{path.name}" for path in map(Path, paths) if path.parent in folders}


def _seconds(cell):
    value = (cell.metadata.get("papermill") or {}).get("duration")
    return round(value, 3) if value and cell.cell_type == "code" else None


def _failure(notebook, error, client):
    """What ended the run, with the cell's number, source and traceback; None when all cells ran."""
    index, output = _error_output(notebook)
    if error is None and output is None:
        return None
    kind = "error"
    if client is not None and client.verdict:
        kind, (ename, evalue) = "limit", client.verdict
    elif output is not None and (error is None or type(error).__name__ == "CellExecutionError"):
        ename, evalue = output["ename"], output["evalue"]
    else:
        kind, ename, evalue = _kind(error)
    if index is None:
        index = next(
            (
                i
                for i, c in enumerate(notebook.cells)
                if c.cell_type == "code"
                and (c.metadata.get("papermill") or {}).get("status") in ("running", "failed", "pending")
            ),
            None,
        )
        index = _last_started(notebook) if kind != "error" else index
    cell = notebook.cells[index] if index is not None else None
    before = [c for c in notebook.cells[: (index or 0) + 1] if "injected-parameters" not in c.metadata.get("tags", [])]
    trace = "\n".join(output["traceback"]) if output is not None and kind == "error" else ""
    return {
        "kind": kind,
        "ename": ename,
        "evalue": evalue,
        "cell": len(before) if cell is not None else None,
        "source": cell.source if cell is not None else "",
        "traceback": trace,
    }


def _error_output(notebook):
    for index, cell in enumerate(notebook.cells):
        for output in cell.get("outputs", []):
            if output.output_type == "error" and "raises-exception" not in cell.metadata.get("tags", []):
                return index, output
    return None, None


def _last_started(notebook):
    started = [
        i
        for i, c in enumerate(notebook.cells)
        if c.cell_type == "code" and (c.metadata.get("papermill") or {}).get("start_time")
    ]
    return started[-1] if started else None


def _kind(error):
    name = type(error).__name__
    if name == "CellTimeoutError":
        return "timeout", "Timeout", "the cell ran longer than its limit, or the run than its own"
    if name == "DeadKernelError":
        return "died", "KernelDied", "the kernel ended while the cell ran (killed, crashed, or left)"
    return "start" if "Kernel" in str(error) else "error", name, str(error)


def _keep(job, notebook, failure, scratch):
    """Write the notebook: in its place when it is whole, else beside it, for looking at."""
    import hashlib

    from research.runs.normalise import normalise, to_text

    path = Path(job["path"])
    data = (job["data"], str(job["shown"].get("data", "")))
    normalise(notebook, job["root"], job["suffix"], data if all(data) else None, [str(scratch)])
    text = to_text(notebook)
    beside = path.with_suffix(".failed.ipynb")
    write_whole(beside if failure else path, text, durable=False)
    if failure:
        return {}
    beside.unlink(missing_ok=True)
    content = text.encode()
    return {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}


def _disk_words(error, job):
    return f"{job['shown_path']} could not be written: {error.strerror or error}"


def main() -> None:
    """Serve jobs from standard input until it ends."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8", buffering=1)
    os.dup2(2, 1)  # whatever prints must not end up between the answers
    jobs = _lines_until_end()
    answers.write(json.dumps({"ready": os.getpid()}) + "\n")
    for line in jobs:
        job = json.loads(line)
        try:
            outcome = run_one(job)
        except Exception as error:
            outcome = {
                "name": job["name"],
                "status": "failed",
                "seconds": 0.0,
                "failure": {
                    "kind": "worker",
                    "ename": type(error).__name__,
                    "evalue": str(error),
                    "traceback": traceback.format_exc(),
                },
            }
        answers.write(json.dumps(outcome, ensure_ascii=False) + "\n")


def _lines_until_end():
    """Lines of standard input; the end of input ends the process, even in the middle of a run."""
    import queue

    lines: queue.Queue[Any] = queue.Queue()

    def read():
        for line in sys.stdin:
            lines.put(line)
        folders.drop_all()
        os._exit(0)  # the command is gone: kernels end with us

    threading.Thread(target=read, daemon=True).start()
    while True:
        yield lines.get()


if __name__ == "__main__":
    main()
