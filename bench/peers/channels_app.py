"""The Django Channels peer: a room by a consumer and a group, on channels_redis, as its documentation builds a chat. It stores nothing."""

import json
import os

import django
from django.conf import settings

_LAYERS = {
    "channels": "channels_redis.core.RedisChannelLayer",
    "channels_pubsub": "channels_redis.pubsub.RedisPubSubChannelLayer",
}
# The layer waits up to five seconds for a message, and so does the newest client for any answer: without more patience sockets break.
_REDIS = {"address": os.environ["BENCH_REDIS_URL"], "socket_timeout": 30}
settings.configure(
    ALLOWED_HOSTS=["*"],
    DEBUG=False,
    SECRET_KEY=os.environ["SECRET_KEY"],
    INSTALLED_APPS=["channels"],
    CHANNEL_LAYERS={"default": {"BACKEND": _LAYERS[os.environ["BENCH_LAYER"]], "CONFIG": {"hosts": [_REDIS]}}},
)
django.setup()

from channels.generic.websocket import AsyncWebsocketConsumer  # noqa: E402 - Django wants its settings first
from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from django.urls import re_path  # noqa: E402


class RoomConsumer(AsyncWebsocketConsumer):
    async def connect(self):
        self.room = f"room_{self.scope['url_route']['kwargs']['room']}"
        await self.channel_layer.group_add(self.room, self.channel_name)
        await self.accept()
        await self.send(text_data='{"welcome": {}}')

    async def disconnect(self, code):
        await self.channel_layer.group_discard(self.room, self.channel_name)

    async def receive(self, text_data=None, bytes_data=None):
        said = json.loads(text_data)["say"]
        await self.channel_layer.group_send(self.room, {"type": "room.message", **said})

    async def room_message(self, event):
        message = {"content": event["content"], "client_id": event["client_id"]}
        await self.send(text_data=json.dumps({"message": message}))


application = ProtocolTypeRouter({"websocket": URLRouter([re_path(r"^ws/chat/(?P<room>[\w-]+)/$", RoomConsumer.as_asgi())])})
