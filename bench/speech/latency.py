"""From the last word of an answer to the first sound of the next question: each part of that time."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median, quantiles

from bench.speech.clips import RATE, Clip
from bench.speech.quality import Hears
from services.inference import speaking
from services.inference.providers import builtin
from services.inference.providers.voice import Voice
from services.interviews.asking.bank import bank
from services.interviews.asking.follow_ups import follow_up
from services.interviews.interviewer.turns import CHUNK, CHUNK_SECONDS, Silero, Turn
from services.interviews.scoring.answers import score
from services.interviews.subjects import Answer

PAUSE = 0.35  # after which the interviewer has what was said written down, while it still waits whether more comes


@dataclass(frozen=True)
class Wait:
    """Seconds after the last voice, for one answer."""

    text_known: float  # the pause, and the transcript of what came before it
    patience: float
    question: float
    sound: float

    @property
    def turn_over(self) -> float:
        return max(self.text_known, self.patience)

    @property
    def whole(self) -> float:
        return self.turn_over + self.question + self.sound


def fastest(work: Callable[[], object], times: int = 2) -> float:
    """CPU seconds of all threads, in the better of two runs: what a shared machine shows of the time that it takes where nothing else runs."""
    found = []
    for _ in range(times):
        began = time.process_time()
        work()
        found.append(time.process_time() - began)
    return min(found)


def waits(clips: list[Clip], hear: Hears) -> list[Wait]:
    questions = [question for question in _all_questions() if question.points and not question.asks_for_code]
    model = builtin.find()
    assert model is not None
    voice = Voice()
    list(voice.say("Ready.", "", 60))
    found = []
    for number, clip in enumerate(clips):
        question, answer = questions[number % len(questions)], Answer(text=clip.words)
        turn, ear = Turn(), Silero()
        for start in range(0, len(clip.audio) - 2 * CHUNK + 1, 2 * CHUNK):
            turn.hear(ear.is_speech(clip.audio[start : start + 2 * CHUNK]))
        heard = hear(clip.audio + bytes(round(PAUSE * RATE) * 2))
        while turn.silence < PAUSE:
            turn.hear(False)
        turn.read(heard)
        known = {}

        def vectors(texts: object) -> object:
            missing = [text for text in texts if text not in known]  # type: ignore[attr-defined]
            known.update(zip(missing, model.embed(missing, 60).values, strict=True))
            return [known[text] for text in texts]  # type: ignore[attr-defined]

        vectors([point.text for point in question.points] + [question.text])  # of the bank: remembered from interview to interview
        remembered = dict(known)

        def judged() -> None:
            known.clear()
            known.update(remembered)
            scored = score(question, answer, vectors)
            points = {point.text for point in scored.points if point.found}
            follow_up(question, answer, [question], missing=[point for point in question.points if point.text not in points])

        following = questions[(number + 1) % len(questions)].text
        first = speaking.sentences(following)[0]
        found.append(
            Wait(
                PAUSE + fastest(lambda: hear(clip.audio + bytes(round(PAUSE * RATE) * 2))),
                turn.patience,
                fastest(judged),
                fastest(lambda: next(voice.say(first, "", 60))),
            )
        )
    return found


def shown(found: list[Wait]) -> list[str]:
    def row(name: str, values: list[float]) -> str:
        return f"| {name} | {median(values):.2f} s | {quantiles(values, n=10)[-1]:.2f} s | {max(values):.2f} s |"

    return [
        "| from the last voice | median | 90 of 100 | slowest |",
        "|---|---|---|---|",
        row(f"the text is known: {PAUSE} s of pause, then the transcript", [one.text_known for one in found]),
        row("patience: the silence that ends the turn", [one.patience for one in found]),
        row("the turn is over: the longer of both, since one runs during the other", [one.turn_over for one in found]),
        row("the answer judged and the next question chosen", [one.question for one in found]),
        row("its first sentence spoken", [one.sound for one in found]),
        row("**sum: the first sound is ready**", [one.whole for one in found]),
    ]


def parts(hear: Hears, hurried: Hears, sound: bytes) -> list[str]:
    """What an utterance takes by its length."""
    lines = ["| utterance | final | partial |", "|---|---|---|"]
    for seconds in (1, 2, 5, 10, 25):
        audio = (sound * (seconds * 2 * RATE // len(sound) + 1))[: seconds * 2 * RATE]
        lines.append(f"| {seconds} s | {fastest(lambda: hear(audio)):.2f} s | {fastest(lambda: hurried(audio)):.2f} s |")
    return lines


def ear(clips: list[Clip]) -> float:
    """CPU for each second of audio."""
    judge, audio = Silero(), b"".join(clip.audio for clip in clips)
    judge.is_speech(bytes(2 * CHUNK))
    began = time.process_time()
    count = 0
    for start in range(0, len(audio) - 2 * CHUNK + 1, 2 * CHUNK):
        judge.is_speech(audio[start : start + 2 * CHUNK])
        count += 1
    return (time.process_time() - began) / (count * CHUNK_SECONDS)


def _all_questions() -> list:
    known = bank()
    found = []
    for value in vars(known).values():
        found += _questions_in(value)
    return found


def _questions_in(value: object) -> list:
    if hasattr(value, "points") and hasattr(value, "text"):
        return [value]
    if hasattr(value, "values"):
        value = list(value.values())
    return [found for each in value for found in _questions_in(each)] if isinstance(value, (list, tuple)) else []
