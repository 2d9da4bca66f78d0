"""The words of the half of the corpus that is looked at while the parser is developed."""

from tests.services.candidates.corpus.words import Field, Tongue, headings, lines, pairs
from tests.services.candidates.corpus.words_develop_romance import FRENCH, SPANISH

SOFTWARE = Field(
    companies=lines("""Northwind Labs
        Copperfield Software Ltd
        Brightwater
        Halcyon Data Inc.
        The Pixel Foundry"""),
    titles=lines("""Senior Software Engineer
        Backend Developer
        Platform Engineer
        Junior Web Developer
        Site Reliability Engineer"""),
    degrees=lines("""BSc Computer Science
        Master of Science in Software Engineering
        B.A. in Mathematics"""),
    skills=lines("""Python
        Go
        PostgreSQL
        Kubernetes
        Docker
        Terraform
        React
        TypeScript
        Redis
        GraphQL
        AWS
        Git
        CI/CD"""),
    bullets=lines("""Moved the order service from a monolith to twelve small services without an hour of downtime.
        Cut the nightly batch from six hours to forty minutes.
        Introduced code review and on-call handbooks for a team of nine.
        Kept the payments API at 99.98 % over two years, with alerts that people trust.
        Mentored four interns, two of whom joined for good."""),
    summaries=lines("""Engineer who likes small interfaces, honest dashboards and code that can be deleted. Nine years of building services that other teams rely on.
        Backend developer with a soft spot for databases. I have run systems of all sizes and prefer the boring ones."""),
    certificates=pairs("""AWS Certified Solutions Architect | Amazon Web Services
        Certified Kubernetes Administrator | Cloud Native Computing Foundation"""),
    projects=pairs("""tinyqueue | A job queue in four hundred lines, used by some thirty teams.
        Harbour Maps | Tide tables as an open data service."""),
)  # fmt: skip
NURSING = Field(
    companies=lines("""St. Bartholomew Hospital
        Riverside Community Care
        Elmwood Nursing Home
        Marlow NHS Foundation Trust
        Cedar Hospice"""),
    titles=lines("""Registered Nurse
        Charge Nurse
        Staff Nurse, Intensive Care
        Healthcare Assistant
        Ward Manager"""),
    degrees=lines("""Bachelor of Nursing
        Diploma of Higher Education in Adult Nursing
        MSc Advanced Clinical Practice"""),
    skills=lines("""Patient care
        Triage
        Wound care
        Medication administration
        Phlebotomy
        Infection control
        Electronic health records
        Vital signs
        Palliative care
        Team leadership
        Patient education
        Care planning"""),
    bullets=lines("""Led the night shift on a ward of twenty-eight beds.
        Brought the rate of pressure ulcers down by a third within a year.
        Trained new colleagues in safe handling of medicines.
        Wrote the discharge checklist that three wards now use."""),
    summaries=lines("""Registered nurse with eleven years on medical and surgical wards, calm under pressure and careful with handovers.
        Nurse with a background in palliative care who listens first and documents properly."""),
    certificates=pairs("""Advanced Life Support | Resuscitation Council
        Basic Life Support | British Heart Foundation
        Safeguarding Adults Level 3 | Skills for Health"""),
)  # fmt: skip
FINANCE = Field(
    companies=lines("""Harcourt & Vale LLP
        Meridian Capital Partners
        Ashdown Insurance plc
        Kestrel Audit
        First Cumbrian Bank"""),
    titles=lines("""Financial Controller
        Senior Accountant
        Audit Associate
        Credit Risk Analyst
        Treasury Manager"""),
    degrees=lines("""BA (Hons) Accounting and Finance
        MSc in Economics
        Bachelor of Commerce"""),
    skills=lines("""Financial reporting
        IFRS
        Budgeting
        Forecasting
        Microsoft Excel
        SAP
        Accounts payable
        Internal audit
        Month-end close
        Reconciliation
        VAT
        Power BI
        Cash flow management"""),
    bullets=lines("""Closed the books of five entities within four working days.
        Found and recovered £240,000 of duplicate supplier payments.
        Prepared the consolidated statements for the board and the auditors.
        Replaced thirty spreadsheets by one model that the business could read."""),
    summaries=lines("""Chartered accountant with experience in practice and in industry. Known for clean closes and clear notes.
        Finance professional at home in regulated businesses, from ledger to board paper."""),
    certificates=pairs("""ACCA Qualification | Association of Chartered Certified Accountants
        CFA Level II | CFA Institute"""),
)  # fmt: skip
LOGISTICS = Field(
    companies=lines("""Transmere Freight
        BlueDock Warehousing Ltd.
        Orchard & Sons Haulage
        Pan-Nordic Shipping Group
        Quayside Distribution"""),
    titles=lines("""Warehouse Supervisor
        Logistics Coordinator
        Supply Chain Planner
        Forklift Operator
        Transport Manager"""),
    degrees=lines("""Higher National Diploma in Logistics
        BSc Supply Chain Management
        GCSEs including English and Mathematics"""),
    skills=lines("""Inventory management
        Forklift operation
        Route planning
        Warehouse management systems
        Order picking
        Supply chain management
        Health and safety
        Procurement
        Stock control
        Customs clearance
        Lean
        Demand planning"""),
    bullets=lines("""Ran two shifts of eighteen people in a warehouse of 12,000 pallets.
        Raised picking accuracy from 97.1 to 99.6 per cent.
        Negotiated rates with six carriers and saved eleven per cent a year.
        Kept the site free of reportable accidents for 700 days."""),
    summaries=lines("""Logistics professional who has worked every job on the floor and leads from it.
        Planner with a head for numbers and for people, used to seasonal peaks."""),
    certificates=pairs("""Forklift Licence (Counterbalance) | RTITB
        NEBOSH General Certificate | NEBOSH"""),
)  # fmt: skip
ENGLISH = Tongue(
    "en", 8,
    first=lines("""Priya
        Thomas
        Siobhán
        Kwame
        Margaret
        Jean-Luc
        Aisha
        Oliver"""),
    last=lines("""Raghunathan
        Whitfield
        O'Brien
        Mensah
        van der Berg
        Okafor-Hughes
        Khan
        Petersen"""),
    places=(("London, United Kingdom", "GB"), ("Manchester, UK", "GB"), ("Dublin, Ireland", "IE"), ("Toronto, ON", "CA"), ("Austin, TX", "US"), ("Rotterdam, Netherlands", "NL"),
        ("Leeds", "GB"), ("Wellington, New Zealand", "NZ")),
    schools=lines("""University of Leeds
        Trinity College Dublin
        Birkbeck, University of London
        Sheffield Hallam University
        Imperial College London"""),
    languages=pairs("""English | native
        French | B2
        German | basic
        Hindi | fluent
        Dutch | conversational"""),
    headings=headings("""summary: Profile | Summary | About me | Personal statement
        experience: Experience | Work Experience | Employment history | Professional Experience
        education: Education | Education and training | Academic background
        skills: Skills | Key skills | Core competencies
        certifications: Certifications | Licenses & Certifications
        languages: Languages
        projects: Projects | Selected projects"""),
    now=("present", "Present", "now", "current"),
    dates=("Mon YYYY", "MM/YYYY", "YYYY", "Month YYYY"),
    entries=("title-first", "company-first", "one-line", "dates-below", "margin", "three-lines"),
    fields=(SOFTWARE, NURSING, FINANCE, LOGISTICS),
)  # fmt: skip

TRADE = Field(
    companies=lines("""Elektro Huber GmbH & Co. KG
        Stadtwerke Lindenau
        Gebr. Wagner Haustechnik
        Siebert Anlagenbau AG
        Bäckerei Morgenrot"""),
    titles=lines("""Elektroniker für Energie- und Gebäudetechnik
        Servicetechniker
        Bauleiter Elektrotechnik
        Elektromeister
        Obermonteur"""),
    degrees=lines("""Ausbildung zum Elektroniker
        Meisterprüfung im Elektrotechniker-Handwerk
        Mittlere Reife"""),
    skills=lines("""Elektroinstallation
        SPS-Programmierung
        KNX
        Photovoltaik
        Schaltplan lesen
        Fehlersuche
        Brandmeldeanlagen
        Arbeitssicherheit
        Kundenberatung
        MS Office
        Wartung und Instandhaltung"""),
    bullets=lines("""Installation und Inbetriebnahme von Photovoltaikanlagen bis 90 kWp.
        Leitung eines Teams von sechs Monteuren auf wechselnden Baustellen.
        Prüfung ortsfester Anlagen nach DGUV Vorschrift 3.
        Ausbildung von zwei Lehrlingen bis zur Gesellenprüfung."""),
    summaries=lines("""Elektromeister mit zwölf Jahren Erfahrung auf der Baustelle und im Kundendienst. Zuverlässig, sorgfältig, führerscheinfest.
        Praktiker mit Freude an sauberer Arbeit und klaren Plänen."""),
    certificates=pairs("""Elektrofachkraft für Photovoltaik | TÜV Süd
        KNX-Partner | KNX Association"""),
)  # fmt: skip
ACCOUNTS = Field(
    companies=lines("""Müller & Partner Steuerberatung
        Norddeutsche Maschinenbau AG
        Kaufhaus Lorenz KG
        Rheinische Versicherungsgruppe
        Landeshauptstadt Hannover"""),
    titles=lines("""Bilanzbuchhalterin
        Leiter Rechnungswesen
        Steuerfachangestellte
        Sachbearbeiter Debitorenbuchhaltung
        Controllerin"""),
    degrees=lines("""Diplom-Kauffrau (FH)
        Bachelor of Arts Betriebswirtschaftslehre
        Ausbildung zur Steuerfachangestellten"""),
    skills=lines("""DATEV
        SAP FI
        HGB
        Jahresabschluss
        Umsatzsteuer
        Controlling
        Kostenrechnung
        Microsoft Excel
        Lohnbuchhaltung
        Mahnwesen
        Teamführung"""),
    bullets=lines("""Erstellung der Monats- und Jahresabschlüsse für vier Gesellschaften.
        Einführung der elektronischen Rechnung, 40 Prozent weniger Durchlaufzeit.
        Ansprechpartnerin für Wirtschaftsprüfer und Finanzamt.
        Aufbau eines Berichtswesens für die Geschäftsführung."""),
    summaries=lines("""Bilanzbuchhalterin mit Blick für das Wesentliche, sicher in HGB und Steuerrecht.
        Kaufmännische Fachkraft mit langer Erfahrung im Mittelstand."""),
    certificates=pairs("""Geprüfte Bilanzbuchhalterin (IHK) | IHK Köln
        Ausbildereignungsprüfung | IHK Hannover"""),
)  # fmt: skip
MACHINES = Field(
    companies=lines("""Brenner Fahrzeugtechnik SE
        Fraunwerk Institut für Lasertechnik
        Alpen-Getriebe GmbH
        Hydrasens
        Ingenieurbüro Stadler"""),
    titles=lines("""Entwicklungsingenieur Antriebstechnik
        Konstrukteur
        Projektingenieurin
        Wissenschaftlicher Mitarbeiter
        Teamleiter Versuch"""),
    degrees=lines("""M.Sc. Maschinenbau
        B.Eng. Mechatronik
        Dr.-Ing. Fertigungstechnik"""),
    skills=lines("""CATIA
        SolidWorks
        FEM
        MATLAB
        Simulink
        Projektmanagement
        FMEA
        AutoCAD
        Technisches Zeichnen
        Six Sigma
        Python"""),
    bullets=lines("""Auslegung und Simulation von Planetengetrieben für elektrische Achsen.
        Reduktion der Bauteilkosten um 18 Prozent durch Wertanalyse.
        Planung und Auswertung von Dauerläufen am Prüfstand.
        Zwei Patentanmeldungen zur Lagerkühlung."""),
    summaries=lines("""Maschinenbauingenieur mit Schwerpunkt Antriebe, von der Idee bis zur Serie.
        Ingenieurin, die Versuch und Simulation zusammenbringt."""),
    certificates=pairs("""Six Sigma Green Belt | DGQ
        IPMA Level D | GPM"""),
    projects=pairs("""Solarboot | Steuerung und Antrieb eines Rennboots mit Solarzellen, zweiter Platz in Monaco."""),
)  # fmt: skip
GERMAN = Tongue(
    "de", 6,
    first=lines("""Jürgen
        Anna-Lena
        Mehmet
        Käthe
        Florian
        Magdalena"""),
    last=lines("""Weiß
        von Hohenfels
        Yıldız
        Großmann
        Schäfer
        Nowak"""),
    places=(("80331 München", "DE"), ("Hamburg", "DE"), ("50667 Köln, Deutschland", "DE"), ("Wien, Österreich", "AT"), ("8004 Zürich, Schweiz", "CH"), ("Leipzig, Deutschland", "DE")),
    schools=lines("""Technische Universität München
        Hochschule Hannover
        Handwerkskammer Köln
        RWTH Aachen
        Berufskolleg Essen"""),
    languages=pairs("""Deutsch | Muttersprache
        Englisch | C1
        Türkisch | fließend
        Französisch | Grundkenntnisse"""),
    headings=headings("""summary: Profil | Über mich | Kurzprofil
        experience: Berufserfahrung | Beruflicher Werdegang | Berufliche Erfahrung
        education: Ausbildung | Bildungsweg | Studium und Ausbildung
        skills: Kenntnisse | Fähigkeiten | Kompetenzen
        certifications: Zertifikate | Weiterbildung
        languages: Sprachen | Sprachkenntnisse
        projects: Projekte"""),
    now=("heute", "Heute", "dato"),
    dates=("MM/YYYY", "Month YYYY", "MM.YYYY", "seit MM/YYYY"),
    entries=("margin", "title-first", "dates-above", "company-first", "one-line"),
    fields=(TRADE, ACCOUNTS, MACHINES),
)  # fmt: skip

TONGUES = (ENGLISH, GERMAN, FRENCH, SPANISH)
