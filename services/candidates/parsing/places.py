"""Countries, states and large cities as CVs name them, each with the region that its telephone numbers belong to."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from pathlib import Path

_COUNTRIES = {
    "DE": "germany deutschland allemagne alemania", "AT": "austria österreich autriche", "CH": "switzerland schweiz suisse suiza svizzera",
    "FR": "france frankreich francia", "ES": "spain españa spanien espagne", "IT": "italy italia italien italie", "PT": "portugal",
    "GB": "united_kingdom uk u.k. england scotland wales great_britain northern_ireland gb großbritannien royaume-uni reino_unido angleterre inglaterra",
    "IE": "ireland irland irlande irlanda éire", "NL": "netherlands niederlande the_netherlands pays-bas países_bajos nederland holland",
    "BE": "belgium belgien belgique bélgica belgië", "LU": "luxembourg luxemburg luxemburgo", "SE": "sweden sverige schweden suède suecia",
    "NO": "norway norge norwegen norvège noruega", "DK": "denmark danmark dänemark danemark dinamarca", "FI": "finland suomi finnland finlande finlandia", "IS": "iceland island",
    "PL": "poland polska polen pologne polonia", "CZ": "czechia czech_republic tschechien tchéquie chequia", "SK": "slovakia slowakei", "HU": "hungary ungarn hongrie hungría",
    "RO": "romania rumänien roumanie rumania", "BG": "bulgaria bulgarien", "GR": "greece griechenland grèce grecia", "HR": "croatia kroatien croatie croacia", "RS": "serbia serbien",
    "SI": "slovenia slowenien", "UA": "ukraine", "LT": "lithuania litauen", "LV": "latvia lettland", "EE": "estonia estland", "TR": "turkey türkei türkiye turquie turquía",
    "US": "usa u.s.a. us u.s. united_states united_states_of_america états-unis estados_unidos vereinigte_staaten", "CA": "canada kanada canadá", "MX": "mexico méxico mexiko mexique",
    "BR": "brazil brasil brasilien brésil", "AR": "argentina argentinien argentine", "CO": "colombia kolumbien colombie", "CL": "chile chili", "PE": "peru perú pérou",
    "EC": "ecuador", "UY": "uruguay", "VE": "venezuela", "CR": "costa_rica", "DO": "dominican_republic república_dominicana", "IN": "india indien inde",
    "PK": "pakistan", "BD": "bangladesh", "LK": "sri_lanka", "NP": "nepal", "CN": "china chine", "HK": "hong_kong", "TW": "taiwan", "JP": "japan japon japón",
    "KR": "south_korea korea südkorea corée_du_sud republic_of_korea", "SG": "singapore singapur singapour", "MY": "malaysia", "TH": "thailand", "VN": "vietnam", "PH": "philippines",
    "ID": "indonesia indonesien", "AU": "australia australien australie", "NZ": "new_zealand neuseeland nouvelle-zélande", "ZA": "south_africa südafrika afrique_du_sud sudáfrica",
    "NG": "nigeria", "KE": "kenya kenia", "GH": "ghana", "EG": "egypt ägypten égypte egipto", "MA": "morocco marokko maroc marruecos", "TN": "tunisia tunesien tunisie",
    "DZ": "algeria algerien algérie", "SN": "senegal sénégal", "CI": "côte_d'ivoire ivory_coast", "ET": "ethiopia", "IL": "israel", "AE": "united_arab_emirates uae dubai abu_dhabi",
    "SA": "saudi_arabia", "QA": "qatar", "JO": "jordan", "LB": "lebanon liban", "IR": "iran", "IQ": "iraq irak", "SY": "syria syrien syrie", "KW": "kuwait", "BH": "bahrain",
    "OM": "oman", "YE": "yemen", "AF": "afghanistan", "KZ": "kazakhstan", "UZ": "uzbekistan", "AM": "armenia", "AZ": "azerbaijan", "BY": "belarus", "MD": "moldova", "MK": "north_macedonia",
    "AL": "albania", "BA": "bosnia bosnia_and_herzegovina", "ME": "montenegro", "XK": "kosovo", "MT": "malta", "CY": "cyprus zypern chypre", "LI": "liechtenstein", "MC": "monaco",
    "AD": "andorra", "PA": "panama panamá", "GT": "guatemala", "HN": "honduras", "SV": "el_salvador", "NI": "nicaragua", "CU": "cuba", "HT": "haiti haïti", "JM": "jamaica",
    "TT": "trinidad_and_tobago", "BO": "bolivia", "PY": "paraguay", "MM": "myanmar", "KH": "cambodia", "LA": "laos", "MN": "mongolia", "FJ": "fiji", "UG": "uganda", "TZ": "tanzania",
    "RW": "rwanda", "ZM": "zambia", "ZW": "zimbabwe", "MZ": "mozambique moçambique", "AO": "angola", "BW": "botswana", "NA": "namibia", "MW": "malawi", "SD": "sudan", "LY": "libya",
    "NE": "niger", "ML": "mali", "BJ": "benin bénin", "BF": "burkina_faso", "TG": "togo", "CM": "cameroon cameroun kamerun", "CD": "congo", "GA": "gabon", "MG": "madagascar", "MU": "mauritius", "RU": "russia russland russie rusia",
}  # fmt: skip
_CITIES = {
    "GB": "london manchester birmingham leeds glasgow edinburgh liverpool bristol sheffield cardiff belfast cambridge oxford nottingham newcastle brighton norwich leicester"
    " southampton reading york aberdeen coventry",
    "IE": "dublin cork galway limerick",
    "US": "new_york new_york_city san_francisco los_angeles chicago boston seattle austin houston dallas denver atlanta miami philadelphia phoenix san_diego san_jose portland"
    " washington washington,_d.c. washington_dc brooklyn detroit minneapolis baltimore pittsburgh nashville charlotte",
    "CA": "toronto vancouver montreal montréal ottawa calgary edmonton québec winnipeg",
    "DE": "berlin hamburg münchen munich köln cologne frankfurt frankfurt_am_main stuttgart düsseldorf leipzig dortmund essen bremen dresden hannover nürnberg duisburg bochum wuppertal"
    " bielefeld bonn münster mannheim karlsruhe augsburg wiesbaden kiel aachen freiburg mainz erfurt rostock kassel potsdam saarbrücken heidelberg darmstadt regensburg würzburg ulm jena",
    "AT": "wien vienna graz linz salzburg innsbruck klagenfurt", "CH": "zürich zurich genf genève geneva basel bern lausanne winterthur luzern st._gallen lugano",
    "FR": "paris marseille lyon toulouse nice nantes montpellier strasbourg bordeaux lille rennes reims grenoble dijon angers nîmes brest tours limoges amiens metz besançon orléans rouen"
    " mulhouse caen nancy montreuil",
    "BE": "bruxelles brussels brüssel antwerp antwerpen gent ghent liège namur charleroi bruges", "LU": "luxembourg-ville",
    "ES": "madrid barcelona valencia sevilla zaragoza málaga murcia palma bilbao alicante córdoba valladolid vigo gijón granada vitoria oviedo pamplona san_sebastián santander salamanca"
    " burgos getafe",
    "IT": "rome roma milan milano turin torino naples napoli bologna florence firenze venice venezia", "PT": "lisbon lisboa porto coimbra braga",
    "NL": "amsterdam rotterdam utrecht eindhoven the_hague den_haag", "SE": "stockholm gothenburg göteborg malmö uppsala", "NO": "oslo bergen trondheim", "DK": "copenhagen københavn aarhus",
    "FI": "helsinki espoo tampere", "PL": "warsaw warszawa kraków wrocław gdańsk poznań łódź", "CZ": "prague praha brno", "HU": "budapest", "RO": "bucharest bucurești cluj-napoca",
    "GR": "athens thessaloniki", "HR": "zagreb", "UA": "kyiv lviv", "TR": "istanbul ankara izmir", "RU": "moscow saint_petersburg", "MX": "ciudad_de_méxico mexico_city guadalajara monterrey",
    "AR": "buenos_aires rosario", "CO": "bogotá medellín cali", "CL": "santiago santiago_de_chile", "PE": "lima", "BR": "são_paulo rio_de_janeiro brasília",
    "IN": "bangalore bengaluru mumbai delhi new_delhi hyderabad chennai pune kolkata", "PK": "karachi lahore islamabad", "CN": "beijing shanghai shenzhen", "JP": "tokyo osaka kyoto",
    "KR": "seoul busan", "AU": "sydney melbourne brisbane perth adelaide canberra", "NZ": "auckland wellington christchurch", "ZA": "johannesburg cape_town durban pretoria",
    "NG": "lagos abuja", "KE": "nairobi", "GH": "accra", "EG": "cairo", "MA": "casablanca rabat", "TN": "tunis", "SN": "dakar", "IL": "tel_aviv jerusalem haifa", "QA": "doha",
}  # fmt: skip
_STATES = {
    "US": "AL AK AZ AR CA CO CT DE FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND OH OK OR PA RI SC SD TN TX UT VT VA WA WV WI WY DC"
    " California Texas Florida Illinois Massachusetts Washington Georgia Ohio Michigan Virginia Pennsylvania Colorado Oregon Arizona Maryland",
    "IN": "West_Bengal Maharashtra Karnataka Tamil_Nadu Kerala Gujarat Rajasthan Punjab Haryana Bihar Jharkhand Odisha Telangana Andhra_Pradesh Uttar_Pradesh Madhya_Pradesh Himachal_Pradesh"
    " Uttarakhand Chhattisgarh Assam Goa",
    "CA": "ON QC BC AB MB SK NS NB NL PE Ontario Quebec Alberta", "AU": "NSW VIC QLD WA ACT TAS",
}  # fmt: skip
_COUNTRY_OF = {name.replace("_", " "): region for region, names in _COUNTRIES.items() for name in names.split()}
_CITY_OF = {name.replace("_", " "): region for region, names in _CITIES.items() for name in names.split()}
_STATE_OF = {state.replace("_", " "): region for region in ("IN", "AU", "CA", "US") for state in _STATES[region].split()}
_HALF_TOWN = 0.65
_DIGIT = re.compile(r"\d")
_POSTAL = re.compile(r"(?:\d{4,5}(?:-\d{3,4})?\s+|(?:A|D|F|E|CH|DE|AT|FR|ES|L|B)-?\d{4,5}\s+)(?=[^\W\d_])")
_POSTAL_AFTER = re.compile(r"[\s,]+(?:\d{5}(?:-\d{4})?|[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}|[A-Z]\d[A-Z] ?\d[A-Z]\d|\d{4}(?: ?[A-Z]{2})?)$")
_OF_A_COUNTY = re.compile(
    r"^(?:Co\.|County|City of|Greater|Landkreis|Kreis|Province of|Provincia de)\s+(?=[A-Z\u00c0-\u00dd])|(?<=[a-z])\s(?:City|County|Area|Metropolitan Area)$"
)
_COUNTY = re.compile(r"(?:Co\.? |County )[A-Z]")
_DISTRICT = re.compile(r"\s(?:\d{1,2}e?|[A-Z\u00d8]{1,2})$")  # Dublin 8, Paris 11e
_BRITISH_POST = re.compile(r"\b[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}\b")
_IN_AUSTRALIA = re.compile(r"[A-Z][a-z]+(?: [A-Z][a-z]+){0,2} (?:NSW|VIC|QLD|TAS|ACT|WA)")
_WORDS = re.compile(r"[^\W\d_][\w .'\u2019/()-]{0,40}")


def region_of(place: str) -> str | None:
    """The country that the words of a place lie in, as far as they say so."""
    parts = [part.strip() for part in re.split(r"[,|\u00b7()]|\s[-\u2013]\s", place) if part.strip()]
    for part in reversed(parts):
        name = _bare(part)
        if name in _COUNTRY_OF:
            return _COUNTRY_OF[name]
        if len(parts) > 1 and (state := _state_in(part.split())):
            return _STATE_OF[state]
    if _BRITISH_POST.search(place):
        return "GB"
    for part in reversed(parts):
        words = part.split()
        if _bare(part) in _CITY_OF:
            return _CITY_OF[_bare(part)]
        if len(words) > 1 and (state := _state_in(words)):
            return _STATE_OF[state]
    return next(
        (found for part in parts if (found := _towns().get(_folded(_bare(part))))), None
    )  # behind a town its province may have a town's name


def _state_in(words: list[str]) -> str | None:
    """A state at the end, or before the postal code there."""
    last = words[-2] if len(words) > 1 and words[-1].isdigit() else words[-1] if words else ""
    return last if last in _STATE_OF else None


@cache
def _towns() -> dict[str, str]:
    """Towns of ten thousand people and more, by their names without accents; many are words or surnames too, so that they prove less than the lists above."""
    lines = Path(__file__).with_name("towns.txt").read_text(encoding="utf-8").splitlines()[1:]
    return {_folded(name): line[:2] for line in lines for name in line[3:].split("|")}


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKD", text.casefold().replace("ß", "ss")).encode("ascii", "ignore").decode()


def placeness(text: str) -> float:
    """How sure the words are a place and nothing else: 0 for what cannot be one, 0.3 where only its form speaks for it."""
    text = text.strip(" .,;()")
    if not 2 <= len(text) <= 80 or "@" in text or "://" in text:
        return 0.0
    if text.casefold() in _REMOTE:
        return 0.7
    parts = [part.strip().removeprefix("the ") for part in text.split(",") if part.strip()]
    if len(parts) == 2 and _COUNTY.match(parts[1]) and _WORDS.fullmatch(parts[0]) and parts[0][0].isupper():
        return 0.9
    names = [_POSTAL_AFTER.sub("", _POSTAL.sub("", part)) for part in parts]
    towns = [_folded(_bare(name)) in _towns() for name in names]
    if len(names) == 1 and _IN_AUSTRALIA.fullmatch(names[0]):
        return 0.8
    known = [_bare(name) in _CITY_OF or _bare(name) in _COUNTRY_OF or (name in _STATE_OF and len(parts) > 1) for name in names]
    if len(parts) > 5 or not known:
        return 0.0
    if all(known):
        return 0.95
    if len(parts) > 1 and known[-1] and (_DIGIT.search(parts[0]) or _DIGIT.search(parts[-2])):
        return 0.85  # a street and its town
    if not all(name and name[0].isupper() for name in names):
        return 0.0
    if known[-1] and len(parts) > 1:
        return 0.9 if len(parts) <= 3 else 0.7
    if len(names) == 1 and any(sep in names[0] for sep in "(/-") and region_of(names[0].replace("/", ",").replace("(", ",")):
        return 0.7
    if _POSTAL.match(parts[-1]) and _WORDS.fullmatch(names[-1]):
        return 0.85
    if any(known) and len(parts) > 1:
        return 0.6
    if towns[-1] and len(parts) < 3:
        return _HALF_TOWN if len(parts) == 1 or _DIGIT.search(parts[0]) or all(towns) else 0.5
    if all(_WORDS.fullmatch(name) and len(name.split()) <= 4 for name in names) and len(names) <= 2:
        return 0.3 if len(names) == 1 else 0.4
    return 0.0


def is_town(text: str) -> bool:
    """Whether it begins with the known name of a town or a country, and ends with one, if there is more."""
    names = [_bare(part) for part in text.split(",") if part.strip()]
    known = [
        name in _CITY_OF or name in _COUNTRY_OF or _folded(name) in _towns() or (at > 0 and name.upper() in _STATE_OF)
        for at, name in enumerate(names)
    ]
    return bool(known) and known[0] and known[-1]


def lies_in(text: str) -> bool:
    """Whether a country or a state is said behind the last comma."""
    name = text.rpartition(",")[2].strip()
    return "," in text and (_bare(name) in _COUNTRY_OF or name in _STATE_OF)


_REMOTE = frozenset("remote hybrid home-office homeoffice télétravail remoto à_distance".replace("_", " ").split()) | {
    "à distance",
    "home office",
}


def _bare(text: str) -> str:
    """The name alone, in small letters: without postal code, state, district and what stands in brackets."""
    name = _POSTAL_AFTER.sub("", _POSTAL.sub("", re.sub(r"(?<=\w)\s*\([^()]*\)?$", "", text.strip(" .()"))))
    name = _OF_A_COUNTY.sub("", name)
    words = name.split()
    if len(words) > 1 and words[-1].isupper() and words[-1] in _STATE_OF:
        name = " ".join(words[:-1])
    return _DISTRICT.sub("", name).strip(" .()").casefold()
