"""What a quote's PDF costs: CPU of `quotes.sheet.render` beside the bare Typst call on the same documents.

Run: `python bench/pdf.py [documents]`. Prints one JSON line; exit 1 if the ratio exceeds its budget of 2. Every
document differs by its number, so that Typst's memory of earlier documents helps both sides alike.
"""

import json
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import typst

from gardien.base import pdf
from gardien.quotes import _sheet as sheet
from gardien.quotes.rules import money, vocabulary

BUDGET = 2.0
AT = datetime(2026, 11, 22, 10, tzinfo=UTC)
SENTENCE = "Votre réparateur tient ces informations de vous et les garde le temps que l’engagement annonce. "


def documents(count: int) -> list[sheet.QuoteSheet]:
    """Return `count` quotes of four lines with a full verso, under distinct numbers."""
    figures = money.Line(Decimal(4), Decimal("99.99"), Decimal(20))
    line = sheet.SheetLine("Pneu Altamira Rivage", "205/55 R16 91V · été", figures)
    notice = sheet.Notice(
        "Vos données", (sheet.Section("Vos droits", (SENTENCE * 3,) * 2),) * 8, "2020-01-25", "0" * 64
    )
    first = sheet.QuoteSheet(
        language="fr",
        number="",
        issued_on=date(2026, 11, 22),
        valid_until=date(2026, 12, 22),
        author_first_name="Camille",
        repairer=sheet.Repairer("Garage des Tilleuls", "SAS", ("69003 Lyon",), "", "", "", None, "04 65 71 12 34", ""),
        site=sheet.Site("Atelier de la Gare", ("69003 Lyon",), "", ""),
        customer=sheet.Customer("Élodie Marchand", ("69100 Villeurbanne",), ("06 39 98 12 34",), "", "C-7K2M9QXA"),
        vehicle=sheet.Vehicle("AB-123-CD", "Altamira", "Sierra", 84250),
        lines=(line,) * 4,
        mentions=(),
        notice=notice,
    )
    return [replace(first, number=vocabulary.number("RA042", 2026, rank)) for rank in range(1, count + 1)]


def bare(inputs: str) -> bytes:
    """Compile one document with nothing of ours around it."""
    return typst.compile(
        str(sheet.TEMPLATE),
        font_paths=pdf.fonts(),
        ignore_system_fonts=True,
        sys_inputs={"data": inputs},
        format="pdf",
        pdf_standards=["a-2a", "ua-1"],
        timestamp=AT,
    )


def cpu(work: Callable[[], object]) -> float:
    """Return the CPU seconds of all threads that `work` took."""
    start = time.process_time()
    work()
    return time.process_time() - start


def main(count: int) -> int:
    """Alternate both sides document by document, after one warm-up of each."""
    sheets = documents(count + 1)
    inputs = [json.dumps(sheet.document(each), ensure_ascii=False) for each in sheets]
    pairs = [
        (cpu(lambda each=each: sheet.render(each, AT)), cpu(lambda text=text: bare(text)))
        for each, text in zip(sheets, reversed(inputs), strict=True)
    ][1:]
    ours, theirs = (1000 * sum(side) / count for side in zip(*pairs, strict=True))
    result = {
        "documents": count,
        "ms_ours": round(ours, 1),
        "ms_bare": round(theirs, 1),
        "ratio": round(ours / theirs, 2),
    }
    sys.stdout.write(json.dumps(result) + "\n")
    return int(ours / theirs > BUDGET)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 40))
