"""How records are made coarse, in SQL: each level of `rules.LADDER` for all records at once."""

from typing import Any

from gardien.commitment.registry import Twin

from .. import rules

PUBLISHED = "ARRAY[period, department, size, amount::bigint::text]::text[]"
"""What a row of the twins' table says: its tuple, as an array of texts."""


def told(twin: Twin) -> tuple[str, tuple[Any, ...]]:
    """Return a select of a kind's records in the present scope, their periods and rims beside them, and its parameters.

    Of a size, `205/55R16`, the rim is what follows width and profile: `R16`.
    """
    statement, parameters = twin.rows().query.sql_with_params()
    return (
        f"""
        SELECT subject, to_char(month, 'YYYY-MM') AS month, to_char(month, 'YYYY-"Q"Q') AS quarter,
            to_char(month, 'YYYY') AS year, department, size, ltrim(size, '0123456789/.') AS rim,
            floor(amount)::bigint AS euros
        FROM ({statement}) AS rows (subject, month, department, size, amount)""",
        parameters,
    )


def alike(level: rules.Level) -> str:
    """Return the expression of what a record of `told` still says at a level, as `PUBLISHED` has it."""
    department = "department" if level.has_department else "''"
    size = "''" if level.size == "none" else level.size
    amount = f"(euros / {level.step} * {level.step})::text" if level.step else "NULL"
    return f"ARRAY[{level.period}, {department}, {size}, {amount}]::text[]"
