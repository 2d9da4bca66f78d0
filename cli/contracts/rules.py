"""What the validation rules beside a field mean as JSON Schema."""

import operator
import re
from typing import Any

from google.protobuf.descriptor import FieldDescriptor

Schema = dict[str, Any]

IGNORE_IF_ZERO_VALUE, IGNORE_ALWAYS = 1, 3

_NUMBERS = ("float", "double", "int32", "int64", "uint32", "uint64", "sint32", "sint64", "fixed32", "fixed64", "sfixed32", "sfixed64")
_WIDE = frozenset({"int64", "uint64", "sint64", "fixed64", "sfixed64"})
_BOUNDS = (
    ("gte", "minimum", "at least"),
    ("gt", "exclusiveMinimum", "more than"),
    ("lte", "maximum", "at most"),
    ("lt", "exclusiveMaximum", "less than"),
)
_WITHIN = {"minimum": operator.ge, "exclusiveMinimum": operator.gt, "maximum": operator.le, "exclusiveMaximum": operator.lt}
_FORMATS = {
    "email": "email",
    "hostname": "hostname",
    "ipv4": "ipv4",
    "ipv6": "ipv6",
    "uri": "uri",
    "uri_ref": "uri-reference",
    "uuid": "uuid",
}


def apply(schema: Schema, rules: Any) -> list[str]:
    """Narrow a field's schema to what its rules let in, and return in words what JSON Schema cannot say.

    Where a rule spares the zero value the schema does too, because the same message travels back in answers, which print it.
    """
    if rules.ignore == IGNORE_ALWAYS:
        return []
    spares_zero = rules.ignore == IGNORE_IF_ZERO_VALUE
    kind = rules.WhichOneof("type")
    words = [_sentence(rule.message) for rule in rules.cel if rule.message]
    if kind is None:
        return words
    own = getattr(rules, kind)
    if kind == "string":
        words += _string(schema, own, spares_zero=spares_zero)
    elif kind in _NUMBERS:
        words += _number(schema, own, kind, spares_zero=spares_zero)
    elif kind == "repeated":
        words += _repeated(schema, own, spares_zero=spares_zero)
    elif kind == "map":
        words += _map(schema, own, spares_zero=spares_zero)
    elif kind == "enum" and own.HasField("const"):
        words.append(f"Always the value numbered {own.const}.")
    elif kind == "bool" and own.HasField("const"):
        schema["const"] = own.const
    return words


def is_required(field: FieldDescriptor, rules: Any) -> bool:
    """Whether a request without this field is refused: because a rule says so, or because the zero value that it then has breaks one."""
    if rules is None or rules.ignore == IGNORE_ALWAYS:
        return False
    if rules.required:
        return True
    kind = rules.WhichOneof("type")
    if kind is None or field.has_presence or rules.ignore == IGNORE_IF_ZERO_VALUE:
        return False
    own = getattr(rules, kind)
    if kind == "string":
        return _refuses_empty(own)
    if kind in _NUMBERS:
        return (
            (own.HasField("gte") and own.gte > 0)
            or (own.HasField("gt") and own.gt >= 0)
            or (own.HasField("lte") and own.lte < 0)
            or (own.HasField("lt") and own.lt <= 0)
            or (own.HasField("const") and own.const != 0)
            or (len(getattr(own, "in")) > 0 and 0 not in getattr(own, "in"))
        )
    if kind == "repeated":
        return bool(own.min_items)
    if kind == "map":
        return bool(own.min_pairs)
    if kind == "enum":
        return 0 in own.not_in or (len(getattr(own, "in")) > 0 and 0 not in getattr(own, "in"))
    return False


def _refuses_empty(own: Any) -> bool:
    return bool(
        own.min_len
        or own.len
        or own.min_bytes
        or own.const
        or own.prefix
        or own.suffix
        or own.contains
        or own.WhichOneof("well_known") not in (None, "uri_ref")
        or (getattr(own, "in") and "" not in getattr(own, "in"))
        or "" in own.not_in
        or (own.HasField("pattern") and not _matches_empty(own.pattern))
    )


def _matches_empty(pattern: str) -> bool:
    try:
        return re.search(pattern, "") is not None
    except re.error:  # RE2 knows forms that Python does not; such a field is shown as one that may be left out
        return True


def _string(schema: Schema, own: Any, *, spares_zero: bool) -> list[str]:
    words = []
    well_known = own.WhichOneof("well_known")
    if well_known in _FORMATS:
        schema["format"] = _FORMATS[well_known]
    if own.HasField("len"):
        schema["minLength"] = schema["maxLength"] = own.len
    if own.HasField("min_len"):
        schema["minLength"] = own.min_len
    if own.HasField("max_len"):
        schema["maxLength"] = own.max_len
    if own.HasField("max_bytes"):
        words.append(f"At most {own.max_bytes} bytes in UTF-8.")
    if spares_zero:
        schema.pop("minLength", None)
    patterns = [own.pattern] if own.HasField("pattern") else []
    patterns += [f"^{re.escape(own.prefix)}"] if own.HasField("prefix") else []
    patterns += [f"{re.escape(own.suffix)}$"] if own.HasField("suffix") else []
    patterns += [re.escape(own.contains)] if own.HasField("contains") else []
    if spares_zero:
        patterns = [f"^$|{pattern}" for pattern in patterns]
    if len(patterns) == 1:
        schema["pattern"] = patterns[0]
    elif patterns:
        schema["allOf"] = [{"pattern": pattern} for pattern in patterns]
    if own.HasField("const"):
        schema["const"] = own.const
    allowed = list(getattr(own, "in"))
    if allowed:
        schema["enum"] = ["", *allowed] if spares_zero and "" not in allowed else allowed
    if own.not_in:
        words.append(f"Not {' or '.join(f'`{word}`' for word in own.not_in)}.")
    return words


def _number(schema: Schema, own: Any, kind: str, *, spares_zero: bool) -> list[str]:
    words = []
    bounds = [(keyword, name, getattr(own, rule)) for rule, keyword, name in _BOUNDS if own.HasField(rule)]
    # A wide integer is a JSON string, which has no minimum; and where zero is spared the schema could only say so with a choice.
    in_words = kind in _WIDE or (spares_zero and not _holds(bounds, 0))
    if in_words and bounds:
        said = " and ".join(f"{name} {value:g}" if isinstance(value, float) else f"{name} {value}" for _, name, value in bounds)
        words.append(f"{said[0].upper()}{said[1:]}{', or 0 for none' if spares_zero else ''}.")
    else:
        schema.update({keyword: value for keyword, _, value in bounds})
    as_written = str if kind in _WIDE else lambda value: value
    if own.HasField("const"):
        schema["const"] = as_written(own.const)
    allowed = list(getattr(own, "in"))
    if allowed:
        schema["enum"] = [as_written(value) for value in ([0, *allowed] if spares_zero and 0 not in allowed else allowed)]
    return words


def _holds(bounds: list[tuple[str, str, Any]], value: int) -> bool:
    return all(_WITHIN[keyword](value, bound) for keyword, _, bound in bounds)


def _repeated(schema: Schema, own: Any, *, spares_zero: bool) -> list[str]:
    if own.min_items and not spares_zero:
        schema["minItems"] = own.min_items
    if own.HasField("max_items"):
        schema["maxItems"] = own.max_items
    if own.unique:
        schema["uniqueItems"] = True
    return [f"Each item: {word}" for word in apply(schema["items"], own.items)] if own.HasField("items") else []


def _map(schema: Schema, own: Any, *, spares_zero: bool) -> list[str]:
    words = []
    if own.min_pairs and not spares_zero:
        schema["minProperties"] = own.min_pairs
    if own.HasField("max_pairs"):
        schema["maxProperties"] = own.max_pairs
    if own.HasField("keys"):
        keys: Schema = {"type": "string"}
        words += [f"Each key: {word}" for word in apply(keys, own.keys)]
        schema["propertyNames"] = keys
    if own.HasField("values"):
        words += [f"Each value: {word}" for word in apply(schema["additionalProperties"], own.values)]
    return words


def _sentence(text: str) -> str:
    text = text.strip()
    return f"{text[0].upper()}{text[1:]}" + ("" if text.endswith((".", "!", "?")) else ".")
