"""The corpus of hard designations: each tyre's facts, and the ways in which suppliers write it.

    python -m tests.catalogue.corpus

writes `tests/data/designations.csv`. The facts stand here, not in the parser; a spelling changes the writing only, so
every spelling of a tyre must be read as the same facts. Sizes and marks are those of domain.md, § 2.1.
"""

import csv
import io
from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path
from typing import Any

FILE = Path(__file__).parents[1] / "data" / "designations.csv"
FACTS = (
    "size_key", "width_mm", "aspect_ratio", "construction", "rim_inch", "load_index", "load_index_twin", "speed_symbol",
    "is_bracketed", "load_version", "size_prefix", "ply_rating", "is_run_flat", "oe_marks", "has_mud_snow_mark",
    "has_snowflake_mark", "rest",
)  # fmt: skip
Tyre = dict[str, Any]


def tyre(size: str, service: str, **facts: Any) -> Tyre:
    """Name a tyre: `tyre("205 55 R 16", "91 V", marks="J")`; the parts of a size and of a service stand apart."""
    width, ratio, construction, rim = size.split()
    load, _, speed = service.partition(" ")
    single, _, twin = load.partition("/")
    return {
        "width": width,
        "ratio": "" if ratio == "-" else ratio,
        "construction": construction,
        "rim": rim,
        "load": single,
        "twin": twin,
        "speed": speed,
        "version": "SL",
        "prefix": "",
        "ply": "",
        "bracketed": False,
        "marks": "",
        "run_flat": "",
        "mud_snow": False,
        "snowflake": False,
        "rest": "",
        **facts,
    }


TYRES = (
    tyre("205 55 R 16", "91 V"),
    tyre("205 55 R 16", "94 W", version="XL", marks="J"),
    tyre("255 55 R 19", "111 V", version="XL", marks="JLR"),
    tyre("255 55 R 20", "110 W", version="XL", marks="J LR1"),
    tyre("275 45 R 21", "110 W", marks="LR", mud_snow=True),
    tyre("265 45 R 21", "108 W", version="XL", marks="JRS"),
    tyre("275 35 R 23", "108 Y", version="HL"),
    tyre("285 40 ZR 23", "108 Y", bracketed=True, version="XL"),
    tyre("325 30 ZR 21", "108 Y", bracketed=True, version="XL", marks="N2"),
    tyre("245 45 R 19", "102 Y", version="XL", run_flat="ZP", marks="*", rest="S1 GRNX"),
    tyre("225 45 R 17", "91 W", run_flat="RFT", marks="*"),
    tyre("225 45 R 17", "94 W", version="XL", marks="MOE"),
    tyre("235 60 R 18", "107 V", version="XL", marks="AO"),
    tyre("255 35 R 20", "97 Y", version="XL", marks="RO1"),
    tyre("245 35 R 20", "95 Y", version="XL", marks="K1"),
    tyre("235 45 R 18", "98 W", version="XL", marks="T0", rest="PNCS"),
    tyre("255 40 R 20", "101 Y", version="XL", marks="AM4"),
    tyre("225 40 R 18", "92 Y", version="XL", marks="AR"),
    tyre("205 60 R 16", "92 H", mud_snow=True, snowflake=True),
    tyre("215 65 R 17", "99 V", run_flat="SSR", mud_snow=True, snowflake=True),
    tyre("195 70 R 15", "107/105 R", version="C"),
    tyre("195 75 R 16", "107/105 T", version="C", mud_snow=True, snowflake=True),
    tyre("225 75 R 16", "116 Q", version="CP"),
    tyre("205 70 R 15", "106/104 R", ply="8"),
    tyre("315 80 R 22.5", "156/150 L"),
    tyre("385 65 R 22.5", "160 K", mud_snow=True),
    tyre("155 - R 13", "78 S"),
    tyre("185 - R 14", "102/100 R", version="C"),
    tyre("145 80 D 10", "68 S"),
    tyre("130 90 B 16", "67 H"),
    tyre("215 65 R 15", "95 H", prefix="P"),
    tyre("235 75 R 15", "104/101 S", prefix="LT"),
    tyre("125 80 R 17", "99 M", prefix="T"),
    tyre("245 40 R 18", "97 Y", version="XL", run_flat="ROF", marks="MOE", rest="Rivage Sport 5"),
    tyre("235 55 R 19", "105 W", version="XL", rest="VOL"),
)

GAPS = ("", " ")
SLASHES = ("/", " / ", " ")
CASES: tuple[Callable[[str], str], ...] = (str, str.lower)


def facts(one: Tyre) -> Tyre:
    """Return what must be read, by the fields of FACTS, as text."""
    letter = {"ZR": "R", "D": "-"}.get(one["construction"], one["construction"])
    ratio = f"/{one['ratio']}" if one["ratio"] else ""
    return {
        "size_key": f"{one['width']}{ratio}{letter}{one['rim']}",
        "width_mm": one["width"],
        "aspect_ratio": one["ratio"],
        "construction": one["construction"],
        "rim_inch": one["rim"],
        "load_index": one["load"],
        "load_index_twin": one["twin"],
        "speed_symbol": one["speed"],
        "is_bracketed": str(one["bracketed"]),
        "load_version": one["version"],
        "size_prefix": one["prefix"],
        "ply_rating": one["ply"],
        "is_run_flat": str(bool(one["run_flat"]) or "MOE" in one["marks"]),
        "oe_marks": one["marks"],
        "has_mud_snow_mark": str(one["mud_snow"]),
        "has_snowflake_mark": str(one["snowflake"]),
        "rest": one["rest"],
    }


def spellings(one: Tyre) -> Iterator[str]:
    """Yield the tyre in every writing: blanks, slashes, commas, case, glued marks, synonyms, order of the words."""
    for gap, slash, change, order in product(GAPS, SLASHES, CASES, (1, -1)):
        for reinforced, service_gap in product(_reinforced(one), GAPS):
            size = _size(one, gap, slash)
            service = _service(one, service_gap, reinforced)
            words = [word for word in _words(one)[::order] if word]
            text = " ".join([size + (gap or " ") + service, *words])
            yield f"{change(text)} {one['rest']}".strip()


def _size(one: Tyre, gap: str, slash: str) -> str:
    prefix = one["prefix"] + ("HL" + gap if one["version"] == "HL" else "")
    ratio = f"{slash}{one['ratio']}" if one["ratio"] else ""
    commercial = one["version"] if one["version"] in {"C", "CP"} else ""
    rim = one["rim"].replace(".", "," if gap else ".")
    return f"{prefix}{one['width']}{ratio}{gap}{one['construction']}{gap}{rim}{commercial}"


def _service(one: Tyre, gap: str, reinforced: str) -> str:
    load = one["load"] + (f"/{one['twin']}" if one["twin"] else "")
    if one["bracketed"]:
        return (f"({load}{one['speed']})" if gap else f"{load}({one['speed']})") + f" {reinforced}"
    is_glued = not gap and reinforced == "XL"
    return f"{load}{gap}{one['speed']}" + (reinforced if is_glued else f" {reinforced}".rstrip())


def _reinforced(one: Tyre) -> tuple[str, ...]:
    return ("XL", "RF", "Extra Load", "reinforced") if one["version"] == "XL" else ("",)


def _words(one: Tyre) -> list[str]:
    marks = [f"({mark})" if mark == "LR1" else mark for mark in one["marks"].split()]
    ply = f"{one['ply']}PR" if one["ply"] else ""
    return [
        ply,
        " ".join(marks),
        one["run_flat"],
        "M+S" if one["mud_snow"] else "",
        "3PMSF" if one["snowflake"] else "",
    ]


def corpus() -> str:
    """Return the whole file: one line per spelling, with the facts."""
    file = io.StringIO(newline="")
    writer = csv.DictWriter(file, ["spelling", *FACTS], lineterminator="\n")
    writer.writeheader()
    for one in TYRES:
        told = facts(one)
        for spelling in dict.fromkeys(" ".join(text.split()) for text in spellings(one)):
            writer.writerow({"spelling": spelling, **told})
    return file.getvalue()


if __name__ == "__main__":
    FILE.write_text(corpus(), encoding="utf-8")
