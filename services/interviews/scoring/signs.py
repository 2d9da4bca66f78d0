"""Signs of how an answer is told: a situation, one's own part, a reason, a result, a number, a lesson."""

import re
from collections.abc import Mapping

_PAST = (
    r"(?:[a-z]{2,}ed|built|wrote|led|ran|set|took|made|began|broke|brought|bought|came|chose|did|drew|drove|found|gave|got|held|kept|knew|laid|left|met|paid|put"
    r"|read|sat|saw|sent|shut|sold|spoke|spent|stood|taught|told|thought|won|went|cut|dealt|fed|felt|fixed|sought|rebuilt|rewrote|overhauled)"
)
_ADVERB = r"(?:\s+(?:also|then|first|personally|therefore|immediately|quickly|later|finally|always|usually|just|carefully|quietly|never|[a-z]+ly))?"
_NUMBER = (
    r"(?:\d[\d.,]*|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety"
    r"|hundred|thousand|half)"
)
_SIGNS: Mapping[str, re.Pattern[str]] = {
    "situation": re.compile(
        rf"\b(?:when|while|during|last\s+(?:year|month|week|summer|winter|spring|autumn)|years?\s+ago|in\s+(?:19|20)\d\d|at\s+[A-Z]\w+|we\s+had|there\s+was|there\s+were"
        rf"|i\s+worked|we\s+were|i\s+was|once|one\s+(?:day|night|morning|evening|of\s+(?:our|my))|our\s+\w+|{_NUMBER}\s+\w+)\b",
        re.IGNORECASE,
    ),
    "own_part": re.compile(rf"\bi{_ADVERB}\s+(?:have\s+|had\s+)?{_PAST}\b|\bmy\s+(?:part|role|job|task|idea|decision|responsibility)\b", re.IGNORECASE),
    "action": re.compile(rf"\b(?:i|we){_ADVERB}\s+{_PAST}\b|\band{_ADVERB}\s+{_PAST}\b", re.IGNORECASE),
    "reason": re.compile(
        r"\b(?:because|so\s+that|in\s+order\s+to|therefore|that\s+is\s+why|the\s+reason|otherwise|which\s+is\s+why|to\s+avoid|to\s+make\s+sure|instead\s+of"
        r"|rather\s+than)\b",
        re.IGNORECASE,
    ),
    "result": re.compile(
        r"\b(?:as\s+a\s+result|in\s+the\s+end|since\s+then|after\s+that|afterwards|led\s+to|resulted|outcome|dropped|fell|rose|grew|went\s+(?:from|down|up|live)|reduced|increased|cut"
        r"|saved|improved|halved|doubled|tripled|finished|delivered|passed|no\s+longer|never\s+again|stayed|fewer|faster|shorter|sank|succeeded|completed|reopened|renewed|recovered"
        r"|within\s+\w+\s+(?:hours?|days?|weeks?|months?|minutes?)|from\s+\S+\s+(?:\S+\s+)?to\s+\S+)\b",
        re.IGNORECASE,
    ),
    "number": re.compile(rf"\b{_NUMBER}\b(?:\s*(?:%|percent|per\s+cent|\w+))|\b\d", re.IGNORECASE),
    "lesson": re.compile(
        r"\b(?:learn(?:ed|t)?|next\s+time|since\s+then|would\s+(?:now\s+)?(?:do|have|start|ask)|differently|lesson|taught\s+me|today\s+i|now\s+i|in\s+hindsight|looking\s+back|from\s+then\s+on)\b",
        re.IGNORECASE,
    ),
}  # fmt: skip
NAMES = frozenset(_SIGNS)


def shows(sign: str, sentence: str) -> bool:
    return bool(_SIGNS[sign].search(sentence))
