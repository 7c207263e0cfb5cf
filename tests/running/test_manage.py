"""What manage.py does before there is a virtual environment, on a tree without requirements."""
import shutil
import subprocess
import sys

import pytest

OUTSIDE = getattr(sys, "_base_executable", sys.executable)
ANSWER = "import sys; print(sys.prefix, *sys.argv[1:])"


@pytest.fixture
def manage(tmp_path):
    """Calls manage.py with a word, and returns the lines that it writes."""
    shutil.copy("manage.py", tmp_path)
    (tmp_path / "running").mkdir()
    (tmp_path / "running" / "commands.py").write_text(ANSWER)
    for name in ("requirements.txt", "requirements-test.txt"):
        (tmp_path / name).write_text("# nothing\n")

    def manage(word: str, python: str = OUTSIDE) -> list[str]:
        return subprocess.run([python, str(tmp_path / "manage.py"), word], check=True, text=True,
                              stdout=subprocess.PIPE, cwd="/").stdout.splitlines()

    return manage


def test_the_environment_is_made_once_and_the_command_goes_on_inside(manage, tmp_path):
    venv = tmp_path / ".venv"
    assert manage("run") == [f"Installing requirements.txt in {venv}, once.", f"{venv} run"]
    assert manage("run") == [f"{venv} run"]
    assert manage("run", python=str(venv / "bin" / "python")) == [f"{venv} run"]
    assert manage("test") == [f"Installing requirements-test.txt in {venv}, once.", f"{venv} test"]
    assert manage("run") == [f"{venv} run"]

    (tmp_path / "requirements.txt").write_text("# another version\n")
    assert manage("run") == [f"Installing requirements.txt in {venv}, once.", f"{venv} run"]
