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

for name in [name for name in os.environ if name.startswith("GARDIEN_") and name != "GARDIEN_REAL_DATA"]:
    del os.environ[name]
os.environ.pop("DATABASE_URL", None)
os.environ["GARDIEN_HOME"] = str(HOME)
os.environ["GARDIEN_HOSTS"] = "testserver,localhost,127.0.0.1"
os.environ["DJANGO_SETTINGS_MODULE"] = "gardien.portal.settings"
Keyring.generate(HOME / "keys")

CLUSTER = Cluster(HOME / "postgres")
"""The embedded server of the tests; `conftest.database` starts and stops it."""
