import pytest
from flask import Flask
from markupsafe import Markup

from blueprints import escaping
from blueprints.escaping import shown


class Drawn:
    def __html__(self):
        return "<b>drawn</b>"


VALUES = ["<script>", "\"'&", "Åsa Öberg", "", Markup("<i>safe</i>"), Drawn(), 7, 1.5, None, True,
          ["<li>"], type("Text", (str,), {})("<own>")]
TEMPLATES = [
    "{{ value }}",
    "<a title='{{ value }}'>{{ value }}{{ value }}</a>",
    "{{ value|string }}",
    "{{ value|safe }}",
    "{{ value|e }}",
    "{{ value ~ '<' }}",
    "{{ [value]|join('<') }}",
    "{% set kept %}{{ value }}{% endset %}{{ kept }}",
    "{% macro drawn(it) %}{{ it }}{% endmacro %}{{ drawn(value) }}",
    "{% macro around() %}{{ caller() }}{% endmacro %}{% call around() %}{{ value }}{% endcall %}",
    "{% filter upper %}{{ value }}{% endfilter %}",
    "{% autoescape false %}{{ value }}{% endautoescape %}",
    "{% for each in [value] %}{{ each if each else '<' }}{% endfor %}",
]


@pytest.fixture(scope="module")
def environments():
    ours, jinjas = Flask("ours"), Flask("jinjas")
    escaping.init_app(ours)
    for app in (ours, jinjas):
        app.jinja_env.autoescape = True
    return ours.jinja_env, jinjas.jinja_env


@pytest.mark.parametrize("template", TEMPLATES)
def test_what_a_template_shows_is_escaped_as_jinja_does_it(environments, template):
    ours, jinjas = (each.from_string(template) for each in environments)
    for value in VALUES:
        assert ours.render(value=value) == jinjas.render(value=value)


def test_the_compiler_writes_our_escaping(environments):
    ours, jinjas = (each.compile("{{ value }}", raw=True) for each in environments)
    assert ("environment.shown(" in ours, "environment.shown(" in jinjas) == (True, False)


def test_a_text_is_shown_as_one():
    assert (type(shown("<")), shown("<")) == (str, "&lt;")
