"""A user's own templates: they win, they are checked, and a bad one never loses a mail nor stops the service."""

from dataclasses import replace

import pytest

from cadenced.core.actions import Mail
from cadenced.core.errors import ConfigError
from tests.support.mails import composer, html_of, text_of, write
from tests.support.programme import pair

FUSSY = "Subject: mine\nHello {{ reader.first }}{% if reader.first == 'Jonas' %}\n{{ %s }}{% endif %}"
BOOM = {
    "an undefined name": "nosuch",
    "a huge text": "'a' * 300000000",
    "a huge format": "'%300000000d' % 1",
    "a huge str.format": "'{:300000000}'.format(1)",
    "a huge power": "10 ** 100000000",
    "a padded text": "'a'.ljust(300000000)",
    "a joined text": "month.task.join(range(900))",
    "a huge range": "range(1000000000)|list",
    "a way out of the sandbox": "''.__class__.__mro__",
    "a private attribute": "reader.__init__.__globals__",
}
LOOPS = {
    "nested loops": "{% for a in range(999) %}" * 4 + "{% endfor %}" * 4,
    "recursion": "{% macro f() %}{{ f() }}{{ f() }}{% endmacro %}{{ f() }}",
    "a long text": "{% for a in range(999) %}" + "x" * 999 + "{% endfor %}",
}


def problem_of(**templates: str) -> str:
    with pytest.raises(ConfigError) as caught:
        composer(**templates)
    return str(caught.value)


def test_a_user_s_template_wins_and_the_others_stay():
    by = composer(agenda_txt_j2="Subject: Mine, {{ meeting.when.short }}\n\nDear {{ reader.name }}!")
    mail = write(by=by)
    assert mail.subject == "Mine, Tue 8 Dec"
    assert text_of(mail) == "Dear Jonas!\n"
    assert "Task 1." in html_of(mail)
    assert text_of(write(by=by, kind=Mail.BRIEF)) == text_of(write(kind=Mail.BRIEF))
    assert mail.problem == ""


def test_a_text_without_a_subject_line_keeps_the_built_in_subject():
    assert write(by=composer(agenda_txt_j2="Hello!")).subject == write().subject


def test_a_user_s_text_is_wrapped_too():
    text = text_of(write(by=composer(agenda_txt_j2="{% for n in range(60) %}word {% endfor %}")))
    assert max(map(len, text.splitlines())) <= 72


def test_a_user_s_html_gets_the_styles_and_is_escaped():
    by = composer(
        agenda_html_j2='{% extends "base.html.j2" %}{% block card %}<p class="label">{{ month.task }}</p>{% endblock %}'
    )
    p = pair()
    months = (replace(p.roadmap.months[0], task="<b>"), *p.roadmap.months[1:])
    html = html_of(write(replace(p, roadmap=replace(p.roadmap, months=months)), by=by))
    assert '<p class="label" style="margin: 28px 0 8px' in html
    assert "&lt;b&gt;</p>" in html


def test_a_user_s_base_gives_its_styles_to_the_built_in_mails():
    head = "<head><style>.label { color: #123456; }</style></head>"
    base = f"<html lang='de'>{head}<body>{{% block card %}}{{% endblock %}}</body></html>"
    html = html_of(write(by=composer(base_html_j2=base)))
    assert '<h2 class="label" style="color: #123456;">' in html


def test_a_user_may_add_templates_that_others_use():
    by = composer(
        agenda_html_j2='<p>{% include "mine.html.j2" %}</p>', mine_html_j2="<i>{{ reader.first }}</i>", task_txt_j2="Hi"
    )
    assert "<i>Jonas</i>" in html_of(write(by=by))


def test_styles_reach_into_loops_and_tables():
    rows = '<table>{% for text in rhythm %}<tr>{# a note #}<td class="small">{{ text }}</td></tr>{% endfor %}</table>'
    html = html_of(write(by=composer(agenda_html_j2=rows)))
    assert html.count('<td class="small" style="margin: 0 0 6px') == 3


IN_TEXT = {
    "Hello\n\n{% if reader %}": "3: Unexpected end of template",
    "Hello\n{{ reader. }}": "2: expected name or number",
    "Hello\n{{ reader|shout }}": "2: No filter named 'shout'.",
    "Hello\n\n{{ raeder }}": "3: 'raeder' is undefined",
    "Hello\n{{ reader.naem }}": "2: 'cadenced.wire.letter.Someone object' has no attribute 'naem'",
    "\n{% include 'wrods.txt.j2' %}": '2: there is no template "wrods.txt.j2"; did you mean "words.txt.j2"?',
    "{% include reader.name %}": "1: the template to use must be named in quotes",
    "{% from 'words.txt.j2' import nothing %}{{ nothing() }}": "1: the template 'words.txt.j2' (imported on line 1",
}
IN_HTML = {
    "<p>\n{{ nosuch }}</p>": "2: 'nosuch' is undefined",
    "<p>\n{% from 'words.txt.j2' import items %}": '2: "words.txt.j2" is for plain text, where nothing is escaped',
    "<p {{ reader.first }}>": "1: a {% tag %} may stand in an attribute's value, but not make an attribute",
    "<td {% if first %}class='x'{% endif %}>": "1: an HTML parser loses some of its {% tags %}",
}


@pytest.mark.parametrize(("source", "said"), [*IN_TEXT.items()])
def test_a_bad_text_template_is_refused_with_its_file_and_line(source, said):
    assert f"templates/agenda.txt.j2:{said}" in problem_of(agenda_txt_j2=source)


@pytest.mark.parametrize(("source", "said"), [*IN_HTML.items()])
def test_a_bad_html_template_is_refused_with_its_file_and_line(source, said):
    assert f"templates/brief.html.j2:{said}" in problem_of(brief_html_j2=source)


def test_a_template_that_no_mail_is_written_from_is_refused():
    assert problem_of(agneda_txt_j2="Hello").startswith(
        'templates/agneda.txt.j2: no mail is written from it; did you mean "agenda.txt.j2"?'
    )
    assert "templates/xyz: no mail is written from it; there are: agenda.html.j2, " in problem_of(xyz="Hello")


def test_a_template_must_work_for_its_own_kind_of_mail():
    assert (
        problem_of(task_txt_j2="\n{{ meeting.when.short }}")
        == "templates/task.txt.j2:2: 'None' has no attribute 'when'"
    )
    assert problem_of(alert_txt_j2="\n\n{{ reader.first }}") == "templates/alert.txt.j2:3: 'reader' is undefined"


def test_a_template_that_counts_on_times_to_choose_from_is_refused():
    said = problem_of(times_txt_j2="Subject: {{ cause }}\n{{ offers[0].when.long }}")
    assert "templates/times.txt.j2:2: " in said


def test_the_line_is_that_of_the_template_that_is_used():
    said = problem_of(mine_html_j2="<b>\n{{ oops }}", agenda_html_j2='<p>{% include "mine.html.j2" %}</p>')
    assert said == "templates/mine.html.j2:2: 'oops' is undefined"


def test_a_user_s_macros_must_be_those_that_mails_use():
    said = problem_of(words_txt_j2="{% macro items(texts) %}{% endmacro %}")
    assert "the template 'words.txt.j2' (imported on line 2 in 'agenda.txt.j2') does not export" in said


def test_all_bad_templates_are_named_at_once():
    said = problem_of(agenda_txt_j2="{{ a }}", brief_html_j2="{{ b }}", moved_txt_j2="{{ c }}").splitlines()
    assert [line.partition(":")[0] for line in said] == [
        "templates/agenda.txt.j2",
        "templates/brief.html.j2",
        "templates/moved.txt.j2",
    ]


@pytest.mark.parametrize("what", [*BOOM.values()], ids=[*BOOM])
def test_a_template_that_fails_for_some_reader_loses_no_mail(what):
    """The example pair is called Maya and Asha, so that this one passes the check."""
    by = composer(agenda_txt_j2=FUSSY.replace("%s", what))
    mail = write(by=by)
    assert text_of(mail) == text_of(write())
    assert mail.subject == write().subject
    assert mail.problem.startswith("templates/agenda.txt.j2:3: ")
    assert write(to="mentor", by=by).problem == ""


@pytest.mark.parametrize("body", [*LOOPS.values()], ids=[*LOOPS])
@pytest.mark.parametrize("part", ["txt", "html"])
def test_a_template_that_runs_away_is_stopped_and_loses_no_mail(part, body):
    source = "{% if reader.first == 'Jonas' %}" + body + "{% endif %}"
    mail = write(by=composer(**{f"agenda_{part}_j2": source}))
    assert html_of(mail) == html_of(write())
    assert mail.problem.startswith(f"templates/agenda.{part}.j2:")
    assert len(mail.problem) < 500


@pytest.mark.parametrize("body", [*LOOPS.values()], ids=[*LOOPS])
def test_a_template_that_always_runs_away_is_refused(body):
    assert problem_of(agenda_txt_j2=body).startswith("templates/agenda.txt.j2:")


def test_a_failing_html_template_falls_back_alone():
    by = composer(
        agenda_txt_j2="Subject: mine\nmy text", agenda_html_j2="{% if reader.first == 'Jonas' %}{{ nosuch }}{% endif %}"
    )
    mail = write(by=by)
    assert text_of(mail) == "my text\n"
    assert mail.subject == "mine"
    assert "Task 1." in html_of(mail)
    assert "templates/agenda.html.j2" in mail.problem
