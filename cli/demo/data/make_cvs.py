"""Writes the three CVs of the demo, of invented people, byte for byte the same on every run."""
# ruff: noqa: RUF001, ISC004 - the words of the CVs, as they stand there

from __future__ import annotations

import io
import zipfile
from datetime import UTC, datetime
from pathlib import Path

from docx import Document
from docx.shared import Cm, Pt, RGBColor
from reportlab.lib.colors import HexColor  # type: ignore[import-untyped]
from reportlab.lib.enums import TA_RIGHT  # type: ignore[import-untyped]
from reportlab.lib.pagesizes import A4  # type: ignore[import-untyped]
from reportlab.lib.styles import ParagraphStyle  # type: ignore[import-untyped]
from reportlab.lib.units import mm  # type: ignore[import-untyped]
from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-untyped]
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, FrameBreak, NextPageTemplate, PageTemplate, Paragraph, Spacer, Table  # type: ignore[import-untyped]

FOLDER = Path(__file__).parent
INK, QUIET, ACCENT = HexColor("#1f2933"), HexColor("#52606d"), HexColor("#0b6e4f")

Job = tuple[str, str, str, list[str]]  # title, company and place, dates, bullets


def _style(name: str, size: float, **more: object) -> ParagraphStyle:
    return ParagraphStyle(name, **{"fontName": "Helvetica", "fontSize": size, "leading": size * 1.32, "textColor": INK, **more})


BODY = _style("body", 9.6)
RIGHT = _style("right", 9.6, alignment=TA_RIGHT, textColor=QUIET)
STRONG = _style("strong", 10.2, fontName="Helvetica-Bold")
NAME = _style("name", 22, fontName="Helvetica-Bold", spaceAfter=1)
ROLE = _style("role", 11.5, textColor=ACCENT, spaceAfter=4)
HEADING = _style("heading", 12, fontName="Helvetica-Bold", textColor=ACCENT, spaceBefore=9, spaceAfter=3)
BULLET = _style("bullet", 9.6, leftIndent=11, bulletIndent=2, spaceAfter=1.5)


def _row(left: str, right: str, width: float) -> Table:
    """A line whose second half stands at the right margin, as dates usually do."""
    table = Table([[Paragraph(left, STRONG), Paragraph(right, RIGHT)]], colWidths=[width - 40 * mm, 40 * mm])
    table.setStyle([("LEFTPADDING", (0, 0), (-1, -1), 0), ("RIGHTPADDING", (0, 0), (-1, -1), 0), ("TOPPADDING", (0, 0), (-1, -1), 3),
                    ("BOTTOMPADDING", (0, 0), (-1, -1), 0), ("VALIGN", (0, 0), (-1, -1), "BOTTOM")])  # fmt: skip
    return table


def _bullets(texts: list[str]) -> list[Flowable]:
    return [Paragraph(text, BULLET, bulletText="•") for text in texts]


def _jobs(jobs: list[Job], width: float) -> list[Flowable]:
    story: list[Flowable] = []
    for title, company, dates, bullets in jobs:
        story += [_row(title, dates, width), Paragraph(company, BODY), Spacer(1, 2), *_bullets(bullets), Spacer(1, 3)]
    return story


def ada() -> bytes:
    """One column, dates at the right margin, two pages."""
    width = A4[0] - 40 * mm
    out = io.BytesIO()
    document = BaseDocTemplate(out, pagesize=A4, title="Ada Lindqvist - CV", author="Ada Lindqvist", invariant=1)
    document.addPageTemplates(PageTemplate("page", [Frame(20 * mm, 16 * mm, width, A4[1] - 32 * mm, 0, 0, 0, 0)]))
    story: list[Flowable] = [
        Paragraph("Ada Lindqvist", NAME),
        Paragraph("Senior Backend Engineer", ROLE),
        Paragraph("Stockholm, Sweden | ada.lindqvist@example.com | +46 70 174 06 12", BODY),
        Paragraph("linkedin.com/in/ada-lindqvist-example | github.com/ada-lindqvist-example", BODY),
        Paragraph("Summary", HEADING),
        Paragraph(
            "Backend engineer with nine years of Python in production: payment rails, scheduling and hiring platforms. I design service "
            "boundaries and contracts first, keep PostgreSQL honest under load, and leave behind systems that on-call engineers can read. "
            "Looking for a team that owns its services from schema to pager.", BODY),
        Paragraph("Experience", HEADING),
        *_jobs([
            ("Senior Backend Engineer", "Nordvik Payments AB, Stockholm", "Mar 2021 – Present", [
                "Lead engineer of the ledger service: Python, gRPC and PostgreSQL, 2,400 postings a second at peak with double-entry checks in "
                "the database.",
                "Split a Django monolith into seven gRPC services behind Envoy without a freeze; error rate fell from 0.9 % to 0.06 %.",
                "Cut the 99th percentile of the payout API from 840 ms to 95 ms by replacing ORM queries with SQLAlchemy Core and adding Redis "
                "for idempotency keys.",
                "Introduced contract tests and a Kubernetes canary rollout with Helm, Prometheus and Grafana; deploys went from weekly to "
                "eleven a day.",
                "Mentor four engineers and run the weekly design review.",
            ]),
            ("Backend Engineer", "Fjordbook Systems AB, Gothenburg", "Aug 2018 – Feb 2021", [
                "Built the booking engine of a ferry operator in Python and FastAPI with PostgreSQL row locks; no double booking in 31 months.",
                "Moved nightly batch jobs to Kafka consumers, which shortened settlement from six hours to four minutes.",
                "Wrote Terraform modules for AWS (ECS, RDS, S3) used by five teams.",
                "Raised test coverage of the pricing rules from 41 % to 93 % with pytest and hypothesis.",
            ]),
            ("Software Developer", "Lumen &amp; Alder Consulting, Uppsala", "Jun 2016 – Jul 2018", [
                "Delivered REST APIs with Django and Celery for three public-sector clients.",
                "Set up continuous integration with GitLab CI and Docker for a team of nine.",
                "Wrote a migration tool that moved 14 million patient appointments from Oracle to PostgreSQL with a verifiable audit trail.",
            ]),
        ], width),
        Paragraph("Education", HEADING),
        _row("MSc in Computer Science", "2014 – 2016", width),
        Paragraph("KTH Royal Institute of Technology, Stockholm", BODY),
        Paragraph("Thesis on snapshot isolation in distributed ledgers.", BODY),
        _row("BSc in Information Technology", "2011 – 2014", width),
        Paragraph("Uppsala University", BODY),
        Paragraph("Skills", HEADING),
        Paragraph("<b>Languages:</b> Python, Go, SQL, Bash", BODY),
        Paragraph("<b>Backend:</b> gRPC, Protocol Buffers, FastAPI, Django, SQLAlchemy, Celery, REST", BODY),
        Paragraph("<b>Data:</b> PostgreSQL, Redis, Kafka, Elasticsearch", BODY),
        Paragraph("<b>Operations:</b> Kubernetes, Docker, Helm, Terraform, AWS, Prometheus, Grafana, OpenTelemetry, GitLab CI, Linux", BODY),
        Paragraph("Certifications", HEADING),
        *_bullets([
            "Certified Kubernetes Application Developer (CKAD), Cloud Native Computing Foundation, May 2023",
            "AWS Certified Solutions Architect – Associate, Amazon Web Services, November 2020",
        ]),
        Paragraph("Languages", HEADING),
        Paragraph("Swedish (native), English (C2), German (B1)", BODY),
    ]  # fmt: skip
    document.build(story)
    return out.getvalue()


def sofia() -> bytes:
    """Two columns: a coloured sidebar on the left and the story on the right, headings and dates in German."""
    side, gap = 58 * mm, 8 * mm
    white = {"textColor": HexColor("#ffffff")}
    heading = _style("side heading", 11, fontName="Helvetica-Bold", spaceBefore=11, spaceAfter=3, **white)
    small = _style("side", 9, **white)
    item = _style("side item", 9, leftIndent=9, bulletIndent=1, spaceAfter=1, bulletColor=HexColor("#ffffff"), **white)
    width = A4[0] - side - gap - 14 * mm

    def paint(canvas: Canvas, _document: object) -> None:
        canvas.setFillColor(HexColor("#243b53"))
        canvas.rect(0, 0, side + 4 * mm, A4[1], stroke=0, fill=1)

    def items(texts: list[str]) -> list[Flowable]:
        return [Paragraph(text, item, bulletText="•") for text in texts]

    out = io.BytesIO()
    document = BaseDocTemplate(out, pagesize=A4, title="Lebenslauf Sofia Keller", author="Sofia Keller", invariant=1)
    main = Frame(side + gap + 4 * mm, 14 * mm, width, A4[1] - 28 * mm, 0, 0, 0, 0)
    document.addPageTemplates([
        PageTemplate("first", [Frame(8 * mm, 14 * mm, side - 8 * mm, A4[1] - 28 * mm, 0, 0, 0, 0), main], onPage=paint),
        PageTemplate("next", [main], onPage=paint),
    ])  # fmt: skip
    story: list[Flowable] = [
        NextPageTemplate("next"),
        Paragraph("Kontakt", heading),
        Paragraph("München, Deutschland", small),
        Paragraph("0171 3920042", small),
        Paragraph("sofia.keller@example.org", small),
        Paragraph("linkedin.com/in/sofia-keller-example", _style("link", 7.6, **white)),
        Paragraph("Kenntnisse", heading),
        *items(["SQL", "Python", "pandas", "NumPy", "Tableau", "Power BI", "dbt", "Snowflake", "Apache Airflow", "Excel", "scikit-learn",
                "PostgreSQL", "Git", "A/B Testing"]),
        Paragraph("Sprachen", heading),
        Paragraph("Deutsch – Muttersprache", small),
        Paragraph("Englisch – C1", small),
        Paragraph("Französisch – B1", small),
        Paragraph("Zertifikate", heading),
        *items(["Tableau Desktop Specialist, Salesforce, 06/2022", "Google Data Analytics Certificate, Coursera, 2020"]),
        Paragraph("Interessen", heading),
        Paragraph("Bergsteigen, Cello im Kammerorchester, offene Verkehrsdaten", small),
        FrameBreak(),
        Paragraph("Sofia Keller", NAME),
        Paragraph("Data Analyst", ROLE),
        Paragraph("Profil", HEADING),
        Paragraph(
            "Data analyst with seven years in mobility and retail. I turn messy event data into metrics that product teams trust, and I write "
            "the SQL, the tests and the story around them. I work in German and English.", BODY),
        Paragraph("Berufserfahrung", HEADING),
        *_jobs([
            ("Senior Data Analyst", "Isarmobil GmbH, München", "seit 03/2021", [
                "Own the metrics layer of a bike and scooter sharing service in dbt and Snowflake: 180 models, tested on every merge.",
                "Designed and evaluated 46 A/B tests with Python and SQL; the new pricing page raised weekly passes by 11 %.",
                "Built demand forecasts in scikit-learn that cut empty relocation trips by 23 %.",
                "Moved 60 hand-kept Excel reports into Tableau, with documented definitions.",
            ]),
            ("Data Analyst", "Handelshaus Brandt &amp; Söhne KG, Augsburg", "10/2017 – 02/2021", [
                "Analysed baskets of 2.1 million loyalty customers in PostgreSQL and pandas.",
                "Orchestrated the daily sales pipeline with Apache Airflow: 14 sources, ready by six every morning.",
                "Gave SQL training to 35 colleagues in purchasing and logistics.",
            ]),
            ("Werkstudentin Business Intelligence", "Lechtal Versicherung AG, Augsburg", "04/2016 – 09/2017", [
                "Maintained Power BI dashboards for claims, used by 120 clerks.",
                "Automated the monthly report to the regulator, from three days to two hours.",
            ]),
        ], width),
        Paragraph("Ausbildung", HEADING),
        _row("M.Sc. Statistik", "10/2015 – 09/2017", width),
        Paragraph("Ludwig-Maximilians-Universität München", BODY),
        _row("B.Sc. Wirtschaftsmathematik", "10/2012 – 09/2015", width),
        Paragraph("Universität Augsburg", BODY),
        Paragraph("Projekte", HEADING),
        *_bullets(["Offener Fahrplan: cleans and publishes timetable data of Bavarian bus lines (Python, PostgreSQL)."]),
    ]  # fmt: skip
    document.build(story)
    return out.getvalue()


def marco() -> bytes:
    """A Word document whose work experience stands in a table of two columns."""
    document = Document()
    section = document.sections[0]
    section.left_margin = section.right_margin = Cm(2)
    section.top_margin = section.bottom_margin = Cm(1.8)
    document.styles["Normal"].font.name = "Calibri"
    document.styles["Normal"].font.size = Pt(10.5)
    document.core_properties.author = "Marco Ferrari"
    document.core_properties.title = "Curriculum Vitae"
    document.core_properties.created = document.core_properties.modified = datetime(2025, 1, 15, tzinfo=UTC)

    def heading(text: str) -> None:
        document.add_heading(text, level=1).runs[0].font.color.rgb = RGBColor(0x1F, 0x4E, 0x79)

    title = document.add_paragraph()
    run = title.add_run("Marco Ferrari")
    run.bold, run.font.size = True, Pt(24)
    document.add_paragraph("Frontend Developer growing into Full Stack")
    document.add_paragraph("Turin, Italy  |  marco.ferrari@example.net  |  +39 351 555 0142")
    document.add_paragraph("https://github.com/marco-ferrari-example  |  https://marco-ferrari.example.net")
    heading("Profile")
    document.add_paragraph(
        "Frontend developer with six years of TypeScript and React, for the last two also at home on the server with Node.js and a growing "
        "amount of Python. I care for accessible interfaces, small bundles and APIs that say what they mean.")  # fmt: skip
    heading("Work Experience")
    jobs: list[Job] = [
        ("Full Stack Developer", "Lanterna Digitale S.r.l., Turin", "May 2022 – present", [
            "Build the tenant portal of a property manager with React, TypeScript and Next.js; 38,000 tenants use it each month.",
            "Took over the Node.js and GraphQL backend, and wrote its first Python service with FastAPI and PostgreSQL.",
            "Brought the portal to WCAG 2.1 AA; complaints about access fell from 40 a month to three.",
            "Halved the JavaScript bundle (1.9 MB to 870 KB) with route splitting and Vite.",
        ]),
        ("Frontend Developer", "Studio Quarzo S.p.A., Milan", "Sep 2019 – Apr 2022", [
            "Developed a design system of 54 components in React and Storybook, used by six product teams.",
            "Replaced Selenium suites by Playwright; the nightly run went from 95 to 12 minutes.",
            "Introduced code review and GitHub Actions for eleven developers.",
        ]),
        ("Junior Web Developer", "Bottega Web di Conti e Figli, Asti", "Jan 2018 – Aug 2019", [
            "Made and kept 20 customer sites with Vue.js, Sass and PHP.",
            "Cut the median page load of the five largest shops from 5.2 s to 1.8 s.",
        ]),
    ]  # fmt: skip
    table = document.add_table(rows=0, cols=2)
    table.autofit = False
    for role, company, dates, bullets in jobs:
        cells = table.add_row().cells
        cells[0].width, cells[1].width = Cm(3.8), Cm(13.2)
        cells[0].paragraphs[0].add_run(dates)
        cells[1].paragraphs[0].add_run(role).bold = True
        cells[1].add_paragraph(company)
        for bullet in bullets:
            cells[1].add_paragraph(bullet, style="List Bullet")
    heading("Education")
    document.add_paragraph().add_run("Bachelor of Science in Computer Engineering").bold = True
    document.add_paragraph("Politecnico di Torino, 2014 – 2017")
    heading("Skills")
    skills = document.add_table(rows=0, cols=2)
    for label, values in [
        ("Frontend", "JavaScript, TypeScript, React, Next.js, Vue.js, HTML, CSS, Sass, Redux, Vite"),
        ("Backend", "Node.js, GraphQL, REST, FastAPI, Python, PostgreSQL, MongoDB"),
        ("Tools", "Git, GitHub Actions, Docker, Jest, Playwright, Storybook, Figma"),
    ]:
        row = skills.add_row().cells
        row[0].width, row[1].width = Cm(3.8), Cm(13.2)
        row[0].text, row[1].text = label, values
    heading("Certifications")
    document.add_paragraph("Meta Front-End Developer Professional Certificate, Coursera, October 2021", style="List Bullet")
    document.add_paragraph("Professional Scrum Master I, Scrum.org, 03/2023", style="List Bullet")
    heading("Languages")
    document.add_paragraph("Italian: native, English: C1, Spanish: A2")
    out = io.BytesIO()
    document.save(out)
    return _undated(out.getvalue())


def _undated(package: bytes) -> bytes:
    """The same archive with one fixed time on every member, because python-docx stamps the time of writing."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(package)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for member in source.infolist():
            target.writestr(zipfile.ZipInfo(member.filename, (2025, 1, 15, 0, 0, 0)), source.read(member), zipfile.ZIP_DEFLATED)
    return out.getvalue()


if __name__ == "__main__":
    for name, write in {"ada-lindqvist.pdf": ada, "marco-ferrari.docx": marco, "sofia-keller.pdf": sofia}.items():
        (FOLDER / name).write_bytes(write())
