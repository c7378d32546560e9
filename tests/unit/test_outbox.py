"""What the outbox promises: each message once, none lost. With the real store and mailer, and a real SMTP server."""

import asyncio
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cadenced.core.accounts import MailAccount
from cadenced.core.errors import StoreError
from cadenced.core.records import OutboxRow
from cadenced.outbox import CONNECTIONS, COPY_COMES_WITHIN, LONGEST_RETRY, Outbox, backoff, grouped
from cadenced.shell.mailer import Mailer
from cadenced.shell.store import Store
from tests.support.clock import HandClock
from tests.support.programme import person, utc
from tests.support.smtpd import PASSWORD, certificate, smtp_server

MORNING = utc("2026-12-05T08:00")
PEOPLE = {"maya": person("maya", "Europe/London"), "asha": person("asha", "Asia/Kathmandu")}


def mail(name: str, to: str = "maya@example.org", **more) -> OutboxRow:
    row = OutboxRow(
        key=f"maya-jonas/{name}/maya",
        pair="maya-jonas",
        kind=name.partition("/")[0],
        person="maya",
        uid="",
        recipient=to,
        message_id=f"<{name}@example.org>",
        body=f"Message-ID: <{name}@example.org>\r\n\r\nHello\r\n".encode(),
        due=MORNING,
        expires=MORNING + timedelta(days=3),
        day=MORNING.date(),
    )
    return replace(row, **more)


@pytest.fixture
def clock():
    return HandClock(MORNING)


@pytest.fixture
async def box():
    async with smtp_server() as box:
        yield box


@pytest.fixture
def store(tmp_path):
    store = Store.open(tmp_path / "cadenced.db")
    yield store
    store.close()


@pytest.fixture
def outbox(store, box, clock):
    account = MailAccount("127.0.0.1", box.port, "none", "agenda@example.org")
    return Outbox(store, Mailer(patience=(2.0, 2.0)), clock, account, daily_cap=2, people=PEOPLE)


def opened(outbox: Outbox, store: Store) -> Outbox:
    """The outbox of a daemon that was started anew over the same store."""
    return replace(outbox, store=store, mailer=Mailer(patience=(2.0, 2.0)), failures=0)


async def alerts(store: Store) -> dict[str, str]:
    return {alert.key: alert.text for alert in await store.alerts()}


async def test_what_is_due_is_sent_once(outbox, store, box):
    await store.enqueue([mail("agenda/1")])
    assert await outbox.run_once() == 1
    assert await outbox.run_once() == 0
    assert len(box.delivered) == 1
    assert await store.mail_totals() == {"sent": 1}


async def test_the_same_key_is_never_queued_again(outbox, store, box):
    await store.enqueue([mail("agenda/1")])
    await outbox.run_once()
    assert await store.enqueue([mail("agenda/1")]) == 0
    await outbox.run_once()
    assert len(box.delivered) == 1


async def test_nothing_is_sent_before_it_is_due(outbox, store, box, clock):
    await store.enqueue([mail("agenda/1", due=MORNING + timedelta(hours=1))])
    assert await outbox.run_once() == 0
    clock.go(hours=1)
    assert await outbox.run_once() == 1


async def test_a_message_whose_moment_has_gone_is_recorded_and_not_sent(outbox, store, box, clock):
    await store.enqueue([mail("agenda/1", expires=MORNING + timedelta(hours=1))])
    clock.go(hours=2)
    assert await outbox.run_once() == 0
    assert (box.delivered, await store.mail_totals()) == ([], {"expired": 1})


async def test_a_450_is_tried_again_until_the_server_takes_it(outbox, store, box, clock):
    box.faults["maya@example.org"] = "450 4.2.0 greylisted"
    await store.enqueue([mail("agenda/1")])
    assert await outbox.run_once() == 0
    assert await outbox.run_once() == 0  # not before its time
    assert await store.next_try() == MORNING + backoff(0)
    box.faults.clear()
    clock.go(minutes=1)
    assert await outbox.run_once() == 1


async def test_a_450_that_lasts_ends_with_the_message_s_moment(outbox, store, box, clock):
    box.faults["maya@example.org"] = "450 4.2.0 greylisted"
    await store.enqueue([mail("agenda/1", expires=MORNING + timedelta(hours=5))])
    for _ in range(20):
        await outbox.run_once()
        clock.go(minutes=30)
    assert await store.mail_totals() == {"expired": 1}
    assert await store.next_try() is None


async def test_a_550_stops_the_address_and_tells_a_human_once(outbox, store, box):
    await store.enqueue([mail("agenda/1", "refuse@example.org"), mail("brief/2", "refuse@example.org")])
    await outbox.run_once()
    assert await store.mail_totals() == {"failed": 2}
    found = await alerts(store)
    assert list(found) == ["address/refuse@example.org"]
    assert "550 5.1.1 user unknown" in found["address/refuse@example.org"]
    assert "cadenced thaw refuse@example.org" in found["address/refuse@example.org"]


async def test_an_address_that_a_human_resumes_gets_mail_again(outbox, store, box):
    box.faults["maya@example.org"] = "550 5.1.1 user unknown"
    await store.enqueue([mail("agenda/1")])
    await outbox.run_once()
    box.faults.clear()
    assert await store.resume_address("Maya@example.org")
    assert await store.try_again("Maya@example.org", MORNING) == 1
    await store.enqueue([mail("agenda/2")])
    assert await outbox.run_once() == 2


async def test_a_rejected_message_stops_itself_and_not_its_address(outbox, store, box):
    await store.enqueue([mail("agenda/1", "reject-data@example.org")])
    await outbox.run_once()
    assert await store.stopped_addresses() == {}
    assert "554 5.7.1 content refused" in (await alerts(store))["mail/maya-jonas/agenda/1/maya"]


async def test_after_a_lost_reply_the_identical_bytes_are_sent_again(outbox, store, box, clock):
    await store.enqueue([mail("agenda/1", "drop@example.org")])
    await outbox.run_once()
    assert await store.mail_totals() == {"unknown": 1}
    clock.go(minutes=2)
    await outbox.run_once()
    first, second = box.to("drop@example.org")
    assert first == second


async def test_what_may_have_been_sent_is_never_withdrawn(outbox, store):
    await store.enqueue([mail("agenda/1", "drop@example.org")])
    await outbox.run_once()
    assert await store.withdraw(["maya-jonas/agenda/1/maya"]) == []


async def test_a_crash_between_claim_and_reply_sends_it_after_the_restart(outbox, store, box, tmp_path, clock):
    await store.enqueue([mail("agenda/1")])
    assert len(await store.claim(clock.now(), 10)) == 1
    again = Store.beside(tmp_path / "cadenced.db")  # as a killed daemon leaves it
    restarted = opened(outbox, again)
    assert await restarted.run_once() == 0  # nobody knows yet that the attempt is over
    assert await restarted.recover() == 1
    assert await restarted.run_once() == 1
    again.close()


async def test_a_server_that_is_down_costs_no_message_an_attempt_and_none_is_lost(outbox, store, box, clock):
    await store.enqueue([mail("agenda/1"), mail("brief/2")])
    down = replace(outbox, account=replace(outbox.account, port=9))
    assert await down.run_once() == 0
    assert await store.mail_totals() == {"queued": 2}
    clock.go(minutes=1)
    assert await outbox.run_once() == 2


async def test_a_server_that_stays_down_is_told_and_the_alert_ends_with_it(outbox, store, box, clock):
    await store.enqueue([mail("agenda/1")])
    down = replace(outbox, account=replace(outbox.account, port=9))
    for _ in range(4):
        await down.run_once()
        clock.go(hours=1)
    assert "cannot be reached" in (await alerts(store))["smtp"]
    await outbox.run_once()
    assert await alerts(store) == {}


async def test_a_sender_that_is_refused_is_told_at_once_and_the_mail_waits(outbox, store, box):
    box.refused_senders.add("agenda@example.org")
    await store.enqueue([mail("agenda/1")])
    assert await outbox.run_once() == 0
    assert "refuses agenda@example.org as sender" in (await alerts(store))["smtp"]
    assert await store.mail_totals() == {"queued": 1}


async def test_a_ca_file_spoilt_while_the_daemon_runs_is_told_and_the_mail_waits(outbox, store, tmp_path, clock):
    context, ca = certificate(tmp_path)
    (spoilt := tmp_path / "spoilt.pem").write_text("no certificate")
    async with smtp_server(tls="starttls", context=context) as box:
        good = replace(outbox, account=replace(outbox.account, port=box.port, tls="starttls", ca_file=ca))
        bad = replace(good, account=replace(good.account, ca_file=spoilt))
        await store.enqueue(to_each(9, "agenda"))
        assert await bad.run_once() == 0
        assert "No mail can be sent: smtp.ca_file: " in (await alerts(store))["smtp"]
        assert await store.mail_totals() == {"queued": 9}
        clock.go(minutes=1)
        assert await good.run_once() == 9
    assert await alerts(store) == {}


async def test_a_third_mail_of_the_day_waits_for_the_reader_s_next_morning(outbox, store, box, clock):
    await store.enqueue([mail("agenda/1"), mail("brief/2"), mail("brief/3")])
    assert await outbox.run_once() == 2
    assert await store.next_try() == utc("2026-12-06T08:00")
    clock.go(days=1)
    assert await outbox.run_once() == 1


async def test_the_day_is_the_reader_s_own(outbox, store, box, clock):
    asha = {"person": "asha", "to": "asha@example.org", "due": utc("2026-12-05T18:00")}
    clock.at = utc("2026-12-05T18:10")  # five to midnight in Kathmandu
    await store.enqueue([mail(f"brief/{n}", **asha) for n in (1, 2, 3)])
    assert await outbox.run_once() == 2
    assert await store.next_try() == utc("2026-12-06T02:15")  # 08:00 there


async def test_an_answer_to_what_somebody_did_is_not_held_back(outbox, store, box):
    await store.enqueue([mail("agenda/1"), mail("brief/2"), mail("moved/3")])
    assert await outbox.run_once() == 3


@pytest.mark.parametrize("kind", ["moved", "times", "alert", "update", "cancel", "answer"])
async def test_what_answers_somebody_is_not_counted_out(outbox, store, kind):
    await store.enqueue([mail(f"{kind}/{n}") for n in range(3)])
    assert await outbox.run_once() == 3


async def test_a_message_to_one_address_does_not_wait_for_another(outbox, store, box):
    await store.enqueue([mail("agenda/1", "greylist@example.org"), mail("agenda/2", person="asha")])
    assert await outbox.run_once() == 1


def to_each(count: int, *names: str) -> list[OutboxRow]:
    """To so many people, one message of each name."""
    people = [f"p{n}" for n in range(count)]
    mails = [mail(f"{name}/{who}", f"{who}@example.org", person=who) for name in names for who in people]
    return [replace(row, due=row.due - timedelta(seconds=len(mails) - n)) for n, row in enumerate(mails)]


async def test_a_few_messages_are_in_flight_at_once_and_never_more(outbox, store, box):
    box.gate.clear()
    await store.enqueue(to_each(9, "agenda"))
    sending = asyncio.create_task(outbox.run_once())
    for _ in range(CONNECTIONS):
        await box.arrived.get()
    await asyncio.sleep(0.1)
    assert box.arrived.empty()
    box.gate.set()
    assert await sending == 9
    assert box.connections == CONNECTIONS


async def test_messages_to_one_person_keep_their_order_and_their_cap_beside_all_others(outbox, store, box):
    rows = to_each(6, "agenda", "brief", "task", "moved")
    await store.enqueue(rows)
    assert await outbox.run_once() == 18
    for n in range(6):
        names = [body.partition(b"/")[0] for body in box.to(f"p{n}@example.org")]
        assert names == [b"Message-ID: <agenda", b"Message-ID: <brief", b"Message-ID: <moved"]
    assert (await store.mail_totals())["queued"] == 6


async def test_an_address_that_is_refused_gets_nothing_more_though_others_are_served_beside_it(outbox, store, box):
    box.faults["p2@example.org"] = "550 5.1.1 user unknown"
    await store.enqueue(to_each(5, "agenda", "brief"))
    assert await outbox.run_once() == 8
    assert await store.mail_totals() == {"sent": 8, "failed": 2}


async def test_a_server_that_wants_one_connection_only_gets_every_message(outbox, store, box):
    box.most = 1
    await store.enqueue(to_each(9, "agenda", "brief"))
    assert await outbox.run_once() == 18
    assert await alerts(store) == {}


async def test_a_wrong_password_is_said_once_however_much_there_is_to_send(outbox, store, tmp_path):
    context, ca = certificate(tmp_path)
    async with smtp_server(tls="starttls", context=context, auth=True) as box:
        login = {"username": "agenda@example.org", "password": PASSWORD + "?", "ca_file": ca}
        locked_out = replace(outbox, account=replace(outbox.account, port=box.port, tls="starttls", **login))
        await store.enqueue(to_each(9, "agenda"))
        assert await locked_out.run_once() == 0
        assert box.connections == 1
    assert await store.mail_totals() == {"queued": 9}


async def test_a_server_that_goes_down_in_the_middle_costs_no_message(outbox, store, box, clock):
    box.gate.clear()
    await store.enqueue(to_each(9, "agenda"))
    sending = asyncio.create_task(outbox.run_once())
    await box.arrived.get()
    box.most = 0  # nobody is let in again
    box.faults = {f"p{n}@example.org": "421 4.3.2 going down" for n in range(9)}
    box.gate.set()
    sent = await sending
    assert 1 <= sent < 9
    box.most, box.faults = 9, {}
    clock.go(hours=1)
    assert await outbox.run_once() == 9 - sent
    assert sorted(to for to, _ in box.delivered) == [f"p{n}@example.org" for n in range(9)]


async def test_a_store_that_fails_ends_the_run_and_cuts_no_message_off(outbox, store, box, tmp_path):
    box.gate.clear()
    await store.enqueue(to_each(4, "agenda"))
    sending = asyncio.create_task(outbox.run_once())
    for _ in range(CONNECTIONS):
        await box.arrived.get()
    with closing(sqlite3.connect(tmp_path / "cadenced.db")) as vandal:
        vandal.execute("DROP TABLE outbox")
    box.gate.set()
    with pytest.raises(StoreError):
        await sending
    assert len(box.delivered) == 4


async def test_what_a_full_disk_left_without_an_outcome_is_sent_again_once_there_is_room(outbox, store, box, tmp_path):
    box.gate.clear()
    await store.enqueue(to_each(CONNECTIONS, "agenda", "brief", "task"))
    sending = asyncio.create_task(outbox.run_once())
    for _ in range(CONNECTIONS):
        await box.arrived.get()
    with closing(sqlite3.connect(tmp_path / "cadenced.db")) as disk:
        when = "BEFORE UPDATE ON outbox WHEN new.state = 'sent'"
        disk.execute(f"CREATE TRIGGER full {when} BEGIN SELECT raise(FAIL, 'full'); END")
        box.gate.set()
        with pytest.raises(StoreError):
            await sending
        assert await store.mail_totals() == {"attempting": 4, "queued": 8}
        disk.execute("DROP TRIGGER full")
    assert await outbox.recover() == 4
    assert await outbox.run_once() == 8
    assert await store.mail_totals() == {"sent": 8, "queued": 4}  # who got two mails today gets no third one


async def test_a_bug_in_sending_one_message_keeps_no_other_from_being_sent(outbox, store, box, monkeypatch):
    sends = Mailer.send

    async def fails(mailer, account, recipient, body):
        if recipient == "p0@example.org":
            raise ZeroDivisionError("a bug")
        return await sends(mailer, account, recipient, body)

    monkeypatch.setattr(Mailer, "send", fails)
    await store.enqueue(to_each(6, "agenda"))
    with pytest.raises(ZeroDivisionError):
        await outbox.run_once()
    assert await store.mail_totals() == {"sent": 5, "attempting": 1}
    monkeypatch.undo()
    assert await outbox.recover() == 1
    assert await outbox.run_once() == 1


async def test_a_bug_in_opening_a_connection_leaves_every_message_as_it_was(outbox, store, monkeypatch):
    async def fails(mailer, account):
        raise ZeroDivisionError("a bug")

    monkeypatch.setattr(Mailer, "open", fails)
    await store.enqueue(to_each(20, "agenda"))
    with pytest.raises(ZeroDivisionError):
        await outbox.run_once()
    assert await store.mail_totals() == {"queued": 20}


async def test_to_look_for_what_was_cut_off_makes_no_unknown_outcome_wait_for_its_copy_anew(outbox, store, box, clock):
    copied = replace(outbox, account=replace(outbox.account, copy_to="agenda@example.org"))
    await copied.recover()
    await store.enqueue([mail("agenda/1", "drop@example.org")])
    await copied.run_once()
    clock.at += COPY_COMES_WITHIN
    assert await copied.recover() == 0
    await copied.run_once()
    assert len(box.to("drop@example.org")) == 2


async def test_an_unknown_outcome_waits_for_its_copy_before_it_is_sent_again(outbox, store, box, clock):
    copied = replace(outbox, account=replace(outbox.account, copy_to="agenda@example.org"))
    await store.enqueue([mail("agenda/1", "drop@example.org")])
    await copied.run_once()
    assert await store.next_try() == MORNING + COPY_COMES_WITHIN
    assert len(box.to("agenda@example.org")) == 1


async def test_after_a_crash_the_copies_have_time_to_be_read_first(outbox, store, box, clock):
    copied = replace(outbox, account=replace(outbox.account, copy_to="agenda@example.org"))
    await store.enqueue([mail("agenda/1"), mail("brief/2")])
    await store.claim(clock.now(), 1)
    await copied.recover()
    assert await copied.run_once() == 1  # only what was never tried
    assert await store.next_try() == MORNING + COPY_COMES_WITHIN
    clock.at += COPY_COMES_WITHIN
    assert await copied.run_once() == 1


@given(st.lists(st.tuples(st.sampled_from("abcd"), st.sampled_from("wxyz")), max_size=12))
def test_whoever_shares_a_person_or_an_address_is_served_in_turn(whom):
    rows = [mail(f"agenda/{n}", f"{box}@example.org", person=who) for n, (who, box) in enumerate(whom)]
    groups = [list(group) for group in grouped(rows)]
    assert sorted((row for group in groups for row in group), key=rows.index) == rows
    assert all(group == sorted(group, key=rows.index) for group in groups)
    for one, other in combinations(groups, 2):
        assert not {row.person for row in one} & {row.person for row in other}
        assert not {row.recipient for row in one} & {row.recipient for row in other}


def test_the_pauses_grow_and_have_an_end():
    assert [backoff(n) // timedelta(minutes=1) for n in range(7)] == [1, 2, 4, 8, 16, 32, 60]
    assert backoff(1000) == LONGEST_RETRY
