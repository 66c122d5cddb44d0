"""Commands that hand something out, on a disk without room: named, never a traceback; what stood there stands."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from research.core.files import write_whole

ROOT = Path(__file__).resolve().parents[2]
DEPARTMENT = "区教育局"


@pytest.fixture
def full(tmp_path):
    """A disk of one page of memory, where the machine lets us mount one."""
    folder = tmp_path / "full"
    folder.mkdir()
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4k", "tmpfs", str(folder)], capture_output=True)
    if done.returncode:
        pytest.skip("mounting is not allowed here")
    yield folder
    subprocess.run(["umount", str(folder)], capture_output=True)


def reply(output, temporary):
    return subprocess.run(
        [sys.executable, "-m", "research", "--project", str(ROOT), "reply", "--department", DEPARTMENT, "-o", output],
        env={**os.environ, "TMPDIR": str(temporary)}, capture_output=True, text=True, encoding="utf-8")  # fmt: skip


def test_a_file_that_has_no_room_is_named_and_the_former_stands(full):
    write_whole(full / "a.txt", "former")
    with pytest.raises(OSError, match="No space left on device.*a.txt"):
        write_whole(full / "a.txt", b"x" * 100_000)
    assert [p.name for p in full.iterdir()] == ["a.txt"] and (full / "a.txt").read_text() == "former"


@pytest.mark.slow
@pytest.mark.parametrize("where", ["output", "temporary"])
def test_a_reply_without_room_is_a_clear_error(full, tmp_path, where):
    (tmp_path / "tmp").mkdir()
    out, temporary = (full / "out", tmp_path / "tmp") if where == "output" else (tmp_path / "out", full)
    done = reply(out, temporary)
    assert done.returncode == 1 and "Traceback" not in done.stderr
    assert "No space left on device" in done.stderr and str(full) in done.stderr
    assert not list(tmp_path.rglob("*.docx")) and not list(tmp_path.rglob("*.part"))
