"""Who may import whom, and that nobody asks the wall clock or commits behind the others' backs."""
import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
WEB = {"flask", "flask_login", "flask_wtf", "htmx_flask", "werkzeug", "wtforms", "jinja2"}
WIRE = {"redis", "rq", "httpx", "smtplib"}
OURS = {"app", "blueprints", "config", "demo", "documents", "domain", "integrations", "jobs",
        "migrations", "running", "sandbox", "tests", "translations"}

MAY_IMPORT = {
    "domain": {"domain"},
    "translations": {"translations", "domain"},
    "documents": {"documents", "domain"},
    "integrations": {"integrations"} | WIRE,
    "jobs": {"jobs", "documents", "domain", "integrations", "translations", "jinja2"},
    "blueprints": {"blueprints", "documents", "domain", "integrations", "translations"} | WEB,
    "demo": {"demo", "domain"},
    "migrations": {"migrations", "domain"},
    "sandbox": {"sandbox", "httpx"} | WEB,
}
EXCEPT = {("jobs/worker.py", "app")}  # what RQ calls puts the portal together
SOURCES = [path for path in ROOT.glob("**/*.py")
           if path.relative_to(ROOT).parts[0] in OURS | {"app.py", "config.py", "manage.py"}]


def imported(path: Path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield (node.module or "").partition(".")[0]


@pytest.mark.parametrize("layer", MAY_IMPORT)
def test_a_layer_imports_only_what_it_may(layer):
    for path in (ROOT / layer).rglob("*.py"):
        strange = set(imported(path)) & (OURS | WEB | WIRE) - MAY_IMPORT[layer]
        name = path.relative_to(ROOT).as_posix()
        strange -= {module for file, module in EXCEPT if file == name}
        assert not strange, f"{name} imports {strange}"


def test_nothing_but_the_clock_asks_what_time_it_is():
    asking = re.compile(r"datetime\.(now|utcnow|today)\(|date\.today\(|\btime\.time\(")
    told = [path.relative_to(ROOT).as_posix() for path in SOURCES
            if path.relative_to(ROOT).parts[0] in MAY_IMPORT and asking.search(path.read_text())]
    assert [name for name in told if not name.startswith("sandbox/")] == ["integrations/clock.py"]


def test_only_the_store_commits():
    committing = [path.relative_to(ROOT).as_posix() for path in SOURCES
                  if path.relative_to(ROOT).parts[0] in ("domain", "blueprints", "jobs", "demo")
                  and ".commit()" in path.read_text()]
    assert committing == ["domain/store.py"]


def test_only_the_settings_read_the_environment():
    reading = {path.relative_to(ROOT).as_posix() for path in SOURCES
               if path.relative_to(ROOT).parts[0] in {*MAY_IMPORT, "app.py", "config.py"}
               and re.search(r"os\.environ|getenv|import environ", path.read_text())}
    assert reading == {"config.py"}


def test_the_domain_imports_downwards():
    """Each module of the domain can be imported first: there is no circle."""
    modules = [path.stem for path in (ROOT / "domain").glob("*.py") if path.stem != "__init__"]
    graph = {module: set() for module in modules}
    for module in modules:
        for node in ast.walk(ast.parse((ROOT / "domain" / f"{module}.py").read_text())):
            if isinstance(node, ast.ImportFrom) and node.module == "domain":
                graph[module] |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("domain."):
                graph[module].add(node.module.partition(".")[2])
    while leaves := [module for module, below in graph.items() if not below]:
        for leaf in leaves:
            del graph[leaf]
        for below in graph.values():
            below.difference_update(leaves)
    assert graph == {}


def test_the_code_is_as_ruff_wants_it():
    checked = subprocess.run([sys.executable, "-m", "ruff", "check", "--quiet", ROOT],
                             capture_output=True, text=True)
    assert checked.returncode == 0, checked.stdout
