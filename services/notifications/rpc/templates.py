"""The RPCs of templates."""

import grpc

from einstellen.notifications.v1 import templates_pb2, templates_pb2_grpc
from services.chassis import calls
from services.chassis.clock import Clock, utc_now
from services.chassis.database import Database
from services.notifications import letters, local_time
from services.notifications.letters import TEMPLATES, Reader, Template
from services.notifications.store import wishes as store

Context = grpc.ServicerContext


class TemplateService(templates_pb2_grpc.TemplateServiceServicer):
    """See templates.proto."""

    def __init__(self, database: Database, clock: Clock = utc_now) -> None:
        self._database = database
        self._clock = clock

    def ListTemplates(self, request: templates_pb2.ListTemplatesRequest, context: Context) -> templates_pb2.ListTemplatesResponse:
        return templates_pb2.ListTemplatesResponse(templates=[_to_template(name, TEMPLATES[name]) for name in sorted(TEMPLATES)])

    def PreviewTemplate(self, request: templates_pb2.PreviewTemplateRequest, context: Context) -> templates_pb2.Preview:
        person = calls.current().person
        wishes = None
        if person is not None:
            with self._database.begin(person) as connection:
                wishes = store.find_wishes(connection, person.user_id)
        zone = request.time_zone or (wishes.time_zone if wishes else "UTC")
        local_time.zone_of(zone)
        reader = Reader(request.language or (wishes.language if wishes else "") or "en", zone)
        letter = letters.render(request.template, dict(request.variables), reader, now=self._clock())
        return templates_pb2.Preview(
            language=letter.language, subject=letter.subject, text=letter.text, html=letter.html, sms=letter.words("sms"),
            push_title=letter.subject, push_text=letter.words("push"),
        )  # fmt: skip


def _to_template(name: str, template: Template) -> templates_pb2.Template:
    variables = [
        templates_pb2.Variable(name=variable, type=kind, optional=variable in template.optional)
        for variable, kind in template.variables.items()
    ]
    variables.append(templates_pb2.Variable(name="first_name", type="text", optional=True))
    return templates_pb2.Template(
        name=name, kind=template.kind, variables=variables, languages=template.languages, for_people=template.for_people
    )
