"""What the mails speak of that come once, beside the names of every letter: the first and the last day, the stanza of a
pair to come, what an invitation is about, and what was taken of somebody's answer.

Owns those names; a user's own templates rely on them, so they stay. Must never know a template, a header, or how a mail
travels.
"""

from collections.abc import Sequence
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from cadenced.core.actions import Mail, SendMail
from cadenced.core.cadence import step
from cadenced.core.model import Cadence, Every, Meeting, Pair, Person
from cadenced.wire.languages import BUILT_IN, Languages
from cadenced.wire.letter import letter
from cadenced.wire.plain import COLUMNS, one_line
from cadenced.wire.times import When, when

ID_LONG = 40  # characters of a person's id in the ids that are made of it: an id has 63 at most
MONTH = Every(months=1)
STATES = {Mail.INVITE: "new", Mail.UPDATE: "changed", Mail.CANCEL: "off"}


def occasion_names(mail: SendMail, pair: Pair, now: datetime, languages: Languages = BUILT_IN) -> dict[str, object]:
    """What a mail of its kind says beside its letter(): nothing, for most. `now` is aware."""
    reader = pair.mentor if mail.person == pair.mentor.id else pair.protege
    if mail.kind is Mail.CHARTER:
        return {"starts": _day(pair.start, reader, now, languages)}
    if mail.kind is Mail.COMPLETION:
        return {"ended": _day(pair.end or now.date(), reader, now, languages), "stanza": stanza(pair)}
    return {"state": STATES[mail.kind]} if mail.kind in STATES else {}


def answer_names(  # noqa: PLR0913 — an answer may say all of it
    pair: Pair,
    person: Person,
    now: datetime,
    *,
    programme_mailbox: bool,
    answers: bool = False,
    taken: Sequence[str] = (),
    refused: Sequence[tuple[str, str, str]] = (),
    meeting: Meeting | None = None,
    times: Sequence[tuple[datetime, datetime]] = (),
    commands: Sequence[tuple[str, str]] = (),
    month: int = 1,
    languages: Languages = BUILT_IN,
) -> dict[str, object]:
    """The names in an answer to `person`, whose texts are in their language and in plain text: `taken` are sentences,
    `refused` what was said, why it was not done, and what would work, `commands` words and what each does. `times`:
    start and end (UTC) at which `meeting` could be instead. `now` is aware.
    """
    mail = SendMail("", pair.id, Mail.ANSWER, person.id, meeting, now, now, month, "", times=tuple(times))
    spoken = letter(
        mail, pair, (), now, programme_mailbox=programme_mailbox, languages=languages, answers=answers
    ).names()
    return spoken | {
        "taken": tuple(one_line(text) for text in taken),
        "refused": tuple((one_line(said), one_line(why), one_line(instead)) for said, why, instead in refused),
        "commands": tuple(commands),
    }


def stanza(pair: Pair) -> str:
    """TOML for pairs.toml: a pair in which the protege mentors somebody, as often as the two met, from a month on."""
    who = pair.protege.id[:ID_LONG]
    policy = [f"[policies.{who}-mentors]", f"face_to_face = {_cadence(pair.face_to_face)}"]
    policy.append(f"calls = {_cadence(pair.calls)}" if pair.calls else "calls = false")
    person = [
        "[people.somebody]",
        'name = "Somebody Else"',
        'email = "somebody@example.org"',
        _line("timezone", pair.protege.timezone),
    ]
    made = [
        f"[pairs.{who}-somebody]",
        _line("mentor", pair.protege.id),
        'protege = "somebody"',
        f"start = {step(pair.end or pair.start, MONTH, 1).isoformat()}",
        f'policy = "{who}-mentors"',
        _line("roadmap", pair.roadmap.id),
    ]
    return "\n".join((*policy, "", *person, "", *made))


def _day(day: date, reader: Person, now: datetime, languages: Languages) -> When:
    """A day as such, whatever the zone: noon of it where the reader is."""
    noon = datetime.combine(day, time(12), ZoneInfo(reader.timezone))
    return when(noon, reader.timezone, reader.timezone, now, languages.words(reader.language))


def _cadence(cadence: Cadence) -> str:
    every = cadence.every
    unit, count = ("month", every.months) if every.months else ("day", every.days)
    return f'{{ every = "{count} {unit}{"s" if count > 1 else ""}", minutes = {cadence.minutes} }}'


def _line(key: str, text: str) -> str:
    """A key and a basic string of TOML (1.0), which has nothing to escape in ids and zones. Where they would be longer
    than a line of plain text they stand without a space at which it could be broken.
    """
    line = f'{key} = "{text}"'
    return line if len(line) <= COLUMNS else f'{key}="{text}"'
