"""Candidates as a process: settings, database, files, RPCs, and the reading of CVs."""

import grpc

from einstellen.audit.v1 import audit_pb2, audit_pb2_grpc
from einstellen.candidates.v1 import candidates_pb2, candidates_pb2_grpc, duplicates_pb2, duplicates_pb2_grpc
from einstellen.persons.v1 import persons_pb2, persons_pb2_grpc
from services.candidates import persons, tasks
from services.candidates.filling import Filling
from services.candidates.rpc.candidates import CandidateService
from services.candidates.rpc.duplicates import DuplicateService
from services.candidates.settings import Settings
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


def start(settings: Settings) -> Server:
    database = Database(settings.database_url, pool_size=settings.workers + 4, application_name="candidates")
    database.refuse_unguarded()
    files = objects.connect(settings)
    services = ServiceTokens(settings.service_token.get_secret_value(), "candidates")
    inference = clients.connect(settings.inference_url, "inference", services)
    filling = Filling(inference) if settings.fill_gaps else None
    keys = clients.connect(settings.keys_url, "auth", services)

    def add(server: grpc.Server) -> None:
        service = CandidateService(database, files, largest=settings.max_upload_size)
        candidates_pb2_grpc.add_CandidateServiceServicer_to_server(service, server)
        duplicates_pb2_grpc.add_DuplicateServiceServicer_to_server(DuplicateService(database), server)
        audit_pb2_grpc.add_AuditServiceServicer_to_server(AuditLog("candidates", database), server)
        persons_pb2_grpc.add_PersonServiceServicer_to_server(PersonService(database, persons.read, files), server)

    return serve(
        settings, [candidates_pb2.DESCRIPTOR, duplicates_pb2.DESCRIPTOR, audit_pb2.DESCRIPTOR, persons_pb2.DESCRIPTOR], add,
        access=AccessTokens(KeyRing(published(keys)), settings.jwt_issuer, Revocations("candidates", revoked(keys))),
        services=services, feed=EventFeed(database),
        parts={"database": database.check},
        background=[
            Worker("candidates", database, tasks.handlers(database, files, filling, clock.utc_now) | handlers(database, persons.erase, files)),
            Follower("candidates", "auth", keys, database, following(persons.erase)),
        ],
        closing=[keys.close, inference.close, database.close],
    )  # fmt: skip


if __name__ == "__main__":
    run(start, load(Settings, "candidates"))
