"""What was typed in a form whose session or role had ended: kept sealed until its author is back, then sent on request.

Each form of a signed-in user holds a proof of who filled it, in which role and where (`proof`), so that it is carried
out in that role only, and that only a user's own form is kept, whoever else works at the same desk; a stranger's
requests leave nothing behind. The fields lie in the session, sealed to their address, for `MINUTES`; nothing is ever
sent again without a click, nor at another place.
"""

import json
import uuid
from base64 import b64decode, b64encode
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.conf import settings
from django.core.signing import BadSignature, Signer

from gardien.base import clock

KEY = "carried"
"""Of the session: a list of entries. Also the name of the field by which a form says which entry it sends."""
PROOF = "filled_by"
MINUTES = 30
MOST_FORMS = 5
MOST_BYTES = 64 * 1024

_SIGNER = Signer(salt="gardien.web.carried")
_NOT_KEPT = {"csrfmiddlewaretoken", PROOF, KEY}


@dataclass(frozen=True)
class Carried:
    """A form that was kept: where it goes, its fields in their order, and when it was sent in vain."""

    id: str
    path: str
    fields: list[tuple[str, str]]
    typed_at: datetime


class Filler(NamedTuple):
    """Who fills a form, in which role, and where, by their ids; the last two are empty without a role."""

    user: str
    role: str
    place: str


def proof(request: Any) -> str:
    """Return what a page's forms say of who fills them; it opens nothing by itself."""
    return _SIGNER.sign(":".join(_present(request)))


def is_of_another(request: Any) -> bool:
    """Say whether another user filled the form, or this one in another role than that of the request."""
    return request.method == "POST" and _told(request)[:2] != _present(request)[:2]


def keep(request: Any) -> bool:
    """Keep the fields of a form that came without its session, role or token; say whether they are kept.

    Passwords never are, nor a form of a page for everybody, of a stranger, of another user than the one who is signed
    in, or of more than `MOST_BYTES`. One that was kept before is kept once.
    """
    filler = _told(request)
    is_own = filler.user == str(request.user.id) if request.user.is_authenticated else bool(filler.user)
    if request.method != "POST" or not is_own or not hasattr(request.resolver_match.func, "gardien_action"):
        return False
    told = ((name, value) for name, values in request.POST.lists() for value in values)
    fields = [(name, value) for name, value in told if name not in _NOT_KEPT and "password" not in name]
    typed = json.dumps(fields).encode()
    if len(typed) > MOST_BYTES:
        return False
    entry = {"id": str(uuid.uuid4()), "author": filler.user, "place": filler.place}
    entry |= {"path": request.path, "typed_at": clock.now().isoformat()}
    sealed = settings.GARDIEN_KEYRING.seal(typed, context=_context(entry))
    held = [each for each in request.session.get(KEY, []) if each["id"] != request.POST.get(KEY)]
    request.session[KEY] = [*held, {**entry, "sealed": b64encode(sealed).decode()}][-MOST_FORMS:]
    if not request.user.is_authenticated:
        request.session.set_expiry(MINUTES * 60)
    return True


def waiting(request: Any, role: Any) -> list[Carried]:
    """Return the forms that wait for this user's word and were filled in where `role` is held, the oldest first."""
    return [
        Carried(entry["id"], entry["path"], _fields(entry), datetime.fromisoformat(entry["typed_at"]))
        for entry in _live(request)
        if entry.get("place") == _filler(request.user, role).place
    ]


def settle(request: Any) -> None:
    """Forget the form that this request has sent or dropped, what is too old, and what another user typed."""
    if KEY not in request.session:
        return
    answered = request.POST.get(KEY) if request.method == "POST" else None
    left = [entry for entry in _live(request) if entry["id"] != answered]
    if left:
        request.session[KEY] = left
    else:
        del request.session[KEY]


def is_ours(request: Any) -> bool:
    """Say whether the form stood on a page of this portal; a browser says so of every form that it sends."""
    home = f"{request.scheme}://{request.get_host()}"
    sender = request.headers.get("Origin") or request.headers.get("Referer") or ""
    return sender == home or sender.startswith(f"{home}/")


def _told(request: Any) -> Filler:
    """Return who filled the form by its proof; without one, whoever sends it."""
    try:
        return Filler(*_SIGNER.unsign(request.POST.get(PROOF, "")).split(":"))
    except (BadSignature, TypeError):
        return _present(request)


def _present(request: Any) -> Filler:
    return _filler(request.user, request.membership)


def _filler(user: Any, role: Any) -> Filler:
    if not user.is_authenticated:
        return Filler("", "", "")
    return Filler(str(user.id), *(str(role.id), str(role.site_id or role.central_party_id)) if role else ("", ""))


def _live(request: Any) -> list[dict[str, str]]:
    since, author = clock.now() - timedelta(minutes=MINUTES), str(request.user.id)
    held: list[dict[str, str]] = request.session.get(KEY, [])
    return [each for each in held if each["author"] == author and datetime.fromisoformat(each["typed_at"]) > since]


def _fields(entry: dict[str, str]) -> list[tuple[str, str]]:
    typed = settings.GARDIEN_KEYRING.open_(b64decode(entry["sealed"]), context=_context(entry))
    return [(name, value) for name, value in json.loads(typed)]


def _context(entry: dict[str, str]) -> bytes:
    return f"web.carried:{entry['id']}:{entry['author']}:{entry['path']}".encode()
