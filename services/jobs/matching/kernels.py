"""The loops over postings, compiled by numba: each reads one segment, holds no lock of Python's, and adds whole numbers only, so that order is no matter."""

from collections.abc import Callable
from typing import Any

import numba
import numpy as np

# What a signal's value of 1 is as a whole number, and the highest score in tenths of a point.
_ONE = 1_000_000
_BEST = 1000


def _compiled(function: Callable[..., Any]) -> Any:
    """Compiled at the first call, or read from the cache that an earlier process left: beside this file, or where NUMBA_CACHE_DIR says."""
    try:
        return numba.njit(cache=True, nogil=True)(function)
    except RuntimeError:  # no folder that may be written to: compiled by each process anew
        return numba.njit(nogil=True)(function)


@_compiled
def invert(term_of: Any, starts: Any, terms: int) -> Any:
    """From each document's terms (term_of[starts[d]:starts[d + 1]]) to each term's documents, ascending: where they start, and they."""
    ends = np.zeros(terms + 1, np.int64)
    for term in term_of:
        ends[term + 1] += 1
    for term in range(terms):
        ends[term + 1] += ends[term]
    place = ends[:-1].copy()
    documents = np.empty(term_of.size, np.uint16)
    for document in range(starts.size - 1):
        for at in range(starts[document], starts[document + 1]):
            term = term_of[at]
            documents[place[term]] = document
            place[term] += 1
    return ends, documents


@_compiled
def count_living(documents: Any, bits: Any, dense: Any, row_of: Any, lengths: Any) -> None:
    """Adds to `lengths` how many terms each document has that lives on as row_of[document]."""
    for document in documents:
        if row_of[document] >= 0:
            lengths[row_of[document]] += 1
    for which in range(dense.size):
        for document in range(row_of.size):
            if bits[which, document >> 3] >> (document & 7) & 1 and row_of[document] >= 0:
                lengths[row_of[document]] += 1


@_compiled
def copy_living(starts: Any, documents: Any, bits: Any, dense: Any, row_of: Any, new_term: Any, place: Any, term_of: Any) -> None:
    """Writes each living document's terms, by their new numbers, from where `place` points."""
    for term in range(starts.size - 1):
        for at in range(starts[term], starts[term + 1]):
            row = row_of[documents[at]]
            if row >= 0:
                term_of[place[row]] = new_term[term]
                place[row] += 1
    for which in range(dense.size):
        for document in range(row_of.size):
            row = row_of[document]
            if row >= 0 and bits[which, document >> 3] >> (document & 7) & 1:
                term_of[place[row]] = new_term[dense[which]]
                place[row] += 1


@_compiled
def sum_squares(starts: Any, documents: Any, bits: Any, dense: Any, squares: Any, sums: Any) -> None:
    """Adds each term's square to the documents that have it."""
    for term in range(starts.size - 1):
        if squares[term]:
            for at in range(starts[term], starts[term + 1]):
                sums[documents[at]] += squares[term]
    for which in range(dense.size):
        square = squares[dense[which]]
        if square:
            for document in range(sums.size):
                if bits[which, document >> 3] >> (document & 7) & 1:
                    sums[document] += square


@_compiled
def count_alive(starts: Any, documents: Any, bits: Any, dense: Any, alive: Any, counts: Any) -> None:
    """How many living documents have each term."""
    for term in range(starts.size - 1):
        for at in range(starts[term], starts[term + 1]):
            counts[term] += alive[documents[at]]
    for which in range(dense.size):
        for document in range(alive.size):
            if bits[which, document >> 3] >> (document & 7) & 1:
                counts[dense[which]] += alive[document]


@_compiled
def add_weights(starts: Any, documents: Any, terms: Any, weights: Any, sums: Any) -> None:
    """Adds each term's weight to the documents on its list."""
    for which in range(terms.size):
        weight = weights[which]
        for at in range(starts[terms[which]], starts[terms[which] + 1]):
            sums[documents[at]] += weight


@_compiled
def add_dense(bits: Any, rows: Any, weights: Any, sums: Any) -> None:
    """As add_weights, for terms that are kept as one bit a document. `rows` come in fours, the last filled up with a weight of 0.

    Four at a time and without a branch, so that the compiler makes it eight documents an instruction: a twentieth of what a list costs.
    """
    for which in range(0, rows.size, 4):
        weight0, weight1, weight2, weight3 = weights[which], weights[which + 1], weights[which + 2], weights[which + 3]
        bits0, bits1, bits2, bits3 = bits[rows[which]], bits[rows[which + 1]], bits[rows[which + 2]], bits[rows[which + 3]]
        for at in range(bits0.size):
            byte0, byte1, byte2, byte3 = np.int32(bits0[at]), np.int32(bits1[at]), np.int32(bits2[at]), np.int32(bits3[at])
            first = at * 8
            for bit in range(8):
                sums[first + bit] += (
                    (weight0 & -((byte0 >> bit) & 1)) + (weight1 & -((byte1 >> bit) & 1))
                    + (weight2 & -((byte2 >> bit) & 1)) + (weight3 & -((byte3 >> bit) & 1))
                )  # fmt: skip


@_compiled
def raise_values(starts: Any, documents: Any, terms: Any, values: Any, best: Any) -> None:
    """Lifts the documents on each term's list to its value, where they are below."""
    for which in range(terms.size):
        value = values[which]
        for at in range(starts[terms[which]], starts[terms[which] + 1]):
            best[documents[at]] = max(best[documents[at]], value)


@_compiled
def raise_dense(bits: Any, rows: Any, values: Any, best: Any) -> None:
    """As raise_values, for terms that are kept as one bit a document."""
    for which in range(rows.size):
        value = values[which]
        for document in range(best.size):
            if bits[rows[which], document >> 3] >> (document & 7) & 1 and best[document] < value:
                best[document] = value


@_compiled
def mark(starts: Any, documents: Any, bits: Any, term: int, dense_row: int, marks: Any, allowed: Any) -> None:
    """Gives the documents that have the term their marks: who is alive is allowed, or nobody."""
    if dense_row < 0:
        for at in range(starts[term], starts[term + 1]):
            allowed[documents[at]] = marks[documents[at]]
    else:
        for document in range(marks.size):
            if bits[dense_row, document >> 3] >> (document & 7) & 1:
                allowed[document] = marks[document]


@_compiled
def bound(text: Any, skill: Any, title: Any, scale: Any, skill_one: float, job: Any, rest: int, bounds: Any) -> None:
    """An upper bound of each document's sum of signals: what is known of it, and the most that years, level and place can add."""
    of_skills, of_text, of_title, of_years = job[0] * 1.0, job[1] * 1.0, job[2] * 1.0, job[3] * 1.0
    for document in range(bounds.size):
        has = skill[document] * skill_one
        titled = np.float64(title[document])
        alike = min(text[document] * scale[document], 1000000.0)
        # One more than it is, for the digits that whole numbers lose elsewhere.
        bounds[document] = of_skills * has + of_title * titled + of_years * max(has, titled) + of_text * alike + rest + 1.0


@_compiled
def select(
    text: Any, skill: Any, title: Any, bounds: Any, allowed: Any, scale: Any, skill_value: Any, job: Any, months: Any, level: Any, level_value: Any,
    place: Any, place_value: Any, high: Any, low: Any, after_value: int, after_id: Any, counted: Any, wanted: int, rows: Any, values: Any,
) -> int:  # fmt: skip
    """Writes the allowed documents that may be among the `wanted` best of all segments, with their scores in tenths; the answer is how many.

    Text, skills and titles are exact for every document; with them alone a score is a lower bound, and `bounds` are upper ones. `counted` keeps how
    many documents of all segments have at least each score. Where `wanted` have one, a document whose upper bound is below is out, and that is a proof,
    not a guess. What is left is scored in full.
    A page starts behind `after_value` and `after_id`, a score in tenths and the two halves of an id; the first page starts behind a score above all.
    """
    of_skills, of_text, of_title, of_years, of_level, of_place = job[0], job[1], job[2], job[3], job[4], job[5]
    whole, months_asked, today = job[6] * _ONE, job[7], job[8]
    first_page = after_value > _BEST
    after_raw = (2 * whole * (after_value + 1) - whole) // 2000
    threshold, raw_threshold = _threshold(counted, wanted, whole)
    if first_page:
        for document in range(bounds.size):
            if bounds[document] >= raw_threshold and allowed[document]:
                least = of_skills * skill_value[skill[document]] + of_title * title[document]
                least += of_text * min(_ONE, np.int64(text[document] * scale[document]))
                if least >= raw_threshold:
                    counted[(2000 * least + whole) // (2 * whole)] += 1
        threshold, raw_threshold = _threshold(counted, wanted, whole)
    found = 0
    for document in range(bounds.size):
        if bounds[document] < raw_threshold or not allowed[document]:
            continue
        has, titled = skill_value[skill[document]], title[document]
        raw = of_skills * has + of_title * titled + of_text * min(_ONE, np.int64(text[document] * scale[document]))
        if raw > after_raw:
            continue
        if of_years:
            worked = months[document, 0]
            end = min(months[document, 2], today)
            if end > months[document, 1]:
                worked += end - months[document, 1]
            raw += of_years * (min(_ONE, _ONE * worked // months_asked) * max(has, titled) // _ONE)
        raw += of_level * level_value[level[document]] + of_place * place_value[place[document]]
        value = (2000 * raw + whole) // (2 * whole)
        if value < threshold or value > after_value:
            continue
        if value == after_value and (high[document] < after_id[0] or (high[document] == after_id[0] and low[document] <= after_id[1])):
            continue
        if not first_page:
            counted[value] += 1
        rows[found] = document
        values[found] = value
        found += 1
    return found


@_compiled
def _threshold(counted: Any, wanted: int, whole: int) -> Any:
    """The highest score that `wanted` documents reach for certain, in tenths, and the least sum of signals that rounds to it."""
    total = 0
    for value in range(_BEST, -1, -1):
        total += counted[value]
        if total >= wanted:
            return value, (2 * whole * value - whole + 1999) // 2000
    return 0, -1
