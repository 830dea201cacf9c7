"""Whether one address or company could be taken for another: what an approver must look at twice. Pure."""

from gardien.base import text

FREE_MAIL = frozenset(
    (
        *("gmail.com", "googlemail.com", "outlook.com", "outlook.fr", "hotmail.com", "hotmail.fr", "live.com"),
        *("live.fr", "msn.com", "yahoo.com", "yahoo.fr", "ymail.com", "aol.com", "icloud.com", "me.com", "gmx.fr"),
        *("gmx.com", "proton.me", "protonmail.com", "orange.fr", "wanadoo.fr", "free.fr", "sfr.fr", "neuf.fr"),
        *("bbox.fr", "laposte.net", "club-internet.fr", "numericable.fr", "aliceadsl.fr", "mail.com"),
    )
)
"""Domains where anybody opens a mailbox without being of a company: our own list, to be read as a hint."""

_SHORT = 8
_TWINS = (("rn", "m"), ("vv", "w"), ("cl", "d"), ("0", "o"), ("1", "l"), ("i", "l"), ("5", "s"), ("8", "b"), ("-", ""))


def domain(email: str) -> str:
    """Return the domain of an address, in small letters."""
    return email.rpartition("@")[2].lower()


def is_free_mail(email: str) -> bool:
    """Say whether anybody could have opened this mailbox."""
    return domain(email) in FREE_MAIL


def is_like(one: str, other: str) -> bool:
    """Say whether two different addresses or domains look alike.

    They do if they are the same once look-alike signs (`rn` and `m`, `1` and `l`) are taken for one another, or are one
    edit apart, two where both have more than eight characters.
    """
    one, other = one.lower(), other.lower()
    if one == other:
        return False
    most = 2 if min(len(one), len(other)) > _SHORT else 1
    return _seen(one) == _seen(other) or edits(one, other, most) <= most


def edits(one: str, other: str, most: int) -> int:
    """Return how many signs are inserted, dropped or replaced to make one text the other; above `most`, any more."""
    if abs(len(one) - len(other)) > most:
        return most + 1
    row = list(range(len(other) + 1))
    for line, sign in enumerate(one, 1):
        before, row = row, [line]
        for column, against in enumerate(other, 1):
            row.append(min(before[column] + 1, row[-1] + 1, before[column - 1] + (sign != against)))
    return row[-1]


def is_same_name(one: str, other: str) -> bool:
    """Say whether two names of a company are the same but for case, accents and punctuation."""
    return text.fold(one) == text.fold(other)


def _seen(written: str) -> str:
    for signs, twin in _TWINS:
        written = written.replace(signs, twin)
    return written
