"""How a plan and a pass are told in a terminal: in words, and counted right."""

import io
from dataclasses import replace
from datetime import timedelta

from rich.console import Console

from cadenced.cli.show import show_applied
from cadenced.cli.show_plan import show_plan
from cadenced.core.actions import Mail, SendMail
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
    assert told.endswith("\n1 mail to send now.\n")


def test_a_pass_that_could_not_look_everywhere_does_not_say_that_all_is_well():
    told = printed(show_applied, Applied(NOW, 0, 0, 0, {MAILBOX: "mail.example.org:993 cannot be read: no route"}))
    assert told == "Nothing was changed.\nmailbox: mail.example.org:993 cannot be read: no route\n"
    assert "as they should be" in printed(show_applied, Applied(NOW, 0, 0, 0, {}))


def test_mails_beyond_a_day_s_cap_wait_and_have_not_failed():
    assert "\n6 mails wait for another day (daily_cap), or another try.\n" in printed(
        show_applied, Applied(NOW, 14, 3, 6, {})
    )
    assert "\n1 mail waits for the mail server.\n" in printed(show_applied, Applied(NOW, 1, 0, 1, {SMTP: "no route"}))
