"""Who is on an event's list of guests, who should be, and who must answer anew."""

import pytest

from cadenced.core.participation import Guest, Invitation, Participation, PartStat, Party

BOB, CAROL = Guest("Bob@example.org", "Bob"), Guest("carol@example.org", "Carol")
ACCEPTED, DECLINED = (Participation(each, ours=True) for each in (PartStat.ACCEPTED, PartStat.DECLINED))
FRIEND = Participation(PartStat.ACCEPTED)


def party(listed, **more):
    return Party((BOB, CAROL), listed, **more)


BOTH = {"bob@example.org": ACCEPTED, "carol@example.org": DECLINED}


@pytest.mark.parametrize(
    ("listed", "complete", "gone"),
    [
        (BOTH, True, ()),
        (BOTH | {"friend@example.org": FRIEND}, True, ()),
        (BOTH | {"tom@example.org": ACCEPTED}, False, ("tom@example.org",)),
        (BOTH | {"dave@example.org": FRIEND}, False, ("dave@example.org",)),
        ({"bob@example.org": ACCEPTED}, False, ()),
    ],
)
def test_a_list_is_complete_with_all_who_shall_be_on_it_and_nobody_else_of_ours(listed, complete, gone):
    found = party(listed, ours=frozenset({"dave@example.org"}))
    assert found.complete is complete
    assert found.invitation(new_time=False) == Invitation((BOB, CAROL), gone)


def test_a_new_time_asks_everybody_who_was_asked_before():
    assert party(BOTH).invitation(new_time=True).asked == ("bob@example.org", "carol@example.org")
    assert party({"bob@example.org": ACCEPTED}).invitation(new_time=True).asked == ("bob@example.org",)


def test_who_chose_the_time_is_not_asked_about_it_unless_they_had_declined():
    movers = frozenset(BOTH)
    assert party(BOTH, movers=movers).invitation(new_time=True).asked == ("carol@example.org",)


def test_what_guests_do_not_have_is_sent_again_and_asks_only_who_had_declined():
    found = party(BOTH, astray=True).invitation(new_time=False)
    assert (found.asked, found.resent) == (("carol@example.org",), ("bob@example.org", "carol@example.org"))
    assert party(BOTH, astray=True).invitation(new_time=True).resent == ()
