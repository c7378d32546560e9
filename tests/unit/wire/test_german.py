"""What a German reader gets: German throughout, well formed, and within the bounds of every mail."""

import re
from dataclasses import replace
from datetime import timedelta
from html import unescape
from pathlib import Path

import pytest

from cadenced.config.roadmaps import load_roadmaps
from cadenced.core.actions import Mail
from cadenced.core.model import Cadence, Every, Kind, State, Tries
from cadenced.wire.example import examples
from cadenced.wire.languages import BUILT_IN, Languages
from cadenced.wire.message import Composer
from cadenced.wire.templates import Templates
from cadenced.wire.titles import fields_for, invitation_for
from tests.support.mails import NOW, SENDER, composer, due, html_of, line_of_text, meeting, parsed, text_of, write
from tests.support.programme import pair, person, utc
from tests.support.records import meeting as recorded

REAL = load_roadmaps(Path())["early-career-product-manager"]
ENGLISH = re.compile(
    r"\b(the|and|you|your|with|of|to|is|it|not|month|meeting|call|time|times|another|or|by|on|at|no|yes|for|until|every"
    r"|The|You|Your|Hello|Month|Meeting|Call|Another|Which|When|What|If|After|Now|To|How|First|Where|Until|Move|Tell"
    r"|Mon|Tue|Wed|Thu|Fri|Sun|Dec|Oct|Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday|December)\b"
)
KINDS = [kind for kind in Mail if kind not in {Mail.ALERT, Mail.ANSWER}]
HOUR = timedelta(hours=1)
FRENCH = """
msgid "Hello %(reader)s,"
msgstr "Bonjour %(reader)s,"

msgid "Call with %(other)s"
msgstr "Appel avec %(other)s"
"""
OFFERS = tuple((utc(start), utc(start) + HOUR) for start in ("2026-12-10T16:30", "2026-12-11T12:00"))


def german(mine="jonas", theirs="maya", **more):
    """Jonas in Berlin, and Maya in London, who both read German."""
    protege = person("jonas", "Europe/Berlin", calendar=mine, language="de")
    mentor = person("maya", "Europe/London", calendar=theirs, language="de")
    p = pair(mentor=mentor, protege=protege, **more)
    return replace(
        p,
        roadmap=REAL,
        focus=("negotiation", "executive-presence"),
        face_to_face=Cadence(Every(months=1), 60, where="Café Kranzler"),
    )


def every_mail(kind, to):
    """Of a kind, in all that it may have to say."""
    by = composer(plus=True)
    meetings = kind in {Mail.AGENDA, Mail.BRIEF, Mail.MOVED, Mail.FOLLOW_UP, Mail.INVITE, Mail.UPDATE, Mail.CANCEL}
    for p in (german(), german(mine=None), german(theirs=None)):
        call = meeting(p, "2026-12-18T11:00", Kind.CALL, 1)
        if kind is Mail.TIMES:
            yield from (write(p, to, kind=kind, **more) for more in askings(meeting(p), call))
            continue
        yield write(p, to, kind=kind, month=1, by=by)
        yield write(p, to, kind=kind, month=6, carried_over=True)
        yield write(p, to, kind=kind, month=14)
        if meetings:
            yield write(p, to, kind=kind, about=call, month=10, now=NOW + timedelta(days=20))


def askings(met, call):
    """For another time: by who can't, for how many times there are to choose from, early and late."""
    declined = {"state": State.DECLINED, "tries": Tries(2, NOW, (NOW, NOW))}
    for who in ((), ("maya",), ("jonas",), ("maya", "jonas")):
        yield {"who": who, "times": OFFERS, "about": replace(met, **declined)}
        yield {"who": who, "times": OFFERS[:1], "about": replace(call, **declined), "now": NOW + timedelta(days=20)}
        yield {"who": who, "times": (), "about": replace(met, tries=Tries(3, NOW))}


def visible(html):
    """What is read of it, without the addresses behind its links."""
    bare = re.sub(r"<style.*?</style>|<[^>]+>", " ", html, flags=re.DOTALL)
    return unescape(bare).replace("\xa0", " ")


def without_toml(text):
    """Without a stanza for pairs.toml, which has no language."""
    return re.sub(r"\[policies.*?roadmap\s?=\s?\"[\w-]+\"", "", text, flags=re.DOTALL)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("to", ["mentor", "protege"])
def test_a_german_mail_has_no_english_left_and_keeps_within_the_bounds_of_every_mail(kind, to):
    english = text_of(write(pair(), to, kind=kind))
    for mail in every_mail(kind, to):
        message = parsed(mail)
        text, html = (message.get_body((part,)).get_content().replace("\r\n", "\n") for part in ("plain", "html"))
        assert mail.problem == ""
        for part in (mail.subject, text, visible(html)):
            assert not (found := ENGLISH.search(without_toml(part))), (found, part)
        assert max(map(len, text.splitlines())) <= 72
        assert "\n\n\n" not in text
        assert ".." not in text  # a short day ends with a full stop, and so does a sentence
        assert len(html.encode()) < 30_000
        assert '<html lang="de">' in html
        assert text != english


def test_the_telltale_words_tell_english():
    for kind in KINDS:
        assert ENGLISH.search(text_of(write(kind=kind)))


def test_days_are_written_as_germans_write_them():
    mail = write(german())
    assert mail.subject == "Di., 8. Dez., 18:30 (17:30 London): Monat 1 mit Maya, Wo willst du hin?"
    said = line_of_text(mail)
    assert "Hallo Jonas! Du triffst dich in drei Tagen mit Maya." in said
    assert "Dienstag, 8. Dezember 18:30 Berlin, 17:30 London 60 Minuten, Treffen, Café Kranzler" in said
    assert "Ein Treffen jeden Monat, 60 Minuten - Ein Telefonat alle 2 Wochen, 30 Minuten" in said
    assert "Verhandeln, souveränes Auftreten" in said


def test_a_span_of_days_is_written_as_germans_write_it():
    assert write(german(), kind=Mail.TASK, month=3).subject.startswith("1. bis 28. Feb.: Monat 3 mit Maya")
    across = write(german(start=NOW.date().replace(day=15)), kind=Mail.TASK)
    assert across.subject.startswith("15. Dez. bis 14. Jan.: ")


def test_cities_have_their_german_names():
    p = german()
    vienna = replace(
        p, mentor=replace(p.mentor, timezone="Asia/Tokyo"), protege=replace(p.protege, timezone="Europe/Vienna")
    )
    assert "18:30 Wien, 02:30 Tokio (Mi., 9. Dez.)" in text_of(write(vienna))


def test_each_of_a_pair_reads_their_own_language():
    p = german()
    p = replace(p, mentor=replace(p.mentor, language="en"))
    assert "What did you try" not in text_of(write(p, month=2))
    assert "Was hast du versucht, und was ist passiert?" in text_of(write(p, month=2))
    assert "What was tried, and what happened?" in text_of(write(p, "mentor", month=2))
    assert "Vom Wunsch zum Plan" in html_of(write(p, month=2))
    assert "From a wish to a plan" in html_of(write(p, "mentor", month=2))


def test_an_event_is_in_its_person_s_language():
    p = german()
    p = replace(p, mentor=replace(p.mentor, language="en"))
    month = REAL.months[0]
    mine, theirs = (fields_for(p, each, recorded(), month) for each in (p.protege, p.mentor))
    assert (mine.summary, theirs.summary) == ("Maya: Wo willst du hin?", "Jonas: Where do you want to be?")
    assert mine.description.startswith("Monat 1. Das erste richtige Gespräch.")
    assert "Verschiebe diesen Termin oder ändere seine Länge" in mine.description
    assert fields_for(p, p.protege, recorded(1), month).summary == "Telefonat mit Maya"


def test_an_invitation_to_two_is_in_their_language_if_they_share_one():
    p, month = german(), REAL.months[0]
    assert invitation_for(p, p.people, recorded(), month).summary == "Maya und Jonas: Wo willst du hin?"
    assert invitation_for(p, [p.mentor], recorded(1), month).summary == "Telefonat mit Jonas"
    mixed = replace(p, mentor=replace(p.mentor, language="en"))
    assert invitation_for(mixed, mixed.people, recorded(), month).summary == "Maya and Jonas: Where do you want to be?"


def test_a_language_of_the_user_s_own_reaches_mails_and_events():
    languages = Languages({"fr": FRENCH})
    p = german()
    p = replace(p, protege=replace(p.protege, language="fr"))
    by = Composer(SENDER, plus_addressing=False, templates={}, languages=languages)
    text = text_of(by.compose(due(p, p.protege, about=meeting(p)), p, [], NOW))
    assert "Bonjour Jonas," in text
    assert "mardi 8 décembre" in text
    assert "What did you agree on" not in text
    assert "You meet Maya in three days." in text
    assert fields_for(p, p.protege, recorded(1), REAL.months[0], languages).summary == "Appel avec Maya"
    assert fields_for(p, p.protege, recorded(1), REAL.months[0]).summary == "Call with Maya"


def rendered(name, language="de", **templates):
    """A user's template with the names of an agenda, and what is wrong with it. Templates with underscores for dots."""
    names = next(names for kind, names in examples() if kind is Mail.AGENDA)
    by = Templates({each.replace("_", "."): source for each, source in templates.items()})
    return by.render(name, {**names, "language": language, "subject": "", "asks": (), "small": ()})


def test_what_a_template_that_others_use_sets_for_itself_stays_in_its_language():
    shared = "{% set greeting = _('call') %}{% macro greet() %}{{ greeting }}{% endmacro %}"
    mine = '{% from "mine.txt.j2" import greet %}{{ greet() }}'
    by = Templates({"agenda.txt.j2": mine, "mine.txt.j2": shared})
    said = [by.render("agenda.txt.j2", {"language": language}) for language in ("de", "en", "de")]
    assert said == [("Telefonat", ""), ("call", ""), ("Telefonat", "")]


@pytest.mark.parametrize(
    "source",
    [
        "{{ _('%(a)300000000s', a='x') }}",
        "{{ gettext('%300000000d') }}",
        "{{ ngettext('%(num)s', '%(num)900000d', 2) }}",
        "{% trans %}%(nobody)s{% endtrans %}{{ _('%(nobody)s') }}",
        "{{ _.__globals__ }}",
        "{{ gettext.__closure__ }}",
        "{{ 'x'|format }}",
    ],
)
def test_translating_opens_no_way_out_of_the_sandbox(source):
    text, problem = rendered("agenda.txt.j2", agenda_txt_j2=source)
    assert problem.startswith("templates/agenda.txt.j2:1: ")
    assert text == rendered("agenda.txt.j2")[0]


def test_values_in_a_translation_are_escaped_in_html_and_nowhere_else():
    source = '{{ _("Call with %(other)s", other="<b>O\'Neill</b>") }}|{% trans n="<i>" %}x {{ n }}{% endtrans %}'
    escaped = "Telefonat mit &lt;b&gt;O&#39;Neill&lt;/b&gt;|x &lt;i&gt;"
    assert rendered("agenda.html.j2", agenda_html_j2=f"<p>{source}</p>") == (f"<p>{escaped}</p>", "")
    assert rendered("agenda.txt.j2", agenda_txt_j2=source) == ("Telefonat mit <b>O'Neill</b>|x <i>", "")
    assert BUILT_IN.words("de").gettext("Call with %(other)s", other="<b>") == "Telefonat mit <b>"


def test_an_apostrophe_of_a_text_is_curved_in_html():
    text = '{{ _("The month\'s task") }}'
    assert rendered("agenda.html.j2", "en", agenda_html_j2=f"<p>{text}</p>") == ("<p>The month’s task</p>", "")
    assert rendered("agenda.txt.j2", "en", agenda_txt_j2=text) == ("The month's task", "")
