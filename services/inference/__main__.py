"""Inference as a process: settings, database, providers, RPCs."""

import math

import grpc

from einstellen.audit.v1 import audit_pb2, audit_pb2_grpc
from einstellen.inference.v1 import inference_pb2, inference_pb2_grpc, speech_pb2, speech_pb2_grpc
from einstellen.persons.v1 import persons_pb2, persons_pb2_grpc
from services.chassis import clients
from services.chassis.audit_log import AuditLog
from services.chassis.database import Database
from services.chassis.events import Follower
from services.chassis.persons import PersonService, following, handlers
from services.chassis.revocations import Revocations, revoked
from services.chassis.server import Server, run, serve
from services.chassis.settings import load
from services.chassis.tasks import Worker
from services.chassis.tokens import AccessTokens, KeyRing, ServiceTokens, published
from services.inference import persons, rules
from services.inference.fallback import Fallback
from services.inference.providers import builtin, openai, voice, whisper
from services.inference.providers.protocol import Embedder
from services.inference.rpc.models import InferenceService
from services.inference.rpc.speech import RECORDINGS, SpeechService
from services.inference.settings import Settings


def start(settings: Settings) -> Server:
    database = Database(settings.database_url, pool_size=settings.workers + 4, application_name="inference")
    database.refuse_unguarded()
    services = ServiceTokens(settings.service_token.get_secret_value(), "inference")
    keys = clients.connect(settings.keys_url, "auth", services)
    writers = Fallback(openai.writers(settings), settings.provider_seconds)
    # One embedder and no other behind it: vectors of two models do not compare, so an answer by the second would be worse than none.
    remote, local = openai.embedder(settings), builtin.find()
    if remote is not None:
        embedders: Fallback[Embedder] = Fallback([remote], settings.provider_seconds)
    else:
        # The built-in model takes the time that the texts take, which says nothing of its health.
        embedders = Fallback([local] if local else [], math.inf, slow=math.inf)

    transcriber = whisper.find(settings)
    speakers = Fallback([*openai.speakers(settings), *voice.find()], rules.FIRST_SOUND_SECONDS)

    def add(server: grpc.Server) -> None:
        inference_pb2_grpc.add_InferenceServiceServicer_to_server(
            InferenceService(database, writers, embedders, speakers, transcriber), server
        )
        speech_pb2_grpc.add_SpeechServiceServicer_to_server(
            SpeechService(database, transcriber, speakers, settings.transcribe_streams, settings.speak_streams), server
        )
        audit_pb2_grpc.add_AuditServiceServicer_to_server(AuditLog("inference", database), server)
        persons_pb2_grpc.add_PersonServiceServicer_to_server(PersonService(database, persons.read), server)

    # Speech holds a thread for as long as it lasts, so it has threads of its own: the others are left to short calls.
    streams = settings.transcribe_streams + RECORDINGS + settings.speak_streams
    threads = settings.model_copy(update={"workers": settings.workers + streams})
    return serve(
        threads, [inference_pb2.DESCRIPTOR, speech_pb2.DESCRIPTOR, audit_pb2.DESCRIPTOR, persons_pb2.DESCRIPTOR], add,
        access=AccessTokens(KeyRing(published(keys)), settings.jwt_issuer, Revocations("inference", revoked(keys))), services=services,
        parts={"database": database.check},
        background=[
            Worker("inference", database, handlers(database, persons.erase), threads=1),
            Follower("inference", "auth", keys, database, following(persons.erase)),
        ],
        closing=[keys.close, database.close],
    )  # fmt: skip


if __name__ == "__main__":
    run(start, load(Settings, "inference"))
