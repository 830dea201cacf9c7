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
_ENCODED = "xn--"
_TABLE = {
    "\u0430\u03b1\u0251": "a",  # Cyrillic a, Greek alpha, Latin alpha
    "\u0432\u044c\u03b2": "b",  # Cyrillic ve and soft sign, Greek beta
    "\u0441\u03f2": "c",  # Cyrillic es, Greek lunate sigma
    "\u0501": "d",  # Cyrillic komi de
    "\u0435\u0454\u03b5": "e",  # Cyrillic ie and Ukrainian ie, Greek epsilon
    "\u0261": "g",  # Latin script g
    "\u04bb\u043d": "h",  # Cyrillic shha and en
    "\u0456\u03b9": "i",  # Cyrillic Ukrainian i, Greek iota
    "\u0458\u03f3": "j",  # Cyrillic je, Greek yot
    "\u043a\u03ba": "k",  # Cyrillic ka, Greek kappa
    "\u04cf": "l",  # Cyrillic palochka
    "\u043c": "m",  # Cyrillic em
    "\u043f\u03b7": "n",  # Cyrillic pe, Greek eta
    "\u043e\u03bf\u03c3": "o",  # Cyrillic o, Greek omicron and sigma
    "\u0440\u03c1": "p",  # Cyrillic er, Greek rho
    "\u051b": "q",  # Cyrillic qa
    "\u0433": "r",  # Cyrillic ghe
    "\u0455": "s",  # Cyrillic dze
    "\u0442\u03c4": "t",  # Cyrillic te, Greek tau
    "\u03c5\u0446": "u",  # Greek upsilon, Cyrillic tse
    "\u0475\u03bd": "v",  # Cyrillic izhitsa, Greek nu
    "\u051d\u0461\u03c9": "w",  # Cyrillic we and omega, Greek omega
    "\u0445\u03c7": "x",  # Cyrillic ha, Greek chi
    "\u0443\u03b3": "y",  # Cyrillic u, Greek gamma
    "\u0437": "3",  # Cyrillic ze
}
"""Small letters of Cyrillic and Greek, and two Latin ones, by the letter of ours they are drawn like: those of
Unicode's confusables (UTS 39), and some that are alike in a small type only. Accents go by `text.fold`."""
_LOOK_ALIKES = {ord(sign): letter for signs, letter in _TABLE.items() for sign in signs}
_TWINS = (("rn", "m"), ("vv", "w"), ("cl", "d"), ("0", "o"), ("1", "l"), ("i", "l"), ("5", "s"), ("8", "b"), ("-", ""))


def domain(email: str) -> str:
    """Return the domain of an address, in small letters."""
    return email.rpartition("@")[2].lower()


def is_free_mail(email: str) -> bool:
    """Say whether anybody could have opened this mailbox."""
    return domain(email) in FREE_MAIL


def has_other_letters(domain: str) -> bool:
    """Say whether a domain is written with letters outside ASCII, as such or in its ASCII form (IDNA)."""
    return not domain.isascii() or any(label.startswith(_ENCODED) for label in domain.lower().split("."))


def in_letters(address: str) -> str:
    """Return an address or a domain as a browser or a mail program shows it: `xn--canl-noa.example` as `canäl.example`.

    A label that is no such text, or holds what nobody sees, stays as it is.
    """
    local, at_sign, domain = address.rpartition("@")
    return f"{local}{at_sign}{'.'.join(_decoded(label) for label in domain.split('.'))}"


def is_like(one: str, other: str) -> bool:
    """Say whether two different addresses or domains look alike.

    They do if, in our letters without accents, they are the same once look-alike signs (`rn` and `m`, `1` and `l`) are
    taken for one another, or are one edit apart, two where both have more than eight characters.
    """
    one, other = one.lower(), other.lower()
    if one == other:
        return False
    one, other = _in_ours(one), _in_ours(other)
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


def _decoded(label: str) -> str:
    if not label.lower().startswith(_ENCODED):
        return label
    try:
        shown = label[len(_ENCODED) :].encode("ascii").decode("punycode")
    except UnicodeError:
        return label
    return shown if shown and shown.isprintable() else label


def _in_ours(written: str) -> str:
    """Return what is seen in the letters a to z where they look alike: by the table, before and after accents go."""
    signs = in_letters(written).translate(_LOOK_ALIKES)
    return "".join(sign if sign.isascii() else text.fold(sign) for sign in signs).translate(_LOOK_ALIKES)


def _seen(written: str) -> str:
    for signs, twin in _TWINS:
        written = written.replace(signs, twin)
    return written
