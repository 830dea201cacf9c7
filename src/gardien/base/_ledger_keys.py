"""A key for each person whose values the ledger keeps: a file, sealed under the envelope, destroyed with its person."""

import os
from collections.abc import Iterable
from pathlib import Path

from . import crypto


class PersonKeys:
    """The keys of one folder, `<reference>.key`; whoever creates one is alone at the ledger (`ledger_files`)."""

    def __init__(self, folder: Path, keyring: crypto.Keyring) -> None:
        """Touch nothing yet: the folder is made by the first key."""
        self._folder = folder
        self._keyring = keyring

    def key(self, subject: str) -> bytes | None:
        """Return a person's key, None if there is none."""
        try:
            sealed = self._path(subject).read_bytes()
        except FileNotFoundError:
            return None
        return self._keyring.open_(sealed, context=_context(subject))

    def create(self, subject: str) -> bytes:
        """Give a person a key, and return it; on the disk at return."""
        self._folder.mkdir(mode=0o700, exist_ok=True)
        key = crypto.new_key()
        replace(self._path(subject), self._keyring.seal(key, context=_context(subject)))
        return key

    def destroy(self, subjects: Iterable[str]) -> None:
        """Destroy keys; most persons have none, so that the folder is read rather than asked for each."""
        going = self.subjects().intersection(subjects)
        for subject in going:
            self._path(subject).unlink(missing_ok=True)
        if going:
            sync(self._folder)

    def subjects(self) -> set[str]:
        """Return who has a key."""
        try:
            with os.scandir(self._folder) as files:
                return {file.name.removesuffix(".key") for file in files if file.name.endswith(".key")}
        except FileNotFoundError:
            return set()

    def _path(self, subject: str) -> Path:
        return self._folder / f"{subject}.key"


def replace(path: Path, content: bytes) -> None:
    """Write a file whole or not at all, for its owner alone; on the disk at return."""
    fresh = path.with_name(f"{path.name}.new")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
    sync(path.parent)


def sync(folder: Path) -> None:
    """Have a folder's names on the disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    os.fsync(descriptor)
    os.close(descriptor)


def _context(subject: str) -> bytes:
    return f"ledger-key:{subject}".encode()
