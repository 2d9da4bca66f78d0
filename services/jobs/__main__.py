"""Jobs as a process: settings, database, neighbours, the pool of candidates, RPCs, tasks."""

import grpc

from einstellen.audit.v1 import audit_pb2, audit_pb2_grpc
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
from services.chassis import clients, clock, places
from services.chassis.audit_log import AuditLog
from services.chassis.events import EventFeed, Follower
from services.chassis.persons import PersonService, following, handlers
from services.chassis.revocations import Revocations, revoked
from services.chassis.server import Server, run, serve
from services.chassis.settings import load
from services.chassis.tasks import Worker
from services.chassis.tokens import AccessTokens, KeyRing, ServiceTokens, published
from services.jobs import persons, tasks
from services.jobs.pool import Pools
from services.jobs.rpc.applications import ApplicationService
from services.jobs.rpc.jobs import JobService
from services.jobs.rpc.pipeline import PipelineService
from services.jobs.rpc.tutors import TutorService
from services.jobs.settings import Settings


def start(settings: Settings) -> Server:
    database = places.connect(settings, pool_size=settings.workers + 6, application_name="jobs")
    services = ServiceTokens(settings.service_token.get_secret_value(), "jobs")
    keys = clients.connect(settings.keys_url, "auth", services)
    candidates = clients.connect(settings.candidates_url, "candidates", services)
    notifications = clients.connect(settings.notifications_url, "notifications", services)
    pools = Pools(database, settings.matching_snapshot_dir)
    # What is done in one place beside its calls: tasks that were recorded there, and the copies that it keeps of what others have.
    beside = [
        work
        for each in database.everywhere()
        for work in (
            Worker("jobs", each, tasks.handlers(each, candidates, notifications, clock.utc_now) | handlers(each, persons.erase)),
            Follower("jobs", "auth", keys, each, following(persons.erase)),
            Follower("jobs", "candidates", candidates, each, tasks.following(candidates)),
        )
    ]

    def add(server: grpc.Server) -> None:
        jobs_pb2_grpc.add_JobServiceServicer_to_server(JobService(database, pools), server)
        applications_pb2_grpc.add_ApplicationServiceServicer_to_server(ApplicationService(database, candidates, pools), server)
        pipeline_pb2_grpc.add_PipelineServiceServicer_to_server(PipelineService(database), server)
        tutors_pb2_grpc.add_TutorServiceServicer_to_server(TutorService(database.main), server)
        audit_pb2_grpc.add_AuditServiceServicer_to_server(AuditLog("jobs", database), server)
        persons_pb2_grpc.add_PersonServiceServicer_to_server(PersonService(database, persons.read), server)

    return serve(
        settings,
        [module.DESCRIPTOR for module in (jobs_pb2, applications_pb2, pipeline_pb2, tutors_pb2, audit_pb2, persons_pb2)], add,
        access=AccessTokens(KeyRing(published(keys)), settings.jwt_issuer, Revocations("jobs", revoked(keys))),
        services=services, feed=EventFeed(database.main),
        parts={"database": database.check},
        background=[database, *beside, *(places.Relay(name, each, database.main) for name, each in database.others.items()), *pools.all()],
        closing=[keys.close, candidates.close, notifications.close, database.close],
    )  # fmt: skip


if __name__ == "__main__":
    run(start, load(Settings, "jobs"))
