"""Frozen weights: the formula of scikit-learn, the same bytes for the same corpus, and a start that its own corpus explains."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.feature_extraction.text import TfidfVectorizer

from services.jobs.matching.idf import ONE, FrozenIdf, start_idf
from services.jobs.matching.profile import CandidateText, JobText
from services.jobs.matching.score import score
from services.jobs.matching.terms import Kind, key, terms, vectoriser

CORPUS = ["python pipelines and tests", "python kitchens", "kitchens and menus", "python pipelines"]


def test_weights_are_those_of_scikit_learn():
    frozen = FrozenIdf.fit(CORPUS, "1", least=1)
    model: TfidfVectorizer = vectoriser().fit(CORPUS)
    assert {word: frozen.weigh([word])[0] / ONE for word in model.vocabulary_} == pytest.approx(
        {word: model.idf_[column] for word, column in model.vocabulary_.items()}, abs=1e-4
    )


def test_what_a_word_adds_to_a_similarity_is_the_product_of_scikit_learns_vectors():
    frozen = FrozenIdf.fit(CORPUS, "1", least=1)
    model: TfidfVectorizer = vectoriser().fit(CORPUS)
    for job in CORPUS:
        for candidate in CORPUS:
            ours = score(JobText(title=job), CandidateText(summary=candidate), frozen, date(2026, 6, 1)).similarity
            theirs = float((model.transform([job]) @ model.transform([candidate]).T).toarray()[0, 0])
            assert ours == pytest.approx(theirs, abs=1e-4)


def test_a_common_term_weighs_less_than_a_rare_one_and_an_unseen_one_the_most():
    common, rare, unseen = FrozenIdf.fit(CORPUS, "1").weigh(["python", "pipelines", "glassblowing"])
    assert common < rare < unseen


def test_a_term_of_one_text_alone_leaves_no_trace():
    frozen = FrozenIdf.fit(CORPUS, "1")
    assert set(frozen.keys.tolist()) == {key(Kind.WORD, word) for word in ("python", "pipelines", "kitchens")}


@given(st.lists(st.text(max_size=40), max_size=6))
def test_bytes_carry_the_weights_there_and_back_and_do_not_depend_on_the_order_of_texts(corpus):
    frozen = FrozenIdf.fit(corpus, "v")
    assert FrozenIdf.from_bytes(frozen.to_bytes()).to_bytes() == frozen.to_bytes()
    assert FrozenIdf.from_bytes(frozen.to_bytes()).weigh(["python", "ü"]) == frozen.weigh(["python", "ü"])
    assert FrozenIdf.fit(reversed(corpus), "v").to_bytes() == frozen.to_bytes()


@pytest.mark.parametrize("data", [b"", b"[]", b"{}", b'{"format": 2}', b"\x80\x04."])
def test_bytes_of_another_kind_are_refused(data):
    with pytest.raises(ValueError):  # noqa: PT011 - json and unicode errors are ValueErrors, each with its own words
        FrozenIdf.from_bytes(data)


def test_a_new_installation_starts_with_the_weights_of_its_own_corpus():
    experience, patients, glassblowing = start_idf().weigh(["experience", "patients", "glassblowing"])
    assert experience < patients < glassblowing


def test_terms_keep_the_names_that_punctuation_makes_and_drop_bare_numbers():
    assert {"c++", "c#", ".net", "machine"} <= set(terms("C++, C# and .NET for machine learning since 2019, 0151 2345"))
    assert not any(term.isdigit() for term in terms("since 2019, 0151 2345"))
