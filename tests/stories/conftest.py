"""What the browser stories run on: the portal on a free port, its cast and quotes, and the system's Chromium."""

import os
import socket
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connections
from playwright.sync_api import Browser, expect, sync_playwright

from tests.conftest import empty_tables
from tests.stories import stage

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="package")
def garage(django_db_setup: None, django_db_blocker: Any) -> Iterator[SimpleNamespace]:
    """Load, once for all stories, what `stage.load` says; every table is emptied afterwards."""
    with django_db_blocker.unblock():
        loaded = stage.load()
        connections.close_all()
        yield loaded
        connections.close_all()
    empty_tables()


@pytest.fixture(scope="package")
def portal(garage: SimpleNamespace) -> Iterator[str]:
    """Run web server and worker as `gardien serve` does, letters going to a folder, and return the portal's address."""
    from gardien.portal import stack

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"http://localhost:{port}"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GARDIEN_MAIL_URL", "file:")
        patch.setenv("GARDIEN_MAIL_FROM", "portail@sarvane.example")
        with stack.running(stack.web_arguments(port), stack.worker_arguments()):
            stack.wait_until_answering(f"{address}/engagement/")
            yield address


@pytest.fixture(scope="package")
def browser(portal: str) -> Iterator[Browser]:
    """Start Chromium once. While it runs, this thread has an event loop, so stories leave the ORM alone."""
    expect.set_options(timeout=15_000)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield started
        started.close()
