"""Which words head which section of a CV, in English, German, French and Spanish."""

from __future__ import annotations

import re

from services.candidates.parsing import evidence
from services.candidates.parsing.lines import plain

_LONGEST_HEADING = 52
# The first kind with a word in the heading decides, so that "Formación complementaria" is about certificates before it is about schooling.
_WHOLE = {
    "contact": "contact|contact me|contact details|contact information|contact info|get in touch|personal details|personal information|personal data|personal info"
    "|details|kontakt|kontaktdaten|persönliche daten|persönliche angaben|persönliches|zur person|coordonnées|mes coordonnées|informations personnelles|contacto"
    "|datos personales|datos de contacto|información personal|información de contacto",
    "summary": "about|en bref|in brief|in short|at a glance|snapshot|auf einen blick|kurz und knapp|elevator pitch|my story|hello|mission|career to date in brief|en resumen|executive profile|about me|who i am|profile|personal profile|objective|career objective|professional objective|personal statement|statement|summary|overview|introduction"
    "|career summary|career profile|executive summary|bio|biography|highlights|profil|über mich|kurzprofil|kurzvorstellung|zusammenfassung|persönliches profil"
    "|berufliches profil|qualifikationsprofil|berufsziel|à propos|à propos de moi|en quelques mots|présentation|résumé|objectif|objectif professionnel|qui suis-je|accroche"
    "|perfil|sobre mí|acerca de mí|resumen|extracto|presentación|objetivo|objetivo profesional|quién soy"
    "|professional overview|career overview|career goal|career goals|highlights of qualifications|professional statement|profil und ziele|zu meiner person|résumé de carrière"
    "|mes objectifs|projet professionnel|resumo|resumo profissional|sobre mim|objetivo profissional|perfil profissional|apresentação|profilo|podsumowanie|profiel|o mnie",
    "projects": "",
    "certifications": "scheine|berechtigungen|befähigungsnachweise|registration|registrations|professional registration|professional registrations|registration and training|job related training|admissions|bar admissions|formations continues|professional development|continuing education|continuing professional development|cpd|tickets|mandatory training|statutory training|compulsory training|short courses|titre professionnel|titres professionnels|professional designations|designations|permisos|permisos y carnés|licensure|online courses|online learning|mooc|moocs|online-kurse|cours en ligne|cursos online|cursos en línea|führerschein|fahrerlaubnis|permis de conduire|permis et certificats|carné de conducir|credentials|professional credentials|professional training|formación complementaria|formation complémentaire|formations complémentaires|formation continue|formación continua|weiterbildung|weiterbildungen"
    "|fort- und weiterbildung|fort- und weiterbildungen|fortbildung|fortbildungen|otros cursos|cursos|courses|trainings|training|kurse|schulungen|seminare|permis"
    "|professional qualifications|seminars|seminars attended|trainings attended|zusatzqualifikationen|zusatzqualifikation|führerscheine|cursos realizados|carnets|carnés|cursos complementares|permis et habilitations"
    "|formação complementar|licenses held|tickets and licences|bar admission|admission|zulassungen|fachweiterbildungen|lehrgänge|stages de formation|perfectionnement",
    "education": "learning|my education|what i studied|where i studied|what i have studied|studies|qualifications|academic qualifications|academics|schooling|training and education|bildung|bildungsweg|ausbildung|schule|studium|abschlüsse|lehre"
    "|schul- und berufsausbildung|aus- und weiterbildung|formation|formations|formation initiale|cursus|cursus scolaire|cursus universitaire|titulación|estudios|formación"
    "|titres et diplômes|diplômes et formations|scolarité|werdegang akademisch"
    "|qualification|school|schools|university|universities|scholastics|college|schools attended|institutions attended|schulen|schullaufbahn|schulischer werdegang|escolaridade|scolarité et diplômes"
    "|études supérieures|istruzione|istruzione e formazione|wykształcenie|opleiding|opleidingen|formazione|parcours scolaire|parcours universitaire|parcours académique|parcours de formation",
    "experience": "appointment|current appointment|present appointment|previous appointments|work|what i've done|stationen|berufliche stationen|berufsstationen|praxis|where i have worked|what i have done|academic positions|academic appointments|appointments|career|jobs|employment|werdegang|lebenslauf|parcours|trayectoria|historial|background|where i worked|mes expériences|positions held|positions|practice"
    "|present position|current position|previous positions|current role|previous roles|where i've worked|where i've been|my career|vie professionnelle|vida laboral|beruf|earlier career|other positions"
    "|sea service|military service|service record|freelance|freelance work|selected clients|assignments|contracts|career path|career progression|doświadczenie zawodowe|doświadczenie|werkervaring"
    "|beruflicher weg|mein weg|wissenschaftlicher werdegang|experiences|prácticas|stages|nebentätigkeiten|nebenjobs|dienstlaufbahn|wehrdienst|academic experience",
    "languages": "languages|language skills|languages spoken|foreign languages|sprachen|sprachkenntnisse|fremdsprachen|langues|langues étrangères|langues parlées|idiomas|lenguas"
    "|languages known|linguistic proficiency|langues vivantes|línguas|lingue|języki|talen|compétences linguistiques|competencias lingüísticas|competências linguísticas|sprachliche kompetenzen",
    "skills": "habiletés|was ich kann|tools|abilities|what i am good at|what i'm good at|what i know|good at|wissen|technologies|toolbox|toolkit|tech stack|stack|strengths|strengths and skills|stärken|know-how|savoir-faire|savoir-être|atouts|soft skills|hard skills|software|it"
    "|edv|methods|what i can do|areas of expertise|domaines de compétences|expertise|aptitudes|capacidades|competencias|conocimientos|fortalezas|informatique|outils|herramientas"
    "|computer literacy|specialties|specialities|specialisms|core strengths|key strengths|what i bring|destrezas|cualidades|qualités|logiciels|informática|computer|persönliche stärken|connaissances|umiejętności"
    "|vaardigheden|competenze|competenze tecniche|areas of specialization|areas of specialisation|what i work with|i work with|ferramentas|outils et logiciels|mes atouts|points forts|gute kenntnisse",
    "other": "references on request|references available on request|references available upon request|references upon request|available on request|referenzen auf anfrage|références sur demande|referencias a petición|interests|grants|grants and awards|fellowships|research|research interests|declaration|erklärung|date and signature|hobbies|freizeit|references|referees|publications|volunteering|awards|honors|honours|activities|extracurricular activities|links|miscellaneous|additional information"
    "|other|patents|talks|invited talks|presentations|teaching|service|memberships|affiliations|interessen|hobbys|publikationen|referenzen|ehrenamt|auszeichnungen|sonstiges"
    "|mitgliedschaften|veröffentlichungen|centres d'intérêt|loisirs|publications|références|bénévolat|divers|distinctions|intereses|aficiones|publicaciones|referencias"
    "|voluntariado|premios|otros|otros datos|datos de interés|coursework|achievements|key achievements|accomplishments|erfolge|quotes|press|conferences"
    "|scholarships|books|articles|chapters|book chapters|supervision|community service|professional affiliations|character references|bio data|biodata|personal information sheet|extra-curricular activities"
    "|engagement|ehrenamtliches engagement|engagement associatif|leadership|open source contributions|datos adicionales|información adicional|informações adicionais|interesses|zainteresowania|prizes|exhibitions"
    "|gap|sprachreisen|auslandsaufenthalte|verschiedenes|divers|vie associative|awards and achievements|anhang|anlagen|unterschrift",
}  # fmt: skip
_CORE = {
    "projects": "project projects projekt projekte projet projets proyecto proyectos portfolio"
    " projetos progetti",
    "certifications": "certification certifications certificate certificates licence licences license licenses accreditation accreditations zertifikat zertifikate zertifizierung"
    " zertifizierungen lizenzen certificat certificats habilitations certificación certificaciones certificado certificados licencias"
    " attestation attestations certificações certificados licensing qualification-certificates",
    "languages": "language languages sprachkenntnisse fremdsprachen sprachen langues idiomas",
    "other": "interests hobbies interessen hobbys publications publikationen references referenzen awards auszeichnungen honors honours volunteering volunteer ehrenamt"
    " ehrenamtliches bénévolat voluntariado activities loisirs intérêt intérêts interés premios publicaciones referencias referees community memberships membership",
    "education": "education educational academic academics schulbildung ausbildung bildung berufsausbildung hochschulausbildung studium études diplômes éducation educación académica"
    " académique académiques académico académicos academic akademischer akademische akademisch bildungsweg académicas titulación estudios formación universitaire scolaire degrees"
    " qualification attainment schule schulen schulischer schulische formation formations educação credentials attainment hochschulstudium hochschulbildung berufsbildung schulabschluss formação acadêmica académica universitaria universitarios universitária universitäre studien diplômes diplôme etudes schools",
    "experience": "experience experiences employment berufserfahrung berufserfahrungen berufspraxis werdegang expérience expériences parcours experiencia experiencias trayectoria historial"
    " career beruflicher berufliche tätigkeiten arbeitserfahrung praxiserfahrung laufbahn carrière erfahrung erfahrungen emplois empleo internships praktika stages background hintergrund history record positions roles engagements"
    " job jobs appointments employments praktikum nebentätigkeiten nebenjobs anstellungen arbeitsverhältnisse berufstätigkeit tätigkeit empleos prácticas experiência experiências histórico historique trajetória carreira esperienza esperienze",
    "skills": "skill skills competencies competences competency expertise technologies technology kenntnisse it-kenntnisse edv-kenntnisse fachkenntnisse fähigkeiten kompetenzen"
    " kernkompetenzen qualifikationen schlüsselqualifikationen compétence compétences habilidades competencias aptitudes conocimientos fertigkeiten proficiencies capabilities"
    " proficiency literacy strengths kenntnis stärken connaissances knowledge destrezas cualidades qualités competências conhecimentos competenze software-kenntnisse specialization",
    "summary": "summary profile objective profil perfil resumen zusammenfassung kurzprofil objectif"
    " overview resumo",
}  # fmt: skip
_WORDS_BESIDE = (
    ["attended", "known", "examinations", "examination", "spoken", "software", "conocimiento", "institutions", "datos", "dates", "obtained", "formal", "summary", "relevant", "previous", "current", "present", "earlier", "early", "selected", "teaching", "research", "clinical", "legal", "military", "industry", "job-related", "trainings", "wissenschaftlicher", "praktischer", "berufsbezogene", "akademische", "vivantes", "docente", "docentes", "realizados", "realizadas", "cursados", "datos", "clave", "sociales", "profissional", "profissionais", "acadêmica", "acadêmicas", "técnicos", "informática", "informatiques", "antérieures", "diverses", "anteriores", "complementares", "dans", "avec", "con", "professionali", "lavorativa", "lavorative", "tecniche",
     "to", "date", "so", "far", "a", "an", "and", "of", "the", "my", "in", "with", "professional", "work", "working", "relevant", "key", "core", "main", "selected", "personal", "technical", "personal", "skills", "set", "abilities", "ability", "other", "additional", "further", "special", "tools", "qualifications", "training", "courses", "exams", "languages", "statement", "side", "own", "independent", "recent", "notable", "business", "management", "digital", "computer", "it", "general", "highlights", "details", "und", "der", "die", "das", "des", "meine", "mein", "weitere", "besondere", "fachliche", "persönliche", "soziale", "technische", "praktische", "ausgewählte", "eigene", "beruflicher", "berufliche", "beruflichen", "über", "im", "bereich", "wichtige", "sonstige", "relevante", "fach", "it-", "edv-", "weiterbildungen", "aus-", "schul-", "fort-", "et", "de", "des", "du", "la", "le", "les", "l'", "d'", "en", "mes", "mon", "professionnel", "professionnelle", "professionnelles", "professionnels", "personnels", "personnelle", "techniques", "technique", "clés", "informatiques", "linguistiques", "complémentaires", "complémentaire", "métier", "métiers", "réalisés", "autres", "domaines", "principales", "y", "e", "el", "los", "las", "mi", "mis", "del", "al", "profesional", "profesionales", "laboral", "laborales", "personales", "destacados", "destacadas", "técnicas", "técnicos", "técnica", "clave", "informáticas", "informáticos", "académica", "complementaria", "relevante", "otros", "otras", "idiomas", "principales", "cursos"]
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
        "experience",
        "experiences",
        "experiencia",
        "experiencias",
        "competences",
        "connaissances",
        "competencias",
        "conocimientos",
        "habilidades",
        "formacion",
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
_DOCUMENT = frozenset(["resume"])  # what the whole page is called, and without its accents no summary
_KIND_OF = {name: kind for kind, names in _WHOLE.items() for name in names.split("|") if name}
_KIND_OF |= {plain(name): kind for name, kind in _KIND_OF.items() if plain(name) not in _DOCUMENT and plain(name) not in _KIND_OF}
_CORE_OF: dict[str, str] = {}
for _kind, _words in _CORE.items():
    for _word in _words.split():
        _CORE_OF.setdefault(plain(_word), _kind)
_BESIDE = frozenset(map(plain, _WORDS_BESIDE))
_ORDER = tuple(_CORE)
_NUMBER = re.compile(r"^(?:\d{1,2}|[ivx]{1,4})[.)]\s+")
_MARKS = re.compile(r"^[\W_]+|[\W_]+$")
_ADDED = re.compile(r"\s*\([^()]*\)?$")
_EITHER = re.compile(r"^[^\W\d_]{3,}\s*[/&]\s*[^\W\d_]{3,}$")  # "Permits / CACES": one of the two words is known
_JOINED = re.compile(r"\s*,\s*|\s+(?:and|und|sowie|et|y|e|with|mit)\s+")


def heading_kind(text: str) -> str | None:
    """The kind of section that a line of these words alone would open: known as a whole, or made of words that headings are made of."""
    kinds = heading_kinds(text)
    return kinds[0] if kinds else None


def heading_kinds(text: str) -> tuple[str, ...]:
    """All that a heading of these words announces, what decides first: "Education and certificates" is about both."""
    key = re.sub(r"\s*[&+/]\s*", " and ", _MARKS.sub("", _NUMBER.sub("", text.casefold().replace("\u2019", "'"))))
    key = " ".join(_ADDED.sub("", key).split())
    if not key or len(key) > _LONGEST_HEADING or "\t" in text:
        return ()
    if kind := _known(key):
        return (kind,)
    words = re.sub(r"\b([ld])'", r"\1' ", plain(key)).split()
    if len(words) > 6:
        return ()
    told = [heading_kind(part) for part in _JOINED.split(key)] if _JOINED.search(key) else []
    if not all(word in _CORE_OF or word in _BESIDE for word in words):
        kind = _by_its_noun(words, key)
        if kind or not (all(told) or (_EITHER.search(text) and sum(map(bool, told)) >= len(told) / 2)):
            return (kind,) if kind else ()
        return tuple(dict.fromkeys(part for part in told if part))
    if "skills" in words and "interests" in words:
        return ("skills",)
    kinds = {_CORE_OF[word] for word in words if word in _CORE_OF}
    found = tuple(kind for kind in _ORDER if kind in kinds)
    if not found:
        return tuple(dict.fromkeys(part for part in told if part))
    return (
        ("education", "certifications") if told and told[0] == "education" and {*found, *told} == {"education", "certifications"} else found
    )


def _known(key: str) -> str | None:
    return _KIND_OF.get(key) or _KIND_OF.get(plain(key)) or (_KIND_OF.get(f"{plain(key)}s") if " " in key else None)


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
    return _known(noun) or _CORE_OF.get(noun)
