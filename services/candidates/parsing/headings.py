"""Which words head which section of a CV, in English, German, French and Spanish."""

from __future__ import annotations

import re

from services.candidates.parsing import evidence

_LONGEST_HEADING = 52
# The first kind with a word in the heading decides, so that "Formación complementaria" is about certificates before it is about schooling.
_WHOLE = {
    "contact": "contact|contact me|contact details|contact information|contact info|get in touch|personal details|personal information|personal data|personal info"
    "|details|kontakt|kontaktdaten|persönliche daten|persönliche angaben|persönliches|zur person|coordonnées|mes coordonnées|informations personnelles|contacto"
    "|datos personales|datos de contacto|información personal|información de contacto",
    "summary": "about|en bref|in brief|in short|at a glance|snapshot|auf einen blick|kurz und knapp|elevator pitch|my story|hello|mission|career to date in brief|en resumen|executive profile|about me|who i am|profile|personal profile|objective|career objective|professional objective|personal statement|statement|summary|overview|introduction"
    "|career summary|career profile|executive summary|bio|biography|highlights|profil|über mich|kurzprofil|kurzvorstellung|zusammenfassung|persönliches profil"
    "|berufliches profil|qualifikationsprofil|berufsziel|à propos|à propos de moi|en quelques mots|présentation|résumé|objectif|objectif professionnel|qui suis-je|accroche"
    "|perfil|sobre mí|acerca de mí|resumen|extracto|presentación|objetivo|objetivo profesional|quién soy",
    "projects": "",
    "certifications": "admissions|bar admissions|formations continues|professional development|continuing education|continuing professional development|cpd|tickets|licensure|credentials|professional credentials|professional training|formación complementaria|formation complémentaire|formations complémentaires|formation continue|formación continua|weiterbildung|weiterbildungen"
    "|fort- und weiterbildung|fort- und weiterbildungen|fortbildung|fortbildungen|otros cursos|cursos|courses|trainings|training|kurse|schulungen|seminare|permis",
    "education": "studies|qualifications|academic qualifications|academics|schooling|training and education|bildung|bildungsweg|ausbildung|schule|studium|abschlüsse|lehre"
    "|schul- und berufsausbildung|aus- und weiterbildung|formation|formations|formation initiale|cursus|cursus scolaire|cursus universitaire|titulación|estudios|formación"
    "|titres et diplômes|diplômes et formations|scolarité|werdegang akademisch",
    "experience": "work|what i've done|stationen|berufliche stationen|berufsstationen|praxis|where i have worked|what i have done|academic positions|academic appointments|appointments|career|jobs|employment|werdegang|lebenslauf|parcours|trayectoria|historial|background|where i worked|mes expériences|positions held|positions|practice",
    "languages": "languages|language skills|languages spoken|foreign languages|sprachen|sprachkenntnisse|fremdsprachen|langues|langues étrangères|langues parlées|idiomas|lenguas",
    "skills": "habiletés|was ich kann|tools|abilities|what i am good at|what i'm good at|what i know|good at|wissen|technologies|toolbox|toolkit|tech stack|stack|strengths|strengths and skills|stärken|know-how|savoir-faire|savoir-être|atouts|soft skills|hard skills|software|it"
    "|edv|methods|what i can do|areas of expertise|domaines de compétences|expertise|aptitudes|capacidades|competencias|conocimientos|fortalezas|informatique|outils|herramientas",
    "other": "interests|grants|grants and awards|fellowships|research|research interests|declaration|erklärung|date and signature|hobbies|freizeit|references|referees|publications|volunteering|awards|honors|honours|activities|extracurricular activities|links|miscellaneous|additional information"
    "|other|patents|talks|invited talks|presentations|teaching|service|memberships|affiliations|interessen|hobbys|publikationen|referenzen|ehrenamt|auszeichnungen|sonstiges"
    "|mitgliedschaften|veröffentlichungen|centres d'intérêt|loisirs|publications|références|bénévolat|divers|distinctions|intereses|aficiones|publicaciones|referencias"
    "|voluntariado|premios|otros|otros datos|datos de interés|coursework|achievements|key achievements|accomplishments|erfolge|quotes|press|conferences",
}  # fmt: skip
_CORE = {
    "projects": "project projects projekt projekte projet projets proyecto proyectos portfolio",
    "certifications": "certification certifications certificate certificates licence licences license licenses accreditation accreditations zertifikat zertifikate zertifizierung"
    " zertifizierungen lizenzen certificat certificats habilitations certificación certificaciones certificado certificados licencias",
    "languages": "language languages sprachkenntnisse fremdsprachen sprachen langues idiomas",
    "other": "interests hobbies interessen hobbys publications publikationen references referenzen awards auszeichnungen honors honours volunteering volunteer ehrenamt"
    " ehrenamtliches bénévolat voluntariado activities loisirs intérêt premios publicaciones referencias referees community memberships",
    "education": "education educational academic academics schulbildung ausbildung bildung berufsausbildung hochschulausbildung studium études diplômes éducation educación académica"
    " académique académiques académico académicos academic akademischer akademische akademisch bildungsweg académicas titulación estudios formación universitaire scolaire degrees",
    "experience": "experience experiences employment berufserfahrung berufserfahrungen berufspraxis werdegang expérience expériences parcours experiencia experiencias trayectoria historial"
    " career beruflicher berufliche tätigkeiten arbeitserfahrung praxiserfahrung laufbahn carrière erfahrung erfahrungen emplois empleo internships praktika stages background hintergrund history record positions roles engagements",
    "skills": "skill skills competencies competences competency expertise technologies technology kenntnisse it-kenntnisse edv-kenntnisse fachkenntnisse fähigkeiten kompetenzen"
    " kernkompetenzen qualifikationen schlüsselqualifikationen compétence compétences habilidades competencias aptitudes conocimientos fertigkeiten proficiencies capabilities",
    "summary": "summary profile objective profil perfil resumen zusammenfassung kurzprofil objectif",
}  # fmt: skip
_BESIDE = frozenset(
    ["proficiency", "to", "date", "so", "far", "a", "an", "and", "of", "the", "my", "in", "with", "professional", "work", "working", "relevant", "key", "core", "main", "selected", "personal", "technical", "personal", "skills", "set", "abilities", "ability", "other", "additional", "further", "special", "tools", "qualifications", "training", "courses", "exams", "languages", "statement", "side", "own", "independent", "recent", "notable", "business", "management", "digital", "computer", "it", "general", "highlights", "details", "und", "der", "die", "das", "des", "meine", "mein", "weitere", "besondere", "fachliche", "persönliche", "soziale", "technische", "praktische", "ausgewählte", "eigene", "beruflicher", "berufliche", "beruflichen", "über", "im", "bereich", "wichtige", "sonstige", "relevante", "fach", "it-", "edv-", "weiterbildungen", "aus-", "schul-", "fort-", "et", "de", "des", "du", "la", "le", "les", "l'", "d'", "en", "mes", "mon", "professionnel", "professionnelle", "professionnelles", "professionnels", "personnels", "personnelle", "techniques", "technique", "clés", "informatiques", "linguistiques", "complémentaires", "complémentaire", "métier", "métiers", "réalisés", "autres", "domaines", "principales", "y", "e", "el", "los", "las", "mi", "mis", "del", "al", "profesional", "profesionales", "laboral", "laborales", "personales", "destacados", "destacadas", "técnicas", "técnicos", "técnica", "clave", "informáticas", "informáticos", "académica", "complementaria", "relevante", "otros", "otras", "idiomas", "principales", "cursos"]
)  # fmt: skip
_LAST = frozenset(
    [
        "experience",
        "experiences",
        "employment",
        "skills",
        "competencies",
        "competences",
        "certifications",
        "certificates",
        "qualifications",
        "languages",
        "projects",
        "expertise",
        "knowledge",
    ]
)
_FIRST = frozenset(
    [
        "expérience",
        "expériences",
        "experiencia",
        "experiencias",
        "compétences",
        "connaissances",
        "competencias",
        "conocimientos",
        "habilidades",
        "formación",
        "projets",
        "proyectos",
    ]
)
_COMPOUND = re.compile(
    r"[^\W\d_]{3,}(?:(erfahrung|erfahrungen|tätigkeiten)|(kenntnisse|fähigkeiten|kompetenzen|fertigkeiten)|(ausbildung))"
)
_NO_HEADING = re.compile(
    r"\b(?:customer|user|guest|client|employee|brand|passenger|patient|manager|head|director|lead|of|in|with|for|mit|en)\b"
)
_KIND_OF = {name: kind for kind, names in _WHOLE.items() for name in names.split("|") if name}
_CORE_OF: dict[str, str] = {}
for _kind, _words in _CORE.items():
    for _word in _words.split():
        _CORE_OF.setdefault(_word, _kind)
_ORDER = tuple(_CORE)
_NUMBER = re.compile(r"^(?:\d{1,2}|[ivx]{1,4})[.)]\s+")
_MARKS = re.compile(r"^[\W_]+|[\W_]+$")


def heading_kind(text: str) -> str | None:
    """The kind of section that a line of these words alone would open: known as a whole, or made of words that headings are made of."""
    key = re.sub(r"\s*[&+/]\s*", " and ", _MARKS.sub("", _NUMBER.sub("", text.casefold().replace("\u2019", "'"))))
    key = " ".join(key.split())
    if not key or len(key) > _LONGEST_HEADING or "\t" in text:
        return None
    if key in _KIND_OF:
        return _KIND_OF[key]
    words = re.sub(r"\b([ld])'", r"\1' ", key).split()
    if len(words) > 6:
        return None
    if not all(word in _CORE_OF or word in _BESIDE for word in words):
        return _by_its_noun(words, key)
    if "skills" in words and "interests" in words:
        return "skills"
    kinds = {_CORE_OF[word] for word in words if word in _CORE_OF}
    return next((kind for kind in _ORDER if kind in kinds), None)


def _by_its_noun(words: list[str], key: str) -> str | None:
    """Of which kind a heading is that has words of its own beside the one that headings are made of, as "teaching experience" has."""
    compound = _COMPOUND.fullmatch(key)
    if compound:
        return "experience" if compound[1] else "skills" if compound[2] else "education"
    if not 1 < len(words) < 5 or _NO_HEADING.search(key) or not all(word.isalpha() for word in words):
        return None
    noun = words[-1] if words[-1] in _LAST else words[0] if words[0] in _FIRST else ""
    rest = " ".join(word for word in words if word != noun)
    if max(evidence.title(rest), evidence.degree(rest)) > 0.9:
        return None
    if "volunteer" in words or "volunteering" in words:
        return "other"
    return _KIND_OF.get(noun) or _CORE_OF.get(noun)
