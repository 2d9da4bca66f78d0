"""The one table of close codes: why the gateway ends a socket, and how refusals of services become codes."""

from enum import IntEnum

from services.chassis import errors


class Close(IntEnum):
    """Codes from 4400 on are HTTP's with 4000 added; the others are those of RFC 6455 and its registry."""

    RESTART = 1012
    TOO_SLOW = 1013
    BAD_FRAMES = 4400
    UNAUTHENTICATED = 4401
    FORBIDDEN = 4403
    NOT_FOUND = 4404
    TOO_FAST = 4429
    UNAVAILABLE = 4503


_OF_REFUSALS: dict[type[errors.Refusal], Close] = {
    errors.InvalidArgument: Close.BAD_FRAMES,
    errors.OutOfRange: Close.BAD_FRAMES,
    errors.FailedPrecondition: Close.BAD_FRAMES,
    errors.AlreadyExists: Close.BAD_FRAMES,
    errors.Unauthenticated: Close.UNAUTHENTICATED,
    errors.PermissionDenied: Close.FORBIDDEN,
    errors.NotFound: Close.NOT_FOUND,
    errors.ResourceExhausted: Close.TOO_FAST,
    errors.Aborted: Close.UNAVAILABLE,
    errors.Unavailable: Close.UNAVAILABLE,
    errors.DeadlineExceeded: Close.UNAVAILABLE,
}


def code_of(refusal: errors.Refusal) -> Close:
    """The code that a socket is closed with where a service refuses to let it in."""
    return _OF_REFUSALS.get(type(refusal), Close.UNAVAILABLE)
