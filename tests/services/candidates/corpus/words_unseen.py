"""The words of a part of the corpus that was scored before anything was fitted to it; bench/parsing/unfitted.md has the score."""

from tests.services.candidates.corpus.words import Field, Tongue, headings, lines, pairs

AVIATION = Field(
    companies=lines("""Skerry Air
        Lindholm Aero Maintenance AB
        Port of Havnes
        Westfjord Helicopters
        Cobalt Avionics"""),
    titles=lines("""Licensed Aircraft Engineer B1
        Shift Supervisor
        Avionics Technician
        Apprentice Mechanic
        Quality Inspector"""),
    degrees=lines("""Higher National Diploma in Aeronautical Engineering
        Bachelor of Engineering in Mechatronics
        Advanced Apprenticeship in Aviation Maintenance"""),
    skills=lines("""Troubleshooting
        Hydraulics
        Composite repair
        EASA Part-145
        Technical documentation
        Team leadership
        Quality assurance
        Microsoft Excel
        Root cause analysis"""),
    bullets=lines("""Led a night shift of fourteen engineers through heavy checks on narrow-body aircraft, returning every one of them to service on the promised morning for two years running.
        Rewired the flight decks of six turboprops to a new avionics standard, and wrote the work cards that the hangar has used ever since.
        Reduced deferred defects by 42 percent.
        Audited subcontractors in three countries against Part-145 requirements."""),
    summaries=lines("""Aircraft engineer with fifteen years on the hangar floor, a licence on two types and a reputation for finding the fault that others replaced parts around."""),
    certificates=pairs("""EASA Part-66 B1.1 Licence | Civil Aviation Authority
        Human Factors | Baines Simmons"""),
)  # fmt: skip
PRODUCT = Field(
    companies=lines("""Paperkite
        Moss & Meadow Software
        Ringway Payments Ltd
        Okra Health
        Fathom Eleven"""),
    titles=lines("""Group Product Manager
        Senior UX Designer
        Product Owner
        Business Analyst
        Customer Support Specialist"""),
    degrees=lines("""MA in Human-Computer Interaction
        BA Psychology
        MBA"""),
    skills=lines("""Figma
        User research
        Roadmapping
        Jira
        SQL
        A/B testing
        Stakeholder management
        Agile
        Prototyping
        Product strategy"""),
    bullets=lines("""Took a payments onboarding flow from eleven screens to four, which lifted completion from 61 to 83 percent within one quarter and removed a third of the support tickets.
        Ran eighty interviews with nurses and pharmacists before a line of code was written.
        Own the roadmap of three squads with an annual budget of 4 million pounds.
        Introduced weekly usability sessions that engineers now attend by choice."""),
    summaries=lines("""Product person from a design background. I turn fuzzy problems into small shippable steps, and I measure whether they helped."""),
    certificates=pairs("""Certified Scrum Product Owner | Scrum Alliance"""),
    projects=pairs("""Ferry Times | An offline timetable for island ferries, used by nine thousand people."""),
)  # fmt: skip
ENGLISH = Tongue(
    "en", 10,
    first=lines("""Marguerite
        Ravi
        Oluwaseun
        Freya
        Declan
        Hyun-woo
        Beatrix
        Thomas
        Anneliese
        Carlos"""),
    last=lines("""Thorvaldsen
        Krishnamurthy
        Bakare
        Whitfield-Hughes
        Byrne
        Choi
        Aldridge
        van Dijk
        McAllister
        Ferreira"""),
    places=(("Southampton, UK", "GB"), ("Denver, Colorado", "US"), ("Dublin 8, Ireland", "IE"), ("Gothenburg, Sweden", "SE"), ("Perth, WA, Australia", "AU"), ("San Jose, CA 95112", "US"),
        ("Utrecht, The Netherlands", "NL"), ("Cardiff", "GB"), ("Montreal, QC", "CA"), ("Lisbon, Portugal", "PT")),
    schools=lines("""Cranfield University
        University of Colorado Boulder
        KTH Royal Institute of Technology
        Trinity College Dublin
        Southampton Solent University"""),
    languages=pairs("""English | Full professional proficiency
        Swedish | Native or bilingual
        Portuguese | Basic
        Korean | Fluent"""),
    headings=headings("""summary: Summary | Professional Profile | About Me
        experience: Professional Experience | Work Experience | Employment History
        education: Education | Academic Background
        skills: Skills | Skills & Tools | Professional Skills
        certifications: Certifications | Licenses & Certifications
        languages: Languages
        projects: Projects"""),
    now=("Present", "present", "now"),
    dates=("Mon YYYY", "MM/YYYY", "Month YYYY", "YYYY", "Mon 'YY"),
    entries=("title-first",),
    fields=(AVIATION, PRODUCT),
)  # fmt: skip
TREUHAND = Field(
    companies=lines("""Treuhand Zollinger AG
        Kantonsspital Uri
        Molkerei Alpstein
        Gemeinde Wettingen"""),
    titles=lines("""Leiterin Finanzen
        Sachbearbeiter Rechnungswesen
        Buchhalterin
        Kaufmännischer Lehrling"""),
    degrees=lines("""Eidg. Fachausweis Finanz- und Rechnungswesen
        Bachelor in Betriebsökonomie
        Kaufmännische Berufsmatura"""),
    skills=lines("""Abacus
        Mehrwertsteuer
        Jahresabschluss
        Lohnbuchhaltung
        Excel
        Budgetierung
        SAP
        Controlling"""),
    bullets=lines("""Selbstständige Führung der Finanzbuchhaltung von neun Mandanten einschliesslich Mehrwertsteuer, Lohnwesen und Jahresabschluss nach Obligationenrecht.
        Einführung eines digitalen Kreditorenworkflows.
        Betreuung von zwei Lernenden.
        Monatliche Berichte an die Geschäftsleitung und den Verwaltungsrat."""),
    summaries=lines("""Zahlenmensch mit Sinn für Menschen: zwölf Jahre Treuhand und Spital, stets pünktlicher Abschluss."""),
    certificates=pairs("""MWST-Spezialist FH | Kalaidos"""),
)  # fmt: skip
GERMAN = Tongue(
    "de", 3,
    first=lines("""Ruth
        Beat
        Dragana"""),
    last=lines("""Zurbriggen
        Gerber
        Petrovic"""),
    places=(("8400 Winterthur", "CH"), ("Salzburg, Österreich", "AT"), ("Karlsruhe", "DE")),
    schools=lines("""Fachhochschule Graubünden
        KV Business School Zürich
        Universität St. Gallen"""),
    languages=pairs("""Deutsch | Muttersprache
        Französisch | gut
        Serbisch | Muttersprache"""),
    headings=headings("""summary: Profil | Zusammenfassung
        experience: Berufserfahrung | Berufliche Erfahrung
        education: Ausbildung | Aus- und Weiterbildung
        skills: Fähigkeiten | Kompetenzen
        certifications: Zertifikate
        languages: Sprachen
        projects: Projekte"""),
    now=("heute", "aktuell"),
    dates=("MM/YYYY", "Month YYYY", "seit MM/YYYY"),
    entries=("title-first",),
    fields=(TREUHAND,),
)  # fmt: skip
SOINS = Field(
    companies=lines("""Clinique des Tilleuls
        Centre hospitalier de Vannes
        EHPAD Les Glycines
        Cabinet médical Armor"""),
    titles=lines("""Infirmière coordinatrice
        Infirmière diplômée d'État
        Aide-soignante
        Cadre de santé"""),
    degrees=lines("""Diplôme d'État d'infirmier
        Master Management de la santé
        Baccalauréat scientifique"""),
    skills=lines("""Soins palliatifs
        Gestion d'équipe
        Pansements complexes
        Éducation thérapeutique
        Planification
        Hygiène hospitalière
        Bureautique"""),
    bullets=lines("""Coordination d'une équipe de vingt-deux soignants dans un service de médecine interne de quarante lits, planning et évaluation annuelle compris.
        Mise en place d'un protocole de prévention des escarres.
        Tutorat des étudiants en soins infirmiers.
        Participation à la certification de l'établissement."""),
    summaries=lines("""Infirmière depuis treize ans, attentive aux patients comme aux équipes."""),
    certificates=pairs("""AFGSU niveau 2 | CESU 56"""),
)  # fmt: skip
FRENCH = Tongue(
    "fr", 3,
    first=lines("""Gwenaëlle
        Fatou
        Jean-Baptiste"""),
    last=lines("""Le Bihan
        Diallo
        Chevallier"""),
    places=(("56000 Vannes", "FR"), ("Lyon, France", "FR"), ("Namur, Belgique", "BE")),
    schools=lines("""IFSI de Vannes
        Université Rennes 1
        Lycée Alain-René Lesage"""),
    languages=pairs("""Français | langue maternelle
        Anglais | intermédiaire
        Wolof | courant"""),
    headings=headings("""summary: Profil | Présentation
        experience: Expériences professionnelles | Expérience professionnelle
        education: Formation | Diplômes et formations
        skills: Compétences | Compétences professionnelles
        certifications: Certifications
        languages: Langues
        projects: Projets"""),
    now=("aujourd'hui", "à ce jour"),
    dates=("Month YYYY", "MM/YYYY", "Mon YYYY"),
    entries=("title-first",),
    fields=(SOINS,),
)  # fmt: skip
AULA = Field(
    companies=lines("""Colegio Mirasierra
        Academia Lumen
        Ayuntamiento de Getafe
        IES Antonio Machado"""),
    titles=lines("""Profesora de Matemáticas
        Jefe de estudios
        Coordinadora TIC
        Monitora de ocio"""),
    degrees=lines("""Grado en Matemáticas
        Máster en Formación del Profesorado
        Doctorado en Educación"""),
    skills=lines("""Docencia
        Moodle
        Gestión de proyectos
        GeoGebra
        Evaluación
        Trabajo en equipo
        Comunicación
        Python"""),
    bullets=lines("""Docencia de Matemáticas en ESO y Bachillerato a grupos de treinta y cinco alumnos, con refuerzo por las tardes y un taller de olimpiadas los viernes.
        Coordinación de la digitalización del centro.
        Tutoría de segundo de Bachillerato.
        Formación de veinte docentes en GeoGebra."""),
    summaries=lines("""Docente vocacional que disfruta explicando lo difícil con palabras fáciles."""),
    certificates=pairs("""Acreditación B2 de habilitación lingüística | Comunidad de Madrid"""),
)  # fmt: skip
SPANISH = Tongue(
    "es", 4,
    first=lines("""Inmaculada
        Jordi
        Valeria
        Martín"""),
    last=lines("""Cano Ruiz
        Ferrer i Vila
        Restrepo
        Echeverría"""),
    places=(("28901 Getafe", "ES"), ("Valencia, España", "ES"), ("Medellín, Colombia", "CO"), ("Buenos Aires, Argentina", "AR")),
    schools=lines("""Universidad Autónoma de Madrid
        Universitat de València
        Universidad de Antioquia"""),
    languages=pairs("""Español | lengua materna
        Inglés | C1
        Catalán | nativo"""),
    headings=headings("""summary: Perfil | Resumen profesional
        experience: Experiencia profesional | Experiencia laboral
        education: Formación académica | Educación
        skills: Habilidades | Competencias
        certifications: Certificaciones | Cursos y certificados
        languages: Idiomas
        projects: Proyectos"""),
    now=("actualidad", "la actualidad"),
    dates=("MM/YYYY", "Month YYYY", "Mon YYYY", "YYYY"),
    entries=("title-first",),
    fields=(AULA,),
)  # fmt: skip

TONGUES = (ENGLISH, GERMAN, FRENCH, SPANISH)
