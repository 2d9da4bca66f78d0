"""The French and Spanish words of words_measure.py."""

from tests.services.candidates.corpus.words import Field, Tongue, headings, lines, pairs

TECHNIQUE = Field(
    companies=lines("""Aéroports du Littoral
        Soudure Vasseur et Fils
        Énergie Bretagne Services
        SNC Rouvière
        Ville de Montreuil"""),
    titles=lines("""Ingénieure en génie civil
        Conducteur de travaux
        Technicien de maintenance
        Soudeur qualifié
        Dessinatrice-projeteuse"""),
    degrees=lines("""Diplôme d'ingénieur en génie civil
        BTS Maintenance des systèmes
        CAP Soudage"""),
    skills=lines("""AutoCAD
        Lecture de plans
        Gestion de chantier
        Soudage TIG
        Maintenance préventive
        Métrés
        Sécurité au travail
        Revit
        Habilitation électrique
        Planification"""),
    bullets=lines("""Suivi de chantiers de 2 à 15 millions d'euros.
        Réduction de 30 % des arrêts de la ligne de tri.
        Coordination des sous-traitants et des bureaux de contrôle.
        Rédaction des dossiers d'appel d'offres."""),
    summaries=lines("""Ingénieure de terrain, à l'aise avec les plans comme avec les équipes.
        Technicien polyvalent, dix ans de maintenance industrielle."""),
    certificates=pairs("""CACES R489 | AFPA
        Habilitation BR | APAVE"""),
)  # fmt: skip
RH = Field(
    companies=lines("""Cabinet Hélios Conseil
        Transports Ménard
        Mutuelle du Rhône
        Librairie des Arcades
        Institut Pasteur de Lille"""),
    titles=lines("""Chargée de recrutement
        Gestionnaire de paie
        Directeur des ressources humaines
        Comptable
        Assistante administrative"""),
    degrees=lines("""Master Gestion des ressources humaines
        Licence professionnelle Métiers de la comptabilité
        BTS Assistant de gestion"""),
    skills=lines("""Recrutement
        Paie
        Droit du travail
        Comptabilité
        Sage
        Gestion des conflits
        Entretien annuel
        Tableaux de bord
        Excel
        Formation"""),
    bullets=lines("""Recrutement de 60 collaborateurs par an, du chauffeur au directeur.
        Établissement de 340 bulletins de paie mensuels.
        Mise en œuvre de l'accord sur le télétravail.
        Clôture des comptes mensuels avec l'expert-comptable."""),
    summaries=lines("""Professionnelle des ressources humaines, à l'écoute et précise.
        Comptable méthodique, formée à la paie."""),
    certificates=pairs("""Certification PAYE | CNFPT"""),
)  # fmt: skip
FRENCH = Tongue(
    "fr", 5,
    first=lines("""Océane
        Hippolyte
        Aïcha
        Loïc
        Marie-Claire"""),
    last=lines("""Guérin
        d'Almeida
        Benali
        Le Goff
        Rousseau"""),
    places=(("35000 Rennes", "FR"), ("Lille, France", "FR"), ("Montreuil", "FR"), ("Liège, Belgique", "BE")),
    schools=lines("""INSA Lyon
        Université de Bourgogne
        Lycée professionnel Marcel Sembat
        Conservatoire national des arts et métiers
        IUT de Brest"""),
    languages=pairs("""Français | langue maternelle
        Anglais | professionnel
        Arabe | bilingue
        Breton | notions"""),
    headings=headings("""summary: En quelques mots | Présentation | Objectif professionnel
        experience: Expériences professionnelles | Expérience | Parcours
        education: Études | Études et diplômes | Parcours académique
        skills: Savoir-faire | Compétences techniques | Domaines de compétences
        certifications: Certificats et habilitations | Certifications
        languages: Langues étrangères | Langues
        projects: Projets personnels"""),
    now=("à ce jour", "en cours", "aujourd'hui"),
    dates=("du MM/YYYY", "depuis Month YYYY", "Mon YYYY"),
    entries=("comma-line", "pipe-line", "networked", "title-first"),
    fields=(TECHNIQUE, RH),
)  # fmt: skip

DISENO = Field(
    companies=lines("""Estudio Arquitectura Navarro
        Editorial Tres Mares
        Cooperativa Agraria del Ebro
        Colegio Santa Teresa
        Fundación Horizonte"""),
    titles=lines("""Arquitecta de interiores
        Diseñador gráfico
        Profesora de secundaria
        Ingeniero agrónomo
        Coordinador de proyectos"""),
    degrees=lines("""Arquitectura Superior
        Grado en Diseño
        Máster en Formación del Profesorado"""),
    skills=lines("""AutoCAD
        SketchUp
        Adobe Illustrator
        Diseño editorial
        Gestión de proyectos
        Docencia
        Fotografía
        Presupuestos
        Trabajo en equipo
        InDesign"""),
    bullets=lines("""Proyecto y dirección de obra de catorce viviendas.
        Maquetación de una colección de cuarenta títulos.
        Tutoría de grupos de treinta alumnos.
        Coordinación de voluntarios en cinco provincias."""),
    summaries=lines("""Diseñador con oficio, del boceto a la imprenta.
        Profesional polifacética con gusto por lo bien hecho."""),
    certificates=pairs("""Certificado de Aptitud Pedagógica | Universidad de Zaragoza"""),
)  # fmt: skip
SPANISH = Tongue(
    "es", 4,
    first=lines("""Lucía
        Joan
        Ximena
        Andrés Felipe"""),
    last=lines("""Quiroga Paz
        Puig i Serra
        Castañeda
        Rey"""),
    places=(("50001 Zaragoza", "ES"), ("Barcelona, España", "ES"), ("Bogotá, Colombia", "CO"), ("Sevilla", "ES")),
    schools=lines("""Universitat Politècnica de Catalunya
        Universidad de Zaragoza
        Escuela de Arte de Sevilla
        Universidad Nacional de Colombia"""),
    languages=pairs("""Castellano | lengua materna
        Catalán | nativo
        Inglés | intermedio alto
        Portugués | B1"""),
    headings=headings("""summary: Resumen | Extracto | Presentación
        experience: Trayectoria profesional | Historial laboral | Experiencia
        education: Estudios | Titulación académica | Formación
        skills: Aptitudes | Capacidades | Conocimientos técnicos
        certifications: Formación complementaria | Certificados
        languages: Lenguas | Idiomas
        projects: Proyectos destacados"""),
    now=("hoy", "la actualidad", "actual"),
    dates=("Month de YYYY", "MM.YYYY", "desde MM/YYYY"),
    entries=("comma-line", "dates-above", "networked", "pipe-line"),
    fields=(DISENO,),
)  # fmt: skip
