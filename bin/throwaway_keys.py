"""Make keys in a folder that nobody keeps, for tools that load the settings without serving; print the folder."""

import tempfile
from pathlib import Path

from gardien.base.crypto import Keyring

folder = Path(tempfile.mkdtemp(prefix="gardien-keys-"))
Keyring.generate(folder)
print(folder)
