"""What a server may do wrong while it is asked what changed: nothing of it is read as absence."""

from uuid import uuid4

import pytest
from aiohttp import web

from cadenced.core.errors import AccessError, MissingError, PermanentError, TemporaryError
from cadenced.shell import opened
from cadenced.wire.ical import observe
from tests.contract.conftest import event_of
from tests.support.fakedav import multistatus, refusal, response

OWN = "/alice/default/"
PAGE = "<html><body>We are back soon</body></html>"
BOMB = "<!DOCTYPE a [<!ENTITY a0 'lol'>{}]><a>&a9;</a>".format(
    "".join(f"<!ENTITY a{n} '{f'&a{n - 1};' * 10}'>" for n in range(1, 10))
)
SECRET = '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]><d:multistatus xmlns:d="DAV:">&x;</d:multistatus>'


def xml(text, status=207):
    return lambda _: web.Response(status=status, text=text, content_type="application/xml")


def is_multiget(request):
    return request.method == "REPORT" and request.headers["Depth"] == "1"


async def filled(site, count):
    return [await site.desk.create(summary=f"Meeting {n}") for n in range(count)]


class TestTokens:
    async def test_a_forgotten_token_becomes_a_full_listing(self, site):
        one, two = await filled(site, 2)
        token = await site.desk.token()
        await site.desk.other().delete(two)
        site.dav.faults.forgets_tokens = True
        result = await site.desk.sync(token, one, two)
        assert (result.full, result.unchanged, result.changed) == (True, (one.href,), ())

    async def test_a_full_listing_that_nobody_asked_for_is_taken_as_one(self, site):
        one, two = await filled(site, 2)
        token = await site.desk.token()
        await site.desk.sync(token, one, two)
        await site.desk.other().delete(two)
        site.dav.faults.lists_all = True
        result = await site.desk.sync(token, one, two)
        assert (result.full, result.unchanged, result.changed) == (True, (one.href,), ())

    async def test_our_own_writes_are_not_mistaken_for_a_full_listing(self, site):
        token = await site.desk.token()
        event, *_ = await filled(site, 3)
        site.dav.requests.clear()
        result = await site.desk.sync(token, event)
        assert not result.full
        assert "PROPFIND" not in site.dav.requests

    async def test_what_another_process_wrote_costs_a_full_listing_at_worst(self, site):
        token = await site.desk.token()
        event = await site.desk.other().create()
        result = await site.desk.sync(token, event)
        assert result.unchanged == (event.href,)
        assert result.removed == ()

    async def test_what_we_made_and_somebody_deleted_is_gone_even_if_the_server_keeps_silent(self, site):
        token = await site.desk.token()
        kept, deleted = await filled(site, 2)
        await site.desk.other().delete(deleted)
        site.dav.faults.hides_added_then_deleted = True
        result = await site.desk.sync(token, kept, deleted)
        assert result.removed == (deleted.href,)
        assert (await site.desk.sync(result.token, kept)).removed == ()

    async def test_what_we_made_and_the_server_has_not_listed_yet_is_there_and_unchanged(self, site):
        (event,) = await filled(site, 1)
        nothing = multistatus([], token="http://sync/0").text
        site.answers("REPORT", lambda request: None if is_multiget(request) else xml(nothing)(request))
        result = await site.desk.sync("http://sync/0", event)
        assert (result.changed, result.removed, result.unchanged) == ((), (), (event.href,))

    async def test_a_server_without_sync_tokens_is_listed_in_full_each_time(self, site):
        (event,) = await filled(site, 1)
        site.answers("REPORT", lambda request: None if is_multiget(request) else web.Response(status=501))
        result = await site.desk.sync("some-token", event)
        assert (result.full, result.token, result.unchanged) == (True, "", (event.href,))

    async def test_a_reply_without_a_token_is_no_answer_to_a_sync(self, site):
        (event,) = await filled(site, 1)
        site.answers("REPORT", lambda _: multistatus([]))
        result = await site.desk.sync("", event)
        assert (result.full, result.unchanged) == (True, (event.href,))


class TestParts:
    @pytest.mark.parametrize("since", ["the beginning", "a token"])
    async def test_a_listing_in_parts_is_taken_whole(self, site, since):
        token = await site.desk.token() if since == "a token" else ""
        events = await filled(site, 7)
        await site.desk.other().delete(events[5])
        site.dav.faults.page = 2
        result = await site.desk.sync(token)
        assert {each.href for each in result.changed} == {each.href for each in events if each is not events[5]}
        site.dav.faults.page = 0
        assert (await site.desk.sync(result.token)).changed == ()

    async def test_parts_that_go_round_in_a_circle_end(self, site):
        (event,) = await filled(site, 1)
        circle = multistatus([refusal(OWN, 507)], token="http://sync/1").text
        site.answers("REPORT", lambda request: None if is_multiget(request) else xml(circle)(request))
        result = await site.desk.sync("http://sync/1")
        assert [each.href for each in result.changed] == [event.href]
        assert site.dav.requests["REPORT"] < 5

    async def test_a_listing_that_ends_too_early_is_an_error(self, site):
        await filled(site, 1)
        site.dav.faults.instead = lambda request: (
            multistatus([refusal(OWN, 507)]) if request.method == "PROPFIND" else web.Response(status=501)
        )
        with pytest.raises(PermanentError, match="does not list the whole calendar"):
            await site.desk.sync()


class TestMembers:
    @pytest.mark.parametrize("omits", [True, False])
    async def test_what_goes_between_the_listing_and_the_reading_is_gone(self, site, omits):
        token = await site.desk.token()
        one, two = await filled(site, 2)
        site.dav.faults.omits = omits

        def somebody_deletes(request):
            name = two.href.rpartition("/")[2]
            if is_multiget(request) and name in site.calendar.bodies:
                site.calendar.remove(name)

        site.dav.faults.instead = somebody_deletes
        result = await site.desk.sync(token)
        assert [each.href for each in result.changed] == [one.href]
        assert result.removed == (two.href,)

    @pytest.mark.parametrize("code", [401, 403, 423, 500])
    async def test_a_known_event_that_the_server_keeps_to_itself_is_not_gone(self, site, code):
        known, new = await filled(site, 2)
        listed = [refusal(known.href, code), response(new.href, f"<d:getetag>{new.etag}</d:getetag>")]
        answer = multistatus(listed, token="http://sync/2").text
        site.answers("REPORT", lambda request: None if is_multiget(request) else xml(answer)(request))
        result = await site.desk.sync("", known)
        assert result.unchanged == (known.href,)
        assert [each.href for each in result.changed] == [new.href]

    async def test_one_event_that_may_not_be_read_keeps_us_from_no_other(self, site):
        secret, plain = await filled(site, 2)
        site.dav.faults.instead = lambda request: (
            web.Response(status=501)
            if is_multiget(request)
            else web.Response(status=403)
            if request.path == secret.href
            else None
        )
        result = await site.desk.sync()
        assert [each.href for each in result.changed] == [plain.href]
        assert (await site.desk.sync("", replace_etag(secret))).unchanged == (secret.href,)

    @pytest.mark.parametrize(("status", "error"), [(401, AccessError), (404, MissingError)])
    async def test_an_account_that_breaks_while_events_are_read_is_no_matter_of_one_event(self, site, status, error):
        await filled(site, 1)
        site.dav.faults.instead = lambda request: (
            web.Response(status=501)
            if is_multiget(request)
            else web.Response(status=status)
            if request.method in ("GET", "PROPFIND")
            else None
        )
        with pytest.raises(error):
            await site.desk.sync()

    async def test_several_addresses_in_one_response_are_all_told(self, site):
        one, two = await filled(site, 2)
        both = f"<d:href>{one.href}</d:href><d:href>{two.href}</d:href><d:status>HTTP/1.1 404 Not Found</d:status>"
        answer = multistatus([f"<d:response>{both}</d:response>"], token="http://sync/9").text
        site.answers("REPORT", xml(answer))
        assert set((await site.desk.sync("http://sync/2", one, two)).removed) == {one.href, two.href}

    async def test_properties_told_in_two_parts_are_read_together(self, site):
        (event,) = await filled(site, 1)
        ok = "<d:status>HTTP/1.1 200 OK</d:status>"
        parts = [f"<d:getetag>{event.etag}</d:getetag>", "<d:displayname>x</d:displayname>"]
        told = "".join(f"<d:propstat><d:prop>{part}</d:prop>{ok}</d:propstat>" for part in parts)
        answer = multistatus([f"<d:response><d:href>{event.href}</d:href>{told}</d:response>"], token="http://s/1").text
        site.answers("REPORT", xml(answer))
        assert (await site.desk.sync("", event)).unchanged == (event.href,)
        assert "GET" not in site.dav.requests

    async def test_weak_etags_are_no_etags(self, site):
        (event,) = await filled(site, 1)
        site.dav.faults.weak = True
        (found,) = (await site.desk.sync("", event)).changed
        assert (found.href, found.etag) == (event.href, "")

    async def test_a_control_character_in_one_event_keeps_none_from_being_read(self, site):
        (event,) = await filled(site, 1)
        site.calendar.put("odd.ics", event_of("odd", "Vertical\x0btab"))
        result = await site.desk.sync()
        assert {each.href for each in result.changed} == {event.href, f"{OWN}odd.ics"}

    async def test_an_event_too_large_to_read_is_there_and_garbled(self, site):
        body = event_of("photo", more=f"ATTACH;ENCODING=BASE64;VALUE=BINARY:{'A' * opened.EVENT}\r\n")
        site.calendar.put("photo.ics", body)
        site.dav.faults.instead = lambda request: web.Response(status=501) if is_multiget(request) else None
        (found,) = (await site.desk.sync()).changed
        assert found.etag == site.calendar.etags["photo.ics"]
        assert "larger" in observe(found.body).problem

    async def test_a_calendar_too_large_to_hold_is_an_error(self, site, monkeypatch):
        await filled(site, 3)
        monkeypatch.setattr(opened, "WHOLE", 500)
        with pytest.raises(PermanentError, match="together"):
            await site.desk.sync()


class TestTheCalendarItself:
    @pytest.mark.parametrize(
        ("code", "error"), [(404, MissingError), (410, MissingError), (403, AccessError), (500, TemporaryError)]
    )
    async def test_an_error_within_a_listing_is_not_an_empty_calendar(self, site, code, error):
        (event,) = await filled(site, 1)
        site.dav.faults.instead = lambda _: multistatus([refusal(OWN, code)], token="http://sync/1")
        with pytest.raises(error):
            await site.desk.sync("", event)
        with pytest.raises(error):
            await site.desk.sync("http://sync/1", event)

    async def test_a_listing_of_nothing_at_all_is_not_an_empty_calendar(self, site):
        (event,) = await filled(site, 1)
        site.dav.faults.instead = lambda _: multistatus([])
        with pytest.raises(TemporaryError, match="lists nothing at all"):
            await site.desk.sync("", event)

    @pytest.mark.parametrize(
        ("status", "error"),
        [
            (200, TemporaryError),
            (204, TemporaryError),
            (400, PermanentError),
            (403, AccessError),
            (404, MissingError),
            (410, MissingError),
            (415, PermanentError),
        ],
    )
    async def test_any_other_answer_is_an_error_of_its_kind(self, site, status, error):
        (event,) = await filled(site, 1)
        site.dav.faults.instead = xml(PAGE, status)
        for token in ("", "http://sync/1"):
            with pytest.raises(error):
                await site.desk.sync(token, event)

    @pytest.mark.parametrize("method", ["get", "delete"])
    async def test_a_proxy_that_answers_404_to_everything_deletes_nothing(self, site, method):
        (event,) = await filled(site, 1)
        site.dav.faults.status = 404
        with pytest.raises(MissingError):
            await (site.desk.get(event.href) if method == "get" else site.desk.delete(event))


class TestReplies:
    @pytest.mark.parametrize(
        "text",
        [PAGE, "", "no XML at all", "<d:multistatus xmlns:d='DAV:'><d:response><d:href>/alice/def", "\x00", BOMB],
        ids=["a page", "nothing", "words", "cut off", "a zero byte", "a bomb of entities"],
    )
    async def test_what_is_no_multistatus_is_for_a_retry(self, site, text):
        (event,) = await filled(site, 1)
        site.dav.faults.instead = xml(text)
        with pytest.raises(TemporaryError, match="the server's reply is no"):
            await site.desk.sync("", event)

    async def test_a_reply_that_wants_a_file_included_is_refused(self, site):
        site.dav.faults.instead = xml(SECRET)
        with pytest.raises(PermanentError, match="declares a document type"):
            await site.desk.sync()

    async def test_an_impossible_address_is_an_error(self, site):
        site.dav.faults.instead = lambda _: multistatus([refusal("http://[::1/x.ics", 404)], token="http://sync/1")
        with pytest.raises(TemporaryError, match="impossible address"):
            await site.desk.sync(str(uuid4()))


def replace_etag(event):
    """As known from before it changed."""
    return type(event)(event.href, '"before"', event.body)
