"""Which skills the text of a job demands, which it only wishes for, and which stand in it for other reasons: what the company sells, what it offers."""

import re
from dataclasses import dataclass
from functools import lru_cache

from services.chassis.skills import find_skills

_LONGEST_HEADING = 70
_MOST_WORDS = 9
_MARKS = re.compile(r"^[\s#*_>\u2022\u00b7-]+|[\s#*_:!?\u2026.]+$")
_BULLET = re.compile(r"\s*(?:[-*\u2022\u00b7\u2013]\s|\d{1,2}[.)]\s)")
_PARTS = re.compile(r"(?<=[.;!?])\s+|[()]")


def _any(*phrases: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(phrases)})", re.IGNORECASE)


# In headings and in sentences alike: English, German, French, Spanish.
_WISHED = _any(
    "nice[- ]to[- ]haves?\\b", "good to have\\b", "great to have\\b",
    "(?:is|are|as|would be|considered) an? (?:big |great |strong |real )?(?:plus|bonus|advantage|asset)\\b",
    "bonus(?: points)?\\b", "a plus\\b", "pluses\\b", "preferred\\b", "preferabl[ey]\\b", "preferences\\b", "desirable\\b", "ideally\\b",
    "optional(?:ly)?\\b", "advantageous\\b",
    "wünschenswert", "(?:von|ein) vorteil\\b", "pluspunkt", "idealerweise\\b", "gerne? auch\\b",
    "souhaité", "(?:un|serait un|est un) (?:plus|atout)\\b", "atouts?\\b", "apprécié", "idéalement\\b",
    "deseable", "valorable", "se valora", "un plus\\b", "idealmente\\b",
)  # fmt: skip
_ASIDE = _any(
    "about (?:us|the (?:company|team|organi[sz]ation|employer))\\b", "who we are\\b", "our (?:company|story|offer|values|promise)\\b",
    "what we(?: can)? offer\\b", "we offer\\b",
    "what you(?:'|\u2019)?(?:ll| will)? get\\b", "what(?:'|\u2019)?s in it\\b", "in return\\b", "benefits?\\b", "perks?\\b",
    "why (?:join|us|work)", "compensation\\b", "salary\\b", "pay\\b",
    "process\\b", "how to apply\\b", "apply\\b", "equal opportunit", "diversity\\b", "contact\\b",
    "wir bieten\\b", "bieten wir\\b", "das bieten\\b", "unser angebot\\b", "über uns\\b", "wer wir sind\\b", "deine vorteile\\b",
    "ihre vorteile\\b", "vergütung", "bewerbung", "kontakt\\b",
    "nous offrons\\b", "nous (?:vous )?proposons\\b", "à propos", "qui sommes", "avantages\\b", "rémunération", "candidature",
    "l['\u2019]entreprise\\b",
    "ofrecemos\\b", "qué ofrecemos", "sobre nosotros", "quiénes somos", "beneficios\\b", "la empresa\\b",
)  # fmt: skip
_DEMANDED = _any(
    "requirements?\\b", "required\\b", "qualifications?\\b", "must[- ]haves?\\b", "responsibilit", "duties\\b", "tasks?\\b",
    "(?:the|your|this) (?:role|job|position|mission|work)\\b",
    "what you(?:'|\u2019)?(?:ll| will)?(?: be)? (?:do|bring|need|have|know|work)",
    "what we(?:'|\u2019)?(?:re| are)? (?:expect|look|ask|need|want|seek)", "we expect\\b", "you (?:have|bring|are|will|know|should)\\b",
    "your (?:profile|skills|experience|background|tasks|day)", "who you are\\b", "about you\\b", "about the (?:role|job|position)\\b",
    "(?:key |core |technical )?skills\\b", "experience\\b", "(?:tech(?:nology)? )?stack\\b",
    "essential", "person specification\\b", "job description\\b",
    "aufgaben\\b", "(?:dein |ihr |anforderungs)?profil\\b", "anforderungen\\b", "qualifikation", "voraussetzung", "das bring",
    "was (?:du|sie) mit", "kenntnisse\\b", "tätigkeit",
    "missions?\\b", "(?:votre |le )?profil\\b", "compétences\\b", "exigences\\b", "vos tâches\\b", "responsabilités\\b", "le poste\\b",
    "requisitos\\b", "funciones\\b", "tareas\\b", "responsabilidades\\b", "perfil\\b", "qué buscamos\\b", "buscamos\\b", "el puesto\\b",
)  # fmt: skip
_SEEKS = _any(
    "(?:we(?:'|\u2019)?(?:re| are)? )?(?:looking|searching) for\\b", "we (?:seek|need|hire)\\b",
    "(?:is|are) (?:seeking|hiring|recruiting)\\b", "to join\\b", "you(?:'|\u2019)?(?:ll| will)\\b",
    "such(?:en|t)\\b", "recherch(?:e|ons)\\b", "cherchons\\b", "busca(?:mos)?\\b",
)  # fmt: skip
_PRESENTS = re.compile(
    r"(?:we(?:'|\u2019)re| we are|\bwe are|wir sind|nous sommes|somos)\s+(?:an?|the|one of|ein|eine|das|die|der|eines|une?|le|la|l['\u2019]|una?|el)\b"
    r"|\b(?:is|ist|est|es) (?:an?|the|one of|ein|eine|une?|una?) (?:leading|global|international|führend|weltweit)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Asked:
    """Skills by their standard names, in the order of the text, each once: a demand is no wish any more. `text` is what demands, without the title."""

    demanded: tuple[str, ...]
    wished: tuple[str, ...]
    text: str


@lru_cache(maxsize=512)
def asked(title: str, description: str) -> Asked:
    """By the headings of the text and by the words of each sentence.

    Where there are headings of demands, what stands before them is the company's word about itself, but for a sentence that says whom it looks for. A text
    without any is read as one demand, but for sentences that present the company or that say that something is only a wish.
    """
    lines = [line for line in description.splitlines() if line.strip()]
    kinds = [_heading(line) for line in lines]
    kind = "opening" if "demanded" in kinds else "demanded"
    demanded, wished, demands = dict.fromkeys(_named(title)), dict[str, None](), list[str]()
    for line, heads in zip(lines, kinds, strict=True):
        if heads:
            kind = heads
        for part in _PARTS.split(line):
            said = _kind_of(part, kind)
            if said == "demanded":
                demands.append(part)
                demanded |= dict.fromkeys(_named(part))
            elif said == "wished":
                wished |= dict.fromkeys(_named(part))
        demands.append("\n")
    return Asked(tuple(demanded), tuple(name for name in wished if name not in demanded), " ".join(demands))


def _heading(line: str) -> str:
    """Which kind of section the line begins: empty where it is no heading, or one that says nothing of it."""
    words = _MARKS.sub("", line)
    if _BULLET.match(line) or len(words) > _LONGEST_HEADING or len(words.split()) > _MOST_WORDS or line.rstrip().endswith((".", ",", ";")):
        return ""
    if _named(line):  # of a list without marks, or a heading and its list in one
        return ""
    return next((kind for kind, pattern in (("wished", _WISHED), ("aside", _ASIDE), ("demanded", _DEMANDED)) if pattern.search(words)), "")


def _kind_of(part: str, section: str) -> str:
    if section == "demanded" and _WISHED.search(part):
        return "wished"
    if section == "opening":
        return "demanded" if _SEEKS.search(part) else "aside"
    if section == "demanded" and _PRESENTS.search(part) and not _SEEKS.search(part):
        return "aside"
    return section


def _named(text: str) -> list[str]:
    return [mention.skill for mention in find_skills(text)]
