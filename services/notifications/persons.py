"""What notifications keeps of a person: how they are reached, what they were told, and what they wrote."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy import Connection

from services.chassis.persons import NOBODY, Kept, Person, drop_tasks
from services.notifications.tables.notifications import (
    contacts,
    notifications,
    preferences,
    push_deliveries,
    push_subscriptions,
    suppressed_addresses,
    switched_off,
)
from services.notifications.tables.reminders import interview_reminders, reminder_recipients
from services.notifications.tables.rooms import document_updates, documents, messages, room_members, rooms
from services.notifications.tables.webhooks import webhook_attempts, webhook_deliveries, webhook_endpoints, webhook_messages


def read(connection: Connection, person: Person) -> Kept:
    kept, me = Kept(), person.user_id
    addresses = [str(row["email"]).lower() for row in kept.add(connection, contacts, contacts.c.user_id == me)]
    for table in (preferences, switched_off):
        kept.add(connection, table, table.c.user_id == me)
    kept.add(connection, push_subscriptions, push_subscriptions.c.user_id == me, "auth")  # a secret of the browser's
    own = sa.select(push_subscriptions.c.id).where(push_subscriptions.c.user_id == me)
    kept.add(connection, push_deliveries, push_deliveries.c.subscription_id.in_(own))
    kept.add(connection, suppressed_addresses, suppressed_addresses.c.address.in_(addresses))
    kept.add(connection, notifications, sa.or_(notifications.c.user_id == me, notifications.c.sender_id == me), "html", "calendar")
    inside = [row["room_id"] for row in kept.add(connection, room_members, room_members.c.user_id == me)]
    kept.add(connection, rooms, rooms.c.id.in_(inside))
    kept.add(connection, messages, sa.or_(messages.c.sender_id == me, messages.c.receiver_id == me))
    kept.add(connection, document_updates, document_updates.c.sender_id == me)
    reminded = sa.or_(interview_reminders.c.candidate_id == me, interview_reminders.c.employer_id == me)
    kept.add(connection, interview_reminders, reminded)
    kept.add(connection, reminder_recipients, reminder_recipients.c.user_id == me)
    theirs = sa.or_(webhook_endpoints.c.user_id == me, webhook_endpoints.c.tenant_id.in_(person.organizations))
    kept.add(connection, webhook_endpoints, theirs)
    kept.add(connection, webhook_messages, webhook_messages.c.tenant_id.in_(person.organizations))
    sent = kept.add(connection, webhook_deliveries, webhook_deliveries.c.tenant_id.in_(person.organizations))
    kept.add(connection, webhook_attempts, webhook_attempts.c.delivery_id.in_([row["id"] for row in sent]))
    return kept


def erase(connection: Connection, person: Person) -> Sequence[str]:
    """A message that others have read leaves its number in the room, so that nobody counts one as lost; its words and its sender are gone."""
    me, reminders = person.user_id, interview_reminders
    address = connection.execute(sa.select(contacts.c.email).where(contacts.c.user_id == me)).scalar()
    told = [notifications.c.user_id == me, notifications.c.sender_id == me, notifications.c.tenant_id.in_(person.organizations)]
    if address:
        told.append(sa.func.lower(notifications.c.recipient) == address.lower())
        connection.execute(suppressed_addresses.delete().where(suppressed_addresses.c.address == address.lower()))
    for table in (preferences, switched_off, push_subscriptions):
        connection.execute(table.delete().where(table.c.user_id == me))
    connection.execute(notifications.delete().where(sa.or_(*told)))
    connection.execute(contacts.delete().where(contacts.c.user_id == me))
    connection.execute(reminders.delete().where(sa.or_(reminders.c.candidate_id == me, reminders.c.tenant_id.in_(person.organizations))))
    for tenant_id, heir in person.heirs.items():
        mine = sa.and_(reminders.c.tenant_id == tenant_id, reminders.c.employer_id == me)
        handed = sa.select(reminders.c.id).where(mine)
        recipients = reminder_recipients
        there = sa.select(recipients.c.reminder_id).where(recipients.c.user_id == heir)
        moved = recipients.update().where(
            recipients.c.user_id == me, recipients.c.reminder_id.in_(handed), recipients.c.reminder_id.not_in(there)
        )
        connection.execute(moved.values(user_id=heir))
        connection.execute(reminders.update().where(mine).values(employer_id=heir))
    connection.execute(reminders.delete().where(reminders.c.employer_id == me))
    connection.execute(messages.update().where(messages.c.receiver_id == me).values(receiver_id=NOBODY))
    written = messages.update().where(messages.c.sender_id == me)
    connection.execute(written.values(sender_id=NOBODY, content="", attachments=[], mentions=[], client_id=sa.cast(messages.c.id, sa.Text)))
    named = messages.update().where(sa.any_(messages.c.mentions) == me)
    connection.execute(named.values(mentions=sa.func.array_replace(messages.c.mentions, me, NOBODY)))
    connection.execute(room_members.delete().where(room_members.c.user_id == me))
    empty = sa.select(rooms.c.id).where(~sa.exists().where(room_members.c.room_id == rooms.c.id))
    for table in (messages, document_updates, documents):
        connection.execute(table.delete().where(table.c.room_id.in_(empty)))
    connection.execute(document_updates.update().where(document_updates.c.sender_id == me).values(sender_id=NOBODY))
    connection.execute(rooms.delete().where(~sa.exists().where(room_members.c.room_id == rooms.c.id)))
    # What stays of a room is its other members'.
    for table in (messages, rooms):
        connection.execute(table.update().where(table.c.tenant_id.in_(person.organizations)).values(tenant_id=NOBODY))
    # With them goes what was sent to them, and each attempt.
    for table in (webhook_endpoints, webhook_messages):
        connection.execute(table.delete().where(table.c.tenant_id.in_(person.organizations)))
    for tenant_id, heir in person.heirs.items():
        made = sa.and_(webhook_endpoints.c.tenant_id == tenant_id, webhook_endpoints.c.user_id == me)
        connection.execute(webhook_endpoints.update().where(made).values(user_id=heir))
    connection.execute(webhook_endpoints.update().where(webhook_endpoints.c.user_id == me).values(user_id=NOBODY))
    drop_tasks(connection, person)
    return []
