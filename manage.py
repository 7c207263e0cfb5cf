"""python3 manage.py run | test | bench | worker | scheduler | migrate | demo | sandbox | clerk | …

Makes .venv from hashed requirements when it is missing or old, with the standard library alone,
and goes on inside it: see running/commands.py.
"""
import fcntl
import hashlib
import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
VENV = HERE / ".venv"
PYTHON = VENV / "bin" / "python"


def main() -> None:
    if sys.version_info < (3, 11):
        sys.exit(f"The portal needs Python 3.11 or newer, and this is {sys.version.split()[0]}.")
    with open(__file__) as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        tests = sys.argv[1:2] in (["test"], ["bench"])
        install("requirements-test.txt" if tests else "requirements.txt")
    os.chdir(HERE)
    os.execv(PYTHON, [str(PYTHON), "-m", "running.commands", *sys.argv[1:]])


def install(requirements: str) -> None:
    """Leaves a stamp of what was installed and for which Python, so that it is done once."""
    version = sys.version.split()[0]
    content = (HERE / requirements).read_bytes() + version.encode()
    stamp, wanted = VENV / f"{requirements}.sha256", hashlib.sha256(content).hexdigest()
    if stamp.exists() and stamp.read_text() == wanted:
        return
    print(f"Installing {requirements} in {VENV}, once.", flush=True)
    settings = VENV / "pyvenv.cfg"
    if not settings.exists() or version not in settings.read_text():
        python("-m", "venv", "--without-pip", "--clear", str(VENV))
    python("-m", "pip", "--python", str(PYTHON), "install", "--quiet", "--require-hashes",
           "--disable-pip-version-check", "--root-user-action", "ignore",
           "--requirement", str(HERE / requirements))
    stamp.write_text(wanted)


def python(*arguments: str) -> None:
    outside = getattr(sys, "_base_executable", sys.executable)
    if subprocess.run([outside, *arguments]).returncode:
        sys.exit("The virtual environment could not be made: see above.")


if __name__ == "__main__":
    main()
