"""The RPCs of speech: what was said, as it is said and in recordings, and text spoken aloud."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from uuid import UUID

import grpc

from einstellen.inference.v1 import speech_pb2, speech_pb2_grpc
from services.chassis import errors
from services.chassis.calls import Scope
from services.chassis.clock import Clock, utc_now
from services.chassis.database import Database
from services.chassis.logs import log
from services.inference import listening, rules, speaking, store
from services.inference.decoding import isolated
from services.inference.decoding.limits import MAX_BYTES
from services.inference.fallback import Fallback, Pieces
from services.inference.gate import Gate, Rank
from services.inference.listening import SAMPLE_BYTES, UTTERANCE_SECONDS
from services.inference.providers.protocol import SPOKEN_RATE, Failure, Heard, Hint, Kind, NotWantedError, Provider, Speaker, Transcriber
from services.inference.rpc.models import once_only
from services.inference.tables import UsageDay

Context = grpc.ServicerContext
RECORDINGS = 2  # that are decoded and wait at once; each holds its sound in memory, 20 MB at most
_DECODING_SECONDS = 30.0
_LONGEST_WAIT = 3.0  # seconds for the model, beyond which an utterance is refused rather than heard late


class SpeechService(speech_pb2_grpc.SpeechServiceServicer):
    """See speech.proto."""

    def __init__(
        self,
        database: Database,
        transcriber: Transcriber | None,
        speakers: Fallback[Speaker],
        listening_streams: int,
        speaking_streams: int,
        clock: Clock = utc_now,
    ) -> None:
        """So many utterances are listened to and texts spoken at once."""
        self._database = database
        self._transcriber = transcriber
        self._speakers = speakers
        self._spoken = speaking.Memory()
        self._gate = Gate()
        self._utterances = threading.BoundedSemaphore(listening_streams)
        self._texts = threading.BoundedSemaphore(speaking_streams)
        self._recordings = threading.BoundedSemaphore(RECORDINGS)
        self._clock = clock

    def Transcribe(self, requests: Iterator[speech_pb2.TranscribeRequest], context: Context) -> Iterator[speech_pb2.TranscribeResponse]:
        transcriber = self._available()
        with _place(self._utterances, "TRANSCRIBERS_BUSY"), _bounded(context) as until, _caller_may_go():
            settings = _opening(next(requests, None), transcriber)
            if self._gate.wait > _LONGEST_WAIT:
                raise errors.ResourceExhausted(
                    "TRANSCRIBERS_BUSY", "the model is behind with what others said; try again in a moment, or elsewhere"
                )
            hint = Hint(settings.language, tuple(settings.vocabulary))
            transcriber.warm()
            arriving, audio, last, last_at, took = Arriving(requests), b"", 0.0, 0.0, 0.0
            while not arriving.is_whole:
                audio = arriving.beyond(len(audio))
                heard, now = listening.seconds(audio), time.monotonic()
                if arriving.is_whole or not settings.partial_results or not listening.partial_is_due(heard, last, now, last_at, took):
                    continue
                part = self._so_far(transcriber, audio, hint, lambda: not arriving.is_whole and context.is_active())
                last, last_at = heard, time.monotonic()
                took = last_at - now
                if part is not None:
                    yield speech_pb2.TranscribeResponse(transcript=to_transcript(part, transcriber, heard))
            audio = arriving.beyond(len(audio))
            if not context.is_active():
                raise errors.DeadlineExceeded("CALLER_GONE", "the caller does not wait for the answer any more")
            found = self._whole(transcriber, audio, settings, Rank.UTTERANCE, until, context)
        yield speech_pb2.TranscribeResponse(is_final=True, transcript=found)

    def TranscribeRecording(self, requests: Iterator[speech_pb2.TranscribeRecordingRequest], context: Context) -> speech_pb2.Transcript:
        transcriber = self._available()
        with _place(self._recordings, "TRANSCRIBERS_BUSY"), _bounded(context) as until, _caller_may_go():
            settings = _opening(next(requests, None), transcriber)
            transcriber.warm()
            file = bytearray()
            for request in requests:
                file += _piece(request, "file")
                if len(file) > MAX_BYTES:
                    raise errors.OutOfRange("AUDIO_TOO_LARGE", f"a recording has {MAX_BYTES >> 20} MiB at most")
            if not context.is_active():
                raise errors.DeadlineExceeded("CALLER_GONE", "the caller does not wait for the answer any more")
            audio = isolated.decode(bytes(file), max(0.1, min(_DECODING_SECONDS, until - time.monotonic())))
            del file
            found = self._whole(transcriber, audio, settings, Rank.RECORDING, until, context)
        if not found.segments:
            raise errors.InvalidArgument("AUDIO_SILENT", "nobody speaks in this recording")
        return found

    def Speak(self, request: speech_pb2.SpeakRequest, context: Context) -> Iterator[speech_pb2.SpeakResponse]:
        until = once_only(context)
        states = self._speakers.states()
        if states and not any(speaker.speaks(request.language) for speaker, _ in states):
            raise errors.invalid_field("language", "LANGUAGE_UNSUPPORTED", "nobody here speaks this language")
        said: dict[Speaker, int] = {}
        with _place(self._texts, "SPEAKERS_BUSY"):
            try:
                for sentence in speaking.sentences(request.text):
                    speaker, pieces = self._say(sentence, request, until, context)
                    for text, piece, is_last in speaking.in_seconds(sentence, pieces):
                        said[speaker] = said.get(speaker, 0) + len(piece)
                        yield speech_pb2.SpeakResponse(
                            text=text,
                            audio=piece,
                            sample_rate=SPOKEN_RATE,
                            ends_sentence=is_last,
                            provider=speaker.name,
                            model=speaker.model,
                        )
            finally:
                # Also where the caller went away: what was spoken has been paid for.
                for speaker, size in said.items():
                    self._count(request, speaker, size / SAMPLE_BYTES / SPOKEN_RATE)

    def _say(self, sentence: str, request: speech_pb2.SpeakRequest, until: float, context: Context) -> tuple[Speaker, Iterator[bytes]]:
        """Who says the sentence, and its pieces, which are kept for the next time once all have come."""
        for speaker, is_asked in self._speakers.states():
            kept = self._spoken.get((speaker.name, speaker.model, request.voice, sentence))
            if is_asked and kept is not None:
                return speaker, iter([kept])

        def ask(speaker: Speaker, limit: float) -> tuple[Pieces[bytes], bytes | None]:
            if not speaker.speaks(request.language):
                raise Failure(Kind.REFUSED)
            pieces = Pieces(speaker.say(sentence, request.voice, until - time.monotonic()), context.is_active)
            try:
                return pieces, pieces.next(limit)
            except BaseException:
                pieces.drop()
                raise

        speaker, (pieces, first) = self._speakers.first(ask, until)
        return speaker, self._rest(speaker, pieces, first, (speaker.name, speaker.model, request.voice, sentence), until)

    def _rest(self, speaker: Speaker, pieces: Pieces[bytes], piece: bytes | None, key: speaking.Key, until: float) -> Iterator[bytes]:
        whole = bytearray()
        try:
            while piece is not None:
                whole += piece
                yield piece
                piece = pieces.next(until)
        except Failure as failure:
            self._speakers.failed(speaker, failure)
            raise rules.refusal([failure.kind]) from None
        finally:
            pieces.drop()
        self._spoken.keep(key, bytes(whole))

    def _so_far(self, transcriber: Transcriber, audio: bytes, hint: Hint, is_wanted: Callable[[], bool]) -> Heard | None:
        """What is heard of an utterance that goes on; None where others have the model, somebody wants it meanwhile, or the speaker pauses."""
        with self._gate.hold_if_idle() as idle, _told():
            if not idle:
                return None
            audio = audio[: len(audio) // SAMPLE_BYTES * SAMPLE_BYTES]
            stretches = transcriber.stretches(audio)
            if listening.pauses(stretches, audio):
                return None
            try:
                parts = [
                    (
                        start,
                        transcriber.hear(
                            listening.cut(audio, start, end), hint, hurried=True, is_wanted=lambda: is_wanted() and not self._gate.is_wanted
                        ),
                    )
                    for start, end in listening.windows(stretches)
                ]
            except NotWantedError:
                return None
        return listening.joined(parts)

    def _whole(
        self, transcriber: Transcriber, audio: bytes, settings: speech_pb2.TranscribeSettings, rank: Rank, until: float, context: Context
    ) -> speech_pb2.Transcript:
        """Hears all of it, window by window, letting others go between; counts what was heard, also where the call's time ends before the audio does."""
        if len(audio) % SAMPLE_BYTES:
            raise errors.InvalidArgument("AUDIO_UNREADABLE", "the audio ends within a sample: send signed 16-bit little-endian samples")
        hint = Hint(settings.language, tuple(settings.vocabulary))
        parts: list[tuple[int, Heard]] = []
        heard = 0.0
        try:
            with _told():
                for start, end in listening.windows(transcriber.stretches(audio)):
                    with self._gate.hold(rank, until, context.is_active):
                        parts.append((start, transcriber.hear(listening.cut(audio, start, end), hint, is_wanted=context.is_active)))
                    heard = end / listening.RATE
        except NotWantedError:
            self._count(settings, transcriber, heard)
            raise errors.DeadlineExceeded("CALLER_GONE", "the caller does not wait for the answer any more") from None
        except BaseException:
            self._count(settings, transcriber, heard)
            raise
        self._count(settings, transcriber, listening.seconds(audio))
        return to_transcript(listening.joined(parts), transcriber, listening.seconds(audio))

    def _available(self) -> Transcriber:
        if self._transcriber is None:
            raise errors.FailedPrecondition("NO_PROVIDER", "no model for speech is installed here")
        return self._transcriber

    def _count(self, settings: speech_pb2.TranscribeSettings | speech_pb2.SpeakRequest, provider: Provider, seconds: float) -> None:
        if seconds:
            tenant_id, today = UUID(settings.tenant_id), self._clock().date()
            used = UsageDay(tenant_id, today, settings.purpose, provider.name, audio_milliseconds=round(seconds * 1000))
            with self._database.begin(Scope(tenant_id=tenant_id)) as connection:
                store.add_usage(connection, used)


class Arriving:
    """An utterance's audio, read beside whoever hears it: so they see that the rest has come, and need not finish what is out of date."""

    def __init__(self, requests: Iterator[speech_pb2.TranscribeRequest]) -> None:
        self._requests = requests
        self._audio = bytearray()
        self._changed = threading.Condition()
        self._problem: Exception | None = None
        self.is_whole = False
        threading.Thread(target=self._read, name="utterance", daemon=True).start()

    def beyond(self, size: int) -> bytes:
        """All that came so far, once it is more than this, or whole. Raises what the stream ended with, and OutOfRange / AUDIO_TOO_LONG."""
        with self._changed:
            self._changed.wait_for(lambda: self.is_whole or len(self._audio) > size)
            if self._problem is not None:
                raise self._problem
            return bytes(self._audio)

    def _read(self) -> None:
        try:
            for request in self._requests:
                self._add(_piece(request, "audio"))
        except Exception as problem:  # noqa: BLE001 - raised to whoever hears
            self._problem = problem
        with self._changed:
            self.is_whole = True
            self._changed.notify()

    def _add(self, piece: bytes) -> None:
        with self._changed:
            self._audio += piece
            self._changed.notify()
        if listening.seconds(self._audio) > UTTERANCE_SECONDS:
            raise errors.OutOfRange("AUDIO_TOO_LONG", f"an utterance has {UTTERANCE_SECONDS} seconds at most")


@contextmanager
def _place(places: threading.BoundedSemaphore, reason: str) -> Iterator[None]:
    if not places.acquire(blocking=False):
        raise errors.ResourceExhausted(reason, "as many calls run as this process can hold; try again in a moment, or elsewhere")
    try:
        yield
    finally:
        places.release()


@contextmanager
def _told() -> Iterator[None]:
    """A model that fails is told as any provider is."""
    try:
        yield
    except Failure as failure:
        log.warning("provider failed", extra={"provider": "speech", "kind": failure.kind.value})
        raise rules.refusal([failure.kind]) from None


@contextmanager
def _bounded(context: Context) -> Iterator[float]:
    """The moment (monotonic) until which the caller waits; where it set none, the call is ended then, since a silent stream would hold its thread for ever."""
    remaining = context.time_remaining()
    seconds = rules.time_for_all(remaining)
    end = threading.Timer(seconds, context.cancel) if remaining is None else None
    if end is not None:
        end.daemon = True
        end.start()
    try:
        yield time.monotonic() + seconds - rules.MARGIN_SECONDS
    finally:
        if end is not None:
            end.cancel()


@contextmanager
def _caller_may_go() -> Iterator[None]:
    """A stream that its sender broke off is nobody's fault here."""
    try:
        yield
    except grpc.RpcError as problem:
        if isinstance(problem, grpc.Call):
            raise
        raise errors.DeadlineExceeded("CALLER_GONE", "the caller does not wait for the answer any more") from None


def _opening(
    first: speech_pb2.TranscribeRequest | speech_pb2.TranscribeRecordingRequest | None, transcriber: Transcriber
) -> speech_pb2.TranscribeSettings:
    if first is None or first.WhichOneof("part") != "settings":
        raise errors.InvalidArgument("SETTINGS_MISSING", "the first message has the settings")
    if not transcriber.speaks(first.settings.language):
        raise errors.invalid_field("settings.language", "LANGUAGE_UNSUPPORTED", f"{transcriber.model} does not know this language")
    return first.settings


def _piece(request: speech_pb2.TranscribeRequest | speech_pb2.TranscribeRecordingRequest, name: str) -> bytes:
    if request.WhichOneof("part") != name:
        raise errors.invalid_field(name, "FIELDS_INVALID", "every message after the first has a piece of it")
    piece: bytes = getattr(request, name)
    return piece


def to_transcript(heard: Heard, transcriber: Transcriber, seconds: float) -> speech_pb2.Transcript:
    return speech_pb2.Transcript(
        segments=[
            speech_pb2.Segment(
                text=sentence.text(heard.language), start=sentence.words[0].start, end=sentence.words[-1].end, confidence=sentence.confidence,
                words=[speech_pb2.Word(text=word.text, start=word.start, end=word.end, confidence=word.confidence) for word in sentence.words],
            )
            for sentence in listening.sentences(heard.words)
        ],
        language=heard.language if heard.words else "", language_confidence=heard.language_confidence if heard.words else 0,
        provider=transcriber.name, model=transcriber.model, seconds=round(seconds, 3),
    )  # fmt: skip
