"""What changed, and what is gone: told once, told whole, and never guessed. On every server alike (RFC 6578)."""

import asyncio
from uuid import uuid4

import pytest

from cadenced.core.accounts import Collection
from cadenced.core.errors import MissingError

MANY = 120  # events: more than fit into one multiget


def hrefs(resources):
    return {each.href for each in resources}


class TestWithoutAToken:
    async def test_everything_is_listed(self, desk, event):
        result = await desk.sync()
        assert result.full
        assert [(each.href, each.etag) for each in result.changed] == [(event.href, event.etag)]
        assert (result.removed, result.unchanged) == ((), ())
        assert result.token

    async def test_what_is_known_is_not_read_again(self, desk, event):
        other = await desk.create()
        result = await desk.sync("", event)
        assert hrefs(result.changed) == {other.href}
        assert result.unchanged == (event.href,)

    async def test_what_is_known_and_gone_is_in_no_list(self, desk, event):
        other = await desk.create()
        await desk.delete(event)
        result = await desk.sync("", event, other)
        assert result.full
        assert event.href not in {*hrefs(result.changed), *result.unchanged}
        assert result.unchanged == (other.href,)

    async def test_an_empty_calendar_is_empty(self, desk):
        result = await desk.sync()
        assert (result.changed, result.removed, result.unchanged, result.full) == ((), (), (), True)

    async def test_more_events_than_fit_one_request_are_read(self, desk):
        uids = [str(uuid4()) for _ in range(MANY)]
        await asyncio.gather(*(desk.create(uid, summary=f"Meeting {uid}") for uid in uids))
        result = await desk.sync()
        assert {desk.uid(each) for each in result.changed} == set(uids)
        assert all(f"Meeting {desk.uid(each)}" in each.body.replace("\r\n ", "") for each in result.changed)


class TestSinceAToken:
    async def test_nothing_new_is_nothing(self, desk, event):
        result = await desk.sync(await desk.token(), event)
        assert (result.changed, result.removed, result.full) == ((), (), False)

    async def test_a_new_event_is_told_with_its_text(self, desk, event):
        token = await desk.token()
        new = await desk.create(summary="New")
        result = await desk.sync(token, event)
        assert hrefs(result.changed) == {new.href}
        assert "SUMMARY:New" in result.changed[0].body
        assert not result.full

    async def test_a_change_is_told_once(self, desk, event):
        token = await desk.token()
        new = await desk.update(event, summary="Moved")
        result = await desk.sync(token, event)
        assert [(each.href, each.etag) for each in result.changed] == [(new.href, new.etag)]
        assert "SUMMARY:Moved" in result.changed[0].body
        again = await desk.sync(result.token, new)
        assert (again.changed, again.removed) == ((), ())

    async def test_a_removal_is_told(self, desk, event):
        token = await desk.token()
        await desk.delete(event)
        result = await desk.sync(token, event)
        assert result.removed == (event.href,)
        assert result.changed == ()

    async def test_our_own_writes_are_told_as_known_and_cost_no_full_listing(self, desk, event):
        other = await desk.create()
        token = await desk.token()
        new = await desk.update(event, summary="Ours")
        result = await desk.sync(token, new, other)
        assert (result.changed, result.removed, result.full) == ((), (), False)

    async def test_what_came_and_went_between_two_looks_is_not_taken_for_there(self, desk):
        token = await desk.token()
        ours = await desk.create()
        by_a_person = desk.other()
        await by_a_person.delete(ours)
        result = await desk.sync(token, ours)
        assert result.removed == (ours.href,)
        assert result.changed == ()

    async def test_an_event_deleted_and_made_again_is_a_change(self, desk, event):
        token = await desk.token()
        await desk.delete(event)
        again = await desk.create(desk.uid(event), summary="Again")
        result = await desk.sync(token, event)
        assert [(each.href, each.etag) for each in result.changed] == [(again.href, again.etag)]
        assert result.removed == ()

    @pytest.mark.parametrize("token", ["http://example.org/no-such-token", "data:,no-such-token", "&<'\""])
    async def test_a_token_that_nobody_knows_becomes_a_full_listing(self, desk, event, token):
        other = await desk.create()
        result = await desk.sync(token, event)
        assert result.full
        assert hrefs(result.changed) == {other.href}
        assert result.unchanged == (event.href,)
        assert result.removed == ()
        assert (await desk.sync(result.token, event, other)).full is False


class TestACalendarThatIsNotThere:
    @pytest.mark.parametrize("token", ["", "http://example.org/some-token"])
    async def test_it_is_missing_and_not_empty(self, desk, token):
        with pytest.raises(MissingError, match="is not there any more"):
            await desk.nowhere().sync(token)

    async def test_it_is_missing_also_with_a_token_from_when_it_was_there(self, desk, server, account):
        url = server.make_calendar(account.username, f"vanishing-{account.name}", "Vanishing")
        desk.collection = Collection(account.name, url)
        event = await desk.create()
        token = await desk.token()
        server.ask(account.username, "DELETE", url)
        with pytest.raises(MissingError):
            await desk.sync(token, event)
