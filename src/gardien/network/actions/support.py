"""Letting the provider's support in: none by default, with a ticket, for hours, and every read on record.

A site lets it in, and it reads at all sites of that repairer: the repairer is the tenant, a site is a filter.

Called in the scope of the site's repairer, whose customers' data it opens.
"""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from gardien.base.actor import Actor
from gardien.journal import actions as journal

from ..models import Repairer, Site, SupportAccess, SupportRead, User
from ..rules import MOST_SUPPORT_HOURS, TICKET, SupportReason, Tag


class NotATicketError(ValueError):
    """A ticket is 3 to 20 capitals, digits and hyphens."""


class TooLongError(ValueError):
    """Support is let in for 1 to 24 hours."""


@transaction.atomic
def open_support(
    *, site: Site, ticket: str, reason: SupportReason, hours: int, opened_by: User, by: Actor, at: datetime
) -> SupportAccess:
    """Let the provider's support read at a site's repairer for some hours; raise `NotATicketError`, `TooLongError`."""
    if not TICKET.fullmatch(ticket):
        raise NotATicketError
    if not 1 <= hours <= MOST_SUPPORT_HOURS:
        raise TooLongError
    access = SupportAccess.objects.create(
        site=site,
        ticket=ticket,
        reason=reason,
        opened_by_id=opened_by.id,
        from_at=at,
        until_at=at + timedelta(hours=hours),
    )
    journal.record(Tag.SUPPORT_OPENED, by=by, at=at, site=site.id, access=access.id)
    return access


@transaction.atomic
def revoke_support(*, access_id: UUID, repairer: Repairer, by: Actor, at: datetime) -> bool:
    """End an access at one of this repairer's sites at once; say whether there was one to end."""
    access = SupportAccess.objects.filter(id=access_id, site__repairer=repairer).first()
    open_ = SupportAccess.objects.filter(id=access_id, revoked_at=None, until_at__gt=at)
    if access is None or not open_.update(revoked_at=at):
        return False
    journal.record(Tag.SUPPORT_REVOKED, by=by, at=at, site=access.site_id, access=access.id)
    return True


@transaction.atomic
def record_support_read(
    *, access: SupportAccess, action: str, object_id: UUID | None, user_id: UUID, by: Actor, at: datetime
) -> SupportRead:
    """Put on record that support asks for a page, before the page is made."""
    read = SupportRead.objects.create(access=access, user_id=user_id, action=action, object_id=object_id, read_at=at)
    journal.record(Tag.SUPPORT_READ, by=by, at=at, site=access.site_id, access=access.id, read=read.id)
    return read
