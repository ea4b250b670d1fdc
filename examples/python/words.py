"""Counts words over many files: one call for each file, then one that adds them up."""

import re
from collections import Counter
from typing import Annotated

from motorpool import Field, context, function

WORD = re.compile(r"[^\W\d_]+")


@function
def count(path: str) -> dict[str, int]:
    """The words of one text file. Meant for `imap`: an item for each file."""
    words: Counter[str] = Counter()
    with open(path, encoding="utf-8", errors="replace") as file:
        for line in file:
            words.update(WORD.findall(line.lower()))
    return words


@function
def most_common(paths: list[str], number: Annotated[int, Field(minimum=1)] = 10) -> list[tuple[str, int]]:
    """The most frequent words of all files, in one call with progress."""
    words: Counter[str] = Counter()
    for done, path in enumerate(paths, 1):
        words.update(count(path))
        context().progress(done, len(paths), path)
    return sorted(words.items(), key=lambda each: (-each[1], each[0]))[:number]
