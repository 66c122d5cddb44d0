"""An import of values and households together, killed at 50 moments spread over its whole length: all or nothing."""

import multiprocessing
import os
import random
import signal
import time

import pandas as pd
import pytest

from research.indicators.intake import intake
from research.indicators.store import store

POINTS = 50
pytestmark = [pytest.mark.slow, pytest.mark.skipif(os.name == "nt", reason="signals")]


def hand_in(folder, version, households):
    """Two files that belong together: both say which version they are."""
    values, survey = folder / "v.csv", folder / "h.csv"
    pd.DataFrame(
        [[place, 2024, "SRV-4-01", version, "民政统计"] for place in ("331003", "331003001")],
        columns=["place", "year", "indicator", "value", "source"],
    ).to_csv(values, index=False)
    households.assign(consumption=str(version)).to_csv(survey, index=False)
    return [values, survey]


def state(folder):
    """Versions that a reader finds in the tables, once somebody opened the folder."""
    store.settled(folder)
    values = pd.read_csv(folder / "observations.csv")["value"].unique().tolist()
    return values, pd.read_csv(folder / "households-2024.csv")["consumption"].unique().tolist()


def taken(project, files):
    intake.take_in(project, files, accept=[])


def test_killed_at_fifty_points_nothing_is_lost(own_project, tmp_path, small_rows):
    households = small_rows["households-2024.csv"].head(40)
    households = households[households["stratum"].eq(households["stratum"].iloc[0])]
    folder, context, draw = own_project.root / "data/own", multiprocessing.get_context("fork"), random.Random(20)
    began = time.monotonic()
    taken(own_project, hand_in(tmp_path, 1, households))
    taken(own_project, hand_in(tmp_path, 2, households))
    length, version, landed = (time.monotonic() - began) / 2 * 1.2, 2, 0
    for point in range(POINTS):
        files = hand_in(tmp_path, version + 1, households)
        child = context.Process(target=taken, args=(own_project, files))
        child.start()
        time.sleep((point + draw.random()) / POINTS * length)
        os.kill(child.pid, signal.SIGKILL)
        child.join()
        values, survey = state(folder)
        assert values == survey and values in ([version], [version + 1]), f"point {point}"
        if values == [version + 1]:
            version, landed = version + 1, landed + 1
        told = store.history(folder, "SRV-4-01", "331003")
        assert told["value"].tolist() == list(range(1, version + 1))  # every earlier one is still there
    taken(own_project, hand_in(tmp_path, version + 1, households))
    assert state(folder) == ([version + 1], [version + 1]) and 0 < landed < POINTS
    assert not list((folder / "history").rglob(".*.part"))


def test_two_imports_at_once_are_both_whole(own_project, tmp_path, small_rows):
    households = small_rows["households-2024.csv"].head(40)
    households = households[households["stratum"].eq(households["stratum"].iloc[0])]
    context, jobs = multiprocessing.get_context("fork"), []
    for version in (1, 2):
        (tmp_path / str(version)).mkdir()
        files = hand_in(tmp_path / str(version), version, households)
        jobs.append(context.Process(target=taken, args=(own_project, files)))
    for job in jobs:
        job.start()
    for job in jobs:
        job.join()
    assert [job.exitcode for job in jobs] == [0, 0]
    values, survey = state(own_project.root / "data/own")
    assert values == survey and values[0] in (1, 2)
    assert sorted(store.history(own_project.root / "data/own", "SRV-4-01", "331003")["value"]) == [1, 2]
