"""The French and Spanish words of words_develop.py."""

from tests.services.candidates.corpus.words import Field, Tongue, headings, lines, pairs

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
