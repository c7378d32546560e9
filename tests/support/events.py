"""Actions that write an event, for tests, from short words: what a test does not name is ordinary."""

from datetime import datetime, timedelta

from cadenced.core.actions import CreateEvent, UpdateEvent
from cadenced.core.events import Baseline, EventFields, fingerprint
from cadenced.core.model import Identity, Meeting
from tests.support.programme import utc
from tests.support.records import meeting

NOW = utc("2026-11-24T09:00")
START, END = utc("2026-12-08T17:30"), utc("2026-12-08T18:30")


def fields(start: datetime = START, **more) -> EventFields:
    words = {"timezone": "Europe/London", "summary": "Jonas: Where to?", "location": "The Lamb", "description": "1"}
    return EventFields(**{"start": start, "end": start + timedelta(hours=1), **words} | more)


def baseline(of: EventFields) -> Baseline:
    texts = [fingerprint(text) for text in (of.summary, of.location, of.description)]
    return Baseline(of.start, of.end, (of.start, of.end), "0123abcd", *texts, decided=NOW)


def standing(of: EventFields, identity: Identity | None = None) -> Meeting:
    times = (of.start, of.end)
    more = {"identity": identity} if identity else {}
    return meeting(start=of.start, end=of.end, placed=times, **more)


def creation(identity: Identity | None = None, **more) -> CreateEvent:
    of = fields(**more)
    return CreateEvent(standing(of, identity), "maya", "maya", of, baseline(of), "why")


def update(*changed: str, **more) -> UpdateEvent:
    of = fields(**more)
    return UpdateEvent(standing(of), "maya", "maya", "/x.ics", '"1"', of, frozenset(changed), baseline(of), "why")
