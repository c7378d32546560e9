"""What a server may do wrong while it is written to: nobody's edit is lost, and a refusal says who must act."""

from dataclasses import replace

import pytest
from aiohttp import web

from cadenced.core.errors import AccessError, ConflictError, PermanentError, TemporaryError
from cadenced.shell.calendars import CalDav


class TestRefusals:
    @pytest.mark.parametrize("status", [400, 403, 405, 413, 415, 501, 507])
    async def test_an_event_that_is_refused_stops_neither_the_account_nor_the_others(self, site, status):
        event = await site.desk.create()
        site.dav.faults.refuses_writes = status
        for write in (site.desk.create(), site.desk.update(event), site.desk.delete(event)):
            with pytest.raises(PermanentError, match=f"{status}") as caught:
                await write
            assert type(caught.value) is PermanentError
        assert (await site.desk.sync("", event)).unchanged == (event.href,)

    @pytest.mark.parametrize("status", [408, 423, 425, 429, 500, 502, 503, 504])
    async def test_a_server_that_is_busy_or_broken_is_for_a_retry(self, site, status):
        event = await site.desk.create()
        site.dav.faults.refuses_writes = status
        for write in (site.desk.create(), site.desk.update(event), site.desk.delete(event)):
            with pytest.raises(TemporaryError, match=f"answered {status}"):
                await write

    async def test_a_login_that_is_refused_in_mid_work_is_for_a_human(self, site):
        event = await site.desk.create()
        site.dav.faults.refuses_writes = 401
        with pytest.raises(AccessError):
            await site.desk.update(event)

    async def test_a_reason_that_the_server_gives_is_passed_on(self, site):
        reason = '<d:error xmlns:d="DAV:"><!-- so --><need-privileges xmlns="DAV:"/></d:error>'
        site.answers("PUT", lambda _: web.Response(status=403, text=reason))
        with pytest.raises(PermanentError, match=r"refuses to write the event \(403: need-privileges\)"):
            await site.desk.create()

    @pytest.mark.parametrize("named", ["no-uid-conflict", "unique-scheduling-object-resource"])
    async def test_a_uid_that_stands_elsewhere_is_a_conflict_however_it_is_said(self, site, named):
        reason = f'<d:error xmlns:d="DAV:"><c:{named} xmlns:c="urn:ietf:params:xml:ns:caldav"/></d:error>'
        site.answers("PUT", lambda _: web.Response(status=403, text=reason))
        with pytest.raises(ConflictError):
            await site.desk.create()


class TestETags:
    async def test_without_a_strong_etag_nothing_is_written(self, site):
        await site.desk.create()
        site.dav.faults.weak = True
        (event,) = (await site.desk.sync()).changed
        before = site.dav.writes
        for etag in (event.etag, 'W/"1"'):
            for write in (site.desk.update(replace(event, etag=etag)), site.desk.delete(replace(event, etag=etag))):
                with pytest.raises(PermanentError, match="no strong ETag"):
                    await write
        assert site.dav.writes == before

    async def test_every_write_carries_a_precondition(self, site):
        seen = []

        def note(request):
            if request.method in ("PUT", "DELETE"):
                seen.append((request.headers.get("If-None-Match"), request.headers.get("If-Match")))

        site.dav.faults.instead = note
        first = await site.desk.create()
        second = await site.desk.update(first)
        await site.desk.delete(second)
        assert seen == [("*", None), (None, first.etag), (None, second.etag)]

    async def test_what_was_written_in_silence_is_read_back(self, site):
        site.dav.faults.silent_put = True
        event = await site.desk.create()
        changed = await site.desk.update(event, summary="Later")
        assert changed.etag == site.calendar.etags[f"{site.desk.uid(event)}.ics"] != event.etag

    async def test_what_the_server_rewrote_is_returned_as_it_stands(self, site):
        site.dav.faults.rewrites = True
        event = await site.desk.create()
        assert "CLASS:PUBLIC" in event.body
        assert await site.desk.get(event.href) == event

    async def test_an_edit_right_after_a_silent_write_is_what_is_returned(self, site):
        site.dav.faults.silent_put = True

        def somebody_edits(request):
            if request.method == "GET":
                (body,) = site.calendar.bodies.values()
                site.calendar.put(request.path.rpartition("/")[2], body.replace("Call", "Walk"))

        site.dav.faults.instead = somebody_edits
        event = await site.desk.create()
        assert "SUMMARY:Walk with Jonas" in event.body

    async def test_what_is_gone_right_after_it_was_written_in_silence_is_a_conflict(self, site):
        site.dav.faults.silent_put = True
        site.answers("GET", lambda _: web.Response(status=404))
        with pytest.raises(ConflictError, match="removed right after"):
            await site.desk.create()


class TestLostReplies:
    async def test_a_write_that_is_never_answered_is_for_a_retry_and_found_at_the_next_look(self, site):
        token, client = await site.desk.token(), CalDav(deadline=0.2)
        site.dav.faults.unanswered = 1
        with pytest.raises(TemporaryError):
            await replace(site.desk, client=client).create("one")
        (found,) = (await site.desk.sync(token)).changed
        assert site.desk.uid(found) == "one"
        await client.close()

    async def test_a_creation_sent_again_over_a_new_connection_meets_its_own_precondition(self, site):
        site.dav.faults.lost_replies = 1
        with pytest.raises(ConflictError):
            await site.desk.create("one")
        assert site.dav.requests["PUT"] == 2
        assert len(site.calendar.log) == 1

    async def test_an_update_sent_again_over_a_new_connection_meets_its_own_precondition(self, site):
        event = await site.desk.create()
        site.dav.faults.lost_replies = 1
        with pytest.raises(ConflictError):
            await site.desk.update(event, summary="Later")
        assert "SUMMARY:Later" in (await site.desk.get(event.href)).body
        assert len(site.calendar.log) == 2


class TestACarelessServer:
    """SOGo, measured: it is known by its path."""

    @pytest.fixture
    def careless(self, site):
        site.dav.faults.careless = True
        return site.at("sogo")

    async def test_creating_over_something_is_a_conflict_all_the_same(self, site, careless):
        event = await careless.create("one", summary="Theirs")
        with pytest.raises(ConflictError):
            await careless.create("one", summary="Ours")
        assert "Theirs" in (await careless.get(event.href)).body

    async def test_an_update_brings_nothing_back(self, site, careless):
        event = await careless.create()
        await careless.delete(event)
        with pytest.raises(ConflictError):
            await careless.update(event)
        assert await careless.get(event.href) is None

    async def test_a_deletion_with_a_stale_etag_deletes_nothing(self, site, careless):
        event = await careless.create()
        changed = await careless.update(event, summary="Theirs")
        with pytest.raises(ConflictError):
            await careless.delete(event)
        await careless.delete(changed)
        await careless.delete(changed)
        assert await careless.get(event.href) is None


class TestRedirects:
    async def test_nothing_is_sent_after_a_redirect(self, site):
        event = await site.desk.create()
        site.dav.requests.clear()
        site.dav.faults.redirect = "https://calendar.example.org/new/"
        for write in (site.desk.create(), site.desk.update(event), site.desk.delete(event)):
            with pytest.raises(PermanentError, match=r"on to https://calendar\.example\.org/new/; put that address"):
                await write
        assert site.dav.requests == {"PUT": 2, "DELETE": 1}

    @pytest.mark.parametrize("status", [302, 303, 307])
    async def test_a_redirect_for_a_while_is_for_a_retry(self, site, status):
        site.dav.faults.instead = lambda _: web.Response(status=status, headers={"Location": "/maintenance"})
        with pytest.raises(TemporaryError, match=f"answered {status}, to send us on to /maintenance"):
            await site.desk.sync()
