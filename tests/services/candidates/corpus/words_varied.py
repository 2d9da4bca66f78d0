"""The words of the part of the corpus that varies the layouts: again other names, fields of work, headings and dates."""

from tests.services.candidates.corpus.words import Field, Tongue, headings, lines, pairs

PLATFORM = Field(
    companies=lines("""Hexaloft
        Quarry Nine
        Monolith Cloud Ltd
        Tidewater
        Civic Data Office"""),
    titles=lines("""Principal Platform Engineer
        Site Reliability Engineer II
        DevOps Consultant
        Linux Administrator
        Working Student"""),
    degrees=lines("""M.Eng. Computer Engineering
        B.S. in Mathematics
        HND Computing"""),
    skills=lines("""Kubernetes
        Terraform
        Go
        PostgreSQL
        AWS
        Prometheus
        Ansible
        CI/CD
        Linux
        Helm
        Observability"""),
    bullets=lines("""Moved forty services to Kubernetes without a minute of downtime
        Cut the monthly cloud bill by 38% (about $410k a year)
        On call for payments; halved the pages per week
        Wrote the runbooks that three other teams now use"""),
    summaries=lines("""Infrastructure engineer who likes boring technology, short feedback loops and clear ownership.
        I build the floor that other teams stand on. Twelve years of Linux, nine of them in regulated industries."""),
    certificates=pairs("""Certified Kubernetes Administrator | CNCF
        AWS Certified Solutions Architect – Associate | Amazon Web Services"""),
    projects=pairs("""kilnctl | A command line for blue-green deployments, 1.2k stars on GitHub."""),
)  # fmt: skip
LAW = Field(
    companies=lines("""Pemberton Vale LLP
        Crown Prosecution Service
        Hartwell & Osei
        Legal Aid Bureau of Leith
        Okonedo Chambers"""),
    titles=lines("""Senior Associate, Commercial Litigation
        Trainee Solicitor
        Paralegal
        Court Clerk
        Legal Counsel"""),
    degrees=lines("""LL.M. International Commercial Law
        LLB (Hons)
        Legal Practice Course"""),
    skills=lines("""Litigation
        Legal research
        Contract drafting
        Due diligence
        Mediation
        GDPR
        Employment law
        Compliance
        Case management"""),
    bullets=lines("""Conducted disclosure of 1.4 million documents in a shipping dispute.
        Second-chaired a nine-day trial in the Commercial Court.
        Drafted and negotiated supply agreements of up to £25m.
        Supervised two trainees and a pool of paralegals."""),
    summaries=lines("""Dispute lawyer with a calm manner and an eye for the document that matters."""),
    certificates=pairs("""Higher Rights of Audience | Solicitors Regulation Authority"""),
)  # fmt: skip
SCIENCE = Field(
    companies=lines("""Wellmoor Institute for Genomics
        University of Aldermere
        Novaplast Therapeutics Inc.
        Karst Marine Station"""),
    titles=lines("""Postdoctoral Researcher
        Research Assistant
        Laboratory Technician
        Bioinformatics Scientist"""),
    degrees=lines("""Ph.D. Molecular Biology
        Master of Science in Genetics
        BSc (Hons) Biology"""),
    skills=lines("""PCR
        Flow cytometry
        Cell culture
        CRISPR
        R
        Python
        Confocal microscopy
        Western blot
        Biostatistics
        Scientific writing"""),
    bullets=lines("""First author of two papers on chromatin folding in zebrafish.
        Set up the single-cell sequencing pipeline of the group.
        Trained eleven students in sterile technique.
        Kept the stock of forty fly lines alive through a move."""),
    summaries=lines("""Molecular biologist at home at the bench and in the terminal."""),
    certificates=pairs("""Laboratory Animal Science (FELASA B) | FELASA"""),
)  # fmt: skip
ENGLISH = Tongue(
    "en", 10,
    first=lines("""Imogen
        Tunde
        Katarzyna
        Luis
        Harriet
        Bao
        Eilidh
        Samir
        Noor
        Jonathan"""),
    last=lines("""Castellanos
        Adeyemi-Cole
        Zielinska
        MacDougall
        Nguyen
        Whitcombe
        El-Sayed
        Park
        O'Shaughnessy
        Lindqvist"""),
    places=(("Bristol, UK", "GB"), ("Austin, TX", "US"), ("Edinburgh, Scotland", "GB"), ("Toronto, ON", "CA"), ("Rotterdam, Netherlands", "NL"), ("Brooklyn, NY", "US"),
        ("Galway, Ireland", "IE"), ("Wellington, New Zealand", "NZ"), ("Boston, MA 02118", "US"), ("Leeds LS6 2QJ", "GB")),
    schools=lines("""University of Warwick
        Georgia Institute of Technology
        TU Delft
        McGill University
        City College Plymouth"""),
    languages=pairs("""English | Native
        Dutch | Conversational
        Spanish | Bilingual
        Polish | C2
        Yoruba | Mother tongue"""),
    headings=headings("""summary: About | Profile Summary | Executive Summary
        experience: Experience | Employment | Work & Internships | Employment Record
        education: Education | Education and Training | Degrees
        skills: Core Competencies | Key Skills | Tech Stack | Expertise
        certifications: Certifications | Certificates & Licenses
        languages: Languages
        projects: Projects | Side Projects | Selected Projects"""),
    now=("present", "Now", "Current"),
    dates=("Mon YYYY", "MM/YYYY", "YYYY", "Month YYYY", "YYYY/MM"),
    entries=("title-first",),
    fields=(PLATFORM, LAW, SCIENCE),
)  # fmt: skip

BAU = Field(
    companies=lines("""Brückner Tiefbau GmbH & Co. KG
        Stadtwerke Lüneburg
        Ingenieurbüro Hallig
        Zimmerei Wohlgemuth"""),
    titles=lines("""Bauleiter Hochbau
        Projektingenieurin
        Technische Zeichnerin
        Werkstudent Statik"""),
    degrees=lines("""M.Sc. Bauingenieurwesen
        B.Eng. Bauingenieurwesen
        Abitur"""),
    skills=lines("""AutoCAD
        Revit
        Bauleitung
        Statik
        VOB
        Kalkulation
        MS Project
        Ausschreibung
        BIM"""),
    bullets=lines("""Leitung einer Brückensanierung mit einem Volumen von 6,3 Mio. Euro
        Abstimmung mit Behörden, Statikern und Anwohnern
        Erstellung von Leistungsverzeichnissen nach VOB
        Einführung von BIM in drei Pilotprojekten"""),
    summaries=lines("""Bauingenieurin mit zwölf Jahren Erfahrung auf der Baustelle und im Büro."""),
    certificates=pairs("""SiGeKo nach RAB 30 | TÜV Nord"""),
)  # fmt: skip
GERMAN = Tongue(
    "de", 4,
    first=lines("""Annegret
        Cem
        Leopold
        Svenja"""),
    last=lines("""Hinrichsen
        Yıldırım
        von der Heide
        Groß-Bölting"""),
    places=(("21335 Lüneburg", "DE"), ("Leipzig", "DE"), ("Winterthur, Schweiz", "CH"), ("1070 Wien", "AT")),
    schools=lines("""Technische Universität Braunschweig
        Hochschule 21 Buxtehude
        Gymnasium Johanneum"""),
    languages=pairs("""Deutsch | Muttersprache
        Englisch | fließend (C1)
        Französisch | Grundkenntnisse"""),
    headings=headings("""summary: Kurzprofil | Über mich
        experience: Berufserfahrung | Beruflicher Werdegang
        education: Ausbildung | Studium und Ausbildung
        skills: Kenntnisse und Fähigkeiten | IT-Kenntnisse
        certifications: Zertifikate | Weiterbildung
        languages: Sprachkenntnisse
        projects: Projekte"""),
    now=("heute",),
    dates=("MM/YYYY", "MM.YYYY", "seit MM/YYYY", "Month YYYY"),
    entries=("title-first",),
    fields=(BAU,),
)  # fmt: skip

MODE = Field(
    companies=lines("""Maison Delcourt
        Galeries du Port
        Agence Pixel Noir
        Atelier Fontaine SARL"""),
    titles=lines("""Responsable marketing digital
        Cheffe de produit
        Graphiste junior
        Stagiaire en communication"""),
    degrees=lines("""Master 2 Marketing digital
        Licence Information et communication
        Baccalauréat littéraire"""),
    skills=lines("""SEO
        Google Analytics
        Photoshop
        Réseaux sociaux
        Gestion de projet
        Rédaction web
        Illustrator
        E-mailing"""),
    bullets=lines("""Refonte du site marchand : +27 % de conversion en six mois.
        Pilotage d'un budget annuel de 450 k€.
        Encadrement de deux graphistes et d'un alternant.
        Organisation de trois défilés et de leur couverture en ligne."""),
    summaries=lines("""Huit ans de marketing dans la mode, entre création et chiffres."""),
    certificates=pairs("""Google Ads Search | Google"""),
)  # fmt: skip
FRENCH = Tongue(
    "fr", 3,
    first=lines("""Solène
        Mathis
        Anne-Laure"""),
    last=lines("""Kervella
        Da Silva
        Dupont-Moreau"""),
    places=(("13002 Marseille", "FR"), ("Nantes", "FR"), ("Genève, Suisse", "CH")),
    schools=lines("""Université Paris-Dauphine
        École supérieure de mode de Bordeaux
        Lycée Jean Moulin"""),
    languages=pairs("""Français | langue maternelle
        Anglais | courant
        Italien | B1"""),
    headings=headings("""summary: Profil | À propos
        experience: Expérience professionnelle | Parcours professionnel
        education: Formation | Formations
        skills: Compétences | Compétences clés
        certifications: Certifications
        languages: Langues
        projects: Projets"""),
    now=("aujourd’hui", "présent"),
    dates=("Month YYYY", "MM/YYYY", "depuis Month YYYY"),
    entries=("title-first",),
    fields=(MODE,),
)  # fmt: skip

LOGISTICA = Field(
    companies=lines("""Transportes Olmedo S.L.
        Puerto Seco de Coslada
        Almacenes Ríos
        Grupo Verdemar"""),
    titles=lines("""Jefa de almacén
        Técnico de compras
        Administrativa de tráfico
        Operario de logística"""),
    degrees=lines("""Grado en Administración de Empresas
        Máster en Logística y Comercio Internacional
        Bachillerato"""),
    skills=lines("""SAP
        Gestión de stocks
        Compras
        Excel
        Negociación
        Lean
        Comercio internacional
        Carretilla elevadora"""),
    bullets=lines("""Responsable de un almacén de 12.000 m² y 26 personas.
        Reducción de roturas de stock del 9 % al 2 %.
        Implantación de SAP WM en cuatro meses.
        Negociación con proveedores de siete países."""),
    summaries=lines("""Logística con visión de proceso y trato cercano con el equipo."""),
    certificates=pairs("""Carné de carretillero | Fundación Laboral"""),
)  # fmt: skip
SPANISH = Tongue(
    "es", 3,
    first=lines("""Marta
        Iker
        Rosalía"""),
    last=lines("""Domínguez Sáez
        Goikoetxea
        Pardo"""),
    places=(("28015 Madrid", "ES"), ("Bilbao, España", "ES"), ("Guadalajara, México", "MX")),
    schools=lines("""Universidad de Deusto
        Universidad Rey Juan Carlos
        IES La Serna"""),
    languages=pairs("""Español | nativo
        Inglés | B2
        Euskera | nativo"""),
    headings=headings("""summary: Perfil profesional | Sobre mí
        experience: Experiencia laboral | Experiencia profesional
        education: Formación académica | Educación
        skills: Competencias | Habilidades
        certifications: Certificaciones
        languages: Idiomas
        projects: Proyectos"""),
    now=("actualidad", "presente"),
    dates=("MM/YYYY", "Month YYYY", "desde MM/YYYY"),
    entries=("title-first",),
    fields=(LOGISTICA,),
)  # fmt: skip

TONGUES = (ENGLISH, GERMAN, FRENCH, SPANISH)
