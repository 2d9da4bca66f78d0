"""The RPC by which services report what went wrong in them."""

import grpc
from google.protobuf.empty_pb2 import Empty

from einstellen.problems.v1 import problems_pb2, problems_pb2_grpc
from services.chassis import calls
from services.chassis.clock import Clock, from_timestamp, utc_now
from services.chassis.database import Database
from services.notifications.operator_mail import OperatorMail
from services.notifications.tables.problems import Problem

Context = grpc.ServicerContext


class ProblemService(problems_pb2_grpc.ProblemServiceServicer):
    """See problems.proto."""

    def __init__(self, database: Database, mail: OperatorMail, clock: Clock = utc_now) -> None:
        self._database = database
        self._mail = mail
        self._clock = clock

    def ReportProblems(self, request: problems_pb2.ReportProblemsRequest, context: Context) -> Empty:
        service, now = calls.current().service, self._clock()
        with self._database.begin(calls.SYSTEM) as connection:
            for each in request.problems:
                first = from_timestamp(each.first_time) if each.HasField("first_time") else now
                problem = Problem(service, each.method, each.exception, each.place, each.request, each.count, first)
                self._mail.take(connection, problem, now=now)
        return Empty()
