"""Words of a resume, a job or an answer that speak to whoever asks or grades: they are data, and carry nothing."""

import re

from services.interviews.disguises import readings

_LONGEST = 12_000
_SCORE = r"(?:score|scores|mark|marks|grade|grades|rating|points|credit|evaluation|verdict)"
_IMPERATIVE = (
    r"(?:^\W*|[.!?:;]\W*"
    r"|\b(?:please|kindly|you\s+(?:must|should|can|will|shall|have\s+to|need\s+to)|therefore|then|now|just|simply|immediately)\s+)"
)
_ANSWER = (
    r"(?:answer|answers|response|responses|reply|code|solution|submission|interview|candidate|applicant|interviewee|resume|cv|application)"
)

# Narrow on purpose: teachers grade, recruiters speak of candidates and programmers of prompts, and they have to be able to.
_INSTRUCTION = re.compile(
    rf"""
    \b(?:ignore|disregard|forget|override|bypass)\b.{{0,40}}\b(?:instructions?|prompts?|rubrics?|guidelines|criteria)\b
    | \b(?:ignore|disregard|forget)\s+(?:all|any|everything|anything|what)\b.{{0,30}}\b(?:above|before|previous|prior|earlier|said|told
        |question|questions)\b
    | (?:^|\n|["'>\]\s])\s*(?:system|assistant|developer|admin|administrator)\s*(?:prompt|message|note|override|instruction
        |mode)?\s*[:>\]]\s
    | \bsystem\s+(?:prompt|override|instruction|note)\b
    | </?(?:system|instructions?|assistant|user|admin|prompt|score|grade|rubric|im_start|im_end|s|script|style|iframe|img)\b[^>]{{0,80}}>
    | \[/?(?:inst|system|sys|admin|assistant)\b[^\]]{{0,40}}\] | <\|.{{0,40}}\|> | <!-- | \#{{2,}}\s*(?:instructions?|system|response|end)\b
    | \b(?:full|maximum|max|perfect|bonus)\s+(?:possible\s+)?(?:marks?|scores?|points?|grades?|rating|credit|evaluation)\b
    | \b(?:10|ten)\s*(?:/|of|out\s+of)\s*(?:10|ten)\b | \b(?:100|hundred)\s*(?:/|of|out\s+of)\s*(?:100|hundred)\b | \b(?:5|five)\s*(?:/
        |out\s+of)\s*(?:5|five)\b
    | {_IMPERATIVE}(?:give|assign|grant|award|return|output|print|respond|reply|set|raise|put|write|record|add)\b.{{0,60}}\b{_SCORE}\b
    | {_IMPERATIVE}(?:give|award|grant)\s+(?:me|him|her|them|it|(?:this|the|my)\s+{_ANSWER}).{{0,20}}\b(?:10|ten|100)\s*(?:$|[.!,/]|of\b|out\b)
    | {_IMPERATIVE}(?:mark|count|treat|consider|regard|flag|classify|accept|report)\b.{{0,60}}\bas\s+(?:\w+\s+)?(?:correct|complete
        |found|relevant|perfect|passed|excellent
        |on[- ]topic|covered|outstanding|strong|hired|suitable|qualified)\b
    | {_IMPERATIVE}(?:score|rate|grade|evaluate|assess|judge|rank)\b.{{0,40}}\b(?:highly|high|highest|generously|well|favou?rably|10
        |ten|excellent|perfect|maximum)\b
    | \b(?:score|rate|grade|mark|evaluate|rank|judge)\s+(?:me|this\s+{_ANSWER}|my\s+{_ANSWER})\b
    | \b(?:score|rating|grade|relevance|verdict|is_deviated|deviated|overall_score|overall)\s*["']?\s*[:=]\s*["']?(?:\d|ten|full
        |perfect|true|false|pass|max)
    | \b(?:deserves?|merits?|earns?|warrants?|is\s+worth|should\s+(?:get|receive|be\s+given|be\s+awarded|be\s+scored|be\s+rated
        |be\s+graded))\b
        .{{0,40}}\b(?:marks?|score|points?|grade|10|ten|rating|hired|shortlisted|the\s+job|offer)\b
    | \b(?:this|my|the\s+above|the\s+following|above|his|her|their)\s+(?:answer|response|reply|solution|submission)\s+(?:is|was|should
        |must|covers?|contains?|meets?|satisfies|addresses
        |mentions|includes|fulfil+s?|demonstrates|hits|matches|answers)\b
    | \b(?:the|this|our)\s+(?:candidate|applicant|interviewee)\s+(?:gave|answered|mentions?|mentioned|covers?|covered|demonstrate[sd]?
        |scored|passe[sd]|deserves?|meets|satisfies
        |explain(?:s|ed)|describe[sd]?|named?|names|should\s+be|must\s+be|must\s+get|is\s+(?:the\s+)?(?:best|perfect|ideal|excellent
        |outstanding|hired))\b
    | \b(?:all|every|each)\s+(?:of\s+the\s+)?(?:expected\s+|required\s+|rubric\s+|ideal\s+|key\s+)*(?:points?|criteria
        |criterion)\s+(?:is|are|was|were|have|has|should|must)\b
    | \b(?:expected|ideal|rubric|model)\s+(?:points?|answers?|criteria)\s*(?:[:=]|are|is|were|found|met|covered)
    | \b(?:you\s+are\s+now|new\s+instructions?|act\s+as\s+(?:an?|the|my)\s+\w+|as\s+an?\s+(?:ai|language\s+model)|as\s+the\s+(?:grader
        |evaluator|examiner)
        |(?:note|message|instruction|instructions|attention|dear|hello|hey|to\s+the)\W+(?:to\s+|for\s+)?(?:the\s+)?(?:grader|evaluator
        |interviewer|reviewer|ai|model|llm|system|assistant|examiner|recruiter\s+bot)
        |hidden\s+(?:note|instruction|message)|end\s+of\s+(?:prompt|instructions?)|begin\s+(?:new\s+)?(?:prompt|instructions?)
        |jailbreak|developer\s+mode)\b
    | \b(?:graders?|evaluators?|examiners?|scoring\s+(?:model|system|engine|algorithm)|grading\s+(?:model|system|engine)|ai|llm|chatgpt
        |language\s+model)\b
        .{{0,40}}\b(?:must|should|shall|please)\s+(?:\w+\s+)?(?:give|accept|score|award|return|pass|mark|rate|treat|hire|ask|skip)\b
    | \b(?:hire|shortlist|approve|advance|pass|select)\s+(?:me|this\s+(?:candidate|applicant))\b
    | \b(?:ask|asking)\s+(?:me\s+|the\s+candidate\s+|this\s+candidate\s+)?(?:only\s+(?:about|easy|simple|one)|nothing|no\s+(?:more\s+
        |further\s+|hard\s+|difficult\s+)?questions|easy\s+questions|easier)\b
    | {_IMPERATIVE}(?:only\s+ask|do\s+not\s+ask|don'?t\s+ask|never\s+ask|skip\s+(?:the|all|every|to)\s+(?:\w+\s+)?(?:questions?
        |interview|tests?|end))\b
    | \b(?:reveal|leak|show|repeat)\b.{{0,30}}\b(?:prompt|instructions|rubric|ideal\s+answers?|expected\s+points|model\s+answers?)\b
    """,
    re.IGNORECASE | re.VERBOSE,
)  # fmt: skip
# The same in other languages: what is to be ignored, or the marks that are to be given. Narrow as well: both halves have to be there.
_ELSEWHERE = re.compile(
    r"""
    (?:ignorier|missacht|vergiss|vergesst|ignor[eao]|oubli|olvid|dimentica
        |negeer|vergeet|zignoruj|pomi\u0144|\u0438\u0433\u043d\u043e\u0440\u0438\u0440|\u0437\u0430\u0431\u0443\u0434\u044c)
        \w*\b.{0,40}\b(?:anweisung|vorgabe|instruktion|instruction|instrucci|istruzion|instru\u00e7|consigne|instructie|instrukcj|polece
        |\u0438\u043d\u0441\u0442\u0440\u0443\u043a\u0446|\u0443\u043a\u0430\u0437\u0430\u043d)\w*
    | \b(?:volle|maximale|h\u00f6chste)\w*\s+(?:punkt|note|bewertung)\w*
    | \bnote\s+maximale\b | \bmeilleure\s+note\b
    | \b(?:puntuaci\u00f3n|calificaci\u00f3n|nota|pontua\u00e7\u00e3o)\s+m\u00e1xima\b
    | \bm\u00e1xima\s+(?:puntuaci\u00f3n|calificaci\u00f3n|nota|pontua\u00e7\u00e3o)\b
    | \bpunteggio\s+(?:massimo|pieno)\b | \bvoto\s+massimo\b
    | \b(?:hoogste|maximale)\s+(?:score|cijfer|punten)\b | \bmaksymaln\w+\s+(?:liczb|ocen|punkt)\w*
    | \u043c\u0430\u043a\u0441\u0438\u043c\u0430\u043b\u044c\u043d\w*\s+(?:\u0431\u0430\u043b\u043b|\u043e\u0446\u0435\u043d\u043a)\w*
    | (?:\u5ffd\u7565|\u65e0\u89c6|\u7121\u8996).{0,20}(?:\u6307\u4ee4|\u6307\u793a|\u8bf4\u660e)
    | (?:\u6307\u4ee4|\u6307\u793a).{0,20}(?:\u5ffd\u7565|\u65e0\u89c6|\u7121\u8996) | \u6ee1\u5206|\u6eff\u5206|\u6e80\u70b9
    | \u062a\u062c\u0627\u0647\u0644.{0,30}\u062a\u0639\u0644\u064a\u0645\u0627\u062a
    | \u0627\u0644\u062f\u0631\u062c\u0629\s+\u0627\u0644\u0643\u0627\u0645\u0644\u0629
    | \u0928\u093f\u0930\u094d\u0926\u0947\u0936.{0,30}\u0905\u0928\u0926\u0947\u0916 | \u092a\u0942\u0930\u0947\s+\u0905\u0902\u0915
    """,
    re.IGNORECASE | re.VERBOSE | re.DOTALL,
)  # fmt: skip
# Pieces that are set apart, so that a sentence in the middle of one goes with the whole.
_APART = re.compile(
    r"<!--.*?(?:-->|$)|<\|im_start\|>.*?(?:<\|im_end\|>|$)|\[INST\].*?(?:\[/INST\]|$)|<(system|instructions?|assistant|admin|prompt|script|style)\b.*?(?:</\1>|$)",
    re.IGNORECASE | re.DOTALL,
)
_SENTENCES = re.compile(r"(?<=[.!?\u3002])\s+|\n+")
_NAME = re.compile(r"[^\W_][\w&+#.,'\u2019/() -]*")
_LONGEST_NAME = 60
_MOST_WORDS = 7
_SENTENCE = re.compile(
    r"[!?:]\s|\w{4}\.\s|\b(?:you|your|me|ignore|ask|give|must|should|please|score|question|questions|answer|instructions?|candidate|prompt|http|www)\b",
    re.IGNORECASE,
)


def is_instruction(text: str) -> bool:
    """Whether it speaks to whoever asks or grades, also in disguise and in some other languages."""
    return any(_INSTRUCTION.search(reading) or _ELSEWHERE.search(reading) for reading in readings(text[:_LONGEST]))


def apart(text: str) -> list[tuple[int, int]]:
    """Where pieces stand that are set apart and have an instruction in them: all that is in one of them is part of it."""
    return [found.span() for found in _APART.finditer(text[:_LONGEST]) if is_instruction(found[0])]


def without(text: str) -> str:
    """The text with every sentence left out that speaks to whoever asks or grades: what a model may be shown."""
    kept, start, set_apart = [], 0, apart(text)
    for end, following in [*(mark.span() for mark in _SENTENCES.finditer(text)), (len(text), len(text))]:
        part = text[start:end]
        if part.strip() and not any(start < last and first < end for first, last in set_apart) and not is_instruction(part):
            kept.append(part)
        start = following
    return "\n".join(kept)


def plain_name(text: str) -> str:
    """The text with single spaces where it can be the name of a firm, a title or a skill, which may stand in a question; empty where it cannot."""
    name = " ".join(text[:200].split()).strip(" ,;-")
    if not 2 <= len(name) <= _LONGEST_NAME or len(name.split()) > _MOST_WORDS or not _NAME.fullmatch(name):
        return name if name in ("C", "R") else ""
    return "" if is_instruction(name) or _SENTENCE.search(name) else name
