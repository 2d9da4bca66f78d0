"""The tables of notifications and what their rows become, by what they are about."""

from services.notifications.tables import problems, reminders, rooms, webhooks
from services.notifications.tables.notifications import metadata

__all__ = ["metadata", "problems", "reminders", "rooms", "webhooks"]
