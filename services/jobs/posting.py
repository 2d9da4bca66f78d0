"""A job as schema.org's JobPosting in JSON-LD, as search engines for jobs read it."""

import html
import json
import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from services.jobs.matching import spelling
from services.jobs.tables import Job

# Currencies of ISO 4217 whose minor unit is not a hundredth.
_WHOLE = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF".split()  # noqa: SIM905 - read as a list of names
_THOUSANDTHS = "BHD IQD JOD KWD LYD OMR TND".split()  # noqa: SIM905
_ANYWHERE = re.compile(r"(?:100 ?% ?)?(?:remote|anywhere|worldwide|home ?office)", re.IGNORECASE)
_DIGITS = dict.fromkeys(_WHOLE, 0) | dict.fromkeys(_THOUSANDTHS, 3)


def to_json_ld(job: Job, website: str) -> bytes:
    """Markup-safe: no byte of it ends the script element that a page puts it into."""
    said = json.dumps(_posting(job, website), ensure_ascii=False)
    for sign in "<>&\u2028\u2029":
        said = said.replace(sign, f"\\u{ord(sign):04x}")
    return said.encode()


def _posting(job: Job, website: str) -> dict[str, Any]:
    employer = {"@type": "Organization", "name": job.company_name} | ({"sameAs": website} if website else {})
    posting: dict[str, Any] = {
        "@context": "https://schema.org/", "@type": "JobPosting", "title": job.title, "description": _as_html(job.description),
        "identifier": {"@type": "PropertyValue", "name": job.company_name, "value": str(job.id)},
        "datePosted": (job.published_at or job.created_at).date().isoformat(), "hiringOrganization": employer, "directApply": True,
    }  # fmt: skip
    if job.key_skills:
        posting["skills"] = ", ".join(job.key_skills)
    parts = [part for part in (" ".join(part.split()) for part in job.location.split(",")) if part and not _ANYWHERE.fullmatch(part)]
    if parts:
        posting["jobLocation"] = {"@type": "Place", "address": _address(parts)}
    if job.remote:
        posting["jobLocationType"] = "TELECOMMUTE"
    if job.remote and parts:
        # Where its people are is the widest part of its location.
        kind = "Country" if spelling.country(parts[-1]) else "AdministrativeArea"
        posting["applicantLocationRequirements"] = {"@type": kind, "name": spelling.country(parts[-1]) or parts[-1]}
    if job.salary_currency is not None:
        amounts = {
            "minValue": _major(job.salary_min or 0, job.salary_currency),
            "maxValue": _major(job.salary_max or 0, job.salary_currency),
        }
        value = {"@type": "QuantitativeValue", **amounts, "unitText": job.salary_period.upper()}
        posting["baseSalary"] = {"@type": "MonetaryAmount", "currency": job.salary_currency, "value": value}
    return posting


def _address(parts: Sequence[str]) -> dict[str, str]:
    """As of `Berlin, Germany` or `Austin, Texas, United States`, from the nearest to the widest; what is no country for sure is a region."""
    address, left = {"@type": "PostalAddress"}, list(parts)
    if country := spelling.country(left[-1]):
        address["addressCountry"] = country
        left.pop()
    if len(left) > 1:
        address["addressRegion"] = left.pop()
    return address | ({"addressLocality": left[0]} if left else {})


def _major(amount: int, currency: str) -> int | float:
    exact = Decimal(amount).scaleb(-_DIGITS.get(currency, 2))
    return int(exact) if exact == exact.to_integral_value() else float(exact)


def _as_html(text: str) -> str:
    """A blank line begins a paragraph, and another line stays one."""
    paragraphs = [html.escape(part.strip(), quote=False) for part in text.replace("\r\n", "\n").split("\n\n")]
    return "".join(f"<p>{part.replace(chr(10), '<br>')}</p>" for part in paragraphs if part)
