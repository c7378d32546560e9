"""How an explanation looks in a terminal: a few lines for each meeting, and its week as a small picture.

`explain --json` has it all. Must never know how a time is chosen.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.text import Text

from cadenced.core.availability import SharedHours
from cadenced.core.explaining import Candidate, Explanation
from cadenced.core.hindrances import taken
from cadenced.core.model import Kind, Meeting, State
from cadenced.service.explained import Explained

KINDS = {Kind.FACE_TO_FACE: "face to face", Kind.CALL: "call"}
BEST = 3  # other times that are shown
REASONS = 4  # of what ruled others out
HALF = timedelta(minutes=30)
FREE, TAKEN, PERHAPS, CHOSEN, OUTSIDE = "·", "▒", "░", "█", " "


def show_explained(explained: Explained, out: Console) -> None:
    """Every coming meeting of the pair."""
    pair = explained.pair
    zone = pair.timezone.rpartition("/")[2].replace("_", " ")
    out.print(Text(f"{pair.id}: {pair.mentor.name} and {pair.protege.name}, times in {zone}", style="bold"))
    if not explained.explanations:
        out.print("No meeting is to come: the pair has ended, pauses, or found no time. `cadenced plan` tells more.")
        return
    for each in explained.explanations:
        out.print()
        for line in _lines(each, explained):
            out.print(line)
    out.print(
        Text(
            f"\n{CHOSEN} the meeting  {FREE} both available  {PERHAPS} perhaps busy  {TAKEN} somebody can't",
            style="dim",
        )
    )


def _lines(each: Explanation, explained: Explained) -> Iterator[Text]:
    meeting, zone = each.meeting, ZoneInfo(explained.pair.timezone)
    state = "" if meeting.state is State.STANDING else f", {meeting.state}"
    yield Text.assemble((f"{_when(meeting.start, zone)}, {KINDS[meeting.identity.kind]}{state}", "bold"))
    yield from (Text(f"  {words}") for words in _story(each, zone))
    possible = [c for c in each.candidates if not c.against]
    if possible:
        yield Text(f"  {len(possible)} times were possible; the best of each day:")
        yield from (_priced(c, meeting, zone) for c in _shown(possible, meeting))
    elif each.candidates:
        yield Text("  No time is possible now.")
    ruled_out = Counter(c.against for c in each.candidates if c.against)
    if ruled_out:
        told = "; ".join(f"{why} ({count})" for why, count in ruled_out.most_common(REASONS))
        more = f"; and {len(ruled_out) - REASONS} more reasons" if len(ruled_out) > REASONS else ""
        yield Text(f"  {sum(ruled_out.values())} were ruled out: {told}{more}", style="dim")
    yield from _week(meeting, explained)


def _story(each: Explanation, zone: ZoneInfo) -> Iterator[str]:
    """Why the meeting is where it is, in a few sentences."""
    meeting, best = each.meeting, each.best
    if meeting.state is State.DECLINED:
        yield "Somebody can't then: another time is looked for, or both were asked (`cadenced status` says which)."
    elif meeting.state is State.CANCELLED:
        yield "One of the two called it off; it stays off for this time."
    elif meeting.pinned:
        yield f"A person put it there ({meeting.reason}); the planner keeps off."
    elif each.new:
        yield f"{meeting.reason[:1].upper()}{meeting.reason[1:]}."
    else:
        yield "It stands in the calendars, and what stands stays while both can."
    if meeting.tries.changes:
        refused = ", ".join(_when(start, zone) for start in meeting.tries.refused)
        no = f" Somebody said no to {refused}." if refused else ""
        yield f"It was moved {meeting.tries.changes} of at most 3 times.{no}"
    if best is not None and best.start != meeting.start and not each.new and meeting.state is not State.CANCELLED:
        yield f"If it had no time yet, it would be {_when(best.start, zone)}."
    if each.target is None:
        yield "It comes from an older policy: today's has no place for it, and nothing better was looked for."


def _shown(possible: list[Candidate], meeting: Meeting) -> list[Candidate]:
    """The best of several days, and the meeting's own time."""
    days: dict[date, Candidate] = {}
    for each in possible:
        days.setdefault(each.start.date(), each)
    first = list(days.values())[: BEST + 1]
    return first + [each for each in possible if each.start == meeting.start and each not in first]


def _priced(each: Candidate, meeting: Meeting, zone: ZoneInfo) -> Text:
    parts = ", ".join(f"{words} {points}" for words, points in each.parts) or "nothing against it"
    own = each.start == meeting.start
    line = f"  {'▶' if own else ' '} {_when(each.start, zone)}  {each.cost:>4}  "
    return Text.assemble((line, "green" if own else ""), (f"{each.tier}: {parts}" if each.tier else parts, "dim"))


def _week(meeting: Meeting, explained: Explained) -> Iterator[Text]:
    """Monday to Sunday, a line for each hour in which anything could be, two signs for each half hour of a day."""
    pair, zone = explained.pair, ZoneInfo(explained.pair.timezone)
    hours, away = SharedHours(pair), taken(explained.hindrances, None)
    local = meeting.start.astimezone(zone)
    monday = local.date() - timedelta(days=local.weekday())

    def sign(day: date, hour: int, minute: int) -> str:
        wall = datetime.combine(day, time(hour, minute))
        start = hours.utc(wall)
        if start is None:
            return OUTSIDE
        if start < meeting.end and meeting.start < start + HALF:
            return CHOSEN
        if hours.paused(day) or not hours.fits(start, wall, 30):
            return OUTSIDE
        if away.hard.overlaps(start, start + HALF):
            return TAKEN
        return PERHAPS if away.soft.overlaps(start, start + HALF) else FREE

    days = [monday + timedelta(days=number) for number in range(7)]
    rows = {hour: ["".join(sign(day, hour, minute) * 2 for minute in (0, 30)) for day in days] for hour in range(24)}
    used = [hour for hour, cells in rows.items() if any(cell.strip() for cell in cells)]
    yield Text("        " + "".join(f"{day:%a} {day.day:<3}" for day in days), style="dim")
    for hour in range(min(used), max(used) + 1):
        yield Text.assemble((f"  {hour:02}:00 ", "dim"), "   ".join(rows[hour]))


def _when(moment: datetime, zone: ZoneInfo) -> str:
    local = moment.astimezone(zone)
    return f"{local:%a} {local.day:>2} {local:%b %H:%M}"
