"""How an explanation looks in a terminal: a few lines for each meeting, and its week as a small picture.

`explain --json` has it all. Must never know how a time is chosen.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.text import Text

from cadenced.cli.show import show_blocked
from cadenced.cli.wrapping import wrapped
from cadenced.core.explaining import Candidate, Explanation
from cadenced.core.model import Kind, State
from cadenced.core.stability import CHANGES
from cadenced.core.weekview import Half, Week
from cadenced.service.explained import Explained

KINDS = {Kind.FACE_TO_FACE: "face to face", Kind.CALL: "call"}
DAYS = 10  # whose best time is shown
REASONS = 5  # of what ruled others out
SIGNS = {
    Half.CHOSEN: ("█", "this meeting"),
    Half.OTHER: ("▓", "another one of theirs"),
    Half.FREE: ("·", "both available"),
    Half.PERHAPS: ("░", "perhaps busy"),
    Half.TAKEN: ("▒", "somebody can't"),
    Half.FULL: ("×", "a limit is reached"),
    Half.CLOSED: (" ", "outside their hours, or too soon"),
}
LEGEND = "The number is what a time costs: the least wins, the earliest of equals."


def show_explained(explained: Explained, out: Console) -> None:
    """Every coming meeting of the pair."""
    pair = explained.pair
    zone = pair.timezone.rpartition("/")[2].replace("_", " ")
    out.print(Text(f"{pair.id}: {pair.mentor.name} and {pair.protege.name}, times in {zone}", style="bold"))
    if not explained.explanations:
        out.print("No meeting is to come: the pair has ended, pauses, or found no time.")
    for each in explained.explanations:
        out.print()
        for line in _Told(each, ZoneInfo(pair.timezone), out.width).lines():
            out.print(line)
    for gap in explained.gaps:
        out.print()
        out.print(Text("\n".join(wrapped("", f"{gap.words[:1].upper()}{gap.words[1:]}", out.width)), style="bold"))
        for line in _reasons(Counter(gap.against), "time", out.width) if gap.against else ():
            out.print(line)
    if explained.blocked:
        out.print()
        show_blocked(explained.blocked, out)
    used = {half for each in explained.explanations for _, halves in each.week for half in halves}
    if used:
        signs = "  ".join(f"{sign} {words}" for half, (sign, words) in SIGNS.items() if half in used and sign.strip())
        legend = [line for words in (LEGEND, signs) for line in wrapped("", words, out.width)]
        out.print(Text("\n" + "\n".join(legend), style="dim"))


@dataclass(frozen=True, slots=True)
class _Told:
    """One meeting, in lines of at most `width`."""

    each: Explanation
    zone: ZoneInfo
    width: int

    def lines(self) -> Iterator[Text]:
        each, meeting = self.each, self.each.meeting
        state = "" if meeting.state is State.STANDING else f", {meeting.state}"
        yield Text(f"{_when(meeting.start, self.zone)}, {KINDS[meeting.identity.kind]}{state}", style="bold")
        for words in _story(each, self.zone):
            yield from map(Text, wrapped("  ", words, self.width))
        possible = [c for c in each.candidates if not c.against]
        if possible:
            yield from self._costs(possible)
        elif each.candidates and each.before is not None and not each.moves:
            yield Text("  No other time is possible now.")
        if len(possible) < len(each.candidates):
            against = Counter(c.against for c in each.candidates if c.against)
            yield from _reasons(against, "other time" if possible else "time", self.width)
        yield from _week(each.week)

    def _costs(self, possible: list[Candidate]) -> Iterator[Text]:
        """The best of each day, and the meeting's own time."""
        own, days = self.each.meeting.start, dict[date, Candidate]()
        for each in possible:
            days.setdefault(each.start.astimezone(self.zone).date(), each)
        shown = list(days.values())[:DAYS]
        shown += [each for each in possible if each.start == own and each not in shown]
        times = "1 time was" if len(possible) == 1 else f"{len(possible)} times were"
        yield Text(f"  {times} possible; the best of each day:")
        for each in shown:
            parts = ", ".join(f"{words} {points}" for words, points in each.parts) or "nothing against it"
            begin = f"  {'▶' if each.start == own else ' '} {_when(each.start, self.zone)}  {each.cost:>4}  "
            for number, line in enumerate(wrapped(begin, parts, self.width)):
                text = Text(line, style="dim")
                text.stylize("not dim green" if each.start == own else "not dim", 0, 0 if number else len(begin))
                yield text
        if len(days) > DAYS:
            yield Text(f"    and {_count(len(days) - DAYS, 'more day')}", style="dim")


def _reasons(against: Counter[str], what: str, width: int) -> Iterator[Text]:
    """What ruled times out, the commonest reason first."""
    total, shown = sum(against.values()), against.most_common(REASONS)
    yield Text(f"  {_count(total, what)} {'was' if total == 1 else 'were'} ruled out:", style="dim")
    if len(against) > REASONS:
        shown.append((f"for {_count(len(against) - REASONS, 'more reason')}", total - sum(n for _, n in shown)))
    for why, count in shown:
        yield from (Text(line, style="dim") for line in wrapped(f"    {count:>4}  ", why, width))


def _story(each: Explanation, zone: ZoneInfo) -> Iterator[str]:
    """Why the meeting is where it is, in a few sentences."""
    yield from _present(each, zone)
    meeting, best = each.meeting, each.best
    if meeting.tries.changes:
        refused = ", ".join(_when(start, zone) for start in meeting.tries.refused)
        no = f" Somebody said no to {refused}." if refused else ""
        told = "With this it was" if each.moves else "It was"
        yield f"{told} moved {meeting.tries.changes} of {CHANGES} times at most.{no}"
    if each.target is not None:
        yield f"Its best day, by the cadence, is {_day(each.target, zone)}."
    else:
        yield f"No other time is looked for: {each.because}."
    anew = each.before is None or each.moves
    if best is None or meeting.state is State.CANCELLED:
        if anew and each.candidates:
            yield "It was chosen together with their other pairs' meetings, which leave it nothing else."
    elif best.start == meeting.start:
        if not anew:
            yield f"It would be chosen again today: {each.because}."
    elif anew:
        yield f"By itself it would be {_when(best.start, zone)}, but their other pairs' meetings need a time, too."
    else:
        yield f"If it had no time yet, it would be {_when(best.start, zone)}: {each.because}."


def _present(each: Explanation, zone: ZoneInfo) -> Iterator[str]:
    meeting, reason = each.meeting, f"{each.meeting.reason[:1].upper()}{each.meeting.reason[1:]}"
    if meeting.state is State.DECLINED and each.target is None:
        yield "Somebody can't then: both are asked for another time."
    elif meeting.state is State.DECLINED:
        yield "Somebody can't then: another time is looked for, or both were asked (`cadenced status` says which)."
    elif meeting.state is State.CANCELLED:
        yield "One of the two called it off; it stays off for this time."
    elif meeting.pinned:
        yield f"A person put it there ({meeting.reason}); the planner keeps off."
    elif each.before is None:
        yield f"New. {reason}."
    elif each.moves:
        yield f"It stands on {_when(each.before.start, zone)}, and is to be moved. {reason}."
    else:
        yield "It stands, and what stands stays while both can."


def _week(week: Week) -> Iterator[Text]:
    """Monday to Sunday, a line for each hour in which anything could be, two signs for each half hour of a day."""
    rows = {hour: [halves[2 * hour : 2 * hour + 2] for _, halves in week] for hour in range(24)}
    used = [hour for hour, cells in rows.items() if any(half is not Half.CLOSED for cell in cells for half in cell)]
    yield Text("        " + "".join(f"{day:%a} {day.day:<3}" for day, _ in week), style="dim")
    for hour in range(min(used), max(used) + 1):
        cells = ("".join(SIGNS[half][0] * 2 for half in cell) for cell in rows[hour])
        yield Text.assemble((f"  {hour:02}:00 ", "dim"), "   ".join(cells))


def _when(moment: datetime, zone: ZoneInfo) -> str:
    return f"{_day(moment, zone)} {moment.astimezone(zone):%H:%M}"


def _day(moment: datetime, zone: ZoneInfo) -> str:
    local = moment.astimezone(zone)
    return f"{local:%a} {local.day:>2} {local:%b}"


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
