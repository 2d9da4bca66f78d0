"""Auth as a process: settings, database, keys, RPCs, tasks."""

from datetime import timedelta

import grpc
import redis
from redis.backoff import ExponentialBackoff
from redis.retry import Retry

from einstellen.audit.v1 import audit_pb2, audit_pb2_grpc
from einstellen.auth.v1 import (
    api_keys_pb2,
    api_keys_pb2_grpc,
    auth_pb2,
    auth_pb2_grpc,
    credentials_pb2,
    credentials_pb2_grpc,
    data_pb2,
    data_pb2_grpc,
    google_pb2,
    google_pb2_grpc,
    invitations_pb2,
    invitations_pb2_grpc,
    organizations_pb2,
    organizations_pb2_grpc,
    second_factors_pb2,
    second_factors_pb2_grpc,
    sessions_pb2,
    sessions_pb2_grpc,
    workspaces_pb2,
    workspaces_pb2_grpc,
)
from einstellen.keys.v1 import keys_pb2, keys_pb2_grpc
from services.auth import persons, sealing, tasks
from services.auth.collecting import Collecting
from services.auth.keys import SigningKeys
from services.auth.limits import Limits
from services.auth.plans import Plans
from services.auth.providers.google import Google
from services.auth.rpc import edge
from services.auth.rpc.accounts import AuthService
from services.auth.rpc.api_keys import ApiKeyService
from services.auth.rpc.credentials import Confirmation, CredentialService
from services.auth.rpc.data import DataService
from services.auth.rpc.google import GoogleService
from services.auth.rpc.invitations import InvitationService
from services.auth.rpc.keys import KeyService, revocations
from services.auth.rpc.organizations import OrganizationService
from services.auth.rpc.second_factors import Codes, SecondFactorService
from services.auth.rpc.sessions import Sessions, SessionService
from services.auth.rpc.workspaces import WorkspaceService
from services.auth.settings import Settings
from services.chassis import clients, clock, objects
from services.chassis.audit_log import AuditLog
from services.chassis.database import Database
from services.chassis.events import EventFeed
from services.chassis.persons import handlers
from services.chassis.revocations import Revocations
from services.chassis.rules import PUBLIC
from services.chassis.server import Server, run, serve
from services.chassis.settings import load
from services.chassis.tasks import Worker
from services.chassis.tokens import AccessTokens, KeyRing, ServiceTokens


def start(settings: Settings) -> Server:
    database = Database(settings.database_url, pool_size=settings.workers + 4, application_name="auth")
    database.refuse_unguarded()
    waits = Retry(ExponentialBackoff(cap=0.5, base=0.05), 6)  # a Redis that restarts is waited for, some two seconds
    limits = redis.Redis.from_url(settings.redis_url, socket_timeout=1, socket_connect_timeout=1, retry=waits)
    services = ServiceTokens(settings.service_token.get_secret_value(), "auth")
    notifications = clients.connect(settings.notifications_url, "notifications", services)
    # Without the person: to verify their token billing might have to ask this service for its keys, whose threads may all be waiting for billing.
    billing = clients.connect(settings.billing_url, "billing", services, for_people=False)
    neighbours = {
        "candidates": clients.connect(settings.candidates_url, "candidates", services),
        "jobs": clients.connect(settings.jobs_url, "jobs", services),
        "notifications": notifications,
        "billing": billing,
        "inference": clients.connect(settings.inference_url, "inference", services),
        "interviews": clients.connect(settings.interviews_url, "interviews", services),
    }
    files = objects.connect(settings)
    keys = SigningKeys(database, settings.key_secret, settings.jwt_algorithm, settings.access_lifetime, clock.utc_now)
    plans = Plans(billing)
    sessions = Sessions(database, keys, plans, settings, clock.utc_now)

    revoked = revocations(database, timedelta(seconds=settings.access_lifetime))
    following = Revocations("auth", revoked)
    invitations = InvitationService(
        database, plans, sealing.derive(settings.key_secret, "invitations"), Limits(limits, "invitation", settings.invitations)
    )
    api_keys = ApiKeyService(database, sealing.derive(settings.key_secret, "api keys"))
    logins = Limits(limits, "login", settings.login_attempts)
    confirmation = Confirmation(database, logins)
    codes = Codes(settings, clock.utc_now)
    factors = SecondFactorService(database, sessions, confirmation, codes, Limits(limits, "code", settings.login_attempts))
    mails = Limits(limits, "mail", settings.mail_attempts)
    begun = Limits(limits, "google", settings.login_attempts * 10)
    data = DataService(database, sessions, confirmation, codes, Limits(limits, "data", settings.login_attempts), files)
    google = GoogleService(database, sessions, Google(settings), begun, settings)

    def add(server: grpc.Server) -> None:
        auth_pb2_grpc.add_AuthServiceServicer_to_server(AuthService(database, sessions, logins), server)
        organizations_pb2_grpc.add_OrganizationServiceServicer_to_server(OrganizationService(database, sessions), server)
        invitations_pb2_grpc.add_InvitationServiceServicer_to_server(invitations, server)
        workspaces_pb2_grpc.add_WorkspaceServiceServicer_to_server(WorkspaceService(database, plans), server)
        api_keys_pb2_grpc.add_ApiKeyServiceServicer_to_server(api_keys, server)
        edge.Edge(database, keys, plans, following, settings.jwt_issuer).add_to(server)
        sessions_pb2_grpc.add_SessionServiceServicer_to_server(SessionService(database, sessions), server)
        credentials_pb2_grpc.add_CredentialServiceServicer_to_server(CredentialService(database, sessions, confirmation, mails), server)
        second_factors_pb2_grpc.add_SecondFactorServiceServicer_to_server(factors, server)
        data_pb2_grpc.add_DataServiceServicer_to_server(data, server)
        google_pb2_grpc.add_GoogleServiceServicer_to_server(google, server)
        keys_pb2_grpc.add_KeyServiceServicer_to_server(KeyService(keys, revoked), server)
        audit_pb2_grpc.add_AuditServiceServicer_to_server(AuditLog("auth", database), server)

    contracts = (
        auth_pb2, credentials_pb2, second_factors_pb2, google_pb2, data_pb2, organizations_pb2, invitations_pb2, workspaces_pb2, api_keys_pb2, sessions_pb2,
        keys_pb2, audit_pb2,
    )  # fmt: skip
    return serve(
        settings, [module.DESCRIPTOR for module in contracts], add,
        access=AccessTokens(KeyRing(keys.public), settings.jwt_issuer, following), services=services, feed=EventFeed(database),
        apart=[f"/{keys_pb2.DESCRIPTOR.package}.KeyService/{name}" for name in ("GetKeys", "ListRevocations")],
        others={f"/{edge.SERVICE}/Check": PUBLIC},  # whoever has a key may ask what it is good for
        parts={"database": database.check, "redis": limits.ping},
        background=[
            Worker(
                "auth", database,
                tasks.handlers(database, notifications, Collecting(database, neighbours, files, clock.utc_now), settings, clock.utc_now)
                | handlers(database, persons.erase, files),
            )
        ],
        closing=[*(channel.close for channel in neighbours.values()), limits.close, database.close],
    )  # fmt: skip


if __name__ == "__main__":
    run(start, load(Settings, "auth"))
