"""A named subset of the tests on each other PostgreSQL that is installed here: migrations, walls, restriction, numbering, start.

`make soak` adds what each role may do, which the grants in `tests/laws/test_walls.py` imply, all of issuing, and restores.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from gardien.portal import _binaries
from tests.conftest import CLUSTER

SUBSET = [
    *("tests/walls/test_sql.py", "tests/base/test_scope.py"),
    "tests/quotes/test_issue.py::test_quotes_issued_at_the_same_time_are_numbered_without_a_gap",
    "tests/quotes/test_issue.py::test_issuing_one_draft_many_times_at_once_gives_one_number",
    *("tests/laws/test_walls.py", "tests/standing/test_restriction.py"),
]
MORE = ["tests/walls/test_database_roles.py", "tests/quotes/test_issue.py", "tests/retention/test_restore.py"]
ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    "subset",
    [
        pytest.param(SUBSET, id="walls and numbers"),
        pytest.param(MORE, id="roles, issuing, restores", marks=pytest.mark.soak),
    ],
)
def test_the_subset_passes_on_every_other_server(subset: list[str]) -> None:
    if "GARDIEN_POSTGRES_BIN" in os.environ:
        pytest.skip("this run is that subset, or was told its server")
    used = CLUSTER.binaries().folder
    others = [folder for folder in _binaries.folders(None) if folder != used]
    if not others:
        pytest.skip("one PostgreSQL only is installed here")
    for folder in others:
        environ = {**os.environ, "GARDIEN_TEST_POSTGRES_BIN": str(folder)}
        command = [sys.executable, "-m", "pytest", "-q", "-m", "not soak", "-p", "no:cacheprovider", *subset]
        done = subprocess.run(command, env=environ, cwd=ROOT, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"on {folder}:\n{done.stdout[-4000:]}\n{done.stderr[-2000:]}"
