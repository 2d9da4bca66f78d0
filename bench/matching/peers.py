"""What others offer for the same corpus and jobs, one at a time in a process of its own: `python peers.py FOLDER PEER ANSWERS`."""

import json
import os
import sys
import tempfile
import time
from pathlib import Path

import numpy as np


def load(folder):
    words, jobs = (np.load(folder / "words.npy", mmap_mode="r"), json.loads((folder / "jobs.json").read_text()))
    return np.load(folder / "starts.npy"), words, [np.unique(job["words"], return_counts=True) for job in jobs]


def scipy_csr(starts, words, jobs):
    """TF-IDF vectors in a sparse matrix, times the job's; the best 100 by argpartition. The weights are the ones that ours has."""
    from scipy import sparse

    size, vocabulary = starts.size - 1, int(words.max()) + 1
    counts = np.bincount(words, minlength=vocabulary)
    idf = np.where(counts >= 5, np.log((1 + size) / (1 + counts)) + 1, np.log(1 + size) + 1)
    data = idf[words].astype(np.float32)
    lengths = np.sqrt(np.add.reduceat((idf[words] ** 2), starts[:-1]))
    data /= np.repeat(lengths, np.diff(starts)).astype(np.float32)
    matrix = sparse.csr_matrix((data, np.array(words), starts.astype(np.int64)), shape=(size, vocabulary))

    def search(job):
        ids, times = job
        known = ids < vocabulary
        all_weights = (1 + np.log(times)) * np.where(known, idf[np.minimum(ids, vocabulary - 1)], np.log(1 + size) + 1)
        query = np.zeros(vocabulary, np.float32)
        query[ids[known]] = (all_weights / np.sqrt((all_weights**2).sum()))[known]
        scores = matrix @ query
        best = np.argpartition(-scores, 100)[:100]
        best = best[np.argsort(-scores[best])]
        return best, scores[best]

    return search


def bm25s(starts, words, jobs):
    """Scores by its own formula (Lucene's BM25), computed with numpy into the matrix that it searches: its tokeniser needs lists of a million CVs."""
    import bm25s as package
    from scipy import sparse

    size, vocabulary = starts.size - 1, int(words.max()) + 1
    counts = np.bincount(words, minlength=vocabulary)
    idf = np.log(1 + (size - counts + 0.5) / (counts + 0.5))
    lengths = np.diff(starts)
    norm = 1 / (1 + 1.5 * (1 - 0.75 + 0.75 * lengths / lengths.mean()))
    rows = np.repeat(np.arange(size, dtype=np.int32), lengths)
    matrix = sparse.csr_matrix(((idf[words] * norm[rows]).astype(np.float32), np.asarray(words), starts), shape=(size, vocabulary)).tocsc()
    model = package.BM25(backend="numba")
    model.scores = {"data": matrix.data, "indices": matrix.indices, "indptr": matrix.indptr, "num_docs": size}
    model.nonoccurrence_array = None
    model.vocab_dict = {str(word): word for word in range(vocabulary)}
    model.unique_token_ids_set = set(range(vocabulary))

    def search(job):
        ids = [int(word) for word in job[0] if word < vocabulary]
        found, scores = model.retrieve([ids], k=100, show_progress=False, n_threads=0)
        return found[0], scores[0]

    return search


def tantivy(starts, words, jobs):
    """All words of the job, any of which may match; scored by its BM25."""
    import tantivy as package

    schema = package.SchemaBuilder().add_text_field("text", tokenizer_name="whitespace").build()
    folder = tempfile.mkdtemp(dir=sys.argv[1])
    index = package.Index(schema, path=folder)
    writer = index.writer(heap_size=500_000_000, num_threads=2)
    names = np.array([f"w{word}" for word in range(int(words.max()) + 1)], dtype=object)
    for number in range(starts.size - 1):
        writer.add_document(package.Document(text=" ".join(names[words[starts[number] : starts[number + 1]]])))
    writer.commit()
    writer.wait_merging_threads()
    index.reload()
    searcher = index.searcher()

    def search(job):
        should = [(package.Occur.Should, package.Query.term_query(schema, "text", f"w{word}")) for word in job[0]]
        hits = searcher.search(package.Query.boolean_query(should), limit=100, count=False).hits
        return None, np.array([score for score, _ in hits])

    return search


def refit(starts, words, jobs):
    """The design that this one replaces: fit scikit-learn's vectoriser to the job and all CVs at each request, and compare."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    names = np.array([f"w{word}" for word in range(int(words.max()) + 1)], dtype=object)
    texts = [" ".join(names[words[starts[number] : starts[number + 1]]]) for number in range(starts.size - 1)]

    def search(job):
        text = " ".join(f"w{word}" for word, times in zip(*job, strict=True) for _ in range(times))
        matrix = TfidfVectorizer(stop_words="english").fit_transform([text, *texts])
        scores = (matrix[1:] @ matrix[0].T).toarray().ravel()
        best = np.argsort(-scores)[:100]
        return best, scores[best]

    return search


def resident():
    """Megabytes of the process's own: without the pages of files, as those of the corpus, which the system may drop."""
    with open("/proc/self/statm") as file:
        _, all_pages, of_files, *_ = map(int, file.read().split())
    return (all_pages - of_files) * os.sysconf("SC_PAGE_SIZE") / 2**20


def main():
    folder, name, answers = Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3])
    starts, words, jobs = load(folder)
    before, started = resident(), time.perf_counter()
    search = {"scipy": scipy_csr, "bm25s": bm25s, "tantivy": tantivy, "refit": refit}[name](starts, words, jobs)
    built = time.perf_counter() - started
    if name == "refit":
        jobs = jobs[:5]
    found = [search(job) for job in jobs]
    times = []
    for _ in range(1 if name == "refit" else 3):
        for job in jobs:
            started = np.array([time.perf_counter(), time.thread_time()])
            search(job)
            times.append(np.array([time.perf_counter(), time.thread_time()]) - started)
    if name == "scipy":
        answers.write_text(json.dumps([[ids.tolist(), scores.tolist()] for ids, scores in found]))
    # As in ours.py: what the thread computed, and what somebody waited.
    wall, own = 1000 * np.array(times).T
    timed = {
        "p50": float(np.median(own)),
        "p95": float(np.percentile(own, 95)),
        "wall_p50": float(np.median(wall)),
        "least": float(wall.min()),
    }
    print(json.dumps({"build_s": built, "resident_mb": resident() - before, "text": timed}))


if __name__ == "__main__":
    main()
