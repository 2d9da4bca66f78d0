"""The built-in voice: hibari, an English one of 8 MB in a package, on one processor thread; nothing is ever fetched."""

import re
import threading
from collections.abc import Iterator
from importlib import metadata
from typing import Any

from services.chassis.logs import log
from services.inference.providers.protocol import Failure, Kind

_NAME = "heart"  # the one voice that is inside the package; it would fetch the others
_SEED = 0  # of the breath in the voice: the same sentence always sounds the same
_MOST_PHONEMES = 600  # of a sentence; written signs may become many words
_QUIET, _BREATH = 0.01, 720  # the loudest that nobody hears, of 1; samples left before what is heard, at SPOKEN_RATE
_LONG_NUMBER = re.compile(r"\d{13,}")  # nobody reads it as one number


class Voice:
    """Loads its model when first asked, in half a second, and says one sentence at a time, thirty to a hundred times as fast as it plays."""

    name = "hibari"
    model = _NAME

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._loaded: Any = None
        self._failed = False

    def speaks(self, language: str) -> bool:
        return language in ("", "en")

    def say(self, sentence: str, voice: str, seconds: float) -> Iterator[bytes]:
        if not self._turn.acquire(timeout=max(0.0, seconds)):
            raise Failure(Kind.TOO_SLOW)
        try:
            hibari, left = self._load(), _MOST_PHONEMES
            # Square brackets would be read as instructions on how to say a word.
            readable = _LONG_NUMBER.sub(lambda found: " ".join(found.group()), sentence.replace("[", " ").replace("]", " "))
            for number, phonemes in enumerate(hibari.phonemize(readable)):
                audio = hibari.from_phonemes(phonemes[:left], seed=_SEED)
                if number == 0:
                    audio = audio[_beginning(audio) :]
                yield (audio.clip(-1.0, 1.0) * 32767).astype("<i2").tobytes()
                left -= len(phonemes)
                if left <= 0:
                    return
        except (ArithmeticError, LookupError, ValueError, RuntimeError) as problem:
            # Of the reading of signs, whose message may quote them.
            log.warning("a sentence could not be read", extra={"kind": type(problem).__name__})
            raise Failure(Kind.REFUSED) from None
        finally:
            self._turn.release()

    def _load(self) -> Any:
        if self._failed:
            raise Failure(Kind.BROKEN)
        if self._loaded is None:
            try:
                from hibari import Hibari  # type: ignore[import-untyped] # noqa: PLC0415 - heavy, and most processes never speak

                self._loaded = Hibari(voice=_NAME, threads=1)
            except Exception as problem:  # noqa: BLE001 - whatever a broken installation raises
                self._failed = True  # it would fail again, and take its time for it
                log.error("the voice cannot be loaded", exc_info=problem)
                raise Failure(Kind.BROKEN) from None
        return self._loaded


def _beginning(audio: Any) -> int:
    """The sample from which on something is to be heard: the voice begins with a third of a second of nothing, which whoever waits for it need not hear."""
    loud = abs(audio) > _QUIET
    return max(0, int(loud.argmax()) - _BREATH) if loud.any() else 0


def find() -> list[Voice]:
    """The built-in voice, where its package is installed."""
    try:
        metadata.distribution("hibari-tts")
    except metadata.PackageNotFoundError:
        return []
    return [Voice()]
