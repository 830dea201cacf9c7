"""The pages on paper: equal words give equal bytes, so each document is set once."""

import json
from dataclasses import asdict
from datetime import date, datetime, time
from functools import lru_cache
from pathlib import Path

from gardien.base import clock, pdf

from .changes import Comparison
from .sheets import Sheet

TEMPLATES = Path(__file__).parent / "pdf"
MOST_KEPT = 64
"""Documents kept in memory, of about 60 kB each."""


def printed(document: Sheet | Comparison, day: date) -> bytes:
    """Return the PDF of a page, dated the first instant of the version's day of effect in Paris."""
    template = "version.typ" if isinstance(document, Sheet) else "comparison.typ"
    return _set(template, json.dumps(asdict(document), ensure_ascii=False), day)


@lru_cache(maxsize=MOST_KEPT)
def _set(template: str, data: str, day: date) -> bytes:
    at = datetime.combine(day, time(), tzinfo=clock.PARIS)
    return pdf.render(TEMPLATES / template, json.loads(data), at).content
