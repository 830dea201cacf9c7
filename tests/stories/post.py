"""What a person finds in their mail: the letters that the stories' portal writes into a folder."""

import email
import re
import time
from email import policy

from tests.environment import HOME

PATIENCE = 30
"""Seconds for the worker to write a letter."""


def link(recipient: str, title: str) -> str:
    """Wait for a letter of this title to this address, and return the path of its one link."""
    end, seen = time.monotonic() + PATIENCE, set[str]()
    while time.monotonic() < end:
        for file in (HOME / "outbox").glob("*.eml"):
            letter = email.message_from_bytes(file.read_bytes(), policy=policy.default)
            seen.add(f"{letter['Subject']} / {letter['To']}")
            if letter["To"] == recipient and letter["Subject"] == title:
                (path,) = re.findall(r"https?://[^/\s]+(/\S+)", letter.get_body().get_content())  # type: ignore[union-attr]
                return str(path)
        time.sleep(0.2)
    raise AssertionError(f"no letter “{title}” among {sorted(seen)}")
