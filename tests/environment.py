"""The installation that the tests run on: a folder of its own, keys, settings. Loaded before Django's settings are."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

from gardien.base.crypto import Keyring
from gardien.portal.embedded import Cluster

HOME = Path(tempfile.mkdtemp(prefix="gardien-tests-"))
HOME.chmod(0o755)
atexit.register(shutil.rmtree, HOME, ignore_errors=True)

configured = os.environ.pop("GARDIEN_TEST_POSTGRES_BIN", "")
for name in [name for name in os.environ if name.startswith("GARDIEN_") and name != "GARDIEN_REAL_DATA"]:
    del os.environ[name]
os.environ.pop("DATABASE_URL", None)
os.environ["GARDIEN_HOME"] = str(HOME)
if configured:
    os.environ["GARDIEN_POSTGRES_BIN"] = configured
os.environ["GARDIEN_HOSTS"] = "testserver,localhost,127.0.0.1"
os.environ["DJANGO_SETTINGS_MODULE"] = "gardien.portal.settings"
Keyring.generate(HOME / "keys")

CLUSTER = Cluster(HOME / "postgres", configured=Path(configured) if configured else None)
"""The server of the tests, on the programs in GARDIEN_TEST_POSTGRES_BIN if set; `conftest` starts and stops it."""
