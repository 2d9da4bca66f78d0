"""What interviews does outside a request: starts that broke off, answers, recordings, reports, refunds."""

from uuid import UUID

from services.chassis.tasks import Handler, Task
from services.interviews.closing import Closing
from services.interviews.conversation import Conversation
from services.interviews.recordings import Transcribing
from services.interviews.reporting import Reporting
from services.interviews.starting import Starting


def handlers(
    starting: Starting, conversation: Conversation, transcribing: Transcribing, reporting: Reporting, closing: Closing
) -> dict[str, Handler]:
    def consider(task: Task) -> None:
        conversation.consider(UUID(task.payload["question_id"]))

    def write_report(task: Task) -> None:
        reporting.write(UUID(task.payload["interview_id"]))

    return {
        "settle_start": starting.settle, "refund": starting.refund, "consider": consider, "transcribe": transcribing.run,
        "write_report": write_report, "time_up": closing.time_up, "nobody_came": closing.nobody_came,
    }  # fmt: skip
