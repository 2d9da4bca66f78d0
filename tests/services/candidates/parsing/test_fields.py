"""Each field of the three CVs of the demo, their sources, and the same rules on text of other shapes."""
# ruff: noqa: RUF001 - the dashes that CVs use

from __future__ import annotations

import io
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from services.candidates.parsing.dates import find_period
from services.candidates.parsing.document import read
from services.candidates.parsing.fields import understand
from services.candidates.parsing.headings import heading_kind
from services.candidates.parsing.isolated import parse_isolated
from services.candidates.parsing.lines import clean
from services.candidates.parsing.parsed import Found, ParsedCv

CVS = Path(__file__).parents[4] / "cli" / "demo" / "data"


@cache
def cv(name: str) -> ParsedCv:
    return parse_isolated((CVS / name).read_bytes())


def of(text: str, region: str | None = None) -> ParsedCv:
    return understand(read(text.encode()), region)


def value(found: Found | None):
    return found.value if found else None


def work(parsed: ParsedCv) -> list[tuple]:
    return [
        (value(job.job_title), value(job.company_name), value(job.start_date), value(job.end_date), job.current, len(job.bullets))
        for job in parsed.work_experience
    ]


def education(parsed: ParsedCv) -> list[tuple]:
    return [(value(one.degree), value(one.university), value(one.start_year), value(one.end_year)) for one in parsed.education]


def certifications(parsed: ParsedCv) -> list[tuple]:
    return [(value(one.title), value(one.issued_by), value(one.issue_date)) for one in parsed.certifications]


def languages(parsed: ParsedCv) -> list[tuple]:
    return [(value(one.name), value(one.level)) for one in parsed.languages]


CONTACTS = {
    "ada-lindqvist.pdf": ("Ada Lindqvist", "ada.lindqvist@example.com", "+46701740612", "Stockholm, Sweden"),
    "marco-ferrari.docx": ("Marco Ferrari", "marco.ferrari@example.net", "+393515550142", "Turin, Italy"),
    "sofia-keller.pdf": ("Sofia Keller", "sofia.keller@example.org", "+491713920042", "München, Deutschland"),
}
SUMMARIES = {
    "ada-lindqvist.pdf": ("Backend engineer with nine years", "from schema to pager."),
    "marco-ferrari.docx": ("Frontend developer with six years", "say what they mean."),
    "sofia-keller.pdf": ("Data analyst with seven years", "in German and English."),
}
SKILLS = {
    "ada-lindqvist.pdf": {"Python", "Go", "gRPC", "PostgreSQL", "Redis", "Kubernetes", "Terraform", "FastAPI", "Django"},
    "marco-ferrari.docx": {"TypeScript", "React", "Next.js", "Node.js", "GraphQL", "PostgreSQL", "Docker"},
    "sofia-keller.pdf": {"SQL", "Python", "Tableau", "Snowflake", "PostgreSQL"},
}


@pytest.mark.parametrize("name", CONTACTS)
def test_the_contacts_are_found(name: str):
    parsed = cv(name)
    assert (value(parsed.name), value(parsed.email), value(parsed.phone), value(parsed.location)) == CONTACTS[name]


@pytest.mark.parametrize("name", SUMMARIES)
def test_the_summary_is_one_paragraph_from_its_first_word_to_its_last(name: str):
    found = value(cv(name).summary)
    assert found.startswith(SUMMARIES[name][0])
    assert found.endswith(SUMMARIES[name][1])
    assert "\n" not in found


@pytest.mark.parametrize("name", SKILLS)
def test_the_skills_have_their_canonical_names(name: str):
    found = [skill.value for skill in cv(name).skills]
    assert SKILLS[name] <= set(found)
    assert len(found) == len(set(found))


def test_a_skill_within_the_name_of_an_employer_or_issuer_is_none():
    assert "Consulting" not in {skill.value for skill in cv("ada-lindqvist.pdf").skills}
    assert "Salesforce" not in {skill.value for skill in cv("sofia-keller.pdf").skills}


def test_a_line_of_work_in_passing_is_no_skill_of_somebody_who_lists_theirs():
    """She tested pricing rules, kept an audit trail and worked for the public sector."""
    assert {"Pricing", "Auditing", "Public administration"}.isdisjoint(skill.value for skill in cv("ada-lindqvist.pdf").skills)


def test_the_links_are_whole_addresses():
    assert [link.value for link in cv("ada-lindqvist.pdf").links] == [
        "https://linkedin.com/in/ada-lindqvist-example",
        "https://github.com/ada-lindqvist-example",
    ]
    assert [link.value for link in cv("marco-ferrari.docx").links] == [
        "https://github.com/marco-ferrari-example",
        "https://marco-ferrari.example.net",
    ]


def test_one_column_with_dates_at_the_margin_gives_its_jobs():
    assert work(cv("ada-lindqvist.pdf")) == [
        ("Senior Backend Engineer", "Nordvik Payments AB", "2021-03", None, True, 5),
        ("Backend Engineer", "Fjordbook Systems AB", "2018-08", "2021-02", False, 4),
        ("Software Developer", "Lumen & Alder Consulting", "2016-06", "2018-07", False, 3),
    ]


def test_a_table_with_dates_in_its_first_column_gives_its_jobs():
    assert work(cv("marco-ferrari.docx")) == [
        ("Full Stack Developer", "Lanterna Digitale S.r.l.", "2022-05", None, True, 4),
        ("Frontend Developer", "Studio Quarzo S.p.A.", "2019-09", "2022-04", False, 3),
        ("Junior Web Developer", "Bottega Web di Conti e Figli", "2018-01", "2019-08", False, 2),
    ]


def test_two_columns_with_german_dates_give_their_jobs():
    assert work(cv("sofia-keller.pdf")) == [
        ("Senior Data Analyst", "Isarmobil GmbH", "2021-03", None, True, 4),
        ("Data Analyst", "Handelshaus Brandt & Söhne KG", "2017-10", "2021-02", False, 3),
        ("Werkstudentin Business Intelligence", "Lechtal Versicherung AG", "2016-04", "2017-09", False, 2),
    ]


def test_a_bullet_goes_on_over_its_lines():
    assert [bullet.value for bullet in cv("sofia-keller.pdf").work_experience[1].bullets][1] == (
        "Orchestrated the daily sales pipeline with Apache Airflow: 14 sources, ready by six every morning."
    )


def test_education_is_found():
    assert education(cv("ada-lindqvist.pdf")) == [
        ("MSc in Computer Science", "KTH Royal Institute of Technology", 2014, 2016),
        ("BSc in Information Technology", "Uppsala University", 2011, 2014),
    ]
    assert education(cv("marco-ferrari.docx")) == [("Bachelor of Science in Computer Engineering", "Politecnico di Torino", 2014, 2017)]
    assert education(cv("sofia-keller.pdf")) == [
        ("M.Sc. Statistik", "Ludwig-Maximilians-Universität München", 2015, 2017),
        ("B.Sc. Wirtschaftsmathematik", "Universität Augsburg", 2012, 2015),
    ]


def test_certifications_are_found_across_a_page_break_and_a_wrapped_line():
    assert certifications(cv("ada-lindqvist.pdf")) == [
        ("Certified Kubernetes Application Developer (CKAD)", "Cloud Native Computing Foundation", "2023-05"),
        ("AWS Certified Solutions Architect – Associate", "Amazon Web Services", "2020-11"),
    ]
    assert cv("ada-lindqvist.pdf").certifications[1].title.source.page == 2
    assert certifications(cv("marco-ferrari.docx")) == [
        ("Meta Front-End Developer Professional Certificate", "Coursera", "2021-10"),
        ("Professional Scrum Master I", "Scrum.org", "2023-03"),
    ]
    assert certifications(cv("sofia-keller.pdf")) == [
        ("Tableau Desktop Specialist", "Salesforce", "2022-06"),
        ("Google Data Analytics Certificate", "Coursera", "2020"),
    ]


def test_languages_have_english_names_and_the_level_as_written():
    assert languages(cv("ada-lindqvist.pdf")) == [("Swedish", "native"), ("English", "C2"), ("German", "B1")]
    assert languages(cv("marco-ferrari.docx")) == [("Italian", "native"), ("English", "C1"), ("Spanish", "A2")]
    assert languages(cv("sofia-keller.pdf")) == [("German", "Muttersprache"), ("English", "C1"), ("French", "B1")]


@pytest.mark.parametrize("name", CONTACTS)
def test_every_value_stands_in_the_document_where_its_source_says(name: str):
    parsed = cv(name)
    lines = parsed.text.split("\n")
    for found in [
        parsed.name,
        parsed.email,
        parsed.location,
        *(job.company_name for job in parsed.work_experience),
        *(one.degree for one in parsed.education),
    ]:
        source = found.source
        assert parsed.text[source.start : source.end] == found.value
        assert found.value in lines[source.line]
    for skill in parsed.skills:
        assert parsed.text[skill.source.start : skill.source.end].strip()


@pytest.mark.parametrize("name", CONTACTS)
def test_a_parsed_cv_survives_the_process_boundary_and_is_the_same_each_time(name: str):
    again = parse_isolated((CVS / name).read_bytes())
    assert again == cv(name)
    assert ParsedCv.from_json(again.to_json()) == again


def test_what_is_not_read_is_said():
    notes = cv("sofia-keller.pdf").unread
    assert not [note for note in notes if "Projekte" in note], "projects are read"
    assert "The section 'Interessen' is kept as text only." in of("Jane Doe\n\nInteressen\n\nSegeln und Lesen").unread
    assert "No email address was found." in of("Jane Doe\nExperience\nEngineer, Acme Inc\n2019 - 2020").unread


PERIODS = {
    "Mar 2019 – present": ("2019-03", None, True), "seit 03/2019": ("2019-03", None, True), "10/2017 – 02/2021": ("2017-10",
    "2021-02", False),
    "01.03.2019 bis heute": ("2019-03", None, True), "2019-03 - 2020-11": ("2019-03", "2020-11", False), "2014 – 2016": ("2014",
    "2016", False),
    "Sept. 2019 - Avr. 2022": ("2019-09", "2022-04", False), "marzo de 2019 - actualidad": ("2019-03", None, True),
    "depuis janvier 2020": ("2020-01", None, True), "Issued May 2023": (None, "2023-05", False), "März 2019–Juli 2020": ("2019-03",
    "2020-07", False), "Março de 2021 até o momento": ("2021-03", None, True), "Agosto de 2018 a Fevereiro de 2021": ("2018-08", "2021-02",
    False), "2006–10": ("2006", "2010", False), "2019-10": (None, "2019-10", False), "2019 – Date": ("2019", None, True),
    "2013 : diploma (2010-2013)": ("2010", "2013", False),
}  # fmt: skip


@pytest.mark.parametrize("text", PERIODS)
def test_a_period_is_read(text: str):
    period = find_period(text)
    assert period is not None
    assert (period.start, period.end, period.current) == PERIODS[text]


@given(st.integers(1950, 2099), st.integers(1, 12))
def test_a_month_is_read_in_every_notation(year: int, month: int):
    for text in (f"{month:02}/{year}", f"{month}.{year}", f"{year}-{month:02}"):
        period = find_period(text)
        assert period is not None
        assert period.end == f"{year}-{month:02}"


@pytest.mark.parametrize("text", ["0171 3920042", "version 12.2019345", "postcode 80331"])
def test_a_number_that_is_no_date_is_not_read_as_one(text: str):
    assert find_period(text) is None


def test_headings_in_french_and_spanish_open_their_sections():
    french = of(
        "Léa Martin\nlea@example.fr\n\nExpérience professionnelle\nDéveloppeuse Python, Acme SAS\njanvier 2019 - "
        "présent\n\nLangues\nFrançais: maternelle"
    )
    assert work(french)[0][2:5] == ("2019-01", None, True)
    assert languages(french) == [("French", "maternelle")]
    spanish = of("Ana Ruiz\n\nExperiencia laboral\nAnalista de datos | Banco Sol S.A.\nenero 2018 - marzo 2020\n\nIdiomas\nInglés (B2)")
    assert work(spanish) == [("Analista de datos", "Banco Sol S.A.", "2018-01", "2020-03", False, 0)]
    assert languages(spanish) == [("English", "B2")]


HEADINGS = {
    "experience": "Employment History;Work experience with dates;Previous Positions;Where I've worked;Experience & Achievements"
    ";Sea Service;Berufliche Laufbahn;Praktika und Nebentätigkeiten;Wissenschaftlicher Werdegang;EXPERIENCE PROFESSIONNELLE"
    ";Stages et emplois;Vida laboral;Prácticas profesionales;Experiência profissional;Esperienze lavorative",
    "education": "Educational Qualification;Schools Attended;Education and Licenses;Academic Credentials;Studium und Schule"
    ";Schul- und Hochschulbildung;Etudes;Formation et diplômes;Estudios realizados;Formação acadêmica",
    "skills": "Technical Proficiency;Computer Literacy;Areas of Specialization;Technische Kenntnisse;Connaissances informatiques;Destrezas"
    ";Competências",
    "languages": "Languages Known;Fremdsprachen;Compétences linguistiques;Conocimiento de idiomas;Línguas",
    "certifications": "Licences and Tickets;Trainings & Seminars attended;Weiterbildungen und Zertifikate;Permis et habilitations"
    ";Cursos realizados",
    "summary": "Career Goals;Profil und Ziele;A propos;Resumo profissional",
}  # fmt: skip


@pytest.mark.parametrize("kind", HEADINGS)
def test_a_heading_is_known_by_its_words_whether_alone_or_joined_and_without_its_accents(kind: str):
    assert {heading: heading_kind(heading) for heading in HEADINGS[kind].split(";")} == dict.fromkeys(HEADINGS[kind].split(";"), kind)


@pytest.mark.parametrize("words", ["RESUME", "Customer Experience", "Head of Education", "Java, Python and SQL", "Acme Skills Ltd."])
def test_words_that_head_no_section_are_no_heading(words: str):
    assert heading_kind(words) is None


def test_certificates_under_a_heading_for_schooling_and_certificates_are_no_schooling():
    parsed = of("Jo Doe\n\nEDUCATION AND CERTIFICATION\nBA Sociology, Carleton University, 2011\nCertified Scrum Master, 2020")
    assert education(parsed) == [("BA Sociology", "Carleton University", None, 2011)]
    assert certifications(parsed) == [("Certified Scrum Master", None, "2020")]


def test_a_number_without_prefix_is_dialled_in_the_given_region_or_by_its_grouping_or_not_at_all():
    assert value(of("Jane Doe\n030 9023 5500", "DE").phone) == "+493090235500"
    assert of("Jane Doe\n030 9023 5500").phone is None
    assert value(of("Jane Doe\n(415) 555-2671").phone) == "+14155552671"


def test_ligatures_and_invisible_marks_are_resolved_and_spaced_headings_closed():
    assert clean("o\ufb03ce\u200b \u00a0work") == "office work"
    assert clean("E X P E R I E N C E") == "EXPERIENCE"


def drawn(*texts: tuple[float, float, str]) -> ParsedCv:
    out = io.BytesIO()
    canvas = Canvas(out, invariant=1)
    for x, y, text in texts:
        canvas.drawString(x, y, text)
    canvas.save()
    return understand(read(out.getvalue()))


def test_hyphens_that_their_font_calls_soft_part_dates_and_words():
    parsed = drawn((72, 760, "Experience"), (72, 740, "Nurse, Acme Hospital"), (320, 740, "Jan. 2019 \u00ad Mar. 2020"))
    assert work(parsed) == [("Nurse", "Acme Hospital", "2019-01", "2020-03", False, 0)]


def test_words_of_a_line_that_was_squeezed_to_fit_are_parted():
    words, x, texts = ["reliable", "systems", "06", "12", "and", "teams"], 72.0, []
    for word in words:
        texts.append((x, 700, word))
        x += stringWidth(word, "Helvetica", 12) + 0.14 * 12
    assert drawn(*texts).text == " ".join(words)


def test_dates_in_a_column_of_their_own_stay_with_their_jobs():
    rows = [
        ("2019 - 2021", "Engineer, Acme GmbH"),
        ("2017 - 2019", "Developer, Beta AG"),
        ("2015 - 2017", "Tester, Gamma AG"),
        ("2013 - 2015", "Intern, Delta SE"),
    ]
    texts = [(72, 760, "Berufserfahrung")]
    for index, (dates, job) in enumerate(rows):
        texts += [(72, 730 - 20 * index, dates), (220, 730 - 20 * index, job)]
    assert [(title, company, start) for title, company, start, *_ in work(drawn(*texts))] == [
        ("Engineer", "Acme GmbH", "2019"), ("Developer", "Beta AG", "2017"), ("Tester", "Gamma AG", "2015"), ("Intern", "Delta SE",
        "2013"),
    ]  # fmt: skip


def test_columns_of_text_are_read_one_after_the_other_even_on_shared_baselines():
    left = [f"left column line number {index} goes on" for index in range(30)]
    right = [f"right column line number {index} goes on" for index in range(30)]
    texts = [(60, 780 - 14 * index, text) for index, text in enumerate(left)] + [
        (330, 780 - 14 * index, text) for index, text in enumerate(right)
    ]
    assert drawn(*texts).text.split("\n") == left + right


def test_a_word_divided_at_the_line_end_is_made_whole():
    parsed = drawn((72, 760, "Summary"), (72, 740, "I have led the modern-"), (72, 726, "isation of three systems."))
    assert value(parsed.summary) == "I have led the modernisation of three systems."
