"""Frozen weights: the formula of scikit-learn, the same bytes for the same corpus, and a start that its own corpus explains."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.feature_extraction.text import TfidfVectorizer

from services.jobs.matching.idf import START_VERSION, FrozenIdf, read_start_corpus, start_idf
from services.jobs.matching.profile import JobText
from services.jobs.matching.score import job_vector
from services.jobs.matching.terms import terms, vectoriser

CORPUS = ["python pipelines and tests", "python kitchens", "kitchens and menus", "python pipelines"]


def test_a_vector_is_the_one_of_scikit_learn_but_for_the_half_weight_of_pairs():
    texts = [JobText(title=text) for text in CORPUS]
    frozen = FrozenIdf.fit(CORPUS, "1", min_documents=1)
    model: TfidfVectorizer = vectoriser().set_params(ngram_range=(1, 1)).fit(CORPUS)
    for job, row in zip(texts, model.transform(CORPUS).toarray(), strict=True):
        ours = {term: weight for term, weight in job_vector(job, frozen).items() if " " not in term}
        length = math.sqrt(math.fsum(weight * weight for weight in ours.values()))
        theirs = {term: row[column] for term, column in model.vocabulary_.items() if row[column]}
        assert {term: weight / length for term, weight in ours.items()} == pytest.approx(theirs, abs=1e-4)


def test_a_common_term_weighs_less_than_a_rare_one_and_an_unseen_one_the_most():
    frozen = FrozenIdf.fit(CORPUS, "1")
    assert frozen.weight("python") < frozen.weight("pipelines") < frozen.weight("glassblowing")
    assert frozen.weight("glass blowing") == frozen.weight("glassblowing") / 2


def test_a_term_of_one_text_alone_leaves_no_trace():
    frozen = FrozenIdf.fit(CORPUS, "1")
    assert set(frozen.known) == {"python", "pipelines", "kitchens", "python pipelines"}
    assert b"menus" not in frozen.to_bytes()


@given(st.lists(st.text(max_size=40), max_size=6))
@settings(max_examples=60, deadline=None)
def test_bytes_carry_the_weights_there_and_back_and_do_not_depend_on_the_order_of_texts(corpus):
    frozen = FrozenIdf.fit(corpus, "v")
    assert FrozenIdf.from_bytes(frozen.to_bytes()) == frozen
    assert FrozenIdf.fit(reversed(corpus), "v").to_bytes() == frozen.to_bytes()


@pytest.mark.parametrize("data", [b"", b"[]", b"{}", b'{"format": 2}', b"\x80\x04."])
def test_bytes_of_another_kind_are_refused(data):
    with pytest.raises(ValueError):  # noqa: PT011 - json and unicode errors are ValueErrors, each with its own words
        FrozenIdf.from_bytes(data)


def test_a_new_installation_starts_with_the_weights_of_its_own_corpus():
    assert start_idf().to_bytes() == FrozenIdf.fit(read_start_corpus(), START_VERSION).to_bytes()
    assert start_idf().weight("experience") < start_idf().weight("patients") < start_idf().weight("glassblowing")


def test_terms_keep_the_names_that_punctuation_makes_and_drop_bare_numbers():
    assert {"c++", "c#", ".net", "machine learning"} <= set(terms("C++, C# and .NET for machine learning since 2019, 0151 2345"))
    assert not any(term.isdigit() for term in terms("since 2019, 0151 2345"))
