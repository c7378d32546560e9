"""How a plan and a pass are told in a terminal: in words, and counted right."""

import io
from dataclasses import replace
from datetime import timedelta

from rich.console import Console

from cadenced.cli.many import MANY, SHOWN
from cadenced.cli.show import show_applied
from cadenced.cli.show_plan import show_plan
from cadenced.core.actions import CancelEvent, Mail, SendMail, UpdateEvent
from cadenced.core.guard import objection
from cadenced.reconciler.decision import Decision
from cadenced.service.report import MAILBOX, SMTP, Applied, Planned
from tests.support.events import creation
from tests.support.programme import pair, programme
from tests.support.records import NOW

OWN = creation()
SENT = replace(OWN, person="jonas", account="invite/jonas@example.org")


def printed(show, value) -> str:
    stream = io.StringIO()
    show(value, Console(file=stream, width=120, highlight=False))
    return stream.getvalue()


def mail(kind, due):
    return SendMail("k", "maya-jonas", kind, "maya", None, due, due + timedelta(days=1), 1, "a reason")


def planned(*actions, mails=()):
    decision = Decision("maya-jonas", NOW, actions=actions, mails=mails)
    return printed(show_plan, Planned(NOW, programme(pair()), (decision,), {}))


def test_who_is_invited_by_mail_is_counted_by_themselves():
    assert planned(OWN, SENT).endswith("\n1 event to create, 1 invitation to send.\n")
    assert planned(OWN, OWN, SENT, SENT).endswith("\n2 events to create, 2 invitations to send.\n")


def test_a_mail_whose_time_has_come_is_sent_now_whenever_it_would_have_been_due():
    told = planned(mails=[mail(Mail.CHARTER, NOW - timedelta(days=3)), mail(Mail.FOLLOW_UP, NOW + timedelta(days=3))])
    assert "@  now               mail: charter    maya  a reason" in told
    assert "@  Fri 27 Nov 09:00  mail: follow-up  maya  a reason" in told
    assert told.endswith("\n1 mail due now.\n")


def test_a_pass_that_could_not_look_everywhere_does_not_say_that_all_is_well():
    told = printed(show_applied, Applied(NOW, 0, 0, 0, {MAILBOX: "mail.example.org:993 cannot be read: no route"}))
    assert told == "Nothing was changed.\nmailbox: mail.example.org:993 cannot be read: no route\n"
    assert "as they should be" in printed(show_applied, Applied(NOW, 0, 0, 0, {}))


def test_mails_beyond_a_day_s_cap_wait_and_have_not_failed():
    full, again = Applied(NOW, 14, 3, 6, {}), NOW + timedelta(minutes=2)
    assert "\n6 mails wait for another day (daily_cap), or another try.\n" in printed(show_applied, full)
    told = printed(show_applied, replace(full, again=again))
    assert f"or another try: the first is tried on {again.astimezone():%a %-d %b at %H:%M}.\n" in told
    assert "\n1 mail waits for the mail server.\n" in printed(show_applied, Applied(NOW, 1, 0, 1, {SMTP: "no route"}))


def decided(name, *actions, gaps=()):
    return Decision(name, NOW, actions=actions, gaps=gaps)


def test_of_many_pairs_a_plan_tells_numbers_and_what_is_not_as_it_should_be():
    new = [decided(f"fine-{n:04}", OWN, OWN) for n in range(1200)]
    apart = [decided(f"apart-{n:02}", gaps=("no time for a call", "no time for another")) for n in range(SHOWN + 2)]
    gone = decided("over", CancelEvent(OWN.meeting, "maya", "maya", "x.ics", "", "the pair ended"))
    told = printed(show_plan, Planned(NOW, programme(pair()), (*new, *apart, gone), {})).splitlines()
    assert told[:5] == [
        "1,223 pairs, 1,201 of them with something to do.",
        "2,400 events to create, 1 to cancel.",
        "",
        "No time for 44 places of 22 pairs:",
        "apart-00: no time for a call (and 1 more)",
    ]
    assert sum(line.startswith("apart-") for line in told) == SHOWN
    assert "What is cancelled or changed of 1 meeting that people have:" in told
    assert any(line.startswith("- ") and "the pair ended" in line for line in told)
    assert not any(line.startswith("+ ") for line in told)
    assert told[-1] == "`cadenced plan PAIR` tells all of a pair, `cadenced plan --json` of everybody."


def test_what_is_cancelled_comes_first_and_what_nobody_sees_is_only_counted():
    note = UpdateEvent(OWN.meeting, "maya", "maya", "x.ics", "", OWN.fields, frozenset(), OWN.baseline, "a note")
    moved = replace(note, changed=frozenset({"time"}), reason="somebody can't")
    gone = CancelEvent(OWN.meeting, "maya", "maya", "x.ics", "", "the pair ended")
    many = [decided(f"fine-{n:02}") for n in range(MANY)]
    why = objection(42, 82)
    told = printed(show_plan, Planned(NOW, programme(pair()), (*many, decided("x", note, moved, gone)), {}, why))
    assert "1 to change, 1 note to renew, 1 to cancel." in told
    assert "What is cancelled or changed of 2 meetings that people have:" in told
    assert told.index("the pair ended") < told.index("somebody can't")
    assert "a note" not in told
    assert told.count("cadenced plan") == 2  # of a pair, and of everybody: not that it shows them
    assert "If it is meant, run `cadenced apply --confirm`." in " ".join(told.split())


def test_in_a_narrow_terminal_nothing_of_a_line_is_lost():
    stream = io.StringIO()
    decision = Decision("maya-jonas", NOW, actions=(OWN,), mails=(mail(Mail.CHARTER, NOW),))
    console = Console(file=stream, width=40, highlight=False)
    show_plan(Planned(NOW, programme(pair()), (decision,), {}), console)
    told = stream.getvalue()
    assert all(len(line) <= 40 for line in told.splitlines())
    words = " ".join(told.split())
    assert "+ Tue 8 Dec 17:30 face to face, maya:" in words
    assert "@ now mail: charter, maya: a reason" in words


def test_as_many_pairs_as_are_read_are_told_one_by_one():
    told = printed(show_plan, Planned(NOW, programme(pair()), (decided("maya-jonas", OWN),) * MANY, {}))
    assert "maya-jonas: Maya and Jonas, meetings in London time" in told


def test_after_a_pass_it_is_told_how_many_things_need_a_human():
    done = Applied(NOW, 34, 0, 0, {}, 1)
    assert printed(show_applied, done).splitlines() == [
        "34 events brought up to date",
        "1 thing needs a human: `cadenced status` tells what.",
    ]
    assert "\n1,200 things need a human: " in printed(show_applied, replace(done, alerts=1200))
    assert "a human" not in printed(show_applied, replace(done, alerts=0))
