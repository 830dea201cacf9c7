"""What was typed in a form whose session had ended: kept sealed until its author has signed in, then sent on request.

Each form of a signed-in user holds a proof of who filled it (`proof`), so that only a user's own form is kept, whoever
else works at the same desk; a stranger's requests leave nothing behind. The fields lie in the session, sealed to
their address, for `MINUTES`; nothing is ever sent again without a click.
"""

import json
import uuid
from base64 import b64decode, b64encode
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

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


def proof(user: Any) -> str:
    """Return what a page's forms say of who fills them; it opens nothing by itself."""
    return _SIGNER.sign(str(user.id))


def keep(request: Any) -> bool:
    """Keep the fields of a form that came without its session or token; say whether they are kept.

    Passwords never are, nor a form of a page for everybody, of a stranger, or of more than `MOST_BYTES`.
    """
    author = _author(request)
    if request.method != "POST" or not author or not hasattr(request.resolver_match.func, "gardien_action"):
        return False
    told = ((name, value) for name, values in request.POST.lists() for value in values)
    fields = [(name, value) for name, value in told if name not in _NOT_KEPT and "password" not in name]
    typed = json.dumps(fields).encode()
    if len(typed) > MOST_BYTES:
        return False
    entry = {"id": str(uuid.uuid4()), "author": author, "path": request.path, "typed_at": clock.now().isoformat()}
    sealed = settings.GARDIEN_KEYRING.seal(typed, context=_context(entry))
    held = request.session.get(KEY, [])
    request.session[KEY] = [*held, {**entry, "sealed": b64encode(sealed).decode()}][-MOST_FORMS:]
    if not request.user.is_authenticated:
        request.session.set_expiry(MINUTES * 60)
    return True


def waiting(request: Any) -> list[Carried]:
    """Return the forms that wait for this user's word, the oldest first."""
    return [
        Carried(entry["id"], entry["path"], _fields(entry), datetime.fromisoformat(entry["typed_at"]))
        for entry in _live(request)
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


def _author(request: Any) -> str:
    if request.user.is_authenticated:
        return str(request.user.id)
    try:
        return _SIGNER.unsign(request.POST.get(PROOF, ""))
    except BadSignature:
        return ""


def _live(request: Any) -> list[dict[str, str]]:
    since, author = clock.now() - timedelta(minutes=MINUTES), str(request.user.id)
    held: list[dict[str, str]] = request.session.get(KEY, [])
    return [each for each in held if each["author"] == author and datetime.fromisoformat(each["typed_at"]) > since]


def _fields(entry: dict[str, str]) -> list[tuple[str, str]]:
    typed = settings.GARDIEN_KEYRING.open_(b64decode(entry["sealed"]), context=_context(entry))
    return [(name, value) for name, value in json.loads(typed)]


def _context(entry: dict[str, str]) -> bytes:
    return f"web.carried:{entry['id']}:{entry['author']}:{entry['path']}".encode()
