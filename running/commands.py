"""The commands of manage.py, once its virtual environment stands.

Where PORTAL_ENV is not set, they are about the development portal in --data.
"""
import os
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from pathlib import Path

from running.development import Place, settle


def main() -> None:
    parser = ArgumentParser(prog="manage.py")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)

    def command(function: Callable[[Namespace], None], about: str) -> ArgumentParser:
        name = function.__name__.replace("_", "-")
        added = commands.add_parser(name, help=about, description=about)
        added.set_defaults(function=function)
        return added

    for here in (
        command(run, "start the whole portal, with a sandbox around it"),
        command(worker, "do the jobs of the queue"),
        command(scheduler, "ring for the recurring jobs"),
        command(migrate, "bring the database to this version"),
        command(demo, "fill an empty database with a demo"),
        command(verify_log, "prove that the log of events is as it was written"),
        command(verify_ledger, "prove that limits, purchases and purses add up"),
        command(sandbox, "start the sandbox alone"),
        clerk_command := command(clerk, "appoint a clerk of the authority"),
        inspector_command := command(inspector, "appoint an inspector of tickets"),
        keys_command := command(ticket_keys, "show the keys that sign tickets, or change them"),
        verify_command := command(verify_ticket, "say whether a ticket's code is valid"),
        prices_command := command(prices, "take in a price list"),
        client_command := command(api_client, "let an app use the Allpay API"),
    ):
        here.add_argument("--port", type=_port, default=8000)
        here.add_argument("--sandbox-port", type=_port, default=8001, help="its mail: one more")
        here.add_argument("--data", type=Path, default=Path("var"), metavar="FOLDER")
    for word in ("personnummer", "given_name", "surname", "email"):
        clerk_command.add_argument(word)
        inspector_command.add_argument(word)
    keys_command.add_argument("act", nargs="?", choices=("show", "new", "retire"), default="show")
    keys_command.add_argument("kid", nargs="?", help="the key to retire")
    keys_command.add_argument("--now", action="store_true", help="without waiting: it has leaked")
    verify_command.add_argument("file", type=Path, help="a picture, or a code as bytes or base64")
    verify_command.add_argument("--metadata", type=Path, metavar="FILE",
                                help="published by the issuer: then nothing else is asked")
    verify_command.add_argument("--zone", help="where the ticket is shown")
    prices_command.add_argument("name", help="what the list is called")
    prices_command.add_argument("file", type=Path, help="CSV with the columns of data/prices.csv")
    client_command.add_argument("name", nargs="?", help="without it: the app of the sandbox")
    test_command = command(test, "run the tests; other arguments are pytest's")
    test_command.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    bench_command = command(bench, "measure what the portal promises; see benchmarks/README.md")
    bench_command.add_argument("names", nargs="*", metavar="NAME", help="all, when none is named")
    bench_command.add_argument("--database", default="sqlite",
                               help="sqlite, postgresql, or the address of an empty one")
    bench_command.add_argument("--json", action="store_true", help="a list of rows")

    arguments, rest = parser.parse_known_args()
    if rest and arguments.function is not test:
        parser.error(f"unrecognized arguments: {' '.join(rest)}")
    try:
        arguments.function(Namespace(**vars(arguments), rest=rest))
    except KeyboardInterrupt:
        sys.exit(130)


def run(arguments: Namespace) -> None:
    from running import portal
    portal.run(_place(arguments))


def test(arguments: Namespace) -> None:
    from running import testing
    testing.test(arguments.database, arguments.rest)


def bench(arguments: Namespace) -> None:
    from running import benching
    sys.exit(benching.bench(arguments.names, arguments.database, as_json=arguments.json))


def worker(arguments: Namespace) -> None:
    _settle(arguments)
    from running import worker
    worker.main()


def scheduler(arguments: Namespace) -> None:
    _settle(arguments)
    from running import scheduler
    scheduler.main()


def migrate(arguments: Namespace) -> None:
    _settle(arguments)
    from config import Config
    from running import database
    database.prepare(Config.from_env().database_url)


def sandbox(arguments: Namespace) -> None:
    place = _place(arguments)
    settle(place)
    os.execv(sys.executable, place.sandbox_command)


def demo(arguments: Namespace) -> None:
    _settle(arguments)
    from running import filling
    filling.demo()


def verify_log(arguments: Namespace) -> None:
    _settle(arguments)
    from running import log
    sys.exit(log.verify())


def verify_ledger(arguments: Namespace) -> None:
    _settle(arguments)
    from running import ledger
    sys.exit(ledger.verify())


def clerk(arguments: Namespace) -> None:
    _settle(arguments)
    from running import filling
    filling.clerk(arguments.personnummer, arguments.given_name, arguments.surname, arguments.email)


def inspector(arguments: Namespace) -> None:
    _settle(arguments)
    from running import filling
    filling.inspector(arguments.personnummer, arguments.given_name, arguments.surname,
                      arguments.email)


def ticket_keys(arguments: Namespace) -> None:
    _settle(arguments)
    from running import ticket_keys
    ticket_keys.do(arguments.act, arguments.kid, at_once=arguments.now)


def verify_ticket(arguments: Namespace) -> None:
    if not arguments.metadata:
        _settle(arguments)
    from running import inspecting
    sys.exit(inspecting.verify(arguments.file, metadata=arguments.metadata, zone=arguments.zone))


def prices(arguments: Namespace) -> None:
    _settle(arguments)
    from running import filling
    filling.prices(arguments.name, arguments.file)


def api_client(arguments: Namespace) -> None:
    _settle(arguments)
    from running import filling
    filling.api_client(arguments.name)


def _port(text: str) -> int:
    port = int(text)
    if not 0 < port < 65_535:
        raise ValueError
    return port


def _place(arguments: Namespace) -> Place:
    return Place(arguments.data.resolve(), arguments.port, arguments.sandbox_port)


def _settle(arguments: Namespace) -> None:
    if "PORTAL_ENV" not in os.environ:
        settle(_place(arguments))


if __name__ == "__main__":
    main()
