"""Sixteen lines of work: what they are called, the skills that they take, what people write that they did, and which others are near."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Role:
    titles: tuple[str, ...]
    skills: tuple[str, ...]
    duties: tuple[str, ...]
    near: tuple[str, ...] = ()


def _role(titles: str, skills: str, duties: str, near: str = "") -> Role:
    def split(text: str) -> tuple[str, ...]:
        return tuple(part.strip() for part in text.split("|") if part.strip())

    return Role(split(titles), split(skills), split(duties), split(near))


ROLES = {
    "backend": _role(
        "Backend Engineer|Backend Developer|Software Engineer|Server-side Developer",
        "Python|PostgreSQL|Docker|Kubernetes|REST APIs|Redis|Django|FastAPI|Git|Linux",
        "designed and ran services behind a public interface|cut response times of slow queries|wrote tests before releases|moved a monolith into smaller services"
        "|was on call for production|reviewed changes of colleagues|planned database migrations without downtime|documented interfaces for partner teams",
        "frontend|data|devops",
    ),
    "frontend": _role(
        "Frontend Developer|Frontend Engineer|Web Developer|UI Developer",
        "JavaScript|TypeScript|React|CSS|HTML|Vue.js|Webpack|Figma|Git|Accessibility",
        "built the customer portal|made pages usable by keyboard and screen reader|worked with designers on a component library|reduced the size of bundles"
        "|wrote end to end tests for forms|kept the shop fast on old phones|translated mockups into code",
        "backend|design",
    ),
    "data": _role(
        "Data Engineer|Data Platform Engineer|Analytics Engineer|ETL Developer",
        "Python|SQL|Apache Airflow|Apache Spark|Snowflake|dbt|Apache Kafka|AWS|Docker|PostgreSQL",
        "built pipelines from shop systems into the warehouse|modelled tables for analysts|watched data quality with checks|lowered the costs of nightly runs"
        "|replaced scripts by scheduled jobs|answered questions of finance about figures",
        "backend|science|devops",
    ),
    "science": _role(
        "Data Scientist|Machine Learning Engineer|Applied Scientist",
        "Python|Machine learning|PyTorch|scikit-learn|pandas|SQL|Statistics|NumPy|TensorFlow|R",
        "forecast demand for three thousand articles|ran experiments and explained their outcome|trained models that read documents|measured drift after release"
        "|prepared features with domain experts|presented results to managers",
        "data|backend",
    ),
    "devops": _role(
        "DevOps Engineer|Site Reliability Engineer|Platform Engineer|Infrastructure Engineer",
        "Kubernetes|Terraform|AWS|Docker|Linux|Prometheus|Ansible|CI/CD|Bash|Python",
        "ran clusters for forty teams|wrote infrastructure as code|led reviews after incidents|cut the time of a release from hours to minutes"
        "|set goals for availability and measured them|hardened hosts and networks",
        "backend|data",
    ),
    "design": _role(
        "Product Designer|UX Designer|UI/UX Designer|Interaction Designer",
        "Figma|User research|Prototyping|Wireframing|Design systems|Usability testing|Adobe Photoshop|Accessibility|Adobe Illustrator",
        "interviewed users and turned what they said into flows|tested prototypes with real customers|kept a library of patterns|redesigned the booking of appointments"
        "|drew icons and illustrations|worked with engineers until it shipped",
        "frontend|marketing",
    ),
    "nurse": _role(
        "Registered Nurse|Staff Nurse|Intensive Care Nurse|Nurse",
        "Patient care|Intensive care|Medication administration|Wound care|First aid|Ventilator management|Advanced life support|Infection control",
        "cared for ventilated patients on a ward of twelve beds|gave medication and watched its effect|documented vital signs|spoke with relatives in hard hours"
        "|taught trainees at the bedside|prepared patients for surgery|handed over at the change of shift",
        "eldercare",
    ),
    "eldercare": _role(
        "Geriatric Nurse|Care Assistant|Elderly Care Nurse|Caregiver",
        "Elderly care|Patient care|First aid|Dementia care|Medication administration|Palliative care|Wound care",
        "helped residents to wash, dress and eat|planned the day with people who live with dementia|wrote care plans|took residents to doctors"
        "|kept families informed|organised afternoons with music",
        "nurse",
    ),
    "accountant": _role(
        "Accountant|Financial Accountant|Bookkeeper|General Ledger Accountant",
        "Bookkeeping|SAP|Microsoft Excel|IFRS|VAT|DATEV|Financial reporting|Payroll|Accounts payable",
        "closed the books each month|reconciled bank accounts|prepared the annual statement with the tax adviser|posted invoices and chased late ones"
        "|answered auditors|filed returns in time|built a forecast of cash",
        "controller",
    ),
    "controller": _role(
        "Financial Controller|Business Controller|Management Accountant|Finance Analyst",
        "Microsoft Excel|SAP|Budgeting|Forecasting|Financial reporting|IFRS|Power BI|Controlling|Financial analysis",
        "planned budgets with department heads|explained deviations to the board|built reports on margins|modelled investments"
        "|followed costs of projects|prepared the forecast each quarter",
        "accountant",
    ),
    "chef": _role(
        "Chef|Sous Chef|Head Chef|Chef de Partie",
        "Cooking|Menu planning|Food safety|HACCP|Food cost control|Baking|Kitchen management|Catering",
        "led a kitchen of ten|wrote menus by the season|kept cost of food below thirty percent|ordered from farms nearby|trained apprentices"
        "|cooked for weddings of two hundred guests|kept records of temperatures",
    ),
    "logistics": _role(
        "Warehouse Supervisor|Warehouse Team Leader|Logistics Coordinator|Shift Supervisor",
        "Warehouse management|Inventory management|Forklift|Shift planning|SAP|Supply chain management|Order picking|Lean management",
        "ran a shift of thirty people at six docks|counted stock and found what was missing|planned tours of trucks|shortened ways in picking"
        "|briefed on safety each morning|received goods and checked them",
        "purchasing",
    ),
    "purchasing": _role(
        "Purchasing Manager|Buyer|Procurement Specialist|Strategic Buyer",
        "Procurement|Negotiation|SAP|Supplier management|Supply chain management|Microsoft Excel|Contract management|Inventory management",
        "negotiated prices with suppliers|compared offers and placed orders|found second sources for scarce parts|audited factories|followed deliveries that were late"
        "|saved eight percent of spend",
        "logistics|sales",
    ),
    "sales": _role(
        "Account Executive|Sales Manager|Account Manager|Sales Representative",
        "B2B sales|Salesforce|Negotiation|Prospecting|Cold calling|CRM|Presentation|Key account management",
        "won customers among manufacturers|carried a quota and beat it|showed the product on site|kept a pipeline clean|prepared offers and closed contracts"
        "|renewed contracts of large customers",
        "marketing|purchasing",
    ),
    "marketing": _role(
        "Marketing Manager|Online Marketing Specialist|Performance Marketing Manager|Digital Marketing Specialist",
        "Google Ads|SEO|Google Analytics|Social media marketing|Content marketing|Email marketing|Copywriting|Facebook Ads",
        "planned campaigns in search and social media|tested landing pages|wrote newsletters that people open|reported what each euro brought"
        "|managed agencies|grew visits from search by half",
        "sales|design",
    ),
    "teacher": _role(
        "Mathematics Teacher|Secondary School Teacher|Teacher|Physics Teacher",
        "Teaching|Lesson planning|Mathematics|Classroom management|Moodle|Curriculum development|Tutoring|Physics",
        "taught classes of thirty in years seven to twelve|prepared pupils for final exams|spoke with parents|led a club for robotics|marked and gave feedback"
        "|planned lessons with colleagues|took a class to camp",
    ),
}

# What anybody writes, whatever they do.
EVERYDAY = (
    "worked in a friendly team", "reliable and communicative", "took responsibility for results", "supported colleagues in daily business",
    "good knowledge of English and German", "flexible and willing to learn", "experience with projects of several months", "wrote documentation",
    "took part in meetings with customers and management", "enjoys working independently", "improved processes together with other departments",
    "many years of experience with customers", "trained new employees", "quality and deadlines matter", "organised events for the company",
)  # fmt: skip
PLACES = (
    "Berlin, Germany",
    "Hamburg, Germany",
    "Munich, Germany",
    "Vienna, Austria",
    "Graz, Austria",
    "Zurich, Switzerland",
    "London, United Kingdom",
)
