"""Interviews as a process: settings, database, files, neighbours, RPCs, rooms, tasks."""

import grpc
import redis

from einstellen.audit.v1 import audit_pb2, audit_pb2_grpc
from einstellen.interviews.v1 import (
    code_pb2,
    code_pb2_grpc,
    interviewer_pb2,
    interviewer_pb2_grpc,
    interviews_pb2,
    interviews_pb2_grpc,
    replay_pb2,
    replay_pb2_grpc,
    reviews_pb2,
    reviews_pb2_grpc,
)
from einstellen.persons.v1 import persons_pb2, persons_pb2_grpc
from einstellen.rooms.v1 import documents_pb2, documents_pb2_grpc, rooms_pb2, rooms_pb2_grpc
from services.chassis import clients, clock, objects
from services.chassis.audit_log import AuditLog
from services.chassis.database import Database
from services.chassis.events import EventFeed, Follower
from services.chassis.persons import PersonService, following, handlers
from services.chassis.revocations import Revocations, revoked
from services.chassis.server import Server, run, serve
from services.chassis.settings import load
from services.chassis.tasks import Worker
from services.chassis.tokens import AccessTokens, KeyRing, ServiceTokens, published
from services.interviews import persons, tasks
from services.interviews.closing import Closing
from services.interviews.coding.runs import Runs
from services.interviews.conversation import Conversation
from services.interviews.recordings import Transcribing
from services.interviews.reporting import Reporting
from services.interviews.room import Room
from services.interviews.rpc.code import CodeService
from services.interviews.rpc.documents import DocumentOwnerService
from services.interviews.rpc.interviewer import InterviewerService
from services.interviews.rpc.interviews import InterviewService, Parts
from services.interviews.rpc.replay import ReplayService
from services.interviews.rpc.reviews import ReviewService
from services.interviews.rpc.room import RoomOwnerService
from services.interviews.running.choosing import runner
from services.interviews.settings import Settings
from services.interviews.starting import Peers, Starting


def start(settings: Settings) -> Server:
    database = Database(settings.database_url, pool_size=settings.workers + 6, application_name="interviews")
    database.refuse_unguarded()
    files = objects.connect(settings)
    gateways = redis.Redis.from_url(settings.redis_url, socket_timeout=1, socket_connect_timeout=1)
    services = ServiceTokens(settings.service_token.get_secret_value(), "interviews")
    keys = clients.connect(settings.keys_url, "auth", services)
    candidates = clients.connect(settings.candidates_url, "candidates", services)
    jobs = clients.connect(settings.jobs_url, "jobs", services)
    billing = clients.connect(settings.billing_url, "billing", services)
    inference = clients.connect(settings.inference_url, "inference", services)

    room = Room(gateways)
    starting = Starting(database, Peers(candidates, jobs, billing, inference), room, clock.utc_now)
    runs = Runs(database, runner(settings), clock.utc_now)
    conversation = Conversation(database, inference, room, runs, clock.utc_now)
    reporting = Reporting(database, conversation, clock.utc_now)
    transcribing = Transcribing(database, files, inference, room, clock.utc_now)

    closing = Closing(database, reporting, room, clock.utc_now)

    def add(server: grpc.Server) -> None:
        service = InterviewService(database, Parts(starting, conversation, reporting, room, files))
        interviews_pb2_grpc.add_InterviewServiceServicer_to_server(service, server)
        interviewer_pb2_grpc.add_InterviewerServiceServicer_to_server(
            InterviewerService(database, conversation, room, files, settings.video_mib << 20), server
        )
        replay_pb2_grpc.add_ReplayServiceServicer_to_server(ReplayService(database, files), server)
        code_pb2_grpc.add_CodeServiceServicer_to_server(CodeService(database, runs), server)
        reviews_pb2_grpc.add_ReviewServiceServicer_to_server(ReviewService(database, reporting), server)
        rooms_pb2_grpc.add_RoomOwnerServiceServicer_to_server(RoomOwnerService(database, room), server)
        documents_pb2_grpc.add_DocumentOwnerServiceServicer_to_server(DocumentOwnerService(database), server)
        audit_pb2_grpc.add_AuditServiceServicer_to_server(AuditLog("interviews", database), server)
        persons_pb2_grpc.add_PersonServiceServicer_to_server(PersonService(database, persons.read, files), server)

    contracts = (
        interviews_pb2, code_pb2, interviewer_pb2, replay_pb2, reviews_pb2, rooms_pb2, documents_pb2, audit_pb2, persons_pb2
    )  # fmt: skip
    return serve(
        settings, [module.DESCRIPTOR for module in contracts], add,
        access=AccessTokens(KeyRing(published(keys)), settings.jwt_issuer, Revocations("interviews", revoked(keys))),
        services=services, feed=EventFeed(database),
        parts={"database": database.check, "redis": gateways.ping},
        background=[
            Worker(
                "interviews", database,
                tasks.handlers(starting, conversation, transcribing, reporting, closing) | handlers(database, persons.erase, files), threads=4,
            ),
            Follower("interviews", "auth", keys, database, following(persons.erase)),
        ],
        closing=[keys.close, candidates.close, jobs.close, billing.close, inference.close, gateways.close, database.close],
    )  # fmt: skip


if __name__ == "__main__":
    run(start, load(Settings, "interviews"))
