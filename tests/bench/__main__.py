"""`make bench`: ratios, each of two measurements of the same run. Nothing here is a test: a slow machine fails nothing.

`python -m tests.bench [NAME…]` runs the rows of those names.
"""

import sys
from collections.abc import Callable
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table

from tests.bench import calendars, choosing, delivering, planning, reading, saving


@dataclass(frozen=True)
class Row:
    """`run` gives ours and theirs in seconds, a remark, and what else was found, which stands below in the table; where
    `theirs` is None it is about seconds alone.
    """

    name: str
    what: str
    against: str
    aim: str
    run: Callable[[], tuple]


ROWS = (
    Row("plan", "plan a year for 10,000 pairs", "build as many VEVENTs with icalendar", "< 0.25", planning.year),
    Row(
        "choose",
        f"choose the next meetings of {choosing.PROGRAMMES} companies",
        "the optimum by CP-SAT",
        "< 0.01",
        choosing.at_once,
    ),
    Row(
        "plans",
        f"the choices in whole plans of {choosing.PROGRAMMES} companies",
        "the optimum of each by CP-SAT",
        "< 0.01",
        choosing.step_by_step,
    ),
    Row(
        "quiet",
        "three passes over 200 unchanged calendars",
        "the same sync reports by bare aiohttp",
        "< 1.3",
        calendars.quiet,
    ),
    Row(
        "apply", "a first apply of 200 pairs", "PUTs of the same bodies by bare aiohttp", "< 1.2", calendars.first_apply
    ),
    Row("mail", "mails to Postfix, without TLS", "smtp-source", "< 1.33", delivering.plain),
    Row("tls", "mails to Postfix, with TLS", "a new connection for each", "< 0.125", delivering.encrypted),
    Row("read", "the mail that is slowest to read", "an ordinary one of that length", "< 20", reading.hostile),
    Row("save", "from saving the file to the event, 5,000 pairs", "", "< 2 s", saving.to_event),
)


def main(names: list[str]) -> None:
    out = Console()
    table = Table("", "ours", "against", "theirs", "ratio", "aim")
    for row in ROWS:
        if names and row.name not in names:
            continue
        try:
            ours, theirs, *more = row.run()
        except delivering.MissingError as reason:
            out.print(f"{row.name}: left out. {reason}", style="dim")
            continue
        seconds = f"{ours:.2f} s"
        if theirs is None:
            table.add_row(row.what, seconds, "", "", seconds, row.aim)
        else:
            table.add_row(row.what, seconds, row.against, f"{theirs:.2f} s", f"{ours / theirs:.2g}", row.aim)
        for figure in more[1:]:
            table.add_row(f"  {figure.what}", "", "", "", figure.found, figure.aim)
        out.print(f"{row.name}: {more[0] if more else 'done'}", style="dim")
    out.print(table)


main(sys.argv[1:])
