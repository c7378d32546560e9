"""A house whose people answer mails: what arrives in its mailbox, and what comes of it in the calendars there are."""

from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import count

from cadenced.core.answers import Answer
from cadenced.core.model import Channel
from tests.support.house import House
from tests.support.programme import hours, pair, person

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
MAYA = person("maya", "Europe/London", hours("Mon-Fri 08:30-18:00"), calendar="maya")
JONAS = person("jonas", "Europe/Berlin", hours("Mon-Fri 09:00-17:00"), calendar="jonas")
NOWHERE = {"calendar": None, "channel": Channel.NONE}
PAIRS = {
    "both have a calendar": pair(),
    "the mentor has one": pair(protege=replace(JONAS, **NOWHERE)),
    "the protege has one": pair(mentor=replace(MAYA, **NOWHERE)),
    "neither has one": pair(mentor=replace(MAYA, **NOWHERE), protege=replace(JONAS, **NOWHERE)),
}
TWO, ONE, NONE = PAIRS["both have a calendar"], PAIRS["the mentor has one"], PAIRS["neither has one"]


@dataclass
class Post:
    """What arrives in the mailbox of a house, one mail after the other."""

    house: House
    numbers: count = field(default_factory=count)

    async def lives(self, of):
        """The pair's house comes to rest; its first face-to-face meeting."""
        self.accounts = [each.calendar for each in of.people if each.calendar]
        await self.house.runs(of)
        return await self.house.first()

    async def says(self, who, told, meeting=None, by=timedelta(), until=None):
        """Of the time that the meeting has, or of one so much later; the wheel has turned for it then."""
        self.house.clock.at += MINUTE
        name, now = f"<{next(self.numbers)}@example.org>", self.house.clock.now()
        about = {"uid": meeting.uid, "start": meeting.start + by, "end": meeting.end + by} if meeting else {}
        answer = Answer(f"{name}#1", "maya-jonas", who, told, now, until=until, **about)
        assert await self.house.store.record_mail(name, "answer", [answer], [], now)
        await self.house.rests()
        return (await self.house.meetings()).get(meeting.uid) if meeting else None

    def starts(self, uid):
        """In the calendars that there are."""
        return [self.house.times(account).get(uid) for account in self.accounts]

    def status(self, uid):
        return [self.house.event(account, uid).get("STATUS") for account in self.accounts]


async def quiet(house):
    """Whether days go by in which no meeting and no event that there is changes."""
    meetings, bodies = await house.meetings(), [dict(house.calendar(user).bodies) for user in ("maya", "jonas")]
    await house.later(days=1)
    await house.later(days=1)
    now = await house.meetings()
    same = all(
        house.calendar(user).bodies.items() >= before.items()
        for user, before in zip(("maya", "jonas"), bodies, strict=True)
    )
    return same and all((now[uid].start, now[uid].state) == (m.start, m.state) for uid, m in meetings.items())
