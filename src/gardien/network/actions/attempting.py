"""Trying a secret, a password or a code: counted first, on a connection that commits by itself; and a new password."""

from datetime import datetime
from uuid import UUID

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import decrypt
from django.contrib.auth.password_validation import validate_password
from django.db import transaction
from django.utils.crypto import salted_hmac

from gardien.base import ids
from gardien.base.actor import Actor

from .. import _attempts
from ..models import Throttle, User
from ..rules import Kind, Tag, totp_counter
from ._telling import tell

COMMITTED = "attempts"
"""The connection that commits at once: what was tried stays on record though the request's own work rolls back."""


class TooManyAttemptsError(PermissionError):
    """Too many failures: this is tried no more for now, or until `unblock`. The same for accounts that do not exist."""


class NotActiveError(PermissionError):
    """The account may not sign in, so it gets no other password."""


class Attempt:
    """One try at a secret, on record as failed until `succeed` says otherwise, whatever becomes of the request.

    `key` is what is counted: a typed e-mail address, a user's id, a network address. Two at once count as two.
    Raises `TooManyAttemptsError` before anything is tried.
    """

    def __init__(self, kind: Kind, key: str, *, at: datetime) -> None:
        self._digest, self._at = _digest(kind, key), at
        limit = _attempts.LIMITS[kind]
        with transaction.atomic(using=COMMITTED):
            held = self._held()
            if not _attempts.may_try(limit, held.failed_at, held.in_a_row, at):
                raise TooManyAttemptsError
            held.failed_at = [*_attempts.recent(limit, held.failed_at, at), at]
            held.in_a_row, held.last_at = held.in_a_row + 1, at
            held.save(using=COMMITTED)

    def succeed(self) -> None:
        """Take it off the record, and end the row of failures before it."""
        with transaction.atomic(using=COMMITTED):
            held = self._held()
            held.failed_at, held.in_a_row = [each for each in held.failed_at if each != self._at], 0
            held.save(using=COMMITTED)

    def _held(self) -> Throttle:
        rows = Throttle.objects.using(COMMITTED)
        rows.get_or_create(digest=self._digest, defaults={"last_at": self._at})
        return rows.select_for_update().get(digest=self._digest)


@transaction.atomic
def unblock(*, user: User, by: Actor, at: datetime) -> None:
    """Let an account be tried again, passwords and codes, after too many failures, and letters be asked for again."""
    _forget(*(_digest(kind, user.email) for kind in (Kind.PASSWORD, Kind.LETTER)), _digest(Kind.CODE, str(user.id)))
    tell(Tag.USER_UNBLOCKED, by, at, subject=user.reference)


@transaction.atomic
def change_password(*, user_id: UUID, password: str, by: Actor, at: datetime) -> User:
    """Give an active account another password: all its sessions end, and wrong passwords typed before are forgotten.

    Its second factor and wrong codes stay. Raises `NotActiveError`, and Django's `ValidationError` for a password that
    the rule refuses.
    """
    user = User.objects.select_for_update().get(id=user_id)
    if not user.is_active:
        raise NotActiveError
    validate_password(password, user)
    user.set_password(password)
    user.session_stamp = ids.new()
    user.save()
    _forget(_digest(Kind.PASSWORD, user.email))
    tell(Tag.PASSWORD_CHANGED, by, at, subject=user.reference)
    return user


@transaction.atomic
def use_code(*, user: User, code: str, by: Actor, at: datetime) -> Authenticator | None:
    """Return the authenticator that a typed code proves, None for a wrong or a used code; each code serves once.

    A code of an application counts in its own half minute, and one before and after; a recovery code at any time.
    Raises `TooManyAttemptsError` after six wrong ones.
    """
    del by
    attempt = Attempt(Kind.CODE, str(user.id), at=at)
    typed = "".join(code.split())
    held = Authenticator.objects.select_for_update().filter(user=user)
    for each in held.exclude(type=Authenticator.Type.WEBAUTHN).order_by("-type"):
        is_right = (
            _is_new(each, typed, at) if each.type == Authenticator.Type.TOTP else each.wrap().validate_code(typed)
        )
        if is_right:
            attempt.succeed()
            return each
    return None


@transaction.atomic
def use_first_code(*, user: User, code: str, by: Actor, at: datetime) -> None:
    """Use up the code that has just set up an application: its secret was shown, so nothing is guessed or counted."""
    del by
    application = Authenticator.objects.select_for_update().get(user=user, type=Authenticator.Type.TOTP)
    _is_new(application, "".join(code.split()), at)


def _is_new(application: Authenticator, code: str, at: datetime) -> bool:
    counter = totp_counter(decrypt(application.data["secret"]), code, at)
    if counter is None or counter <= application.data.get("used", 0):
        return False
    application.data["used"] = counter
    application.save(update_fields=["data"])
    return True


@transaction.atomic
def reset_second_factor(*, user: User, by: Actor, at: datetime) -> None:
    """Take away all means of a user's second factor, for who lost them, and forget wrong codes; others are set up."""
    Authenticator.objects.filter(user=user).delete()
    _forget(_digest(Kind.CODE, str(user.id)))
    tell(Tag.FACTOR_RESET, by, at, subject=user.reference)


def _forget(*digests: str) -> None:
    Throttle.objects.using(COMMITTED).filter(digest__in=digests).delete()


def _digest(kind: Kind, key: str) -> str:
    return salted_hmac("gardien.network.attempts", f"{kind}:{_attempts.folded(key)}", algorithm="sha256").hexdigest()
