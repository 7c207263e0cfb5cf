"""Every template can be read, none is left over, and every text has its translation."""
import re
from io import BytesIO
from pathlib import Path

from babel.messages.pofile import read_po
from jinja2 import nodes
from jinja2.visitor import NodeVisitor

from jobs import letters
from translations.update import texts

ROOT = Path(__file__).parent.parent
TEMPLATES = ROOT / "templates"
NAMES = sorted(path.relative_to(TEMPLATES).as_posix() for path in TEMPLATES.rglob("*")
               if path.is_file())


def test_every_template_compiles(app):
    for name in NAMES:
        letter = name.startswith(("emails/", "sms/"))
        (letters.environment("sv") if letter else app.jinja_env).get_template(name)


def test_no_template_is_left_over():
    code = "\n".join(path.read_text() for folder in ("blueprints", "domain", "jobs")
                     for path in (ROOT / folder).glob("*.py"))
    words = code + "\n".join((TEMPLATES / name).read_text() for name in NAMES)
    left = []
    for name in NAMES:
        folder = name.rsplit("/", 1)[0]
        if folder.startswith("emails/"):
            used = f'"{folder.split("/")[1]}' in code or folder.endswith("_admin")
        elif folder == "sms":
            used = f'"{Path(name).stem}"' in code
        elif folder.startswith("terms/"):
            used = True  # named by kind and language; test_terms reads each
        else:
            used = f'"{name}"' in words or f"'{name}'" in words
        if not used and "_layout" not in name:
            left.append(name)
    assert left == []


def test_every_form_that_is_sent_carries_the_token_against_forgery():
    sent = [(name, form) for name in NAMES if name.endswith(".html") for form in re.findall(
        r"<form[^>]* method=.post.*?</form>",
        re.sub(r"{#.*?#}", "", (TEMPLATES / name).read_text(), flags=re.DOTALL), re.DOTALL)]
    assert len(sent) > 100
    assert [name for name, form in sent if not re.search(r"form_hidden\(|csrf_token", form)] == []


class _Imports(NodeVisitor):
    def __init__(self):
        self.imported, self.used = set(), set()

    def visit_FromImport(self, node):
        for each in node.names:
            self.imported.add(each[1] if isinstance(each, tuple) else each)

    def visit_Name(self, node: nodes.Name):
        self.used.add(node.name)


def test_no_template_imports_a_macro_that_it_does_not_use(app):
    for name in (name for name in NAMES if name.endswith(".html")):
        seen = _Imports()
        seen.visit(app.jinja_env.parse((TEMPLATES / name).read_text()))
        assert seen.imported - seen.used == set(), name


def test_every_hx_target_is_an_id_that_some_template_has():
    text = "\n".join((TEMPLATES / name).read_text() for name in NAMES)
    targets = set(re.findall(r'hx-target="#([\w-]+)"', text))
    ids = set(re.findall(r'\bid="([\w-]+)"', text)) | set(re.findall(r'\bid="?([\w-]+)"', text))
    assert targets - ids == set()


def test_every_text_is_translated_to_english_and_no_translation_is_left_over():
    with (ROOT / "translations" / "en" / "messages.po").open("rb") as file:
        catalogue = read_po(BytesIO(file.read()), locale="en")
    translated = {message.id[0] if isinstance(message.id, tuple) else message.id
                  for message in catalogue if message.id and all(
                      message.string if isinstance(message.string, tuple) else [message.string])}
    wanted = {text[0] if isinstance(text, tuple) else text for _file, _line, text in texts()}
    assert sorted(wanted - translated) == []
    assert sorted(translated - wanted) == []


def test_a_translation_keeps_the_values_that_stand_in_the_text():
    with (ROOT / "translations" / "en" / "messages.po").open("rb") as file:
        catalogue = read_po(BytesIO(file.read()), locale="en")
    for message in catalogue:
        texts = message.string if isinstance(message.string, tuple) else [message.string]
        originals = message.id if isinstance(message.id, tuple) else [message.id]
        for original, text in zip(originals, texts, strict=False):
            if original:
                assert (set(re.findall(r"%\(\w+\)s", original)) - {"%(num)s"}
                        == set(re.findall(r"%\(\w+\)s", text)) - {"%(num)s"}), original
