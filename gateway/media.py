"""Sound and picture in rooms: which STUN and TURN servers a client is told of, and who takes part."""

import base64
import hashlib
import hmac
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from google.protobuf.timestamp_pb2 import Timestamp

from einstellen.rooms.v1 import media_pb2
from gateway.settings import Settings

CALL, CONSENT, LEAD, CAPTION = "call", "consent", "lead", "caption"
# What each frame needs its sender to be allowed.
NEEDS: Mapping[str, str] = {"signal": CALL, "consent": CONSENT, "lead": LEAD, "caption": CAPTION, "activity": CAPTION}


@dataclass
class Part:
    """What a socket is in a room with sound and picture; in a room without, `may` is empty."""

    participant_id: str
    kind: str = ""
    may: Sequence[str] = field(default_factory=tuple)
    agrees: bool = False


def ice_servers(settings: Settings, participant_id: str) -> list[media_pb2.IceServer]:
    """The servers as the operator has set them. For TURN's, credentials by the secret that is shared with them, good for a while: the name is when they end and
    for whom they are, the password its HMAC (the "TURN REST API", as coturn's use-auth-secret checks it).
    """
    plain = [url for url in settings.ice_urls if not url.startswith(("turn:", "turns:"))]
    relays = [url for url in settings.ice_urls if url.startswith(("turn:", "turns:"))]
    found = [media_pb2.IceServer(urls=plain)] if plain else []
    secret = settings.turn_secret.get_secret_value()
    if relays and secret:
        until = int(time.time()) + settings.turn_seconds
        username = f"{until}:{participant_id}"
        digest = hmac.new(secret.encode(), username.encode(), hashlib.sha1).digest()
        credential = base64.b64encode(digest).decode()
        found.append(media_pb2.IceServer(urls=relays, username=username, credential=credential, expire_time=Timestamp(seconds=until)))
    return found


def told(found: Mapping[str, media_pb2.Participant]) -> media_pb2.Participants:
    """In the order of their ids, so that the same people make the same list."""
    return media_pb2.Participants(participants=[found[one] for one in sorted(found)])
