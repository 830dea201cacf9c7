"""Log lines as JSON, without what says who a person is.

A line holds the time, the level, the logger, the event's fixed text and the type and place of an
exception. Arguments of other people's messages (paths, parameters) and the texts of exceptions are left out.
"""

import logging
import traceback
from collections.abc import MutableMapping
from typing import Any

import structlog


def formatter() -> logging.Formatter:
    """Return the formatter of every handler."""
    return structlog.stdlib.ProcessorFormatter(
        processors=[_only_facts, structlog.processors.JSONRenderer(ensure_ascii=False)],
        foreign_pre_chain=[structlog.processors.TimeStamper(fmt="iso", utc=True), structlog.stdlib.add_log_level],
    )


def _only_facts(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Keep of a record its template, not its arguments, and of an exception its type and lines of code."""
    record: logging.LogRecord = event["_record"]
    line: dict[str, Any] = {
        "at": event.get("timestamp"),
        "level": event.get("level"),
        "logger": record.name,
        "event": str(record.msg),
    }
    if event.get("_from_structlog"):
        line["event"] = str(event.get("event"))
    for key in ("status_code", "job", "task"):
        if isinstance(getattr(record, key, None), int | str):
            line[key] = getattr(record, key)
    cause = event.get("exc_info")  # the formatter has taken it off the record
    if isinstance(cause, tuple) and cause[0]:
        line["exception"] = cause[0].__name__
        frames = traceback.extract_tb(cause[2])
        line["where"] = [f"{frame.filename.rsplit('/', 1)[-1]}:{frame.lineno}" for frame in frames[-8:]]
        if line["event"] == str(cause[1]):  # Django logs what it suspects, a Host header for one, as it came
            line["event"] = line["exception"]
    return line
