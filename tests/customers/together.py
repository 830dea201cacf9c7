"""Two advisers at once: each action in a thread and a transaction of its own, begun at the same instant."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from django.db import connection

from gardien.base import scope
from tests.quotes.counter import Counter


def at_once(counter: Counter, *deeds: Callable[[], Any]) -> list[Any]:
    """Run deeds of one repairer at the same time; return what each returned or raised, in their order.

    Six at the most: each holds a connection of the pool while it waits for the others.
    """
    assert len(deeds) <= 6
    start = Barrier(len(deeds), timeout=60)

    def run(deed: Callable[[], Any]) -> Any:
        try:
            with scope.entered(counter.tenant):
                start.wait()
                return deed()
        except Exception as refused:  # noqa: BLE001 -- the test looks at it
            return refused
        finally:
            connection.close()

    with ThreadPoolExecutor(len(deeds)) as pool:
        return list(pool.map(run, deeds))
