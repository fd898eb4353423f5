"""Builds one SQLite FTS5 table of decisions and asks it questions, for the bench `engines`.

    python3 sqlite_fts5.py DECISIONS QUESTIONS DATABASE

DECISIONS and QUESTIONS are described in `benches/engines.rs`, and so are the lines printed. Reading the decisions into
memory is not counted. DATABASE must not exist.
"""

import sqlite3
import sys
import time

TEXTS = ["item", "rationale", "reviewer_guideline", "claims_guideline", "summary"]
# As much memory for pages as the other engines have for gathering.
CACHE_KIBIBYTES = 384 * 1024


def has_fts5():
    try:
        sqlite3.connect(":memory:").execute("CREATE VIRTUAL TABLE probe USING fts5(text)")
    except sqlite3.OperationalError:
        return False
    return True


def build(database, decisions):
    database.execute(
        "CREATE VIRTUAL TABLE decisions USING fts5("
        f"id UNINDEXED, outcome UNINDEXED, {', '.join(TEXTS)}, tokenize = 'porter unicode61', detail = full)"
    )
    places = ", ".join("?" * (2 + len(TEXTS)))
    database.execute("BEGIN")
    database.executemany(f"INSERT INTO decisions VALUES ({places})", decisions)
    database.execute("COMMIT")
    database.execute("INSERT INTO decisions(decisions) VALUES ('optimize')")


def match(kind, words):
    """The question in the language of FTS5: every word quoted, side by side where all must be there."""
    return f'"{words}"' if kind == "phrase" else " ".join(f'"{word}"' for word in words.split())


def ask(database, question):
    """The ids of the ten best, and how many there are."""
    best = "SELECT id FROM decisions WHERE decisions MATCH ? ORDER BY rank LIMIT 10"
    ids = [row[0] for row in database.execute(best, (question,))]
    (total,) = database.execute("SELECT count(*) FROM decisions WHERE decisions MATCH ?", (question,)).fetchone()
    assert len(ids) == min(total, 10)
    return total


def main():
    decisions_file, questions_file, database_file = sys.argv[1:]
    if not has_fts5():
        print("skipped\tthe SQLite of this Python has no FTS5")
        return
    with open(decisions_file, encoding="utf-8", newline="\n") as lines:
        decisions = [line.rstrip("\n").split("\x1f") for line in lines]
    with open(questions_file, encoding="utf-8", newline="\n") as lines:
        questions = [line.rstrip("\n").split("\t") for line in lines]
    print(f"engine\tSQLite {sqlite3.sqlite_version} FTS5")

    database = sqlite3.connect(database_file, isolation_level=None)
    database.execute(f"PRAGMA cache_size = -{CACHE_KIBIBYTES}")
    started = time.perf_counter()
    build(database, decisions)
    print(f"built\t{time.perf_counter() - started}")
    # The merge leaves free pages in the file, which the next decisions would use.
    pragmas = ("page_count", "freelist_count", "page_size")
    pages, free, page = (database.execute(f"PRAGMA {name}").fetchone()[0] for name in pragmas)
    print(f"bytes\t{(pages - free) * page}")

    asked = [(kind, match(kind, words)) for kind, words in questions]
    for _, question in asked:
        ask(database, question)
    for kind, question in asked:
        started = time.perf_counter()
        total = ask(database, question)
        print(f"asked\t{kind}\t{(time.perf_counter() - started) * 1e3}\t{total}")


main()
