"""What a text says behind markup, look-alike and invisible characters, spacing, and the usual encodings."""

import base64
import binascii
import codecs
import html
import re
import unicodedata
from collections.abc import Iterator
from urllib.parse import unquote

_TAGS = 0xE0000  # a block of invisible characters, each of which stands for one of ASCII
# Letters of other alphabets that look like Latin ones.
_ALIKE = str.maketrans(
    "\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0456\u0458\u0455\u04bb\u0501\u0410\u0412\u0415\u041a\u041c\u041d\u041e\u0420\u0421\u0422\u0425\u0406"
    "\u03b1\u03bf\u03c1\u03b5\u03b9\u03bd\u03ba\u0391\u0392\u0395\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4\u03a7",
    "aeopcyxijshdABEKMHOPCTXI" + "aopeivkABEIKMNOPTX",
)  # fmt: skip
_MARKUP = re.compile(r"<[^<>]{1,200}>|[*_`~|]+|^[>#\s-]+", re.MULTILINE)
_SPACED = re.compile(r"(?:\b\w[ .\-_]){4,}\w\b")
_BETWEEN = re.compile(r"(?<=\b\w)[ .\-_](?=\w\b)")
_DIGITS_IN_WORD = re.compile(r"\b(?=\w*\d)(?=\w*[A-Za-z])\w+\b|\b\d[A-Za-z]\w*")
_AS_LETTERS = str.maketrans("013457@$", "oieastas")
_PERCENT = re.compile(r"%[0-9A-Fa-f]{2}")
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{16,}={0,2}")
_HEX = re.compile(r"\b(?:[0-9A-Fa-f]{2}){8,}\b")
_ENGLISH = re.compile(r"\b(?:the|and|to|of|a|i|we|it|is|was|for|with|my|in)\b", re.IGNORECASE)
_LONGEST = 12_000


def readings(text: str) -> Iterator[str]:
    """The text as it is meant to be read, and then what else it may say; nothing twice."""
    plain = _plain(text[:_LONGEST])
    alike = plain.translate(_ALIKE)
    bare = _MARKUP.sub("", alike)
    seen = {""}
    for found in (plain, alike, bare, _joined(bare), _lettered(bare), *_decoded(alike)):
        if found not in seen:
            seen.add(found)
            yield found


def _plain(text: str) -> str:
    tags = "".join(chr(ord(one) - _TAGS) if _TAGS < ord(one) < _TAGS + 0x7F else one for one in html.unescape(text))
    normal = unicodedata.normalize("NFKC", tags)
    return "".join(one for one in normal if one in "\n\t" or unicodedata.category(one) not in ("Cf", "Cc", "Co", "Cn"))


def _joined(text: str) -> str:
    return _BETWEEN.sub("", text) if _SPACED.search(text) else text


def _lettered(text: str) -> str:
    return _DIGITS_IN_WORD.sub(lambda word: word[0].translate(_AS_LETTERS), text)


def _decoded(text: str) -> Iterator[str]:
    if _PERCENT.search(text):
        yield unquote(text)
    for token in _HEX.findall(text):
        yield _words(bytes.fromhex(token))
    for token in _BASE64.findall(text):
        try:
            yield _words(base64.b64decode(token.rstrip("=").translate(str.maketrans("-_", "+/")) + "=" * (-len(token.rstrip("=")) % 4)))
        except (binascii.Error, ValueError):
            continue
    if not _ENGLISH.search(text):
        yield codecs.encode(text, "rot13")
        yield text[::-1]


def _words(data: bytes) -> str:
    """What was encoded, where that is text at all."""
    try:
        found = data.decode()
    except UnicodeDecodeError:
        return ""
    return found if found.isprintable() else ""
