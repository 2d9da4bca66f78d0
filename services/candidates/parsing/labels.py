"""Words that say what stands beside them, as in forms: "Position held: Nurse"; each for a title, an employer, a degree, a school, a date, a place or a story."""

from __future__ import annotations

import re

_CORE = {
    "title": "designation occupation position title job_title role profession function beruf funktion tätigkeit stelle stellenbezeichnung poste fonction métier cargo puesto profesión",
    "company": "client kunde employer company firm arbeitgeber firma unternehmen betrieb employeur entreprise société empleador empresa",
    "degree": "passed examination exam course qualification qualifications degree award abschluss bezeichnung bildungsabschluss diplôme intitulé título titulación cualificación",
    "school": "institute board board/university school university institution organisation organization college schule hochschule universität einrichtung bildungseinrichtung établissement école université centro universidad"
    " institución organización",
    "dates": "to year years dates date period duration from zeitraum datum dauer période durée fecha fechas periodo duración",
    "place": "location place city country ort standort lieu ville lugar ciudad",
    "story": "subjects project environment leaving roles_and_responsibilities job_profile activities responsibilities duties tasks description achievements aufgaben tätigkeiten verantwortlichkeiten activités missions responsabilités tâches actividades responsabilidades"
    " funciones tareas logros technologies",
}  # fmt: skip
_BESIDE = frozenset(
    "last highest attended grade for reason job hours passing main of the and or held name address type business sector awarded title providing education training study studies main_subjects covered key your im in der des die und oder name_des art"
    " wichtigste de du la l le ou et nom adresse principales occupé principal d los las del y o el desempeñado nombre dirección principales obtenida obtenido que ha impartido tipo".replace(
        "_", " "
    ).split()
)
_KIND_OF = {word.replace("_", " "): kind for kind, words in _CORE.items() for word in words.split()}
_LABEL = re.compile(r"([^\t:]{3,60}?)(?:\t|\s?:\s+)(?=\S)")


def label_of(text: str) -> tuple[str, str] | None:
    """The kind that the words before a gap or a colon announce, and what stands behind it."""
    match = _LABEL.match(text)
    kind = kind_of(match[1]) if match else None
    return (kind, text[match.end() :]) if match and kind else None


def is_label(words: str) -> bool:
    """Whether it could be a label or a part of one, as "held" is of "position held"."""
    said = re.findall(r"[^\W\d_]+", words.casefold())
    return bool(said) and all(word in _KIND_OF or word in _BESIDE for word in said)


def kind_of(words: str) -> str | None:
    """None unless every word is one of labels; the last of those that tell a kind decides, but what somebody does is no title in "main activities"."""
    if known := _KIND_OF.get(words.casefold().strip(" :")):
        return known
    said = re.findall(r"[^\W\d_]+", words.casefold())
    kinds = [_KIND_OF[word] for word in said if word in _KIND_OF]
    if not kinds or not all(word in _KIND_OF or word in _BESIDE for word in said):
        return None
    for first in ("story", "dates", "degree"):
        if first in kinds:
            return first
    return kinds[0]
