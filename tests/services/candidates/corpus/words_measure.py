"""The words of the half of the corpus that is only measured: other names, fields of work, headings, date forms and entry forms."""

from tests.services.candidates.corpus.words import Field, Tongue, headings, lines, pairs
from tests.services.candidates.corpus.words_measure_romance import FRENCH, SPANISH

TEACHING = Field(
    companies=lines("""Greenfield Primary School
        Oakridge Academy
        City of Norwich Adult Learning
        Brightpath Tutors
        Holloway College"""),
    titles=lines("""Head of Mathematics
        Year 4 Class Teacher
        Teaching Assistant
        Private Tutor
        Special Educational Needs Coordinator"""),
    degrees=lines("""PGCE Secondary Mathematics
        BEd Primary Education
        MA Education"""),
    skills=lines("""Classroom management
        Lesson planning
        Curriculum development
        Safeguarding
        Differentiated instruction
        Google Classroom
        Phonics
        Assessment
        Public speaking
        Behaviour management"""),
    bullets=lines("""Taught four parallel classes of thirty pupils from mixed backgrounds.
        Raised the share of good passes from 58 to 71 per cent in three years.
        Organised a maths club that won the county prize.
        Wrote the department's new scheme of work."""),
    summaries=lines("""Teacher who believes that everybody can learn fractions, given time and good questions.
        Educator with experience from early years to adult learners."""),
    certificates=pairs("""Qualified Teacher Status | Department for Education
        Paediatric First Aid | St John Ambulance"""),
    projects=pairs("""Numbers at Home | Weekly worksheets for parents, downloaded eleven thousand times."""),
)  # fmt: skip
HOSPITALITY = Field(
    companies=lines("""The Gilded Heron
        Bayview Resort & Spa
        Marlowe's Kitchen
        Hotel Corvina
        Saltmarsh Catering Co."""),
    titles=lines("""Sous Chef
        Front Desk Supervisor
        Restaurant Manager
        Commis Chef
        Bartender"""),
    degrees=lines("""Diploma in Professional Cookery
        BA International Hospitality Management
        Level 3 NVQ Food and Beverage"""),
    skills=lines("""Menu planning
        Food safety
        HACCP
        Customer service
        Food preparation
        Staff scheduling
        Wine knowledge
        Cost control
        Opera PMS
        Upselling
        Inventory management"""),
    bullets=lines("""Ran the pass for up to 180 covers a night.
        Brought food cost down from 34 to 28 per cent of sales.
        Looked after guests from forty countries at the front desk.
        Hired and trained a brigade of eight."""),
    summaries=lines("""Chef with classical training and a light hand, at my best on a full Saturday night.
        Hospitality all-rounder who remembers names and orders."""),
    certificates=pairs("""Food Hygiene Level 3 | Highfield
        WSET Level 2 Award in Wines | WSET"""),
)  # fmt: skip
DATA = Field(
    companies=lines("""Quantiva
        Lakeshore Analytics
        Tessellate Health
        Boreal Grid
        University of Strathmore"""),
    titles=lines("""Machine Learning Engineer
        Data Scientist
        Postdoctoral Research Fellow
        BI Developer
        Graduate Analyst"""),
    degrees=lines("""PhD in Statistics
        MSc Data Science
        B.Tech Computer Science and Engineering"""),
    skills=lines("""Python
        R
        SQL
        TensorFlow
        scikit-learn
        Apache Spark
        Tableau
        Statistics
        Airflow
        Machine learning
        A/B testing
        pandas"""),
    bullets=lines("""Built the demand forecast that plans 70,000 deliveries a week.
        Designed experiments and read them honestly, also when they failed.
        Brought a churn model to production and kept it there.
        Published three papers on missing data."""),
    summaries=lines("""Statistician turned engineer, happiest where a model meets a decision.
        Data scientist with a taste for plain models and clean data."""),
    certificates=pairs("""Professional Data Engineer | Google Cloud
        TensorFlow Developer Certificate | Google"""),
    projects=pairs("""opentides | Bayesian models of tide gauges, with a small web page."""),
)  # fmt: skip
SALES = Field(
    companies=lines("""Vantage Office Supplies
        Pellucid Software Inc
        Redwood Telecom
        Morrow & Finch Realty
        Sunline Solar"""),
    titles=lines("""Account Executive
        Regional Sales Director
        Sales Development Representative
        Customer Success Manager
        Retail Associate"""),
    degrees=lines("""Bachelor of Business Administration
        Associate of Arts in Communications
        MBA"""),
    skills=lines("""Salesforce
        Lead generation
        Negotiation
        Account management
        Cold calling
        HubSpot
        Pipeline management
        B2B sales
        Forecasting
        Contract negotiation
        Customer retention"""),
    bullets=lines("""Closed 4.2 million dollars of new business in one fiscal year, 131 % of quota.
        Grew the territory from nineteen to sixty-four active customers.
        Wrote the onboarding guide for new representatives.
        Kept net retention above 108 per cent."""),
    summaries=lines("""Seller who listens first, with a record of steady quota attainment.
        Account manager who turns customers into references."""),
    certificates=pairs("""Salesforce Certified Administrator | Salesforce
        Inbound Sales Certification | HubSpot Academy"""),
)  # fmt: skip
ENGLISH = Tongue(
    "en", 9,
    first=lines("""Chidinma
        Robert
        Mei-Ling
        Fionnuala
        Antônio
        Grace
        Dmitri
        Yasmin
        Walter"""),
    last=lines("""Eze
        MacAllister
        Tan
        de Souza
        Petrov
        Abdallah
        St. Clair
        Nakamura
        Brown"""),
    places=(("Norwich, England", "GB"), ("San Diego, CA", "US"), ("Melbourne, Australia", "AU"), ("Cork, Ireland", "IE"), ("Singapore", "SG"), ("Chicago, IL", "US"),
        ("Glasgow", "GB"), ("Lagos, Nigeria", "NG"), ("Vancouver, Canada", "CA")),
    schools=lines("""University of East Anglia
        Ohio State University
        National University of Singapore
        Cork Institute of Technology
        Westminster Kingsway College"""),
    languages=pairs("""English | Native speaker
        Mandarin | Professional working proficiency
        Portuguese | A2
        Arabic | Fluent
        Igbo | Native speaker"""),
    headings=headings("""summary: Professional Summary | Career Objective | Who I am | Personal Profile
        experience: Career History | Relevant Experience | Work History | Professional Background
        education: Academic Qualifications | Education & Qualifications | Academic History
        skills: Areas of Expertise | Technical Skills | Skills & Abilities | Skill Set
        certifications: Certificates | Licences and Certificates | Professional Certifications
        languages: Language Skills | Languages spoken
        projects: Personal Projects | Key Projects"""),
    now=("to date", "Present", "ongoing", "today"),
    dates=("Mon 'YY", "Month YYYY to", "YYYY/MM", "Mon YYYY (duration)", "DD/MM/YYYY"),
    entries=("networked", "comma-line", "title-at-company", "dates-below", "company-roles", "pipe-line"),
    fields=(TEACHING, HOSPITALITY, DATA, SALES),
)  # fmt: skip

PFLEGE = Field(
    companies=lines("""Klinikum Wetterau gGmbH
        Seniorenresidenz am Stadtpark
        Caritasverband Passau e.V.
        Universitätsklinikum Rostock
        Ambulanter Pflegedienst Sonnenschein"""),
    titles=lines("""Gesundheits- und Krankenpflegerin
        Stationsleitung
        Altenpfleger
        Praxisanleiterin
        Pflegehelfer"""),
    degrees=lines("""Examen Gesundheits- und Krankenpflege
        Bachelor of Science Pflegemanagement
        Realschulabschluss"""),
    skills=lines("""Grundpflege
        Wundversorgung
        Pflegedokumentation
        Medikamentengabe
        Intensivpflege
        Beatmung
        Hygienemanagement
        Angehörigenberatung
        Dienstplanung
        Palliativpflege"""),
    bullets=lines("""Versorgung von zwölf beatmeten Patienten im Schichtdienst.
        Anleitung von Auszubildenden im zweiten und dritten Lehrjahr.
        Einführung einer digitalen Pflegeplanung auf drei Stationen.
        Zusammenarbeit mit Ärzten, Therapeuten und Angehörigen."""),
    summaries=lines("""Pflegefachkraft mit Herz und ruhiger Hand, neun Jahre Erfahrung auf Intensivstationen.
        Engagierte Stationsleitung mit Freude an Ausbildung."""),
    certificates=pairs("""Wundexperte ICW | ICW
        Praxisanleitung | DRK"""),
)  # fmt: skip
HANDEL = Field(
    companies=lines("""Drogerie Sonnberg
        Möbelhaus Krüger & Cie.
        Feinkost Albers OHG
        Logistikzentrum Unna
        Spedition Tamm"""),
    titles=lines("""Filialleiterin
        Kaufmann im Einzelhandel
        Lagerist
        Disponentin
        Verkäufer"""),
    degrees=lines("""Ausbildung zur Kauffrau im Einzelhandel
        Fachwirt für Handel (IHK)
        Allgemeine Hochschulreife"""),
    skills=lines("""Warenwirtschaft
        Kassenführung
        Personalplanung
        Verkauf
        Tourenplanung
        Staplerschein
        Inventur
        Reklamationsbearbeitung
        Visual Merchandising
        Microsoft Office"""),
    bullets=lines("""Verantwortung für 1,9 Millionen Euro Jahresumsatz und elf Beschäftigte.
        Senkung der Inventurdifferenz auf 0,6 Prozent.
        Disposition von täglich 45 Touren im Nahverkehr.
        Umbau der Filiale bei laufendem Betrieb."""),
    summaries=lines("""Handelsfachwirtin mit Freude an Menschen und Zahlen.
        Praktischer Organisator aus Lager und Versand."""),
    certificates=pairs("""Ausbildung der Ausbilder (AdA) | IHK Dortmund
        Staplerschein | DEKRA"""),
)  # fmt: skip
GERMAN = Tongue(
    "de", 6,
    first=lines("""Ferdinand
        Şeyma
        Hans-Peter
        Liselotte
        Agnieszka
        Björn"""),
    last=lines("""Öztürk
        zu Guttenstein
        Kowalska
        Reuß
        Brömmelkamp
        Vogt"""),
    places=(("61169 Friedberg", "DE"), ("Passau, Deutschland", "DE"), ("18055 Rostock", "DE"), ("Graz, Österreich", "AT"), ("Dortmund", "DE"), ("3011 Bern, Schweiz", "CH")),
    schools=lines("""Pflegeschule am Klinikum Fulda
        Fachhochschule Bielefeld
        Johann-Gutenberg-Gymnasium
        Karl-Franzens-Universität Graz
        Europa-Berufsschule Unna"""),
    languages=pairs("""Deutsch | Muttersprachlich
        Polnisch | verhandlungssicher
        Englisch | gute Kenntnisse
        Türkisch | A2"""),
    headings=headings("""summary: Persönliches Profil | Zusammenfassung | Kurzvorstellung
        experience: Praktische Erfahrungen | Werdegang | Beruflicher Hintergrund
        education: Schul- und Berufsausbildung | Akademischer Werdegang | Bildung
        skills: Fachkenntnisse | Besondere Kenntnisse | Kernkompetenzen
        certifications: Fort- und Weiterbildungen | Zertifizierungen
        languages: Fremdsprachen | Sprachen
        projects: Ausgewählte Projekte"""),
    now=("jetzt", "bis heute", "heute"),
    dates=("DD.MM.YYYY", "Mon YY", "MM/YY", "ab Month YYYY"),
    entries=("comma-line", "margin", "networked", "company-roles", "dates-above"),
    fields=(PFLEGE, HANDEL),
)  # fmt: skip

TONGUES = (ENGLISH, GERMAN, FRENCH, SPANISH)
