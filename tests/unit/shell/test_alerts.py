"""What needs a human, until it does not any more; and what the store lets go of by itself."""

from dataclasses import replace
from datetime import timedelta

import pytest

from cadenced.core.records import MailState
from cadenced.shell.alerts import KEPT
from cadenced.shell.store import Store
from tests.support.records import NOW, mail, settled

ADDRESS, REJECTED = "address/maya@example.org", f"mail/{mail().key}"
LATER = mail().expires


async def keys(store: Store) -> list[str]:
    return [alert.key for alert in await store.alerts()]


async def told(store: Store) -> None:
    await store.tell(mail(":coordinator/alert/1/coordinator", kind="alert"), await store.alerts(), NOW)


@pytest.fixture
async def refused(store):
    await store.stop_address("maya@example.org", "550", NOW)
    await store.raise_alert(ADDRESS, "refused", NOW)


@pytest.fixture
async def rejected(store):
    await store.enqueue([mail()])
    await store.settle(mail().key, settled(MailState.FAILED), NOW)
    await store.raise_alert(REJECTED, "rejected", NOW)


class TestARefusedAddress:
    async def test_concerns_a_human_as_long_as_somebody_has_it(self, store, refused):
        await store.over(["Maya@example.org", "jonas@example.org"], NOW, untold=True)
        assert (await keys(store), await store.stopped_addresses()) == ([ADDRESS], {"maya@example.org": "550"})

    async def test_that_nobody_has_any_more_concerns_nobody_and_is_tried_again_if_it_comes_back(self, store, refused):
        await store.over(["jonas@example.org"], NOW, untold=False)
        assert (await keys(store), await store.stopped_addresses()) == ([], {})


class TestARejectedMail:
    @pytest.mark.parametrize(("moment", "left"), [(NOW, [REJECTED]), (LATER, [])])
    async def test_concerns_a_human_until_it_has_expired(self, store, rejected, moment, left):
        await told(store)
        await store.over([], moment, untold=False)
        assert await keys(store) == left

    async def test_is_told_to_the_coordinator_even_then_but_kept_for_nobody(self, store, rejected):
        await store.over([], LATER, untold=False)
        assert await keys(store) == [REJECTED]
        await store.over([], LATER, untold=True)
        assert await keys(store) == []

    async def test_concerns_nobody_once_it_went_out(self, store, rejected):
        await store.settle(mail().key, settled(), NOW)
        await store.over([], NOW, untold=False)
        assert await keys(store) == []

    async def test_other_alerts_stay(self, store, rejected):
        await store.raise_alert("account/maya", "frozen", NOW)
        await store.over([], LATER, untold=True)
        assert await keys(store) == ["account/maya"]


class TestTheCoordinator:
    @pytest.mark.parametrize(("address", "again"), [("maya@example.org", False), ("petra@example.org", True)])
    async def test_at_another_address_is_told_again_what_could_not_be_told_at_the_one_before(
        self, store, address, again
    ):
        await store.raise_alert("account/maya", "frozen", NOW)
        await told(store)
        await store.settle(":coordinator/alert/1/coordinator", settled(MailState.FAILED), NOW)
        await store.tell_again(address, NOW)
        assert [alert.key for alert in await store.untold_alerts()] == ["account/maya"] * again


class TestWhatIsLetGo:
    async def test_an_alert_long_after_it_was_cleared(self, store):
        await store.raise_alert("account/maya", "frozen", NOW)
        await store.clear_alert("account/maya", NOW)
        await store.over([], NOW + KEPT - timedelta(days=1), untold=True)
        assert await store.count_alerts("account/", NOW - KEPT) == 1
        await store.over([], NOW + KEPT, untold=True)
        assert await store.count_alerts("account/", NOW - KEPT) == 0

    @pytest.mark.parametrize(
        ("state", "days", "gone"),
        [
            (MailState.SENT, 6, False),  # it may come back, and be sent again
            (MailState.SENT, 7, True),
            (MailState.FAILED, 29, False),  # the address may work again
            (MailState.FAILED, 30, True),
            (MailState.EXPIRED, 30, True),
            (MailState.QUEUED, 40, False),
            (MailState.UNKNOWN, 40, False),
        ],
    )
    async def test_the_words_of_a_mail_when_nobody_can_need_them_but_never_its_key(self, store, state, days, gone):
        row = mail(expires=NOW + timedelta(days=30))
        await store.enqueue([row])
        await store.settle(row.key, settled(state, NOW), NOW)
        assert await store.shed(NOW + timedelta(days=days)) == gone
        [kept] = await store.mails_known_by([], [row.message_id])
        assert kept.body == (b"" if gone else row.body)
        assert await store.enqueue([replace(row)]) == 0
