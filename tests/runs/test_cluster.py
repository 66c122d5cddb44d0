"""Runs on a Dask cluster: the same records and bytes, also when a worker is lost on the way."""

import pytest
from tiny import SHOW, write_notebook

from research import runs
from research.core.scope import Scope
from research.errors import UsageError

distributed = pytest.importorskip("distributed")


@pytest.mark.slow
def test_a_cluster_gives_the_same_bytes_and_survives_the_loss_of_a_worker(project):
    write_notebook(project, "income", SHOW, "import time\ntime.sleep(1)\nprint(place)")
    runs.execute(runs.plan(Scope.of(project, "2024")), jobs=2)
    first = {p: p.read_bytes() for p in Scope.of(project, "2024").runs.rglob("*[0-9].ipynb")}
    with distributed.LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None) as cluster:
        events = []

        def lose_one(event):
            events.append(event.kind)
            if events.count("done") == 1 and event.kind == "done":
                worker = next(iter(cluster.workers.values()))
                worker.process.process._process.kill()

        report = runs.execute(
            runs.plan(Scope.of(project, "2024")), force=True, scheduler=cluster.scheduler_address, progress=lose_one
        )
    assert not report.failed, report.recap()
    assert {p: p.read_bytes() for p in first} == first


def test_an_address_without_a_scheduler_is_a_usage_error(project, monkeypatch):
    from research.runs import cluster

    def nobody(*_, **__):
        raise OSError("timed out")

    monkeypatch.setattr(distributed, "Client", nobody)
    with pytest.raises(UsageError, match="no scheduler answers there"), cluster.ClusterPool("tcp://nowhere:1"):
        pass
