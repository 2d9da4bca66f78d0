"""The words of the half of the corpus that is looked at while the parser is developed."""

from tests.services.candidates.corpus.words import Field, Tongue, headings, lines, pairs

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

SOINS = Field(
    companies=lines("""CHU de Nantes
        Clinique Saint-Joseph
        EHPAD Les Tilleuls
        Hôpital Européen
        Croix-Rouge française"""),
    titles=lines("""Infirmière diplômée d'État
        Aide-soignante
        Cadre de santé
        Infirmier de bloc opératoire"""),
    degrees=lines("""Diplôme d'État d'infirmier
        Master en santé publique
        Baccalauréat scientifique"""),
    skills=lines("""Soins infirmiers
        Pansements
        Gestion des urgences
        Hygiène hospitalière
        Éducation thérapeutique
        Prélèvements sanguins
        Travail en équipe
        Dossier patient informatisé
        Soins palliatifs"""),
    bullets=lines("""Prise en charge de quatorze patients par poste en médecine interne.
        Encadrement de trois étudiants infirmiers chaque semestre.
        Mise en place d'un protocole de prévention des chutes.
        Participation à la certification de l'établissement."""),
    summaries=lines("""Infirmière expérimentée, à l'aise en équipe et attentive aux familles.
        Soignant rigoureux, neuf ans d'expérience hospitalière."""),
    certificates=pairs("""AFGSU niveau 2 | CESU 44"""),
)  # fmt: skip
MARKETING = Field(
    companies=lines("""L'Atelier Numérique SAS
        Groupe Beaumont
        Maison Delacroix
        Agence Tandem
        Banque Populaire de l'Ouest"""),
    titles=lines("""Responsable marketing digital
        Chef de projet communication
        Chargée de communication
        Directrice artistique
        Assistant marketing"""),
    degrees=lines("""Master 2 Marketing et Communication
        Licence Information-Communication
        DUT Techniques de commercialisation"""),
    skills=lines("""Référencement naturel
        Google Analytics
        Réseaux sociaux
        Adobe Photoshop
        Stratégie de contenu
        Gestion de projet
        Rédaction web
        Emailing
        CRM
        Relations presse"""),
    bullets=lines("""Pilotage d'un budget annuel de 450 000 euros.
        Refonte du site institutionnel avec deux prestataires.
        Hausse du trafic de 62 % en dix-huit mois.
        Animation d'une équipe de quatre personnes."""),
    summaries=lines("""Spécialiste du marketing numérique, entre création et chiffres.
        Communicante curieuse et organisée, huit ans en agence et chez l'annonceur."""),
    certificates=pairs("""Google Ads Search | Google
        Certification Hootsuite | Hootsuite"""),
)  # fmt: skip
FRENCH = Tongue(
    "fr", 5,
    first=lines("""Élodie
        Jean-Baptiste
        Fatou
        Mathieu
        Chloé"""),
    last=lines("""Lefèvre
        de La Tour
        N'Diaye
        Benoît
        Garcia-Moreau"""),
    places=(("Nantes, France", "FR"), ("69003 Lyon", "FR"), ("Bruxelles, Belgique", "BE"), ("Genève, Suisse", "CH")),
    schools=lines("""Université de Nantes
        IFSI de Rennes
        École supérieure de commerce de Lyon
        Lycée Victor Hugo
        Université Paris-Saclay"""),
    languages=pairs("""Français | langue maternelle
        Anglais | courant
        Espagnol | B1
        Wolof | courant"""),
    headings=headings("""summary: Profil | À propos | Profil professionnel
        experience: Expérience professionnelle | Expériences | Parcours professionnel
        education: Formation | Formations | Diplômes
        skills: Compétences | Compétences clés
        certifications: Certifications | Certificats
        languages: Langues
        projects: Projets"""),
    now=("aujourd'hui", "présent", "ce jour"),
    dates=("Month YYYY", "MM/YYYY", "YYYY"),
    entries=("title-first", "margin", "company-first", "dates-above"),
    fields=(SOINS, MARKETING),
)  # fmt: skip

VENTAS = Field(
    companies=lines("""Distribuciones Ibáñez S.L.
        Grupo Cantábrico S.A.
        Supermercados La Plaza
        Seguros Mediterráneo
        Telefonía del Sur"""),
    titles=lines("""Jefe de ventas
        Comercial
        Responsable de tienda
        Dependiente
        Gerente de zona"""),
    degrees=lines("""Grado en Administración y Dirección de Empresas
        Máster en Dirección Comercial
        Bachillerato en Ciencias Sociales"""),
    skills=lines("""Negociación
        Atención al cliente
        CRM
        Prospección de clientes
        Gestión de equipos
        Microsoft Excel
        Técnicas de venta
        Salesforce
        Presupuestos
        Marketing digital"""),
    bullets=lines("""Aumenté la facturación de la zona norte un 23 % en dos años.
        Dirección de un equipo de siete comerciales.
        Apertura de tres tiendas y formación de su personal.
        Gestión de las cuentas clave del canal de hostelería."""),
    summaries=lines("""Profesional de las ventas con diez años de experiencia en gran consumo.
        Comercial constante y cercana, orientada a resultados."""),
    certificates=pairs("""Técnico en ventas consultivas | Cámara de Comercio de Bilbao"""),
)  # fmt: skip
OFICINA = Field(
    companies=lines("""Despacho Ruiz & Vega Abogados
        Ayuntamiento de Getafe
        Inmobiliaria Sol y Mar S.L.
        Hospital General de Valencia
        Constructora Andina"""),
    titles=lines("""Auxiliar administrativo
        Abogada laboralista
        Asistente de dirección
        Técnico de recursos humanos"""),
    degrees=lines("""Grado en Derecho
        Licenciatura en Psicología
        Técnico superior en Administración y Finanzas"""),
    skills=lines("""Derecho laboral
        Gestión documental
        Nóminas
        Ofimática
        Selección de personal
        Redacción de contratos
        Archivo
        Contabilidad
        SAP"""),
    bullets=lines("""Tramitación de más de trescientos expedientes al año.
        Preparación de nóminas y seguros sociales para 120 empleados.
        Implantación del archivo digital del departamento.
        Atención a proveedores y a la inspección de trabajo."""),
    summaries=lines("""Administrativa ordenada y resolutiva, con experiencia en el sector público y privado.
        Jurista con vocación de servicio y buena pluma."""),
    certificates=pairs("""Curso superior de nóminas | CEF"""),
)  # fmt: skip
SPANISH = Tongue(
    "es", 5,
    first=lines("""María José
        Íñigo
        Carmen
        Luis Alberto
        Begoña"""),
    last=lines("""Fernández Ortega
        Etxeberria
        de la Fuente
        Ibáñez
        Muñoz"""),
    places=(("Madrid, España", "ES"), ("48001 Bilbao", "ES"), ("Ciudad de México, México", "MX"), ("Valencia", "ES")),
    schools=lines("""Universidad Complutense de Madrid
        Universidad del País Vasco
        Instituto de Empresa
        I.E.S. Cervantes
        Universidad de Deusto"""),
    languages=pairs("""Español | nativo
        Inglés | B2
        Euskera | C1
        Francés | básico"""),
    headings=headings("""summary: Perfil | Sobre mí | Perfil profesional
        experience: Experiencia laboral | Experiencia profesional | Experiencia
        education: Formación académica | Educación | Formación
        skills: Habilidades | Competencias | Conocimientos
        certifications: Certificaciones | Cursos y certificados
        languages: Idiomas
        projects: Proyectos"""),
    now=("actualidad", "presente", "Actualmente"),
    dates=("Month YYYY", "MM/YYYY", "YYYY"),
    entries=("title-first", "one-line", "margin", "company-first"),
    fields=(VENTAS, OFICINA),
)  # fmt: skip

TONGUES = (ENGLISH, GERMAN, FRENCH, SPANISH)
