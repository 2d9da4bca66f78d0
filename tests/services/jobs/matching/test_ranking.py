"""Rankings that a recruiter would agree with: ten jobs of different trades, each with a strong and a weaker candidate of its own trade."""

from datetime import date

import pytest

from services.jobs.matching.idf import start_idf
from services.jobs.matching.profile import CandidateText, Education, Experience, JobText
from services.jobs.matching.score import score

TODAY = date(2026, 6, 1)

JOBS = {
    "software": JobText(
        title="Senior Backend Engineer",
        description=(
            "You will own the payment services of our shop: design APIs, write Python, tune PostgreSQL and keep everything running on"
            " Kubernetes. At least 5 years of experience with backend development. You review code, mentor juniors and care about tests."
            " We offer a friendly team, remote days and a training budget."
        ),
        key_skills=("Python", "PostgreSQL", "Docker", "k8s", "REST APIs"),
        location="Berlin, Germany",
    ),
    "frontend": JobText(
        title="Frontend Developer",
        description=(
            "Build the customer portal in React and TypeScript with our designers. You know CSS, accessibility and testing, and you like"
            " small pull requests. 2+ years of professional experience."
        ),
        key_skills=("React", "TypeScript", "CSS"),
        remote=True,
    ),
    "nurse": JobText(
        title="Registered Nurse, Intensive Care Unit",
        description=(
            "On our ICU you care for ventilated patients, monitor vital signs, give medication and document care. You work in shifts with"
            " doctors and therapists and talk with relatives in hard hours. 2 years of experience in acute care."
        ),
        key_skills=("Intensive care", "Medication administration", "Patient care", "Advanced life support"),
        location="Hamburg, Germany",
    ),
    "accountant": JobText(
        title="Accountant",
        description=(
            "You keep the general ledger, post invoices, reconcile bank accounts and prepare the monthly and annual closing with our tax"
            " adviser. VAT returns and contact with auditors are yours as well. Minimum of 3 years of experience in accounting."
        ),
        key_skills=("Bookkeeping", "SAP", "Microsoft Excel", "IFRS", "VAT"),
        location="Munich, Germany",
    ),
    "chef": JobText(
        title="Head Chef",
        description=(
            "Lead our kitchen of ten, write seasonal menus, keep food cost below thirty percent and guests happy. You train apprentices,"
            " order from regional farms and take HACCP seriously."
        ),
        key_skills=("Cooking", "Menu planning", "Food safety", "Food cost control"),
        location="Vienna, Austria",
    ),
    "logistics": JobText(
        title="Warehouse Shift Supervisor",
        description=(
            "You run a shift in our distribution centre: goods receipt, picking, packing and loading, forty people and six docks. You plan"
            " shifts, watch safety and key figures, and improve processes. A forklift licence is required."
        ),
        key_skills=("Warehouse management", "Inventory management", "Forklift", "Shift planning"),
        location="Leipzig, Germany",
    ),
    "teacher": JobText(
        title="Mathematics Teacher (secondary school)",
        description=(
            "You teach mathematics and physics in years seven to twelve, prepare pupils for their final exams, lead a class and talk with"
            " parents. Digital lessons are everyday life with us."
        ),
        key_skills=("Teaching", "Mathematics", "Lesson planning", "Classroom management"),
        location="Cologne, Germany",
    ),
    "sales": JobText(
        title="Account Executive",
        description=(
            "You sell our software to mid-sized manufacturers: prospecting, demos, negotiation and closing. Your pipeline lives in"
            " Salesforce and you carry a quota. 3+ years of experience in B2B sales."
        ),
        key_skills=("B2B sales", "Salesforce", "Negotiation", "Prospecting"),
        location="London, United Kingdom",
    ),
    "law": JobText(
        title="Legal Counsel",
        description=(
            "You draft and negotiate commercial contracts, advise the business on data protection and compliance, and steer outside"
            " counsel in disputes. Fully qualified lawyer with at least 3 years in a law firm or legal department."
        ),
        key_skills=("Contract law", "Compliance", "GDPR", "Legal drafting"),
        location="Frankfurt, Germany",
    ),
    "marketing": JobText(
        title="Performance Marketing Specialist",
        description=(
            "You plan and optimise paid campaigns in search and social media, test landing pages and report results to the shop team. Your"
            " budget is seven figures a year."
        ),
        key_skills=("Google Ads", "SEO", "Google Analytics", "Social media marketing"),
        location="Berlin, Germany",
    ),
}

STRONG = {
    "software": CandidateText(
        titles=("Senior Software Engineer",),
        summary="Backend engineer who likes boring, reliable services and readable code.",
        experience=(
            Experience(
                "Senior Software Engineer",
                "Designed REST APIs for payments in Python with FastAPI, cut query times in Postgres, moved twelve services to Kubernetes.",
                date(2020, 3, 1),
            ),
            Experience("Software Developer", "Django shop backend, tests with pytest, Docker images.", date(2016, 9, 1), date(2020, 2, 1)),
        ),
        skills=("Python", "FastAPI", "PostgreSQL", "Docker", "Kubernetes"),
        education=(Education("Bachelor of Science", "Computer Science"),),
        location="Berlin, Germany",
    ),
    "frontend": CandidateText(
        titles=("Frontend Engineer",),
        summary="I build interfaces that everybody can use.",
        experience=(
            Experience(
                "Frontend Engineer",
                "Customer portal with React, TypeScript and a design system; accessibility audits, tests with Playwright, CSS modules.",
                date(2022, 1, 1),
            ),
        ),
        skills=("React", "TypeScript", "HTML", "CSS", "Figma"),
        location="Porto, Portugal",
    ),
    "nurse": CandidateText(
        titles=("Registered Nurse",),
        summary="ICU nurse, calm when it counts.",
        experience=(
            Experience(
                "Staff Nurse, Intensive Care",
                "Care of ventilated patients, monitoring of vital signs, infusion therapy, medication, care documentation, family talks.",
                date(2021, 4, 1),
            ),
            Experience("Nurse, surgical ward", "Pre- and post-operative care, wound dressings.", date(2018, 10, 1), date(2021, 3, 1)),
        ),
        skills=("Intensive care", "ACLS", "Ventilator management", "Patient care", "Medication management"),
        education=(Education("Diploma", "Nursing"),),
        location="Hamburg, Germany",
    ),
    "accountant": CandidateText(
        titles=("Accountant",),
        summary="Accountant in manufacturing companies, from invoice to annual statement.",
        experience=(
            Experience(
                "Accountant",
                "General ledger, bank reconciliation, VAT returns, monthly and annual closing under IFRS with SAP; audits prepared.",
                date(2019, 1, 1),
            ),
        ),
        skills=("SAP", "Excel", "IFRS", "Bookkeeping", "DATEV"),
        location="Munich, Germany",
    ),
    "chef": CandidateText(
        titles=("Sous Chef",),
        summary="Cook with a love of vegetables and of clean walk-in fridges.",
        experience=(
            Experience(
                "Sous Chef",
                "Seasonal menus, food costing, ordering, apprentices, HACCP records for a restaurant of eighty seats.",
                date(2020, 5, 1),
            ),
            Experience("Chef de partie", "Sauces, fish and pastry in fine dining.", date(2016, 5, 1), date(2020, 4, 1)),
        ),
        skills=("Menu planning", "HACCP", "Food costing", "Kitchen management"),
        location="Graz, Austria",
    ),
    "logistics": CandidateText(
        titles=("Warehouse Team Leader",),
        summary="Ten years on the warehouse floor, four of them leading a shift.",
        experience=(
            Experience(
                "Warehouse Team Leader",
                "Led a shift of thirty in goods receipt, picking and loading; rota planning, cycle counts, safety briefings, SAP EWM.",
                date(2022, 2, 1),
            ),
            Experience("Forklift operator", "Storing, loading trucks, inventory.", date(2016, 1, 1), date(2022, 1, 1)),
        ),
        skills=("Forklift licence", "Warehouse management", "Inventory control", "Shift planning"),
        location="Halle, Germany",
    ),
    "teacher": CandidateText(
        titles=("Mathematics Teacher",),
        summary="Teacher of mathematics and physics who lets pupils build things.",
        experience=(
            Experience(
                "Secondary school teacher",
                "Mathematics and physics in years five to twelve, lesson plans, final exams, class teacher, parents, robotics club.",
                date(2017, 8, 1),
            ),
        ),
        skills=("Lesson planning", "Classroom management", "Moodle", "Mathematics"),
        education=(Education("Master of Education", "Mathematics and Physics"),),
        location="Bonn, Germany",
    ),
    "sales": CandidateText(
        titles=("Account Manager",),
        summary="Seven years of selling software to companies that make things.",
        experience=(
            Experience(
                "Account Executive",
                "Prospecting, product demos and negotiation with mid-sized manufacturers; 120 percent of quota; pipeline in Salesforce.",
                date(2019, 2, 1),
            ),
        ),
        skills=("B2B sales", "Salesforce", "Cold calling", "Negotiation", "Prospecting"),
        location="London, United Kingdom",
    ),
    "law": CandidateText(
        titles=("Attorney",),
        summary="Commercial lawyer between law firm and legal department.",
        experience=(
            Experience(
                "In-house lawyer",
                "Drafting contracts, data protection agreements, compliance training, disputes with outside counsel.",
                date(2020, 1, 1),
            ),
        ),
        skills=("Contract drafting", "GDPR", "Compliance", "Legal research", "Legal writing"),
        education=(Education("Second state examination", "Law"),),
        location="Frankfurt, Germany",
    ),
    "marketing": CandidateText(
        titles=("Online Marketing Specialist",),
        summary="Campaigns that pay for themselves.",
        experience=(
            Experience(
                "Performance Marketing Specialist",
                "Paid search and social media campaigns for an online shop, landing page tests, reports with GA4.",
                date(2021, 6, 1),
            ),
        ),
        skills=("Google Ads", "SEO", "Facebook Ads", "Google Analytics"),
        location="Berlin, Germany",
    ),
}

WEAKER = {
    "software": CandidateText(
        titles=("Junior Developer",),
        experience=(Experience("Junior Developer", "Small internal tools in Python and MySQL.", date(2025, 3, 1)),),
        skills=("Python", "MySQL", "Git"),
        location="Berlin, Germany",
    ),
    "frontend": CandidateText(
        titles=("Web Designer",),
        experience=(Experience("Web Designer", "WordPress pages with HTML and CSS for local shops.", date(2023, 1, 1)),),
        skills=("HTML", "CSS", "WordPress"),
    ),
    "nurse": CandidateText(
        titles=("Care Assistant",),
        experience=(Experience("Care Assistant", "Daily care of residents in a nursing home, meals, documentation.", date(2023, 1, 1)),),
        skills=("Elderly care", "First aid"),
        location="Hamburg, Germany",
    ),
    "accountant": CandidateText(
        titles=("Office Assistant",),
        experience=(Experience("Office Assistant", "Correspondence, invoices, preparation of bookkeeping.", date(2022, 1, 1)),),
        skills=("Excel", "Word", "Invoicing"),
        location="Munich, Germany",
    ),
    "chef": CandidateText(
        titles=("Kitchen Assistant",),
        experience=(Experience("Kitchen Assistant", "Dishwashing, salads, food preparation.", date(2024, 1, 1)),),
        skills=("Food preparation",),
        location="Vienna, Austria",
    ),
    "logistics": CandidateText(
        titles=("Delivery Driver",),
        experience=(Experience("Delivery Driver", "Parcels in the city, loading the van, scanner.", date(2023, 1, 1)),),
        skills=("Driving licence",),
        location="Leipzig, Germany",
    ),
    "teacher": CandidateText(
        titles=("Private Tutor",),
        experience=(Experience("Private Tutor", "English lessons for adults, online.", date(2023, 1, 1)),),
        skills=("Tutoring", "TEFL"),
        location="Cologne, Germany",
    ),
    "sales": CandidateText(
        titles=("Shop Assistant",),
        experience=(Experience("Shop Assistant", "Selling shoes, cash register, shop window.", date(2022, 1, 1)),),
        skills=("Retail sales", "Cash handling"),
        location="London, United Kingdom",
    ),
    "law": CandidateText(
        titles=("Paralegal",),
        experience=(Experience("Paralegal", "Files, deadlines and letters for two lawyers.", date(2022, 1, 1)),),
        skills=("Paralegal", "Legal research"),
        location="Frankfurt, Germany",
    ),
    "marketing": CandidateText(
        titles=("Event Assistant",),
        experience=(Experience("Event Assistant", "Trade fairs, newsletters, social media posts.", date(2023, 1, 1)),),
        skills=("Event planning", "Social media"),
        location="Berlin, Germany",
    ),
}


def value(job: JobText, candidate: CandidateText) -> float:
    return score(job, candidate, start_idf(), TODAY).value


@pytest.mark.parametrize("field", JOBS)
def test_the_strong_candidate_of_a_trade_comes_first_and_the_weaker_before_every_stranger(field):
    job = JOBS[field]
    strong, weaker = value(job, STRONG[field]), value(job, WEAKER[field])
    related = {"software", "frontend"}
    strangers = {name: value(job, STRONG[name]) for name in STRONG if name != field and not {name, field} <= related}
    assert strong > weaker + 15
    assert weaker > max(strangers.values()), strangers


@pytest.mark.parametrize("field", JOBS)
def test_strong_is_a_high_number_and_a_stranger_a_low_one(field):
    job = JOBS[field]
    assert value(job, STRONG[field]) >= 65
    assert sum(value(job, STRONG[name]) < 35 for name in STRONG) >= len(STRONG) - 2


@pytest.mark.parametrize("field", STRONG)
def test_each_candidate_scores_highest_for_the_job_of_their_own_trade(field):
    assert max(JOBS, key=lambda name: value(JOBS[name], STRONG[field])) == field
