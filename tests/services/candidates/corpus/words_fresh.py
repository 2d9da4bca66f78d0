"""The words of a part of the corpus that was scored before anything was fitted to it; bench/parsing/unfitted.md has the score."""

from tests.services.candidates.corpus.words import Field, Tongue, headings, lines, pairs

ENERGY = Field(
    companies=lines("""Halvorsen Grid
        Tern Offshore Ltd
        Municipal Utilities of Elmsworth
        Kestrel Turbines
        Brightwater Consulting"""),
    titles=lines("""Electrical Design Engineer
        Wind Turbine Technician
        Head of Asset Management
        Graduate Engineer
        Energy Analyst"""),
    degrees=lines("""MEng Electrical and Electronic Engineering
        BSc (Hons) Renewable Energy
        Foundation Degree in Engineering"""),
    skills=lines("""MATLAB
        AutoCAD
        Power systems
        SCADA
        Python
        Risk assessment
        Project management
        Grid codes
        Cost estimation"""),
    bullets=lines("""Designed the earthing and protection of a 132 kV substation that was energised four weeks ahead of plan and within its budget.
        Climbed more than three hundred turbines without a lost-time incident.
        Modelled the value of storage for three regional operators, and defended the results before the regulator.
        Mentored two graduates to chartered status."""),
    summaries=lines("""Chartered electrical engineer who has worked on both sides of the meter, from blade bolts to board papers."""),
    certificates=pairs("""Chartered Engineer | Engineering Council
        GWO Basic Safety Training | Global Wind Organisation"""),
    projects=pairs("""Sunlog | A data logger for garden solar panels, with its plans published."""),
)  # fmt: skip
CARE = Field(
    companies=lines("""Larkfield Veterinary Surgery
        Saint Brannoc's Hospice
        Riverside Dental Practice
        Opal Home Care
        Westgate Pharmacy"""),
    titles=lines("""Veterinary Nurse
        Practice Manager
        Dental Receptionist
        Care Worker
        Pharmacy Dispenser"""),
    degrees=lines("""Diploma in Veterinary Nursing
        NVQ Level 3 Health and Social Care
        BSc Pharmaceutical Science"""),
    skills=lines("""Patient care
        First aid
        Medication management
        Scheduling
        Customer service
        Record keeping
        Team leadership
        Infection control"""),
    bullets=lines("""Looked after inpatients overnight, gave medication and kept their owners informed at every step of a stay that was often their worst week.
        Rebuilt the rota so that nobody worked more than two weekends in five.
        Cut waiting times at the desk by a third.
        Trained new colleagues in infection control."""),
    summaries=lines("""Calm, practical and kind, with nine years in clinics where the telephone never stops."""),
    certificates=pairs("""Registered Veterinary Nurse | Royal College of Veterinary Surgeons"""),
)  # fmt: skip
ENGLISH = Tongue(
    "en", 14,
    first=lines("""Rosalind
        Kofi
        Siobhan
        Mateusz
        Priyanka
        Lachlan
        Ingrid
        Terrence
        Amara
        Viktor
        Delphine
        Hamish
        Leila
        Owen"""),
    last=lines("""Pemberton
        Asante
        Gallagher
        Nowak
        Raghunathan
        MacLeod
        Solheim
        Washington-Lee
        Okafor
        Lindgren
        Moreau
        Ferguson
        Haddad
        Price"""),
    places=(("Aberdeen, Scotland", "GB"), ("Portland, OR", "US"), ("Swansea, Wales", "GB"), ("Brisbane, Australia", "AU"), ("Bergen, Norway", "NO"), ("Minneapolis, MN 55401", "US"),
        ("Belfast", "GB"), ("Calgary, Alberta", "CA"), ("The Hague, Netherlands", "NL")),
    schools=lines("""Heriot-Watt University
        Oregon State University
        Norwegian University of Science and Technology
        Swansea College
        University of Queensland"""),
    languages=pairs("""English | Native
        Norwegian | B1
        Polish | Mother tongue
        French | Conversational"""),
    headings=headings("""summary: Profile | Summary | Personal Statement
        experience: Experience | Employment History | Career Summary | Relevant Work Experience
        education: Education | Qualifications | Education and Qualifications
        skills: Skills | Core Skills | Technical Proficiencies
        certifications: Certifications | Professional Memberships and Certifications
        languages: Languages
        projects: Projects"""),
    now=("Present", "present", "Current", "to date"),
    dates=("Mon YYYY", "MM/YYYY", "Month YYYY", "YYYY", "Mon YYYY (duration)"),
    entries=("title-first",),
    fields=(ENERGY, CARE),
)  # fmt: skip
BUERO = Field(
    companies=lines("""Kanzlei Dr. Hollerbach & Partner mbB
        Versandhaus Eickhoff GmbH
        Landratsamt Miesbach
        Druckerei Sommerfeld"""),
    titles=lines("""Rechtsanwaltsfachangestellte
        Teamleiterin Kundenservice
        Mediengestalter
        Sachbearbeiterin"""),
    degrees=lines("""Ausbildung zur Rechtsanwaltsfachangestellten
        Bachelor of Arts Medienwirtschaft
        Fachhochschulreife"""),
    skills=lines("""Microsoft Office
        InDesign
        Terminplanung
        Kundenbetreuung
        Rechnungswesen
        DATEV
        Photoshop"""),
    bullets=lines("""Führung eines Teams von elf Personen im Zweischichtbetrieb, einschließlich Einsatzplanung und Jahresgesprächen.
        Umstellung der Akten auf elektronische Führung.
        Gestaltung von Katalogen mit bis zu 320 Seiten.
        Bearbeitung von Anträgen und Widersprüchen."""),
    summaries=lines("""Organisationstalent mit juristischem Hintergrund und freundlichem Ton am Telefon."""),
    certificates=pairs("""Datenschutzbeauftragte | TÜV Süd"""),
)  # fmt: skip
GERMAN = Tongue(
    "de", 4,
    first=lines("""Walburga
        Emre
        Hannelore
        Till"""),
    last=lines("""Ostermeier
        Kaya
        Brandl
        Rösch"""),
    places=(("83714 Miesbach", "DE"), ("Hamburg", "DE"), ("4020 Linz, Österreich", "AT")),
    schools=lines("""Berufsschule Rosenheim
        Hochschule Ansbach
        Städtische Fachoberschule München"""),
    languages=pairs("""Deutsch | Muttersprache
        Türkisch | fließend
        Englisch | B2"""),
    headings=headings("""summary: Profil | Kurzprofil
        experience: Berufserfahrung | Beruflicher Werdegang
        education: Ausbildung | Schulbildung und Studium
        skills: Kenntnisse | EDV-Kenntnisse
        certifications: Zertifikate | Weiterbildungen
        languages: Sprachen | Sprachkenntnisse
        projects: Projekte"""),
    now=("heute", "jetzt"),
    dates=("MM/YYYY", "MM.YYYY", "Month YYYY"),
    entries=("title-first",),
    fields=(BUERO,),
)  # fmt: skip
ATELIER = Field(
    companies=lines("""Menuiserie Castagnet
        Hôtel des Remparts
        Mairie de Saint-Flour
        Biscuiterie Kerneven SAS"""),
    titles=lines("""Menuisier poseur
        Chef de rang
        Assistante de direction
        Responsable de production"""),
    degrees=lines("""CAP Menuiserie
        Bac pro Hôtellerie-restauration
        BTS Gestion de la PME"""),
    skills=lines("""Lecture de plans
        Accueil
        Gestion des stocks
        HACCP
        Excel
        Planification
        Anglais commercial"""),
    bullets=lines("""Conduite d'une ligne de douze personnes, de la pesée au conditionnement, avec un objectif de rebut inférieur à deux pour cent.
        Pose de cuisines et d'escaliers sur mesure.
        Tenue de l'agenda et des comptes rendus du conseil.
        Service de quatre-vingts couverts."""),
    summaries=lines("""Polyvalent et rigoureux, à l'aise à l'atelier comme au contact des clients."""),
    certificates=pairs("""SST | INRS"""),
)  # fmt: skip
FRENCH = Tongue(
    "fr", 3,
    first=lines("""Clotilde
        Younès
        Aurélien"""),
    last=lines("""Vaugelade
        Mansouri
        Le Floch"""),
    places=(("15100 Saint-Flour", "FR"), ("Brest, France", "FR"), ("Lausanne, Suisse", "CH")),
    schools=lines("""Lycée hôtelier de Chamalières
        CFA du Bâtiment de Quimper
        Université Clermont Auvergne"""),
    languages=pairs("""Français | langue maternelle
        Anglais | B2
        Arabe | courant"""),
    headings=headings("""summary: Profil | À propos de moi
        experience: Expérience professionnelle | Expériences
        education: Formation | Études et formations
        skills: Compétences | Savoir-faire
        certifications: Certifications
        languages: Langues
        projects: Projets"""),
    now=("aujourd'hui", "ce jour"),
    dates=("MM/YYYY", "Month YYYY"),
    entries=("title-first",),
    fields=(ATELIER,),
)  # fmt: skip
OBRA = Field(
    companies=lines("""Reformas Iturbe S.L.
        Clínica Veterinaria Alameda
        Hotel Balcón del Mar
        Viveros La Encina"""),
    titles=lines("""Encargado de obra
        Auxiliar veterinaria
        Jefa de recepción
        Jardinero"""),
    degrees=lines("""Técnico superior en Proyectos de Edificación
        Grado en Turismo
        Bachillerato de Ciencias"""),
    skills=lines("""Atención al cliente
        AutoCAD
        Gestión de equipos
        Presupuestos
        Excel
        Riego
        Prevención de riesgos laborales"""),
    bullets=lines("""Dirección de cuadrillas de hasta quince personas en la rehabilitación de edificios protegidos del casco antiguo, sin accidentes en seis años.
        Gestión de reservas y reclamaciones en tres idiomas.
        Ayuda en cirugías y cuidados posteriores.
        Diseño y plantación de jardines de bajo consumo de agua."""),
    summaries=lines("""Profesional constante, acostumbrada a resolver sobre la marcha."""),
    certificates=pairs("""Nivel básico de prevención | Fundación Laboral de la Construcción"""),
)  # fmt: skip
SPANISH = Tongue(
    "es", 3,
    first=lines("""Nuria
        Gorka
        Catalina"""),
    last=lines("""Villanueva Prieto
        Arrieta
        Osorio"""),
    places=(("39001 Santander", "ES"), ("Málaga, España", "ES"), ("Cali, Colombia", "CO")),
    schools=lines("""Universidad de Cantabria
        IES Foramontanos
        Universidad del Valle"""),
    languages=pairs("""Español | nativo
        Inglés | B2
        Francés | básico"""),
    headings=headings("""summary: Perfil | Perfil profesional
        experience: Experiencia | Experiencia laboral
        education: Formación | Formación académica
        skills: Competencias | Habilidades
        certifications: Certificados
        languages: Idiomas
        projects: Proyectos"""),
    now=("actualidad", "presente"),
    dates=("MM/YYYY", "Mon YYYY"),
    entries=("title-first",),
    fields=(OBRA,),
)  # fmt: skip

TONGUES = (ENGLISH, GERMAN, FRENCH, SPANISH)
