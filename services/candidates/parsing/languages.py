"""Languages that people speak, by their names in English, German, French and Spanish, and how well they speak them."""

from __future__ import annotations

import re

from services.candidates.parsing.items import items
from services.candidates.parsing.parsed import Language
from services.candidates.parsing.text import Item, Text

_NAMES = {
    "English": "englisch anglais inglés inglese inglês", "German": "deutsch allemand alemán tedesco alemão", "French": "französisch français francés francese francês",
    "Spanish": "spanisch espagnol español spagnolo espanhol castellano castilian", "Italian": "italienisch italien italiano", "Portuguese": "portugiesisch portugais portugués português",
    "Dutch": "niederländisch néerlandais neerlandés nederlands flemish", "Swedish": "schwedisch suédois sueco svenska", "Norwegian": "norwegisch norvégien noruego norsk",
    "Danish": "dänisch danois danés dansk", "Finnish": "finnisch finnois finés suomi", "Icelandic": "isländisch", "Polish": "polnisch polonais polaco polski",
    "Czech": "tschechisch tchèque checo", "Slovak": "slowakisch slovaque eslovaco", "Hungarian": "ungarisch hongrois húngaro", "Romanian": "rumänisch roumain rumano",
    "Bulgarian": "bulgarisch bulgare búlgaro", "Greek": "griechisch grec griego", "Russian": "russisch russe ruso russo", "Ukrainian": "ukrainisch ukrainien ucraniano",
    "Turkish": "türkisch turc turco türkçe", "Kurdish": "kurdisch kurde", "Arabic": "arabisch arabe árabe", "Hebrew": "hebräisch hébreu hebreo", "Persian": "persisch persan persa farsi dari",
    "Hindi": "", "Urdu": "", "Bengali": "bangla", "Punjabi": "", "Tamil": "", "Telugu": "", "Marathi": "", "Gujarati": "", "Malayalam": "", "Kannada": "", "Nepali": "", "Sinhala": "",
    "Chinese": "chinesisch chinois chino chinês mandarin mandarín cantonese", "Japanese": "japanisch japonais japonés japonês", "Korean": "koreanisch coréen coreano",
    "Vietnamese": "vietnamesisch vietnamien", "Thai": "thailändisch", "Indonesian": "indonesisch", "Malay": "malaysisch", "Tagalog": "filipino",
    "Croatian": "kroatisch croate croata", "Serbian": "serbisch serbe serbio", "Bosnian": "bosnisch", "Slovenian": "slowenisch", "Albanian": "albanisch albanais",
    "Macedonian": "mazedonisch", "Lithuanian": "litauisch", "Latvian": "lettisch", "Estonian": "estnisch", "Rajasthani": "", "Bhojpuri": "", "Maithili": "", "Konkani": "", "Kashmiri": "", "Scottish Gaelic": "", "Frisian": "friesisch frysk", "Occitan": "", "Tibetan": "", "Valencian": "valenciano valencià", "Catalan": "katalanisch catalán català", "Basque": "euskera euskara baskisch vasco",
    "Galician": "gallego galego", "Irish": "irisch gaeilge", "Welsh": "walisisch cymraeg", "Breton": "bretonisch bretón", "Luxembourgish": "luxemburgisch luxembourgeois",
    "Latin": "latein", "Swahili": "suaheli", "Yoruba": "", "Igbo": "", "Hausa": "", "Twi": "", "Amharic": "", "Somali": "", "Wolof": "", "Afrikaans": "", "Zulu": "isizulu", "Xhosa": "isixhosa", "Berber": "berbère",
    "Luganda": "", "Fante": "fanti", "Akan": "", "Ewe": "", "Sotho": "sesotho", "Tswana": "setswana", "Kikuyu": "", "Oromo": "", "Dari": "", "Lao": "", "Corsican": "corse korsisch", "Cebuano": "bisaya", "Ilocano": "", "Alsatian": "alsacien elsässisch", "Hawaiian": "", "Maori": "māori", "Samoan": "", "Sicilian": "siciliano", "Sardinian": "sardo sardisch", "Romansh": "rätoromanisch romanche romancio rumantsch", "Aramaic": "syriac", "Sanskrit": "", "Belarusian": "belarussisch", "Esperanto": "", "Kyrgyz": "", "Turkmen": "", "Uyghur": "", "Haitian Creole": "", "Quechua": "", "Guaraní": "guarani", "Faroese": "", "Yiddish": "", "Fula": "peul fulani pulaar", "Lingala": "", "Tigrinya": "", "Bambara": "", "Kinyarwanda": "", "Shona": "", "Maltese": "", "Georgian": "georgisch", "Armenian": "armenisch armenio arménien",
    "Azerbaijani": "", "Kazakh": "", "Uzbek": "", "Mongolian": "", "Burmese": "", "Khmer": "", "Pashto": "paschtu", "Sindhi": "", "Odia": "", "Assamese": "",
    "British Sign Language": "", "American Sign Language": "",
}  # fmt: skip
_NAME_OF = {word: name for name, words in _NAMES.items() for word in [name.casefold(), *words.split()]}
_ANY = re.compile(r"(?<![^\W_])(?:" + "|".join(sorted(map(re.escape, _NAME_OF), key=len, reverse=True)) + r")(?![^\W_])", re.IGNORECASE)
_LEVEL = re.compile(
    r"\b(?:[ABC][12]|native|mother|fluent|basic|intermediate|advanced|conversational|professional|proficient|beginner|bilingual|working|elementary|limited|muttersprach|flie\u00df|verhandlungs|grundkennt|gut"
    r"|sehr|erweitert|maternelle|courant|d\u00e9butant|bilingue|notions|interm\u00e9d|nativ|fluido|b\u00e1sico|avanzado|medio|alto|materna|biling\u00fce|toefl|ielts|delf|dele)",
    re.IGNORECASE,
)
_LABEL = re.compile(
    r"(?:foreign )?languages?(?: known| spoken| skills)?\s?[:\t]|(?:fremd)?sprach(?:en|kenntnisse)\s?[:\t]|langues(?: parl\u00e9es)?\s?[:\t]|idiomas\s?[:\t]",
    re.IGNORECASE,
)
_LONGEST_LEVEL = 45


def language_name(word: str) -> str | None:
    """The English name, or None for what is no language known here."""
    return _NAME_OF.get(word.casefold())


def names_languages(words: str) -> int:
    """How many are named."""
    return len({_NAME_OF[match[0].casefold()] for match in _ANY.finditer(words)})


def spoken_label(words: str) -> int:
    """Where a line goes on behind the word for languages, if what follows are languages that people speak; else 0."""
    label = _LABEL.match(words)
    return label.end() if label and "\t" not in label[0] and names_languages(words[label.end() :]) > 1 else 0


def labelled(text: Text) -> list[int]:
    """The lines that begin with the word for languages and go on with them, for a CV without a section on them."""
    return [index for index, line in enumerate(text.lines) if (match := _LABEL.match(line.text)) and _ANY.search(line.text, match.end())]


def find_languages(text: Text, indices: list[int]) -> tuple[Language, ...]:
    """By their English names, each with the words up to the next language as its level; a word that is no language known here is not taken for one."""
    found: dict[str, Language] = {}
    for item in items(text, indices):
        names = list(_ANY.finditer(item.text))
        ends = [*(match.start() for match in names), len(item.text)][1:]
        for match, following in zip(names, ends, strict=True):
            name = _NAME_OF[match[0].casefold()]
            level = _level(item.text[match.end() : following])
            found.setdefault(name, _language(text, item, name, match[0], level))
    return tuple(found.values())


def _level(words: str) -> str:
    stated = re.sub(r"^[\s:(\[,|\t\u2013\u2014-]+", "", words)
    if "(" not in stated:
        stated = re.split(r"[)\]]", stated)[0]
    stated = stated.strip(" ()[],;|.\t\u2013\u2014-\u2022\u00b7\u25cf\u25cb\u2605\u2606/")
    return (
        stated
        if len(stated) <= _LONGEST_LEVEL and any(map(str.isalnum, stated)) and stated.casefold() not in ("and", "und", "et", "y")
        else ""
    )


def _language(text: Text, item: Item, name: str, word: str, level: str) -> Language:
    sure = 0.95 if _LEVEL.search(level) else 0.6
    return Language(text.found(name, 0.95, item.first, item.last, word), text.found(level, sure, item.first, item.last) if level else None)
