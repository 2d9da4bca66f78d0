"""What the words themselves say: a job's title, an employer, a degree or a school; each between 0 and 1."""

from __future__ import annotations

import re

from services.candidates.parsing.places import placeness

# Nouns for people at work. What ends a compound ("Elektromeister") or goes on ("ingénieure") is left open.
_TITLE = re.compile(
    r"\b(?:engineer|developer|programmer|architect|analyst|manager|consultant|scientist|designer|administrator|director|officer|intern|trainee|assistant|apprentice|specialist"
    r"|coordinator|teacher|tutor|lecturer|professor|instructor|trainer|coach|researcher|technician|mechanic|electrician|plumber|carpenter|welder|fitter|machinist|operator|operative|driver"
    r"|accountant|bookkeeper|auditor|controller|actuary|economist|broker|trader|banker|cashier|nurse|midwife|doctor|physician|surgeon|dentist|pharmacist|therapist|psychologist|carer"
    r"|caregiver|paramedic|veterinarian|recruiter|tester|owner|founder|co-?founder|president|chair|head|lead|leader|supervisor|foreman|superintendent|cto|ceo|cfo|coo|cio|vp|vice president"
    r"|associate|partner|principal|freelancer?|contractor|student|fellow|postdoc|scholar|volunteer|representative|agent|advisor|adviser|executive|secretary|receptionist|clerk|planner"
    r"|buyer|merchandiser|seller|salesperson|sales(?:man|woman)|marketer|copywriter|writer|editor|journalist|reporter|translator|interpreter|photographer|artist|illustrator|animator"
    r"|musician|producer|chef|cook|baker|butcher|waiter|waitress|barista|bartender|host|hostess|housekeeper|concierge|cleaner|janitor|gardener|farmer|picker|packer|loader|porter|courier"
    r"|pilot|steward|captain|sailor|soldier|sergeant|guard|fire-?fighter|lawyer|solicitor|barrister|attorney|paralegal|judge|notary|librarian|curator|archivist|strategist|evangelist"
    r"|developer advocate|generalist|handyman|labou?rer|worker|estimator|surveyor|inspector|dispatcher|handler|auxiliary|aide|orderly|matron|sister|registrar|resident|hygienist|optician"
    r"|sous chef|commis|barber|hairdresser|beautician|stylist|tailor|upholsterer|painter|roofer|bricklayer|plasterer|joiner|rigger|crane|scrum master|product owner|site reliability|team member"
    r"|full stack|gerente|jefe|jefa|becari[oa]|analista|técnic[oa]|profesora?|maestr[oa]|docente|comercial|dependient[ea]|vendedora?|cajer[oa]|camarer[oa]|cociner[oa]|encargad[oa]|responsable"
    r"|director[ea]?|directrice|directeur|coordinador[a]?|administrativ[oa]|auxiliar|asistente|abogad[oa]|enfermer[oa]|médic[oa]|farmacéutic[oa]|psicólog[oa]|arquitect[oa]|diseñador[a]?"
    r"|desarrollador[a]?|programador[a]?|ingenier[oa]|consultor[a]?|contable|auditor[a]?|operari[oa]|mecánic[oa]|electricista|fontaner[oa]|soldador[a]?|conductor[a]?|repartidor[a]?|mozo|peón"
    r"|limpiador[a]?|investigador[a]?|redactor[a]?|traductor[a]?|fotógraf[oa]|educador[a]?|monitor[a]?|cuidador[a]?|recepcionista|secretari[oa]|gestor[a]?|delegad[oa]|socio|socia|fundador[a]?"
    r"|développeu\w+|ingénieur[e]?|chef(?:fe)?|chargée?|stagiaire|alternante?|apprentie?|consultante?|analyste|assistante?|technicien(?:ne)?|infirmi\w+|aide-soignante?|soignante?|médecin"
    r"|cadre|enseignante?|professeure?|format(?:eur|rice)|éducat(?:eur|rice)|comptable|gestionnaire|acheteu\w+|vendeu\w+|commerciale?|caissi\w+|serveu\w+|cuisini\w+|boulang\w+|conduct(?:eur|rice)"
    r"|chauffeu\w+|magasini\w+|préparat(?:eur|rice)|manutentionnaire|agente?|employée?|ouvri\w+|opérat(?:eur|rice)|mécanicien(?:ne)?|électricien(?:ne)?|plombi\w+|soudeu\w+|menuisi\w+|maçon"
    r"|dessinat(?:eur|rice)|graphiste|rédact(?:eur|rice)|traduct(?:eur|rice)|journaliste|avocate?|juriste|notaire|secrétaire|hôte(?:sse)?|animat(?:eur|rice)|coordinat(?:eur|rice)|gérante?"
    r"|fondat(?:eur|rice)|président[e]?|bénévole|kinésithérapeute|psychologue|pharmacien(?:ne)?|sage-femme|auxiliaire"
    r"|praktikant\w*|werkstudent\w*|auszubildende\w*|azubi|referent\w*|volontär\w*|aushilfe|geselle|gesellin|meister\w*|monteur\w*|prokurist\w*|disponent\w*|lagerist\w*|verkäufer\w*"
    r"|leiter\w*|leitung|leitende\w*|assistenz|arzt|ärztin|pfleger\w*|pflegehelfer\w*|pflegefachkraft|lehrer\w*|erzieher\w*|dozent\w*|berater\w*|koch|köchin|kellner\w*|fahrer\w*|fachkraft"
    r"|fachinformatiker\w*|facharbeiter\w*|buchhalter\w*|entwickler\w*|ingenieur\w*|techniker\w*|mechaniker\w*|elektriker\w*|schlosser\w*|tischler\w*|maurer\w*|konstrukteur\w*"
    r"|sachbearbeiter\w*|mitarbeiter\w*|geschäftsführer\w*|inhaber\w*|gründer\w*|freiberufl\w*|selbstständig\w*|jurist\w*|rechtsanw\w*|journalist\w*|redakteur\w*|kaufmann|kauffrau|bürokauf\w*)\b"
    r"|\w{3,}(?:entwickler|ingenieur|berater|leiter|leitung|techniker|mechaniker|elektroniker|meister|monteur|arbeiter|assistent|kaufmann|kauffrau|kaufleute|kraft|händler|pfleger|pflegehelfer|lehrer"
    r"|fahrer|führer|verkäufer|buchhalter|angestellte|angestellter|anleiter|vertreter|manager|konstrukteur|prüfer|planer|gestalter|zeichner|wirt|helfer|arzt|controller|schlosser|student"
    r"|praktikant|referent|trainer|koch|therapeut|schwester|beamter|beamte)(?:in|innen)?\b",
    re.IGNORECASE,
)  # fmt: skip
_SUFFIX = re.compile(
    r"\w{4,}(?:er|or|ist|ian|eur|euse|trice|ière|ier|iste|ero|era|ora|ista|ero|nte|erin|istin|eurin|örin)\b", re.IGNORECASE
)
_LEGAL = re.compile(
    r"(?:^|[\s,(])(?:GmbH|gGmbH|mbH|AG|AB|KG|KGaA|OHG|GbR|SE|UG|e\.\s?V\.|eG|Inc|LLC|LLP|Ltd|Limited|Corp|Corporation|PLC|plc|Pty|S\.?A\.?S\.?|S\.?A\.?U?\.?|S\.?L\.?U?\.?|SARL|SNC|EURL|S\.r\.l"
    r"|S\.p\.A|B\.V|BV|N\.V|NV|Oy|Oyj|A/S|ApS|ASA|S\.C\.|Cie|Co|& Sons|& Söhne|et Fils|y Cía)\.?(?=$|[\s,)&])"
)
_COMPANY = re.compile(
    r"\b(?:group|gruppe|groupe|grupo|holding|company|consulting|systems?|solutions|technologies|technology|labs?|laborator\w+|bank|banque|banco|caja|studio|estudio|agency|agence|agentur"
    r"|universit\w+|universidad|faculty|faculté|fakultät|facultad|college|school|schule|gymnasium|lycée|collège|colegio|academy|akademie|académie|institut\w*|hospital|hôpital|klinik\w*|clinique|clínica|clinic|krankenhaus|chu|ehpad"
    r"|nhs|trust|foundation|fundación|fondation|stiftung|verein|verband|society|association|asociación|council|ministry|ministerium|ministère|ministerio|department|city of|county|stadt|gemeinde"
    r"|landeshauptstadt|stadtwerke|ville de|mairie|ayuntamiento|diputación|hotel|hôtel|resort|restaurant|café|bar & grill|kitchen|bakery|bäckerei|boulangerie|supermarkt|supermercados?"
    r"|kaufhaus|möbelhaus|store|stores|market|markt|versicherung\w*|assurance\w*|insurance|seguros|mutuelle|capital|partners|ventures|associates|holdings|industries|international|services|logistics"
    r"|logistik\w*|logistikzentrum|spedition|transporte?s?|freight|shipping|airlines?|airways|motors|automotive|energy|energie|énergie|energía|pharma|biotech|media|verlag|éditions|editorial|press"
    r"|church|museum|theatre|theater|library|librairie|bibliothek|werke|werkstatt|maschinenbau|anlagenbau|haustechnik|bau|construction|constructora|constructions|inmobiliaria|realty|real estate"
    r"|distribuciones|distribution|warehousing|haulage|telecom|telefonía|software|analytics|networks?|digital|cabinet|despacho|kanzlei|ingenieurbüro|büro|atelier|maison|cooperativa|coopérative"
    r"|centre|center|centro|zentrum|home|hospice|care|pflegedienst|seniorenresidenz|catering|supplies|foods?|brewery|farm|apotheke|pharmacie|farmacia|drogerie|feinkost|aéroports?|airport|croix-rouge"
    r"|red cross|caritas\w*|diakonie|fraunhofer|max-planck\w*|cnrs|csic|organi[sz]ation|government|army|navy|air force|command|police)\b",
    re.IGNORECASE,
)  # fmt: skip
_DEGREE = re.compile(
    r"(?:\b(?:b\.?\s?sc|m\.?\s?sc|b\.?\s?a\b|m\.?\s?a\b|b\.?\s?s\b|m\.?\s?s\b|b\.?\s?ed|m\.?\s?ed|b\.?\s?eng|m\.?\s?eng|b\.?\s?tech|m\.?\s?tech|b\.?\s?com|ll\.?\s?[bm]|mba|emba|mph|msw|mfa|m\.?phil|ph\.?\s?d|dphil"
    r"|dr\.|pgce|pgdip|hnd|hnc|nvq|btec|gcses?|a-levels?|a levels|ged|jd|md\b|bachelor\w*|master\w*|doctor\w*|doctorate|diploma|dipl\.|diplom\w*|diplôme\w*|diplomado|magister|staatsexamen|examen"
    r"|\w*abitur|fachabitur|\w*hochschulreife|mittlere reife|realschulabschluss|hauptschulabschluss|abschluss|meisterprüfung|meisterbrief|gesellenbrief|gesellenprüfung|fachwirt\w*|betriebswirt\w*"
    r"|techniker|\w*matura|matur|\w*maturität|\w*fachausweis|associate of|associate'?s? degree|degree|honou?rs|certificate of higher|certificate (?:i|ii|iii|iv|[1-4])\b|cert (?:iii|iv)|ausbildung|berufsausbildung|lehre als|umschulung|promotion|habilitation|licence|licence professionnelle"
    r"|licenciatura|licenciad[oa]|maîtrise|mastère|doctorat|baccalauréat|bac(?:\s?\+\s?\d| pro\w*)?\b|bts\b|dut\b|but\b|deug|dess|dea\b|cap\b|bep\b|brevet|grado|máster|doctorado|bachillerato"
    r"|técnico superior|técnico en|ciclo formativo|fp\b|eso\b|ingeniería|ingeniero técnico|arquitectura superior|diplomatura|laurea|high school|secondary school|school leaving|apprenticeship"
    r"|postgrado|posgrado|postgraduate|graduate certificate|foundation degree|matriculation|(?:higher|advanced|national|graduate|professional) certificate|certificate (?:in|of)|ssce|waec|neco|hsc|ssc|sslc|gce|igcse|class (?:x|xii|10|12)\b|1[02]th|grade (?:x|xi|xii|1[0-3])\b|year 1[0-3]\b|higher secondary|senior secondary|intermediate\b"
    r"|mb\s?ch\s?b|mb\s?bch|bm\s?bs|bmbch|bvsc|bvms|pg\s?cert\w*|pg\s?dip\w*|b\.?c\.?a|m\.?c\.?a|b\.?b\.?a|b\.e\.|m\.e\.|pgdm|b\.?pharm|m\.?pharm|mbbs|bds|b\.?arch|m\.?arch|b\.?f\.?a\b|a\.?a\.?s|o\.?n\.?d|bacharelado|bacharel|tecn\u00f3logo|mestrado|doutorado|ensino m\u00e9dio"
    r"|p\u00f3s-gradua\u00e7\u00e3o|especializa\u00e7\u00e3o|licencjat|in\u017cynier|d\.?u\.? |d\.?i\.?u\.? |cfc\b|efz\b|maturit\u00e9|fachmittelschule|fachoberschulreife|hbo|mbo|vwo))(?!\w)",
    re.IGNORECASE,
)
_SCHOOL = re.compile(
    r"universit|universid|università|uniwersytet|college|institut|school|hochschule|akademie|academy|academia|académie|politecnic|polytechni|politechni|cégep|politécnic|école|ecole\b|escuela|faculty|fakultät|faculté"
    r"|facultad|gymnasium|gymnázium|lycée|collège|liceo|colegio|\bi\.?e\.?s\.?\b|conservatoire|conservatorio|berufskolleg|berufsschule|pflegeschule|schule\b|schulzentrum|\bkolleg|handwerkskammer|\bihk\b"
    r"|\bifsi\b|\biut\b|\bcfa\b|\bafpa\b|\bgreta\b|seminar\b|campus|(?:career|training|learning|vocational|education) cent(?:er|re)\b|centro de formaci|centre de formation|bildungszentrum|bildungswerk"
    r"|\bsciences po\b|sorbonne|caltech|insead|harvard|stanford|\byale\b|princeton|\bcornell\b|berkeley|bocconi|mcgill|\bimperial\b|wharton|[^\W\d_]{4,} tech\b"
    r"|\b(?:ETH|EPFL|KTH|MIT|TU|LMU|RWTH|FH|UCL|LSE|ENS|INSA|HEC|ESSEC|ESADE|IESE|UNAM|UCLA|NYU|IIT|NUS|DHBW|KIT|CNAM|UOC|UNED"
    r"|TUM|TUD|FAU|HTW|HAW|HTL|FHNW|ZHAW|HSLU|HSG|CMU|UBC|UNSW|RMIT|KCL|QMUL|SOAS|LBS|UCD|TCD|DCU|NTU|HKU|HKUST|KAIST|SUNY|CUNY|USC|UCSD|UCSB|BITS|NIT|IIM|IISc|IIIT|VIT|XLRI|UPC|UPM|UPV|UCM|UAM|USP|UFRJ|UVA|VU|KU Leuven)\b",
    re.IGNORECASE,
)
_KIND = re.compile(
    r"^(?:full|part)[- ]time$|^(?:permanent|contract|temporary|vollzeit|teilzeit|minijob|befristet|temps plein|temps partiel|cdi\b.*|cdd\b.*|berufsbegleitend|stage|alternance|jornada completa|media jornada|internship"
    r"|praktikum|on-site|onsite|hybrid|remote)$|^(?:gpa|grade|note|mention|nota|abschlussnote)\b(?! (?:[XVI]+|1[0-3]|\d)\b(?![.,/]))",
    re.IGNORECASE,
)
_LEVEL = re.compile(
    r"(?:primary|elementary|(?:junior |senior |upper |lower )?secondary|tertiary|vocational|college|high school|graduate)(?: (?:school|level|education|studies))?",
    re.IGNORECASE,
)
Score = float


def is_kind(text: str) -> bool:
    """Words on how somebody was employed or graded, and neither who nor where."""
    return bool(_KIND.search(text))


def title(text: str) -> Score:
    if (legal := _LEGAL.search(text)) and legal[0].strip() != text:
        return 0.15 if _TITLE.search(text) else 0.0
    if _TITLE.search(text):
        return 0.75 if _COMPANY.search(text) and not _TITLE.match(text) and not _ends_in_a_post(text) else 0.95
    return 0.5 if _SUFFIX.search(text) and len(text.split()) <= 6 else 0.2


def company(text: str) -> Score:
    if (legal := _LEGAL.search(text)) and legal[0].strip() != text:
        return 1.0
    if _COMPANY.search(text):
        return 0.4 if _ends_in_a_post(text) else 0.6 if _TITLE.match(text) else 0.85
    return 0.1 if _TITLE.search(text) else 0.4 if "&" in text else 0.3


def _ends_in_a_post(text: str) -> bool:
    """Whether the last word is somebody at work, who may be so at a place that it begins with: "Hotel Manager", "Department Chair"."""
    return any(match.end() == len(text) for match in _TITLE.finditer(text))


def is_level(text: str) -> bool:
    """Words for a level of schooling that name no degree."""
    return bool(_LEVEL.fullmatch(text))


def degree(text: str) -> Score:
    if is_level(text):
        return 0.8
    if _DEGREE.search(text):
        return 0.7 if _SCHOOL.search(text) and not _DEGREE.match(text) else 0.95
    return 0.25


def school(text: str) -> Score:
    if _SCHOOL.search(text):
        return 0.6 if _DEGREE.match(text) else 0.95
    if _LEGAL.search(text) and not _DEGREE.match(text):
        return 0.85  # where an apprentice was taught
    return 0.1 if _DEGREE.search(text) else 0.3


def place(text: str) -> Score:
    """Lower where the words name an employer or a school too, as "University of Leeds" does."""
    sure = placeness(text)
    return sure if sure >= 0.9 or not (_COMPANY.search(text) or _SCHOOL.search(text) or _TITLE.search(text) or _LEGAL.search(text)) else 0.0
