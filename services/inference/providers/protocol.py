"""What the service sees of a provider: what it is asked, what it answers, how it fails."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, Literal, Protocol

SPOKEN_RATE = 24_000  # samples a second of what speakers say
UNSPACED = frozenset({"ja", "lo", "my", "th", "yue", "zh"})  # whose words have no spaces between them


@dataclass(frozen=True)
class Turn:
    """One message of the conversation after the system's."""

    role: Literal["user", "assistant"]
    text: str


@dataclass(frozen=True)
class Prompt:
    """What a model is told. `system` is ours alone; whatever a person wrote stands in the turns."""

    system: str
    turns: tuple[Turn, ...]
    max_tokens: int
    schema: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Tokens:
    """What an answer cost, as the provider counts."""

    prompt: int
    completion: int


@dataclass(frozen=True)
class Vectors:
    """One vector for each text, normalised, and what they cost."""

    values: Sequence[Sequence[float]]
    tokens: Tokens


@dataclass(frozen=True)
class Word:
    """One word with its punctuation; times in seconds from the audio's beginning."""

    text: str
    start: float
    end: float
    confidence: float


@dataclass(frozen=True)
class Hint:
    """What is known of speech beforehand: its language, empty where it is to be found out, and how names and terms in it are spelled."""

    language: str = ""
    vocabulary: tuple[str, ...] = ()


@dataclass(frozen=True)
class Heard:
    """What was said, and in which language; no words where nobody spoke."""

    words: tuple[Word, ...]
    language: str = ""
    language_confidence: float = 0.0


class Kind(Enum):
    """How an attempt failed."""

    TOO_SLOW = "too_slow"
    BUSY = "busy"  # too many requests, or the quota is used up
    BROKEN = "broken"  # unreachable, an error of its own, or an answer that is cut or is none
    DENIED = "denied"  # the key, or the model's name
    REFUSED = "refused"  # it would not answer this prompt
    TOO_LONG = "too_long"  # the prompt does not fit into the model
    UNFIT = "unfit"  # the answer does not fit the schema


class Failure(Exception):  # noqa: N818 - it is an outcome, not a fault
    """An attempt that gave no answer. It holds nothing of what the provider wrote, which may repeat the key, the address or the prompt."""

    def __init__(self, kind: Kind, status: int = 0) -> None:
        super().__init__(kind.value)
        self.kind = kind
        self.status = status


class NotWantedError(Exception):
    """Work was left undone because nobody wants its outcome any more."""


class Provider(Protocol):
    """Somebody to ask."""

    @property
    def name(self) -> str: ...

    @property
    def model(self) -> str: ...


class Writer(Provider, Protocol):
    """Writes text."""

    def write(self, prompt: Prompt, seconds: float) -> Iterator[str | Tokens]:
        """Pieces of text as they come, then what they cost where the provider says it; within `seconds`. Raises Failure."""
        ...


class Embedder(Provider, Protocol):
    """Turns texts into vectors."""

    def embed(self, texts: Sequence[str], seconds: float) -> Vectors:
        """Within `seconds`. Raises Failure."""
        ...


class Transcriber(Provider, Protocol):
    """Writes speech down."""

    def speaks(self, language: str) -> bool:
        """Whether it knows the language; true for the empty one, which it finds out by itself."""
        ...

    def warm(self) -> None:
        """Gets ready in the background, so that the first utterance does not wait for it."""
        ...

    def stretches(self, audio: bytes) -> list[tuple[int, int]]:
        """The stretches of 16 kHz audio in which somebody speaks, as first and last sample, each 28 seconds at most. Raises Failure."""
        ...

    def hear(self, audio: bytes, hint: Hint, *, hurried: bool = False, is_wanted: Callable[[], bool] = lambda: True) -> Heard:
        """30 seconds of 16 kHz audio at most. `hurried` gives up some accuracy for time. Raises Failure, and NotWantedError where between two of its
        steps it is not wanted any more.
        """
        ...


class Speaker(Provider, Protocol):
    """Reads text aloud."""

    def speaks(self, language: str) -> bool:
        """Whether it knows the language; the empty one is English."""
        ...

    def say(self, sentence: str, voice: str, seconds: float) -> Iterator[bytes]:
        """Pieces of 16-bit samples at SPOKEN_RATE as they are made, none where the sentence has no sound; within `seconds`. Raises Failure.

        An empty voice, or one that it does not have, is its own.
        """
        ...
