"""What tells the parts of an entry apart besides its words: looks, room, columns, and the other entries of its section."""

from __future__ import annotations

from services.candidates.parsing.document import read
from services.candidates.parsing.fields import understand
from services.candidates.parsing.parsed import ParsedCv
from tests.services.candidates.corpus.stranger_words import written
from tests.services.candidates.parsing.test_fields import education, of, value


def typed(body: str) -> ParsedCv:
    return understand(read(written(f"<p size='20'>Jo Doe</p><p>jo@example.com</p>{body}")), None)


def posts(parsed: ParsedCv) -> list[tuple[str | None, str | None]]:
    return [(value(job.job_title), value(job.company_name)) for job in parsed.work_experience]


def test_names_that_only_their_look_parts_are_two():
    parsed = typed(
        "<p b='1'>EDUCATION</p><p>2016 - 2018 Oslo</p><p><b>MASTER OF WINDS</b> Skolen</p><p>2013 - 2016 Oslo</p><p><b>BACHELOR OF SAILS</b> Skolen</p>"
    )
    assert [one[:2] for one in education(parsed)] == [("MASTER OF WINDS", "Skolen"), ("BACHELOR OF SAILS", "Skolen")]


def test_a_bold_post_below_its_dates_is_no_heading_even_where_headings_are_bold_and_nothing_else():
    parsed = typed(
        "<p b='1'>Summary</p><p>I mend nets.</p><p b='1'>Work experience</p><p>2019 - today</p><p b='1'>Head of Nets</p><p>Torg</p>"
        "<p>2015 - 2019</p><p b='1'>Keeper of Hooks</p><p>Kroken</p><p b='1'>Skills</p><p>Knots, Splices</p>"
    )
    assert posts(parsed) == [("Head of Nets", "Torg"), ("Keeper of Hooks", "Kroken")]


def test_a_column_of_beginnings_and_one_of_ends_are_the_dates_of_a_table():
    rows = "".join(
        f"<tr>{''.join(f'<td><p>{cell}</p></td>' for cell in row)}</tr>"
        for row in (
            ("From", "To", "School/College", "Qualification"),
            ("2018", "2019", "Torg", "NVQ 3"),
            ("2016", "2017", "Kroken", "NVQ 2"),
        )
    )
    parsed = typed(f"<p b='1'>Education</p><table widths='3,3,4,4'>{rows}</table>")
    assert education(parsed) == [("NVQ 3", "Torg", 2018, 2019), ("NVQ 2", "Kroken", 2016, 2017)]


def test_an_employer_that_stands_apart_heads_the_posts_below():
    parsed = of(
        "Jo Doe\n\nEXPERIENCE\n\nNight Manager\nTorg\nMay 2021 - Present\n\nKroken\n\nShift Manager\nSep 2016 - Apr 2021\n\nTeam Leader\nJul 2013 - Aug 2016\n"
    )
    assert posts(parsed) == [("Night Manager", "Torg"), ("Shift Manager", "Kroken"), ("Team Leader", "Kroken")]


def test_earlier_posts_in_a_line_each_are_read_in_their_own_way():
    parsed = of(
        "Jo Doe\n\nEXPERIENCE\n\nTorg\nHead of Nets\n2019 - 2024\n\nKroken\nKeeper of Hooks\n2015 - 2019\n\n"
        "EARLIER CAREER\n\nDeckhand, Skuta, 2012 - 2015\nCook, Byssa, 2010 - 2012\n"
    )
    assert posts(parsed) == [("Head of Nets", "Torg"), ("Keeper of Hooks", "Kroken"), ("Deckhand", "Skuta"), ("Cook", "Byssa")]


def test_the_day_of_a_degree_above_its_years_is_no_entry():
    parsed = of(
        "Jo Doe\n\nEDUCATION\nTorg University\nBSc Nets\nJune 2023 | Oslo, Norway\nSept 2020 - June 2023\nKroken College\nBTEC Hooks\nSept 2018 - June 2020\n"
    )
    assert education(parsed) == [("BSc Nets", "Torg University", 2020, 2023), ("BTEC Hooks", "Kroken College", 2018, 2020)]


def test_the_close_of_a_letter_is_no_skill():
    parsed = of(
        "Jo Doe\njo@example.com\n\nSKILLS\n\nKnots, Splices\n\nCan start straight away. Happy to come in for a chat.\n\nCheers\nJo\n"
    )
    assert [skill.value for skill in parsed.skills] == ["Knots", "Splices"]
