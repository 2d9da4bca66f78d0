"""The lists of a segment: which documents have a term, as distances from one to the next in a byte or some, or as a bit for each document.

A distance below 224 takes a byte, one of up to 8,159 a first byte from 224 on and a second, and any other a byte of 255 and two more. Most postings are of
terms that hundreds of a segment's documents have, and take a byte. The list of term t is postings[starts[t]:starts[t + 1]], empty for a term kept as bits.
"""

from typing import Any

import numpy as np

from services.jobs.matching.compiled import compiled

_SHORT, _LONG = 224, 255
_FAR = _SHORT + (_LONG - _SHORT) * 256


@compiled
def step(postings: Any, at: int) -> Any:
    """The distance to the next document, the first of which is counted from -1, and where the list goes on."""
    first = np.int64(postings[at])
    if first < _SHORT:
        return first, at + 1
    if first < _LONG:
        return _SHORT + ((first - _SHORT) << 8) + np.int64(postings[at + 1]), at + 2
    return (np.int64(postings[at + 1]) << 8) + np.int64(postings[at + 2]), at + 3


@compiled
def count_documents(term_of: Any, terms: int) -> Any:
    """How many documents have each term; `term_of` are the terms of all documents, one after the other."""
    counts = np.zeros(terms, np.int64)
    for term in term_of:
        counts[term] += 1
    return counts


@compiled
def measure(term_of: Any, of_document: Any, dense_row: Any) -> Any:
    """Where each term's list starts, and ends, among the bytes of all; of_document[d]:of_document[d + 1] are the terms of document d."""
    starts = np.zeros(dense_row.size + 1, np.uint32)
    last = np.full(dense_row.size, -1, np.int32)
    for document in range(of_document.size - 1):
        for at in range(of_document[document], of_document[document + 1]):
            term = term_of[at]
            if dense_row[term] < 0:
                distance = document - last[term]
                starts[term + 1] += 1 if distance < _SHORT else (2 if distance < _FAR else 3)
                last[term] = document
    for term in range(dense_row.size):
        starts[term + 1] += starts[term]
    return starts


@compiled
def write(term_of: Any, of_document: Any, dense_row: Any, starts: Any, postings: Any, bits: Any) -> None:
    place, last = starts[:-1].astype(np.int64), np.full(dense_row.size, -1, np.int32)
    for document in range(of_document.size - 1):
        for each in range(of_document[document], of_document[document + 1]):
            term = term_of[each]
            if dense_row[term] >= 0:
                bits[dense_row[term], document >> 3] |= 1 << (document & 7)
                continue
            distance, at = document - last[term], place[term]
            last[term] = document
            if distance < _SHORT:
                postings[at] = distance
                place[term] = at + 1
            elif distance < _FAR:
                postings[at] = _SHORT + ((distance - _SHORT) >> 8)
                postings[at + 1] = (distance - _SHORT) & 255
                place[term] = at + 2
            else:
                postings[at] = _LONG
                postings[at + 1] = distance >> 8
                postings[at + 2] = distance & 255
                place[term] = at + 3


@compiled
def read(postings: Any, at: int, end: int) -> Any:
    """The documents of a list, ascending."""
    documents, count, document = np.empty(end - at, np.uint16), 0, -1
    while at < end:
        distance, at = step(postings, at)
        document += distance
        documents[count] = document
        count += 1
    return documents[:count]


@compiled
def renumber(term_of: Any, numbers: Any) -> None:
    for at in range(term_of.size):
        term_of[at] = numbers[term_of[at]]


@compiled
def count_living(starts: Any, postings: Any, bits: Any, row_of: Any, lengths: Any) -> None:
    """Adds to `lengths` how many terms each document has that lives on as row_of[document]."""
    for term in range(starts.size - 1):
        at, end, document = np.int64(starts[term]), np.int64(starts[term + 1]), -1
        while at < end:
            distance, at = step(postings, at)
            document += distance
            if row_of[document] >= 0:
                lengths[row_of[document]] += 1
    for which in range(bits.shape[0]):
        for document in range(row_of.size):
            if bits[which, document >> 3] >> (document & 7) & 1 and row_of[document] >= 0:
                lengths[row_of[document]] += 1


@compiled
def copy_living(starts: Any, postings: Any, bits: Any, dense: Any, row_of: Any, new_term: Any, place: Any, term_of: Any) -> None:
    """Writes each living document's terms, by their new numbers, from where `place` points."""
    for term in range(starts.size - 1):
        at, end, document = np.int64(starts[term]), np.int64(starts[term + 1]), -1
        while at < end:
            distance, at = step(postings, at)
            document += distance
            row = row_of[document]
            if row >= 0:
                term_of[place[row]] = new_term[term]
                place[row] += 1
    for which in range(dense.size):
        for document in range(row_of.size):
            row = row_of[document]
            if row >= 0 and bits[which, document >> 3] >> (document & 7) & 1:
                term_of[place[row]] = new_term[dense[which]]
                place[row] += 1


@compiled
def sum_squares(starts: Any, postings: Any, bits: Any, dense: Any, squares: Any, sums: Any) -> None:
    """Adds each term's square to the documents that have it."""
    for term in range(starts.size - 1):
        if squares[term]:
            at, end, document = np.int64(starts[term]), np.int64(starts[term + 1]), -1
            while at < end:
                distance, at = step(postings, at)
                document += distance
                sums[document] += squares[term]
    for which in range(dense.size):
        square = squares[dense[which]]
        if square:
            for document in range(sums.size):
                if bits[which, document >> 3] >> (document & 7) & 1:
                    sums[document] += square


@compiled
def count_alive(starts: Any, postings: Any, bits: Any, dense: Any, alive: Any, counts: Any) -> None:
    """How many living documents have each term."""
    for term in range(starts.size - 1):
        at, end, document = np.int64(starts[term]), np.int64(starts[term + 1]), -1
        while at < end:
            distance, at = step(postings, at)
            document += distance
            counts[term] += alive[document]
    for which in range(dense.size):
        for document in range(alive.size):
            if bits[which, document >> 3] >> (document & 7) & 1:
                counts[dense[which]] += alive[document]
