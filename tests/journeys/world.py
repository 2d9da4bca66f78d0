"""A tenant with one of everything, made through the services as people would."""

import importlib
import secrets
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import grpc
import psycopg2
from google.api import annotations_pb2
from google.api.httpbody_pb2 import HttpBody
from google.protobuf import descriptor_pool, message_factory
from google.protobuf.descriptor import FieldDescriptor, MethodDescriptor
from google.protobuf.descriptor_pb2 import FileDescriptorSet
from google.protobuf.timestamp_pb2 import Timestamp

from cli.services import SERVICES
from einstellen.auth.v1 import (
    api_keys_pb2,
    api_keys_pb2_grpc,
    data_pb2,
    data_pb2_grpc,
    invitations_pb2,
    invitations_pb2_grpc,
    workspaces_pb2,
    workspaces_pb2_grpc,
)
from einstellen.billing.v1 import credits_pb2, credits_pb2_grpc, subscriptions_pb2, subscriptions_pb2_grpc
from einstellen.candidates.v1 import candidates_pb2, candidates_pb2_grpc, duplicates_pb2, duplicates_pb2_grpc
from einstellen.interviews.v1 import interviews_pb2, interviews_pb2_grpc
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
from einstellen.notifications.v1 import (
    messages_pb2,
    messages_pb2_grpc,
    notifications_pb2,
    notifications_pb2_grpc,
    reminders_pb2,
    reminders_pb2_grpc,
    webhooks_pb2,
    webhooks_pb2_grpc,
)
from services.billing import catalogue, renewals
from services.billing.renewals import Invoicing
from services.billing.store import payments
from services.billing.tables.payments import Payment
from services.chassis import calls, ids
from services.chassis.database import Database
from tests.conftest import Account, House, until

ROOT = Path(__file__).parents[2]
CV = ROOT / "cli" / "demo" / "data" / "ada-lindqvist.pdf"


@dataclass
class World:
    """Ids by the name of the field that takes them; `marks` are texts and ids that nobody outside may ever see."""

    employer: Account
    candidate: Account
    ids: dict[str, str] = field(default_factory=dict)
    marks: list[str] = field(default_factory=list)


def make(house: House) -> World:
    employer, person = house.employer(f"Mark-{secrets.token_hex(4)}"), house.register("Mark", f"Mark-{secrets.token_hex(4)}")
    world = World(employer, person)
    ids, mark = world.ids, f"Mark-{secrets.token_hex(6)}"
    world.marks.append(mark)
    jobs, applications = house.stub("jobs", jobs_pb2_grpc.JobServiceStub), house.stub("jobs", applications_pb2_grpc.ApplicationServiceStub)
    candidates = house.stub("candidates", candidates_pb2_grpc.CandidateServiceStub)
    ids["company_id"] = jobs.CreateCompany(jobs_pb2.CreateCompanyRequest(name=mark), metadata=employer.metadata).id
    job = jobs_pb2.CreateJobRequest(
        company_id=ids["company_id"], title=f"Engineer {mark}", description="Python and PostgreSQL", status="draft"
    )
    ids["job_id"] = jobs.CreateJob(job, metadata=employer.metadata).id
    # What is published is for everybody: it has no mark.
    job.status, job.title = "published", "Engineer"
    job.company_id = jobs.CreateCompany(jobs_pb2.CreateCompanyRequest(name="Known to all"), metadata=employer.metadata).id
    published = jobs.CreateJob(job, metadata=employer.metadata).id
    made = candidates.CreateCandidate(candidates_pb2.CreateCandidateRequest(first_name=mark, last_name="Secret"), metadata=person.metadata)
    ids["candidate_id"] = made.id
    chunks = iter(
        [candidates_pb2.UploadCvRequest(candidate_id=made.id, body=HttpBody(content_type="application/pdf", data=CV.read_bytes()))]
    )
    ids["cv_id"] = candidates.UploadCv(chunks, metadata=person.metadata).id
    cv = candidates_pb2.GetCvRequest(candidate_id=made.id, cv_id=ids["cv_id"])
    until(lambda: candidates.GetCv(cv, metadata=person.metadata).status == "parsed", "the CV is read")
    add: Any = candidates_pb2
    for name, snake, values in (
        ("Education", "education", {"degree": mark}), ("WorkExperience", "work_experience", {"company_name": mark, "job_title": "Engineer"}),
        ("Skill", "skill", {"skill_name": mark}), ("Certification", "certification", {"title": mark}),
        ("Language", "language", {"name": mark}), ("Project", "project", {"name": mark}),
    ):  # fmt: skip
        request = getattr(add, f"Add{name}Request")(candidate_id=made.id, **{snake: values})
        ids[f"{snake}_id"] = getattr(candidates, f"Add{name}")(request, metadata=person.metadata).id
    application = applications.Apply(applications_pb2.ApplyRequest(job_id=published, cover_letter=mark), metadata=person.metadata)
    ids["application_id"] = application.id
    judge(house, employer, person, application.id, mark)
    rooms = house.stub("notifications", messages_pb2_grpc.MessageServiceStub)
    until(lambda: rooms.ListRooms(messages_pb2.ListRoomsRequest(), metadata=person.metadata).rooms, "the application's room is open")
    said = rooms.SendMessage(messages_pb2.SendMessageRequest(receiver_id=employer.user_id, content=mark), metadata=person.metadata)
    sent = house.stub("notifications", notifications_pb2_grpc.NotificationServiceStub).SendNotification(
        notifications_pb2.SendNotificationRequest(notification_type="in_app", user_id=person.user_id, subject=mark, message=mark),
        metadata=person.metadata,
    )
    ids["notification_id"] = ids["dead_letter_id"] = sent.id
    ids["push_subscription_id"] = subscribe(house, person, mark)
    reminder = reminders_pb2.CreateReminderRequest(
        application_id=application.id, candidate_id=person.user_id, employer_id=employer.user_id, interview_time=later(hours=72), title=mark
    )
    stub = house.stub("notifications", reminders_pb2_grpc.ReminderServiceStub)
    ids["reminder_id"] = stub.CreateReminder(reminder, metadata=employer.metadata).id
    ids |= hooked(house, employer, mark)
    ids |= bills(house, employer)
    world.marks.append(spend(house, person, mark).id)
    interview = interviewed(house, employer, person, made.id, published, mark)
    ids["interview_id"], ids["question_id"] = interview.id, interview.open_question.id
    ids["organization_id"] = employer.tenant_id
    ids["export_id"] = (
        house.stub("auth", data_pb2_grpc.DataServiceStub).CreateExport(data_pb2.CreateExportRequest(), metadata=person.metadata).id
    )
    ids["duplicate_id"], ids["keep_candidate_id"] = doubled(house, employer, published), made.id
    organize(house, world, mark)
    world.marks += [value for name, value in ids.items() if name != "organization_id"] + [said.id, application.room_name]
    ids["plan_id"] = free_plan(house)
    # What is on the tutor board is for everybody.
    profile = tutors_pb2.PutMyTutorProfileRequest(display_name="Known to all", subjects=["Python"], currency="EUR")
    ids["tutor_id"] = house.stub("jobs", tutors_pb2_grpc.TutorServiceStub).PutMyTutorProfile(profile, metadata=person.metadata).id
    # What the accounts are, a stranger names in a request and may find in its echo; addresses never.
    ids |= {"user_id": person.user_id, "receiver_id": person.user_id, "with_user_id": person.user_id, "employer_id": employer.user_id}
    world.marks += [employer.email, person.email]
    # Twice, because a task that ends may have begun another elsewhere, which was looked at before.
    until(lambda: not busy(house) and not busy(house), "mails are sent and all else that making this has begun")
    return world


def judge(house: House, employer: Account, person: Account, application_id: str, mark: str) -> None:
    """A note, a scorecard, and what the applicant says of themselves."""
    stub = house.stub("jobs", pipeline_pb2_grpc.PipelineServiceStub)
    stub.AddNote(pipeline_pb2.AddNoteRequest(application_id=application_id, text=mark), metadata=employer.metadata)
    card = pipeline_pb2.PutScorecardRequest(application_id=application_id, recommendation="yes", comment=mark)
    stub.PutScorecard(card, metadata=employer.metadata)
    answers = pipeline_pb2.SelfIdentification(gender="another")
    request = pipeline_pb2.PutSelfIdentificationRequest(application_id=application_id, answers=answers)
    stub.PutSelfIdentification(request, metadata=person.metadata)


def doubled(house: House, employer: Account, job_id: str) -> str:
    """A pair of candidates of the employer's with one phone number, of whom the second is made for it."""
    second, phone = house.register("Mark", "Again"), f"+4670{secrets.randbelow(10**7):07}"
    stub = house.stub("candidates", candidates_pb2_grpc.CandidateServiceStub)
    stub.CreateCandidate(candidates_pb2.CreateCandidateRequest(first_name="Again", phone=phone), metadata=second.metadata)
    third = house.register("Mark", "Once more")
    stub.CreateCandidate(candidates_pb2.CreateCandidateRequest(first_name="Once more", phone=phone), metadata=third.metadata)
    applications = house.stub("jobs", applications_pb2_grpc.ApplicationServiceStub)
    for person in (second, third):
        applications.Apply(applications_pb2.ApplyRequest(job_id=job_id), metadata=person.metadata)
    pairs = house.stub("candidates", duplicates_pb2_grpc.DuplicateServiceStub)
    listed = duplicates_pb2.ListDuplicatesRequest()
    return until(lambda: pairs.ListDuplicates(listed, metadata=employer.metadata).duplicates, "the pair is offered")[0].id


def interviewed(house: House, employer: Account, person: Account, candidate_id: str, job_id: str, mark: str) -> interviews_pb2.Interview:
    """A running interview with an answer, and an open question."""
    house.credit(employer, 1)
    people = house.stub("candidates", candidates_pb2_grpc.CandidateServiceStub)
    seen = candidates_pb2.GetCandidateRequest(candidate_id=candidate_id)
    until(lambda: not is_missing(lambda: people.GetCandidate(seen, metadata=employer.metadata)), "the organization sees who applied")
    stub = house.stub("interviews", interviews_pb2_grpc.InterviewServiceStub)
    request = interviews_pb2.StartInterviewRequest(candidate_id=candidate_id, job_id=job_id)
    started = stub.StartInterview(request, metadata=employer.metadata, timeout=20)
    answer = interviews_pb2.AnswerQuestionRequest(
        interview_id=started.id, question_id=started.open_question.id, text=f"I built {mark} in Python and measured it."
    )
    stub.AnswerQuestion(answer, metadata=person.metadata)
    return stub.GetInterview(interviews_pb2.GetInterviewRequest(interview_id=started.id), metadata=person.metadata)


def subscribe(house: House, person: Account, mark: str) -> str:
    """A browser of the person's; push itself is off here."""
    statement = "INSERT INTO push_subscriptions VALUES (%s, %s, %s, 'key', 'secret', now())"
    made = str(ids.mint())
    with closing(psycopg2.connect(house.owner_url("notifications"))) as connection, connection, connection.cursor() as cursor:
        cursor.execute(statement, (made, person.user_id, f"https://push.example.com/{mark}"))
    return made


def organize(house: House, world: World, mark: str) -> None:
    """What an organization has beside its members."""
    employer, ids = world.employer, world.ids
    house.take_plan(employer)
    invitation = invitations_pb2.CreateInvitationRequest(organization_id=employer.tenant_id, email=f"{mark}@example.com", role="member")
    ids["invitation_id"] = house.stub("auth", invitations_pb2_grpc.InvitationServiceStub).CreateInvitation(
        invitation, metadata=employer.metadata
    ).id  # fmt: skip
    ids["workspace_id"] = house.stub("auth", workspaces_pb2_grpc.WorkspaceServiceStub).CreateWorkspace(
        workspaces_pb2.CreateWorkspaceRequest(name=mark), metadata=employer.metadata
    ).id  # fmt: skip
    key = api_keys_pb2.CreateApiKeyRequest(name=mark, scopes=["jobs.read"])
    made = house.stub("auth", api_keys_pb2_grpc.ApiKeyServiceStub).CreateApiKey(key, metadata=employer.metadata)
    ids["api_key_id"] = made.id
    world.marks.append(made.key)


def busy(house: House) -> int:
    """How many tasks are due in all services."""
    query = "SELECT count(*) FROM tasks WHERE state = 'running' OR state = 'ready' AND run_at <= now()"
    return sum(house.read(service.name, query)[0][0] for service in SERVICES)


def spend(house: House, person: Account, mark: str) -> Any:
    """A spend of the person's bonus, once billing has heard of them."""
    credit = house.stub("billing", credits_pb2_grpc.CreditServiceStub)
    request = credits_pb2.SpendCreditsRequest(
        tenant_id=person.tenant_id, unit="ai", amount=0.5, type="TAILOR", description=mark, reference_id=mark, request_id=mark
    )
    known = f"billing knows {person.tenant_id}"
    until(lambda: not is_missing(lambda: credit.GetBalance(credits_pb2.GetBalanceRequest(), metadata=person.metadata)), known)
    return credit.SpendCredits(request, metadata=house.as_service("resumes", "billing"))


def free_plan(house: House) -> str:
    subscriptions = house.stub("billing", subscriptions_pb2_grpc.SubscriptionServiceStub)
    return next(plan.id for plan in subscriptions.ListPlans(subscriptions_pb2.ListPlansRequest()).plans if plan.name == "Free")


def bills(house: House, employer: Account) -> dict[str, str]:
    """A subscription, and the invoice and payment of a package, for which no provider is asked."""
    subscriptions = house.stub("billing", subscriptions_pb2_grpc.SubscriptionServiceStub)
    known = f"billing knows {employer.tenant_id}"
    credit = house.stub("billing", credits_pb2_grpc.CreditServiceStub)
    until(lambda: not is_missing(lambda: credit.GetBalance(credits_pb2.GetBalanceRequest(), metadata=employer.metadata)), known)
    request = subscriptions_pb2.CreateSubscriptionRequest(plan_id=free_plan(house))
    subscription = subscriptions.CreateSubscription(request, metadata=employer.metadata)
    database, now = Database(house.app_url("billing"), pool_size=1), datetime.now(UTC)
    with database.begin(calls.SYSTEM) as connection:
        invoice = Invoicing(Decimal(0)).for_package(UUID(employer.tenant_id), catalogue.PACKAGES[0], now=now)
        issued = renewals.issue(connection, invoice)
        payment = Payment(
            ids.mint(),
            issued.tenant_id,
            issued.id,
            "stripe",
            "pending",
            issued.amount,
            0,
            issued.currency,
            "",
            "",
            False,
            1,
            "",
            "",
            "",
            "",
            now,
            now,
        )
        payments.add_payment(connection, payment)
    database.close()
    return {"subscription_id": subscription.id, "invoice_id": str(invoice.id), "payment_id": str(payment.id)}


def is_missing(call: Callable[[], object]) -> bool:
    try:
        call()
    except grpc.RpcError as error:
        assert error.code() is grpc.StatusCode.NOT_FOUND, error
        return True
    return False


def later(**delta: float) -> Timestamp:
    stamp = Timestamp()
    stamp.FromDatetime(datetime.now(UTC) + timedelta(**delta))
    return stamp


def rpcs() -> list[MethodDescriptor]:
    """Every RPC of every service, as the contracts have them."""
    files = FileDescriptorSet.FromString((ROOT / "generated" / "einstellen.binpb").read_bytes())
    pool = descriptor_pool.Default()
    for file in files.file:
        if file.package.startswith("einstellen."):
            importlib.import_module(file.name.removesuffix(".proto").replace("/", ".") + "_pb2")
    return [
        method
        for file in files.file
        if file.package.startswith("einstellen.")
        for service in file.service
        for method in pool.FindServiceByName(f"{file.package}.{service.name}").methods
    ]


def hooked(house: House, employer: Account, mark: str) -> dict[str, str]:
    """An endpoint for webhooks where nobody listens, and what it was sent."""
    stub = house.stub("notifications", webhooks_pb2_grpc.WebhookEndpointServiceStub)
    asked = webhooks_pb2.CreateWebhookEndpointRequest(
        url="http://127.0.0.1:9/", description=mark, event_types=["einstellen.webhook.tested"]
    )
    endpoint = stub.CreateWebhookEndpoint(asked, metadata=employer.metadata)
    sent = stub.SendTestWebhook(webhooks_pb2.SendTestWebhookRequest(endpoint_id=endpoint.id), metadata=employer.metadata)
    return {"endpoint_id": endpoint.id, "webhook_delivery_id": sent.id}


def owner_of(method: MethodDescriptor) -> str:
    """The service that answers an RPC; auth for the keys, notifications for rooms."""
    package = method.full_name.split(".")[1]
    return {
        "keys": "auth",
        "audit": "auth",
        "events": "jobs",
        "persons": "candidates",
        "rooms": "notifications",
        "problems": "notifications",
    }.get(package, package)


SAMPLES: dict[str, Any] = {
    "email": "stranger@example.com", "password": "a long enough password",
    "current_password": "a long enough password", "new_password": "another long password", "token": "no-such-token",
    "challenge_token": "no-such-token", "state": "no-such-state", "code": "123456",
    "role": "member", "scopes": ["jobs.read"], "keep_current": True, "why": "Words",
    "refresh_token": "no-such-token", "name": "Name", "title": "Title", "degree": "MSc",
    "description": "Words", "status": "interview", "company_name": "Company", "job_title": "Engineer", "skill_name": "Python", "content": "Hello",
    "speaker": "candidate",
    "notification_type": "in_app", "subject": "Subject", "message": "Message", "room_name": "application-1", "client_id": "1", "currency": "EUR",
    "unit": "ai",
    "package_id": "ai-50", "success_url": "https://example.com", "cancel_url": "https://example.com", "reason": "Words", "amount": 1, "type": "TAILOR",
    "service": "auth", "instruction": "Do", "purpose": "test", "picture_url": "https://example.com/a.png", "website": "https://example.com", "tenant_id": "",
    "start": "22:00", "end": "07:00", "endpoint": "https://push.example.com/a", "p256dh": "key", "auth": "secret",
    "text": "Words", "url": "https://example.com/hooks", "recommendation": "yes", "display_name": "Name", "rating": 5,
}  # fmt: skip


def valid_request(method: MethodDescriptor, ids: dict[str, str]) -> Any:
    """A request that passes validation, naming the given ids wherever it can."""
    request = message_factory.GetMessageClass(method.input_type)()
    _fill(request, ids, method.name)
    return request


def _fill(message: Any, ids: dict[str, str], method: str) -> None:
    for each in message.DESCRIPTOR.fields:
        if each.name in (
            "page_token",
            "request_id",
            "update_mask",
            "dob",
            "recipient",
            "template",
            "full_name",
            "body",
            "json_schema",
            "reminder_time",
        ):
            continue
        if each.name in ids:
            value: Any = ids[each.name]
        elif each.name.endswith("_ids"):
            value = [ids["user_id"]]
        elif each.name == "tenant_id":
            value = ids["organization_id"]
        elif each.name == "status" and "Job" in method and "Application" not in method:
            value = "published"
        else:
            value = SAMPLES.get(each.name)
        if each.type == FieldDescriptor.TYPE_BYTES and isinstance(value, str):
            value = value.encode()
        if each.message_type is not None and each.message_type.full_name == "google.protobuf.Timestamp":
            getattr(message, each.name).CopyFrom(later(hours=48))
        elif each.message_type is not None and not each.is_repeated and not each.message_type.full_name.startswith("google."):
            getattr(message, each.name).SetInParent()
            _fill(getattr(message, each.name), ids, method)
        elif isinstance(value, list):
            getattr(message, each.name).extend(value)
        elif value is not None and not each.is_repeated:
            setattr(message, each.name, value)
    if message.DESCRIPTOR.name == "EmbedRequest":
        message.texts.append("text")
    if message.DESCRIPTOR.name == "RecordSignalsRequest":
        message.signals.add(kind="pasted", time=later(hours=-1))


def invoke(house: House, method: MethodDescriptor, request: Any, metadata: Any, timeout: float = 20) -> Any:
    """Calls any RPC and returns its answer, or the list of answers of a stream."""
    channel = house.channel(owner_of(method))
    path = f"/{method.containing_service.full_name}/{method.name}"
    reply = message_factory.GetMessageClass(method.output_type)
    coding = {"request_serializer": lambda message: message.SerializeToString(), "response_deserializer": reply.FromString}
    if method.client_streaming and method.server_streaming:
        return list(channel.stream_stream(path, **coding)(iter([request]), metadata=metadata, timeout=timeout))
    if method.client_streaming:
        return channel.stream_unary(path, **coding)(iter([request]), metadata=metadata, timeout=timeout)
    if method.server_streaming:
        return list(channel.unary_stream(path, **coding)(request, metadata=metadata, timeout=timeout))
    return channel.unary_unary(path, **coding)(request, metadata=metadata, timeout=timeout)


def has_http(method: MethodDescriptor) -> bool:
    return bool(method.GetOptions().HasExtension(annotations_pb2.http))
