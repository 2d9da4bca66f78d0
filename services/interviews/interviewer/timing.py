"""How long a candidate waits, from their last voice to the first sound of what is said next, and where that time goes."""

import time

from services.chassis.logs import log

# The text is known; so is that the turn is over; the answer is stored and judged; what comes next is being said.
STEPS = ("heard", "over", "taken", "sound")


class Wait:
    """One turn's wait, told as one line of the log: milliseconds from step to step, and all of them together."""

    def __init__(self, last_voice: float) -> None:
        """`last_voice` is a moment of the monotonic clock."""
        self._at = {"voice": last_voice}

    def reached(self, step: str) -> None:
        """The first time counts, and none before the step before it."""
        before = ("voice", *STEPS)[STEPS.index(step)]
        if before in self._at:
            self._at.setdefault(step, time.monotonic())

    def tell(self, interview_id: str) -> None:
        marks = [self._at[step] for step in ("voice", *STEPS) if step in self._at]
        if len(marks) == 1 + len(STEPS):
            spans = {f"{step}_ms": round(1000 * (now - before)) for step, now, before in zip(STEPS, marks[1:], marks, strict=False)}
            log.info("turn", extra={"interview_id": interview_id, **spans, "whole_ms": round(1000 * (marks[-1] - marks[0]))})
