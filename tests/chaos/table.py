"""Writes the table of docs/reliability.md from what a run noted: ``python -m tests.chaos.table FILE``."""

import json
import re
import sys
from pathlib import Path

from tests.chaos.rows import ROWS

PAGE = Path(__file__).parents[2] / "docs" / "reliability.md"
BEGIN, END = "<!-- results: written by `make chaos` -->\n", "<!-- end of results -->\n"
HEAD = "| # | failure | strike | promise | result | s |\n|---|---|---|---|---|---|\n"


def table(results: dict[str, tuple[str, str]]) -> str:
    """One line a row of the matrix, with the result of its last run and how long that took in seconds."""
    lines = [
        f"| {row.number} | {row.failure} | {row.strike} | {row.promise} | {line} | {seconds} |\n"
        for row in ROWS
        for line, seconds in [results.get(row.number, ("not carried out", ""))]
    ]
    return HEAD + "".join(lines)


def results_of(page: str) -> dict[str, tuple[str, str]]:
    """The results in a page, by the number of their row."""
    found = re.findall(r"^\| (\w+) \| .* \| ([^|]*) \| ([^|]*) \|$", page, re.MULTILINE)
    return {number: (line, seconds) for number, line, seconds in found if number[0].isdigit()}


def main() -> None:
    """Write the results of the rows that were run; what is around the table is written by hand."""
    page = PAGE.read_text()
    results = results_of(page)
    for noted in Path(sys.argv[1]).read_text().splitlines():
        number, line, seconds = json.loads(noted)
        results[number] = (line, str(seconds))
    before, after = page.split(BEGIN)[0], page.split(END)[1]
    PAGE.write_text(before + BEGIN + "\n" + table(results) + "\n" + END + after)


if __name__ == "__main__":
    main()
