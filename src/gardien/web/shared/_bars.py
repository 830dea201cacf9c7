"""Bars by month, a row of them for each thing that is counted: one picture for a desk, one for a telephone."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Literal, get_args

Width = Literal["wide", "narrow"]
WIDTHS: tuple[Width, ...] = get_args(Width)

_SIZES: Mapping[Width, tuple[int, int]] = {"wide": (1120, 72), "narrow": (300, 64)}
"""Of one row of bars, in points of the picture."""


def spec(rows: Mapping[str, Sequence[int]], months: Sequence[date], width: Width) -> dict[str, Any]:
    """Return the Vega-Lite spec of `rows`, by title the count of each of `months`; each row has a scale of its own.

    On a desk each bar bears its number and each month its name. A telephone has room for neither: there a scale stands
    at the side, every fourth month is named, and the table tells the numbers.
    """
    across, high = _SIZES[width]
    values = [
        {"row": title, "month": day.isoformat(), "count": persons}
        for title, counts in rows.items()
        for day, persons in zip(months, counts, strict=True)
    ]
    month, count = _month(months, width), _count(width)
    bars = {
        "mark": {"type": "bar", "cornerRadiusEnd": 2},
        "encoding": {"x": month, "y": count},
    }
    numbers = {
        "mark": {"type": "text", "dy": -8},
        "transform": [{"filter": "datum.count > 0"}],
        "encoding": {"x": month, "y": count, "text": {"field": "count", "type": "quantitative", "format": ",d"}},
    }
    header = {"labelOrient": "top", "labelAnchor": "start", "labelLimit": 0, "title": None}
    return {
        "data": {"values": values},
        "facet": {"row": {"field": "row", "type": "nominal", "sort": list(rows), "header": header}},
        "spacing": 16,
        "resolve": {"scale": {"y": "independent"}},
        "spec": {"width": across, "height": high, "layer": [bars, numbers] if width == "wide" else [bars]},
    }


def _month(months: Sequence[date], width: Width) -> dict[str, Any]:
    first = f"utcyear(datum.value) == {months[0].year} && utcmonth(datum.value) == {months[0].month - 1}"
    names = "utcFormat(datum.value, '%b')", "utcFormat(datum.value, '%Y')"
    label = {
        "wide": f"[{names[0]}, {first} || utcmonth(datum.value) == 0 ? {names[1]} : '']",
        "narrow": f"utcmonth(datum.value) % 4 == 0 ? [{names[0]}, {names[1]}] : ''",
    }
    axis = {"title": None, "labelExpr": label[width], "labelAngle": 0, "labelOverlap": False, "labelPadding": 6}
    return {
        "field": "month",
        "type": "ordinal",
        "timeUnit": "utcyearmonth",
        "axis": {**axis, "ticks": False, "domain": False},
        "scale": {"paddingInner": 0.25, "paddingOuter": 0.1},
    }


def _count(width: Width) -> dict[str, Any]:
    plain = {"title": None, "domain": False, "ticks": False}
    axis = {
        "wide": {**plain, "values": [0], "labels": False},
        "narrow": {**plain, "tickCount": 2, "tickMinStep": 1, "format": ",d"},
    }
    return {"field": "count", "type": "quantitative", "stack": None, "axis": axis[width]}
