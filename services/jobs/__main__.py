"""Jobs as a process: settings, database, neighbours, the pool of candidates, RPCs, tasks."""

import grpc

from einstellen.audit.v1 import audit_pb2, audit_pb2_grpc
from einstellen.events.v1 import events_pb2, events_pb2_grpc
from einstellen.jobs.v1 import (
    applications_pb2,
    applications_pb2_grpc,
    jobs_pb2,
    jobs_pb2_grpc,
    pipeline_pb2,
    pipeline_pb2_grpc,
    tutors_pb2,
    tutors_pb2_grpc,
)
from einstellen.persons.v1 import persons_pb2, persons_pb2_grpc
from services.chassis import clients, clock
from services.chassis.audit_log import AuditLog
from services.chassis.database import Database
from services.chassis.events import EventFeed, Follower
from services.chassis.persons import PersonService, following, handlers
from services.chassis.revocations import Revocations, revoked
from services.chassis.server import Server, run, serve
from services.chassis.settings import load
from services.chassis.tasks import Worker
from services.chassis.tokens import AccessTokens, KeyRing, ServiceTokens, published
from services.jobs import persons, tasks
from services.jobs.pool import Pool
from services.jobs.rpc.applications import ApplicationService
from services.jobs.rpc.jobs import JobService
from services.jobs.rpc.pipeline import PipelineService
from services.jobs.rpc.tutors import TutorService
from services.jobs.settings import Settings


def start(settings: Settings) -> Server:
    database = Database(settings.database_url, pool_size=settings.workers + 6, application_name="jobs")
    database.refuse_unguarded()
    services = ServiceTokens(settings.service_token.get_secret_value(), "jobs")
    keys = clients.connect(settings.keys_url, "auth", services)
    candidates = clients.connect(settings.candidates_url, "candidates", services)
    notifications = clients.connect(settings.notifications_url, "notifications", services)
    pool = Pool(database, settings.matching_snapshot_dir)

    def add(server: grpc.Server) -> None:
        jobs_pb2_grpc.add_JobServiceServicer_to_server(JobService(database, pool), server)
        applications_pb2_grpc.add_ApplicationServiceServicer_to_server(ApplicationService(database, candidates, pool), server)
        pipeline_pb2_grpc.add_PipelineServiceServicer_to_server(PipelineService(database), server)
        tutors_pb2_grpc.add_TutorServiceServicer_to_server(TutorService(database), server)
        events_pb2_grpc.add_EventServiceServicer_to_server(EventFeed(database), server)
        audit_pb2_grpc.add_AuditServiceServicer_to_server(AuditLog("jobs", database), server)
        persons_pb2_grpc.add_PersonServiceServicer_to_server(PersonService(database, persons.read), server)

    return serve(
        settings,
        [module.DESCRIPTOR for module in (jobs_pb2, applications_pb2, pipeline_pb2, tutors_pb2, audit_pb2, persons_pb2, events_pb2)], add,
        access=AccessTokens(KeyRing(published(keys)), settings.jwt_issuer, Revocations("jobs", revoked(keys))), services=services,
        parts={"database": database.check},
        background=[
            Worker(
                "jobs", database, tasks.handlers(database, candidates, notifications, clock.utc_now) | handlers(database, persons.erase)
            ),
            Follower("jobs", "auth", keys, database, following(persons.erase)),
            Follower("jobs", "candidates", candidates, database, tasks.following(candidates)), pool,
        ],
        closing=[keys.close, candidates.close, notifications.close, database.close],
    )  # fmt: skip


if __name__ == "__main__":
    run(start, load(Settings, "jobs"))
