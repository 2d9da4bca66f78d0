"""How much of a CV file is read at most, and the one refusal of a file that is over a limit or not readable."""

from __future__ import annotations

from typing import Literal, get_args

MAX_BYTES = 10 * 1024 * 1024
MAX_PAGES = 50
MAX_CHARACTERS = 200_000  # a CV of 50 dense pages
MAX_LINES = 10_000

MAX_MEMBERS = 2_000
MAX_DIRECTORY_BYTES = 1024 * 1024
MAX_UNPACKED_BYTES = 64 * 1024 * 1024
MAX_XML_BYTES = 8 * 1024 * 1024
MAX_RATIO = 200  # Word's XML packs 10 to 40 to one
RATIO_APPLIES_ABOVE = 1024 * 1024
MAX_XML_DEPTH = 200

# What the process that parses may use; the wall clock belongs to its parent.
MAX_ADDRESS_SPACE = 512 * 1024 * 1024
MAX_CPU_SECONDS = 10
MAX_RESULT_BYTES = 16 * 1024 * 1024

PDF = "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
TXT = "text/plain"
HTML = "text/html"
JSON = "application/json"

Reason = Literal[
    "FILE_TOO_LARGE",
    "FILE_TYPE_UNSUPPORTED",
    "FILE_TOO_MANY_PAGES",
    "FILE_DECOMPRESSES_TOO_FAR",
    "FILE_ENCRYPTED",
    "FILE_HAS_MACROS",
    "FILE_CORRUPT",
    "FILE_NO_TEXT_LAYER",
    "PARSE_TIMED_OUT",
]
REASONS: frozenset[str] = frozenset(get_args(Reason))


class Unreadable(Exception):  # noqa: N818 - it names what the file is
    """A file that is not read, with a stable reason for programs and a message for the person who sent it."""

    def __init__(self, reason: Reason, message: str) -> None:
        super().__init__(message)
        self.reason: Reason = reason
        self.message = message


def too_many_pages(pages: int) -> Unreadable:
    return Unreadable("FILE_TOO_MANY_PAGES", f"The document has {pages} pages; a CV may have {MAX_PAGES}.")


def too_much_text() -> Unreadable:
    return Unreadable("FILE_TOO_LARGE", f"The document holds more text than a CV may ({MAX_CHARACTERS:,} characters).")
