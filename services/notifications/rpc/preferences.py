"""The RPCs of what people want to be told, and the two pages on which they turn it off without signing in."""

from dataclasses import replace
from datetime import time

import grpc
import jinja2
from google.api.httpbody_pb2 import HttpBody

from einstellen.notifications.v1 import preferences_pb2, preferences_pb2_grpc
from services.chassis import audit, calls, errors, tasks
from services.chassis.database import Database
from services.notifications import local_time
from services.notifications.rules import KINDS
from services.notifications.store import wishes as store
from services.notifications.tables.notifications import Wishes
from services.notifications.unsubscribing import Unsubscribing

Context = grpc.ServicerContext
_FIELDS = ("language", "time_zone", "quiet_hours", "off")
_WORDS = {
    "en": ("Mails of this kind", "Send me no more of them", "You get no more mails of this kind."),
    "de": ("Mails dieser Art", "Keine mehr schicken", "Sie erhalten keine Mails dieser Art mehr."),
    "fr": ("Ce type de message", "Ne plus m'en envoyer", "Vous ne recevrez plus ce type de message."),
    "es": ("Mensajes de este tipo", "No enviarme más", "No recibirá más mensajes de este tipo."),
}
# A page for people who have the link open; it loads nothing and is framed by nobody.
_PAGE = jinja2.Environment(autoescape=True).from_string("""\
<!doctype html>
<html lang="{{ language }}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="robots" content="noindex">
<meta name="referrer" content="no-referrer">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'">
<title>Einstellen</title></head>
<body style="margin:3rem auto;max-width:36rem;padding:0 1rem;font:16px/1.6 system-ui,sans-serif;color:#1f2733">
<h1 style="font-size:1.4rem">{{ heading }}</h1>
{% if button %}<form method="post"><input type="hidden" name="List-Unsubscribe" value="One-Click"><button
style="font:inherit;padding:10px 18px;background:#1f5fbf;color:#fff;border:0;border-radius:6px">{{ button }}</button></form>{% endif %}
</body>
</html>
""")


class PreferenceService(preferences_pb2_grpc.PreferenceServiceServicer):
    """See preferences.proto."""

    def __init__(self, database: Database, unsubscribing: Unsubscribing) -> None:
        self._database = database
        self._unsubscribing = unsubscribing

    def GetPreferences(self, request: preferences_pb2.GetPreferencesRequest, context: Context) -> preferences_pb2.Preferences:
        person = calls.person()
        with self._database.begin(person) as connection:
            return _to_preferences(store.find_wishes(connection, person.user_id) or Wishes(person.user_id))

    def UpdatePreferences(self, request: preferences_pb2.UpdatePreferencesRequest, context: Context) -> preferences_pb2.Preferences:
        person, wanted = calls.person(), request.preferences
        changed = _chosen(request)
        with self._database.begin(person) as connection:
            before = store.find_wishes(connection, person.user_id) or Wishes(person.user_id)
            after = before
            if "language" in changed:
                after = replace(after, language=wanted.language)
            if "time_zone" in changed:
                zone = wanted.time_zone or "UTC"
                local_time.zone_of(zone)
                after = replace(after, time_zone=zone)
            if "quiet_hours" in changed:
                start, end = _quiet(wanted)
                after = replace(after, quiet_start=start, quiet_end=end)
            if "off" in changed:
                after = replace(after, off=frozenset(_off(wanted)))
            if after != before:
                store.put_wishes(connection, after)
                # Where and when somebody lives is theirs; what they want no mail of is asked about.
                told = audit.turned(off=(sorted(map(list, before.off)), sorted(map(list, after.off))))
                audit.record(connection, "preferences.changed", user_id=person.user_id, fields=sorted(changed), **told)
                if after.time_zone != before.time_zone:
                    tasks.enqueue(connection, "replan_reminders", {"user_id": person.user_id}, tenant_id=None)
        return _to_preferences(after)

    def Unsubscribe(self, request: preferences_pb2.UnsubscribeRequest, context: Context) -> HttpBody:
        user_id, kind = self._unsubscribing.read(request.token)
        with self._database.begin(calls.SYSTEM) as connection:
            if store.switch_off(connection, user_id, kind, "email"):
                audit.record(connection, "preferences.unsubscribed", user_id=user_id, kind=kind)
            wishes = store.find_wishes(connection, user_id)
        return _page(wishes, done=True)

    def ShowUnsubscribe(self, request: preferences_pb2.ShowUnsubscribeRequest, context: Context) -> HttpBody:
        user_id, kind = self._unsubscribing.read(request.token)
        with self._database.begin(calls.SYSTEM) as connection:
            wishes = store.find_wishes(connection, user_id)
        return _page(wishes, done=wishes is not None and (kind, "email") in wishes.off)


def _page(wishes: Wishes | None, *, done: bool) -> HttpBody:
    language = (wishes.language if wishes else "") or "en"
    heading, button, ended = _WORDS[language]
    html = _PAGE.render(language=language, heading=ended if done else heading, button="" if done else button)
    return HttpBody(content_type="text/html; charset=utf-8", data=html.encode())


def _chosen(request: preferences_pb2.UpdatePreferencesRequest) -> set[str]:
    paths = set(request.update_mask.paths)
    if not paths:
        return {field.name for field, _ in request.preferences.ListFields() if field.name in _FIELDS}
    if not paths <= set(_FIELDS):
        wrong = ", ".join(sorted(paths - set(_FIELDS)))[:200]
        raise errors.invalid_field("update_mask", "FIELD_MASK_INVALID", f"cannot change {wrong}; it can change {', '.join(_FIELDS)}")
    return paths


def _quiet(wanted: preferences_pb2.Preferences) -> tuple[time | None, time | None]:
    if not wanted.HasField("quiet_hours"):
        return None, None
    start, end = (time.fromisoformat(text) for text in (wanted.quiet_hours.start, wanted.quiet_hours.end))
    if start == end:
        raise errors.invalid_field(
            "preferences.quiet_hours.end", "QUIET_HOURS_EMPTY", "is when they begin: leave quiet hours out to have none"
        )
    return start, end


def _off(wanted: preferences_pb2.Preferences) -> list[tuple[str, str]]:
    for each in wanted.off:
        if KINDS[each.kind].mandatory:
            raise errors.invalid_field("preferences.off", "KIND_MANDATORY", f"{each.kind} cannot be turned off")
    return [(each.kind, each.notification_type) for each in wanted.off]


def _to_preferences(wishes: Wishes) -> preferences_pb2.Preferences:
    found = preferences_pb2.Preferences(
        language=wishes.language or "en", time_zone=wishes.time_zone,
        off=[preferences_pb2.Switch(kind=kind, notification_type=type_) for kind, type_ in sorted(wishes.off)],
        kinds=[preferences_pb2.Kind(name=name, mandatory=kind.mandatory, urgent=kind.urgent) for name, kind in KINDS.items()],
    )  # fmt: skip
    if wishes.quiet_start is not None and wishes.quiet_end is not None:
        found.quiet_hours.start, found.quiet_hours.end = f"{wishes.quiet_start:%H:%M}", f"{wishes.quiet_end:%H:%M}"
    return found
