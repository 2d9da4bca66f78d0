"""What stands beside the names in the head of an entry: grades, theses, how far somebody came, an agency, words such as "worked as"."""

from __future__ import annotations

import re

_ABOUT = re.compile(
    r"[.,;(|\u2013\u2014-]*\s*\b(?:(?:c?gpa|cum\. gpa|final grade|grade(?! (?:[XVI]+|1[0-3])\b)|note|gesamtnote|abschlussnote|nota media|mention)\b"
    r"\s?:?\s*(?:\d|[A-Z]\b|sehr|gut|tr\u00e8s|bien|assez)[^\t|]*"
    r"|(?:(?:ph\.?d |master'?s? )?thesis|dissertation|thema|titel|supervisor|advisor"
    r"|m\u00e9moire|tesis|sujet|schwerpunkte?|relevant coursework|coursework)\s?:[^\t|]*|\b(?:dean['\u2019]s list|honou?r roll|valedictorian)\b[^\t|]*"
    r"|[^()\t|]*\b(?:scholar(?:ship)?|fellowship|bursary|stipend\w*|boursi\w+|becari\w+)\))",
    re.IGNORECASE,
)
_VIA = re.compile(
    r"\s*\((?:via|through|durch|\u00fcber|contracted (?:by|through)|on contract to|client|f\u00fcr)\b:?[^()]*\)|,?\s+via [A-Z][^\t|,]*$"
)
_WORKED_AS = re.compile(
    r"^(?:\d{1,2}[.)]\s+)?(?:(?:currently|presently|previously|have|i)\s+)*(?:work(?:ed|ing|s)?|serv(?:ed|ing|es)|employed|engaged)\s+as\s+(?:an?\s+|the\s+)?",
    re.IGNORECASE,
)
_WORKED_IN = re.compile(r"\s+(?:in|with|at|for)\s+(?:the\s+)?(?=[A-Z])")
_GRADED = re.compile(
    r",?\s*(?:\(\s*)?\b(?:predicted:? |expected:? |awarded )?(?:2[:.][12i]{1,2}"
    r"|(?:first|second|third|1st|2nd|upper|lower|one)[ -](?:upper |lower |division|class)[^\t,()]*"
    r"|(?:upper|lower) second(?: class)?(?: hono(?:u)?rs)?|(?<=,\s)\d{2,3}(?:\.\d+)?\s?%"
    r"|(?:with )?(?:distinction|merit)|[DMP]\*?[DMP]\*?[DMP]\*?|(?:summa|magna|insigni|cum) (?:cum )?laude)(?!\w)(?:\s*\))?(?=\s*(?:[,\t|)]|$))",
    re.IGNORECASE,
)
_STATUS = re.compile(
    r"[,;]?\s*\(\s*(?:in progress|not completed|incomplete|unfinished|ongoing"
    r"|(?:expected|anticipated|graduating|voraussichtlich|prévue?|previsto)\b[^()]*|ohne abschluss"
    r"|abgebrochen|nicht abgeschlossen|laufend|en cours|non achevée?|inachevée?|en curso|sin finalizar|inacabado|withdrawn|deferred)\s*\)"
    r"|[,;]\s*(?:in progress|not completed|ongoing)(?=\s*(?:\t|$))",
    re.IGNORECASE,
)
_FORM = re.compile(
    r"^(?:address|adresse|dirección|website|sitio web|site web|level in eqf|eqf level|niveau cec"
    r"|fields? ?(?:\(s\) )?of study|final grade|(?:number|type) of credits)\b\s*:?\s",
    re.IGNORECASE,
)  # what Europass asks of a school beside its name
_IN_CAPITALS = re.compile(r"(?P<loud>[^\W\d_a-zß-ÿ]{2,}(?: [^\W\d_a-zß-ÿ]{2,})+) (?=[^\W\d_][^\W\d_]*[a-zß-ÿ])")
_LOUD = 10  # letters that are no abbreviation


def names_in(whole: str, *, apart: bool = True) -> str:
    """The row without them, cut by tabs where two names follow each other; nothing of a row that only says more of a school.

    Capitals set names `apart` where the page has no other look for that.
    """
    if _FORM.match(whole):
        return ""
    worked = _WORKED_AS.match(whole)
    words = _WORKED_IN.sub("\t", whole[worked.end() :], count=1) if worked else whole
    for remark in (_ABOUT, _STATUS, _GRADED, _VIA):
        words = remark.sub("", words)
    return _apart(words) if apart else words


def _apart(words: str) -> str:
    """What is in capitals and what follows in small letters are two: "MASTER OF LAWS Universiteit Leiden"."""
    return "\t".join(
        f"{loud['loud']}\t{cell[loud.end() :]}" if (loud := _IN_CAPITALS.match(cell)) and len(loud["loud"]) >= _LOUD else cell
        for cell in words.split("\t")
    )
