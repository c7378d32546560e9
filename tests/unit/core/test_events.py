"""What counts as the same text, and as the same meeting."""

import unicodedata
from datetime import date
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cadenced.core.events import fingerprint
from cadenced.core.model import Identity, Kind

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
IDENTITIES = st.builds(
    Identity,
    st.from_regex(r"[a-z0-9][a-z0-9-]{0,20}", fullmatch=True),
    st.sampled_from(Kind),
    st.dates(date(2000, 1, 1), date(2199, 12, 31)),
    st.integers(0, 12),
)


@pytest.mark.parametrize(
    "rewritten",
    [
        "Month 1. Where to?\r\n\r\nGr\u00fc\u00dfe",  # line ends of a mail
        "Month 1. Where to?\n\nGru\u0308\u00dfe",  # decomposed, as a Mac does
        "  Month 1. Where to?\n\nGr\u00fc\u00dfe\n\n",  # outer space
        "Month 1. Where to?   \n \t\nGr\u00fc\u00dfe",  # space at the ends of lines
        "Month 1. Where to?\r\rGr\u00fc\u00dfe",
    ],
)
def test_what_servers_do_to_a_text_leaves_its_fingerprint(rewritten):
    assert fingerprint(rewritten) == fingerprint("Month 1. Where to?\n\nGr\u00fc\u00dfe")


@pytest.mark.parametrize("edited", ["", "month 1", "Month 1!", "Month  1", "Month\n1", "Month 2", "Month 1\nNote"])
def test_what_people_do_to_a_text_changes_its_fingerprint(edited):
    assert fingerprint(edited) != fingerprint("Month 1")


@given(TEXTS)
def test_a_fingerprint_survives_every_normal_form_that_keeps_the_text(text):
    forms = [unicodedata.normalize(form, text) for form in ("NFC", "NFD")]
    assert {fingerprint(form) for form in forms} == {fingerprint(text)}


@given(TEXTS)
def test_a_fingerprint_is_twelve_characters_that_no_server_escapes(text):
    assert len(fingerprint(text)) == 12
    assert set(fingerprint(text)) <= set("0123456789abcdef")


@given(IDENTITIES)
def test_an_identity_is_read_back_as_it_was_written(identity):
    assert Identity.parse(str(identity)) == identity


@given(st.one_of(TEXTS, IDENTITIES.map(lambda identity: str(identity) + "/0"), IDENTITIES.map(lambda i: f"{i}/x")))
def test_what_is_no_identity_is_not_read_as_one(text):
    found = Identity.parse(text)
    assert found is None or str(found) == text


@pytest.mark.parametrize(
    "text", ["", "a/call", "a/call/2026-12-01/01", "a/call/2026-12-01/", "a/lunch/2026-12-01", "a/call/20261201/1"]
)
def test_another_way_to_write_an_identity_is_none(text):
    assert Identity.parse(text) is None


@given(IDENTITIES, IDENTITIES)
def test_two_meetings_have_two_uids_and_one_has_one(one, other):
    assert (one.uid == other.uid) == (one == other)
    assert UUID(one.uid).version == 5


@pytest.mark.parametrize(
    ("identity", "uid"),
    [
        (Identity("maya-jonas", Kind.FACE_TO_FACE, date(2026, 12, 1)), "b0fa63b5-ed06-5a53-99f9-aa9a5fc1831f"),
        (Identity("maya-jonas", Kind.CALL, date(2026, 12, 1), 2), "2f643aaf-9f2d-52d6-a02f-a66a8f224a9f"),
    ],
)
def test_uids_are_for_ever(identity, uid):
    assert identity.uid == uid
