"""The town that the simulation takes place in: its people, their pairs and calendars, as the files a user would write.

Eight pairs in eleven zones: mentors with two proteges, a protege who is a mentor, one without a calendar, agreed times,
days off on Friday, and every cadence from monthly to quarterly. Must never know what happens there.
"""

from calendar import monthrange
from dataclasses import dataclass, field
from datetime import date, time
from pathlib import Path

from tests.support.programme import at, hours

MAIL_PORT = 2525
HOSTS = {"north": 8001, "south": 8002, "east": 8003}  # calendar servers


@dataclass(frozen=True)
class Citizen:
    """`host` is the server of the calendar; empty for somebody without one."""

    name: str
    timezone: str
    available: tuple[str, ...]
    host: str = ""

    @property
    def email(self) -> str:
        return f"{self.name}@example.org"

    @property
    def hours(self):
        return hours(*self.available)


@dataclass(frozen=True)
class Couple:
    """A pair as the town clerk knows it. `every` is the interval of face-to-face meetings in the file's words."""

    name: str
    mentor: str
    protege: str
    start: date
    every: str
    calls: str = ""
    agreed: tuple[str, ...] = ()
    pause: tuple[str, ...] = ()
    where: str = "The Lamb"
    end: date | None = None
    minutes: int = 60
    people: tuple[str, str] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "people", (self.mentor, self.protege))

    @property
    def agreed_times(self) -> set[tuple[int, time]]:
        return {(each.weekday, each.at) for each in at(*self.agreed)}

    def stanza(self) -> str:
        face = [f'every = "{self.every}", minutes = {self.minutes}, where = "{self.where}"']
        face += [f"at = {list(self.agreed)}"] if self.agreed else []
        calls = f'{{ every = "{self.calls}", minutes = 30 }}' if self.calls else "false"
        more = [f"pause = {list(self.pause)}"] if self.pause else []
        more += [f"end = {self.end}"] if self.end else []
        return "\n".join(
            [
                f"[policies.{self.name}]",
                f'face_to_face = {{ every = "{self.every}", minutes = {self.minutes} }}',
                f"calls = {calls}",
                f"[pairs.{self.name}]",
                f'mentor = "{self.mentor}"',
                f'protege = "{self.protege}"',
                f"start = {self.start}",
                f'policy = "{self.name}"',
                'roadmap = "early-career-product-manager"',
                f"face_to_face = {{ {', '.join(face)} }}",
                *more,
                "",
            ]
        )


CITIZENS = {
    each.name: each
    for each in (
        Citizen("maya", "Europe/London", ("Mon-Thu 08:30-18:00", "Fri 08:30-13:00"), "north"),
        Citizen("jonas", "Europe/Berlin", ("Mon-Fri 09:00-18:00",), "north"),
        Citizen("siobhan", "Europe/Dublin", ("Mon-Fri 09:00-17:30",), "south"),
        Citizen("asha", "Asia/Kathmandu", ("Mon-Thu 10:00-19:00", "Sun 10:00-19:00"), "south"),
        Citizen("tom", "Europe/Stockholm", ("Mon-Fri 08:00-17:00",)),
        Citizen("ruth", "America/New_York", ("Mon-Fri 09:00-17:00",), "east"),
        Citizen("luiza", "America/Sao_Paulo", ("Mon-Fri 09:00-19:00",), "south"),
        Citizen("chen", "America/Los_Angeles", ("Mon-Fri 08:00-16:00",), "north"),
        Citizen("oliver", "Australia/Sydney", ("Mon-Fri 09:00-17:00",), "east"),
        Citizen("aroha", "Pacific/Auckland", ("Mon-Fri 10:00-18:00",), "east"),
        Citizen("mina", "Europe/Helsinki", ("Mon-Fri 09:00-17:00",), "south"),
        Citizen("kofi", "Africa/Accra", ("Mon-Fri 09:00-17:00",), "north"),
        Citizen("ines", "Europe/Lisbon", ("Mon-Fri 09:00-13:00", "Tue 15:00-19:00"), "east"),
        Citizen("yusuf", "Europe/Istanbul", ("Mon-Fri 09:00-18:00",), "south"),  # joins during the year
    )
}
COUPLES = {
    each.name: each
    for each in (
        Couple("maya-jonas", "maya", "jonas", date(2026, 12, 1), "1 month", "2 weeks", ("Tue 17:00", "Thu 17:00")),
        Couple("maya-siobhan", "maya", "siobhan", date(2026, 12, 1), "6 weeks", "1 month"),
        Couple("asha-tom", "asha", "tom", date(2026, 12, 7), "1 month", "2 weeks", where="Video"),
        Couple("ruth-luiza", "ruth", "luiza", date(2026, 12, 31), "3 months", "1 month"),
        Couple("ruth-chen", "ruth", "chen", date(2026, 12, 15), "1 month", "2 weeks", where="Video"),
        Couple("oliver-aroha", "oliver", "aroha", date(2027, 1, 11), "6 weeks", "2 weeks"),
        Couple("jonas-mina", "jonas", "mina", date(2026, 8, 31), "2 months", "1 month"),  # began before us
        Couple("kofi-ines", "kofi", "ines", date(2027, 1, 31), "3 months", pause=("2027-07-15/2027-08-31",)),
    )
}
JOINING = Couple("kofi-yusuf", "kofi", "yusuf", date(2027, 4, 1), "1 month", "2 weeks")


def settings(store: Path, poll: str) -> str:
    """cadenced.toml: three calendar servers and a submission service, all on loopback."""
    lines = ["[smtp]", 'host = "127.0.0.1"', f"port = {MAIL_PORT}", 'tls = "none"']
    lines += ['sender = "Mentoring <agenda@example.org>"']
    for each in CITIZENS.values():
        if each.host:
            lines += [f"[calendars.{each.name}]", f'url = "http://127.0.0.1:{HOSTS[each.host]}/"']
            lines += [f'username = "{each.name}"', f'password_file = "secrets/{each.name}"']
    lines += ["[store]", f'path = "{store}"']
    lines += ["[service]", f'poll = "{poll}"', 'coordinator = "petra@example.org"', ""]
    return "\n".join(lines)


def programme(couples: dict[str, Couple]) -> str:
    """pairs.toml, with the people that the pairs name."""
    names = sorted({name for couple in couples.values() for name in couple.people})
    return "\n".join([*(_person(CITIZENS[name]) for name in names), *(c.stanza() for c in couples.values())])


def add_months(day: date, count: int) -> date:
    """The same day of a later month, or its last one."""
    year, month = divmod(day.year * 12 + day.month - 1 + count, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def paused(couple: Couple, day: date) -> bool:
    spans = [span.split("/") for span in couple.pause]
    return any(date.fromisoformat(first) <= day <= date.fromisoformat(last) for first, last in spans)


def _person(citizen: Citizen) -> str:
    lines = [f"[people.{citizen.name}]", f'name = "{citizen.name.capitalize()} Example"']
    lines += [f'email = "{citizen.email}"', f'timezone = "{citizen.timezone}"']
    lines += [f"available = {list(citizen.available)}"]
    lines += [f'calendar = "{citizen.name}"'] if citizen.host else []
    return "\n".join([*lines, ""])
