"""When somebody speaks, when they insist on it, and when their turn is over: Silero's detector of voices, and patience that depends on what was said."""

import re
import threading
from importlib import metadata
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import NDArray

RATE = 16_000
CHUNK = 512  # samples that are judged at once; Silero knows no other number
CHUNK_SECONDS = CHUNK / RATE
_CONTEXT = 64  # samples before them that it sees as well
_SPEECH, _STILL_SPEECH = 0.5, 0.35  # how sure it must be of a beginning, and of more of it

SHORTEST, LONGEST = 0.5, 3.0  # seconds of silence that end a turn: never less, never more
_FINISHED, _UNKNOWN, _BROKEN_OFF = 0.6, 1.2, 2.4
_SLOWER = 1.25  # times the longest pause that this speaker made and then went on
_INSISTS_AFTER = 0.45  # seconds of voice in the last second; a cough and a "mhm" are shorter
_END = re.compile(r"[.?!。？！][\"'”’)\]]*\Z")  # noqa: RUF001 - the full stops of other scripts
_TRAILS = re.compile(r"(\.\.\.|…|[,;:–-])\Z")  # noqa: RUF001 - what Whisper writes where a voice stays up
_LAST_WORD = re.compile(r"([\w']+)\W*\Z")
# A full stop after one of these is Whisper's guess: nobody ends an answer so.
_LEADS_ON = frozenset(
    {
        "a", "also", "an", "and", "as", "at", "because", "but", "by", "for", "from", "hmm", "if", "in", "into", "is", "its", "just", "like",
        "mean", "my", "of", "on", "or", "our", "so", "than", "that", "the", "their", "then", "these", "they", "this", "to", "uh", "um",
        "was", "we", "well", "were", "when", "where", "which", "while", "who", "whose", "with", "would", "your", "i", "i'm", "we're",
        "it's", "actually", "basically", "maybe", "namely",
    }
)  # fmt: skip


class Silero:
    """Judges 32 milliseconds at a time, for one speaker, in the order in which they were spoken; about a tenth of a millisecond each."""

    def __init__(self) -> None:
        import numpy as np  # noqa: PLC0415 - only a process that hears needs it

        self._state: tuple[Any, Any] = (np.zeros((1, 1, 128), "float32"), np.zeros((1, 1, 128), "float32"))
        self._context: NDArray[Any] = np.zeros(_CONTEXT, "float32")
        self._speaks = False

    def probability(self, chunk: bytes) -> float:
        """How sure it is of a voice in these CHUNK samples."""
        import numpy as np  # noqa: PLC0415

        samples = np.concatenate([self._context, np.frombuffer(chunk, "<i2").astype("float32") / np.float32(32768)])
        found, *state = _session().run(None, {"input": samples[np.newaxis], "h": self._state[0], "c": self._state[1]})
        self._state, self._context = (state[0], state[1]), samples[-_CONTEXT:]
        return float(np.asarray(found).ravel()[0])

    def is_speech(self, chunk: bytes) -> bool:
        self._speaks = self.probability(chunk) >= (_STILL_SPEECH if self._speaks else _SPEECH)
        return self._speaks


class Turn:
    """One person's turn to speak, told chunk by chunk whether there was a voice, and what was heard so far whenever that is known.

    It keeps no clock: its time is that of the audio.
    """

    def __init__(self) -> None:
        self._recent: list[bool] = []
        self._text: str | None = None
        self._longest = 0.0
        self.silence = 0.0  # seconds since the last voice
        self.voice = 0.0  # seconds of voice in the turn

    def hear(self, is_speech: bool) -> None:
        self._recent = [*self._recent[-round(1 / CHUNK_SECONDS) + 1 :], is_speech]
        if not is_speech:
            self.silence += CHUNK_SECONDS
            return
        if self.voice and self.silence >= SHORTEST / 2:
            self._longest, self._text = max(self._longest, self.silence), None  # what is known of the text is of before this
        self.voice, self.silence = self.voice + CHUNK_SECONDS, 0.0

    def read(self, text: str) -> None:
        """All of the turn's text so far, as it was heard up to the pause that goes on now."""
        self._text = text

    @property
    def insists(self) -> bool:
        """Whether somebody really speaks, so that one who is speaking to them should stop."""
        return sum(self._recent) * CHUNK_SECONDS >= _INSISTS_AFTER

    @property
    def patience(self) -> float:
        """Seconds of silence that end the turn: few where a sentence is finished, more where it is not, and more for a slow speaker."""
        return patience(self._text, self._longest)

    @property
    def is_over(self) -> bool:
        return self.voice > 0 and self.silence >= self.patience


def patience(text: str | None, longest_pause: float = 0.0) -> float:
    """See Turn.patience; None is a text that is not known yet."""
    needed = _UNKNOWN if text is None else _FINISHED if is_finished(text) else _BROKEN_OFF
    return min(LONGEST, max(SHORTEST, needed, _SLOWER * longest_pause))


def is_finished(text: str) -> bool:
    """Whether this reads as if its speaker had said what they wanted to say."""
    text = text.strip()
    last = _LAST_WORD.search(text)
    return bool(_END.search(text)) and not _TRAILS.search(text) and last is not None and last.group(1).lower() not in _LEADS_ON


_lock = threading.Lock()
_loaded: list[Any] = []


def _session() -> Any:
    """One for all speakers: what it remembers of each is theirs."""
    with _lock:
        if not _loaded:
            import onnxruntime  # type: ignore[import-untyped] # noqa: PLC0415

            options = onnxruntime.SessionOptions()
            options.intra_op_num_threads = options.inter_op_num_threads = 1
            options.log_severity_level = 3
            # The package is only read: importing it would load Whisper's libraries as well.
            model = metadata.distribution("faster-whisper").locate_file("faster_whisper/assets/silero_vad_v6.onnx")
            _loaded.append(onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"]))
        return _loaded[0]
