"""No write undoes somebody else's, on every server alike (RFC 4791 §5.3, RFC 9110 §13)."""

from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from icalendar import Calendar

from cadenced.core.accounts import Collection
from cadenced.core.errors import ConflictError, MissingError
from cadenced.shell.dav import path_of
from tests.contract.conftest import event_of

TEXT = "Siobhán O'Neill’s 1:1 — “what's next?”, señor; 次の一歩 🚀👩🏽‍💻 a\\b"
LONG = "Grüße 🎉 " * 60  # folded many times, also between the bytes of one character
KEPT = """\
X-CADENCED-MEETING:maya-jonas/call/2026-12-01/1\r
X-APPLE-TRAVEL-ADVISORY-BEHAVIOR:AUTOMATIC\r
CATEGORIES:MENTORING\r
COLOR:olive\r
BEGIN:VALARM\r
ACTION:DISPLAY\r
DESCRIPTION:Reminder\r
TRIGGER:-PT15M\r
END:VALARM\r
"""


def read(body):
    return Calendar.from_ical(body).walk("VEVENT")[0]


class TestTexts:
    async def test_an_event_reads_back_with_the_texts_it_was_written_with(self, desk):
        event = Calendar.from_ical(event_of(str(uuid4())))
        event.walk("VEVENT")[0].update({"SUMMARY": TEXT})
        event.walk("VEVENT")[0].add("description", f"{LONG}\nand, then;\n\n\tthe end")
        uid = str(event.walk("VEVENT")[0]["UID"])
        made = await desk.client.create(desk.account, desk.collection, f"{uid}.ics", event.to_ical().decode())
        found = read((await desk.get(made.href)).body)
        assert str(found["SUMMARY"]) == TEXT
        assert str(found["DESCRIPTION"]) == f"{LONG}\nand, then;\n\n\tthe end"
        (synced,) = (await desk.sync()).changed
        assert str(read(synced.body)["DESCRIPTION"]) == str(found["DESCRIPTION"])

    async def test_what_a_person_s_app_or_we_added_is_kept(self, desk):
        made = await desk.create(more=KEPT)
        found = read((await desk.get(made.href)).body)
        assert found["X-CADENCED-MEETING"] == "maya-jonas/call/2026-12-01/1"
        assert found["X-APPLE-TRAVEL-ADVISORY-BEHAVIOR"] == "AUTOMATIC"
        assert found["COLOR"] == "olive"
        assert [alarm["TRIGGER"].to_ical() for alarm in found.walk("VALARM")] == [b"-PT15M"]


class TestCreating:
    async def test_the_etag_of_what_was_created_is_strong_and_current(self, desk, event):
        found = await desk.get(event.href)
        assert found.etag == event.etag
        assert found.etag.startswith('"')
        assert read(found.body)["UID"] == read(event.body)["UID"]

    async def test_an_event_is_created_under_its_name_in_the_calendar(self, desk):
        made = await desk.create("a meeting @ten")
        assert path_of(made.href) == made.href
        assert made.href.startswith(urlsplit(desk.collection.url).path)
        (listed,) = (await desk.sync()).changed
        assert listed.href == made.href

    async def test_creating_over_something_is_a_conflict_and_writes_nothing(self, desk, event):
        with pytest.raises(ConflictError):
            await desk.create(desk.uid(event), summary="Another")
        assert "Another" not in (await desk.get(event.href)).body

    async def test_the_same_uid_under_another_name_is_a_conflict(self, desk, event):
        body = event_of(desk.uid(event))
        with pytest.raises(ConflictError):
            await desk.client.create(desk.account, desk.collection, f"{uuid4()}.ics", body)
        assert len((await desk.sync()).changed) == 1

    async def test_creating_in_a_calendar_that_is_not_there_is_no_conflict(self, desk):
        with pytest.raises(MissingError):
            await desk.nowhere().create()

    async def test_what_was_deleted_can_be_created_again(self, desk, event):
        await desk.delete(event)
        again = await desk.create(desk.uid(event), summary="Again")
        assert "Again" in (await desk.get(again.href)).body


class TestUpdating:
    async def test_an_update_with_the_current_etag_is_written(self, desk, event):
        changed = await desk.update(event, summary="Later")
        found = await desk.get(event.href)
        assert changed.etag == found.etag != event.etag
        assert read(found.body)["SUMMARY"] == "Later"

    async def test_an_update_with_a_stale_etag_is_a_conflict_and_loses_nothing(self, desk, event):
        await desk.update(event, summary="Theirs")
        with pytest.raises(ConflictError):
            await desk.update(event, summary="Ours")
        assert read((await desk.get(event.href)).body)["SUMMARY"] == "Theirs"

    async def test_an_update_of_what_is_gone_is_a_conflict_and_brings_nothing_back(self, desk, event):
        await desk.delete(event)
        with pytest.raises(ConflictError):
            await desk.update(event, summary="Ours")
        assert await desk.get(event.href) is None

    async def test_the_etag_of_another_event_is_a_conflict(self, desk, event):
        other = await desk.create(summary="Other")
        with pytest.raises(ConflictError):
            await desk.client.update(
                desk.account, desk.collection, event.href, event_of(desk.uid(event), "Ours"), other.etag
            )
        assert read((await desk.get(event.href)).body)["SUMMARY"] == "Call with Jonas"


class TestDeleting:
    async def test_what_is_deleted_is_gone(self, desk, event):
        await desk.delete(event)
        assert await desk.get(event.href) is None
        assert (await desk.sync()).changed == ()

    async def test_a_deletion_with_a_stale_etag_is_a_conflict_and_deletes_nothing(self, desk, event):
        await desk.update(event, summary="Theirs")
        with pytest.raises(ConflictError):
            await desk.delete(event)
        assert read((await desk.get(event.href)).body)["SUMMARY"] == "Theirs"

    async def test_deleting_what_is_gone_is_done(self, desk, event):
        await desk.delete(event)
        await desk.delete(event)

    async def test_deleting_in_a_calendar_that_is_gone_is_not_done(self, desk, server, account):
        url = server.make_calendar(account.username, f"short-lived-{account.name}", "Short-lived")
        desk.collection = Collection(account.name, url)
        event = await desk.create()
        server.ask(account.username, "DELETE", url)
        with pytest.raises(MissingError):
            await desk.delete(event)


class TestGetting:
    async def test_nothing_is_none(self, desk):
        assert await desk.get(path_of("nothing.ics", desk.collection.url)) is None

    async def test_nothing_in_a_calendar_that_is_gone_is_not_none(self, desk):
        desk = desk.nowhere()
        with pytest.raises(MissingError):
            await desk.get(path_of("nothing.ics", desk.collection.url))


async def test_what_is_written_beside_a_foreign_event_leaves_it_as_it_was(desk, server):
    href = path_of("theirs.ics", desk.collection.url)
    server.ask(desk.account.username, "PUT", server.at(href), event_of("theirs", "Dentist", KEPT), "text/calendar")
    theirs = await desk.get(href)
    event = await desk.create()
    await desk.delete(await desk.update(event, summary="Moved"))
    assert await desk.get(href) == theirs
    assert [each.href for each in (await desk.sync()).changed] == [href]
