"""A ticket's code, judged from the command line: by our own keys and block list, or by what a
participant has published of itself and nothing else."""
import sys
from datetime import datetime
from pathlib import Path

from app import open_store, outside
from config import Config
from documents import participant_metadata, pictures
from documents.inspections import Trust, from_text, inspect
from domain import block_list
from domain.inspections import ADVICE, DOUBTS, SENTENCES, Carried, Verdict
from domain.rules import Rules
from integrations.clock import SystemClock
from translations.formats import moment

NOT_READ = 2
PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"RIFF", b"BM")


def verify(file: Path, *, metadata: Path | None, zone: str | None) -> int:
    """The exit status: 0 when it is valid, 1 when it is not, 2 when nothing could be read."""
    now = SystemClock().now()
    try:
        code = _code(sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes())
        trust, rules = _published(metadata) if metadata else _ours(now)
    except (OSError, pictures.Unreadable, participant_metadata.NotMetadata) as error:
        print(f"{file} cannot be read: {error or 'it is of another kind'}", file=sys.stderr)
        return NOT_READ
    if code is None:
        print(f"{file} has no Aztec code", file=sys.stderr)
        return NOT_READ
    verdict = inspect(code, trust, zone=zone, now=now, rules=rules)
    print("\n".join(_told(verdict)))
    return 0 if verdict.valid else 1


def _code(data: bytes) -> bytes | None:
    """What the symbol in a picture holds, or the bytes themselves, plain or as base64."""
    if data.startswith(PICTURES):
        return next(iter(pictures.codes(data)), None)
    return (from_text(data.decode()) or data) if data.isascii() else data


def _ours(now: datetime) -> tuple[Trust, Rules]:
    config = Config.from_env()
    world = outside(config)
    store = open_store(config, world)
    with store.session() as session:
        blocked = block_list.active(session, now=now)
    store.engine.dispose()
    return Trust({config.ticket_issuer: world.ticket_keys.public_keys()}, blocked), config.rules


def _published(metadata: Path) -> tuple[Trust, Rules]:
    return Trust(participant_metadata.issuers(metadata.read_bytes()), {}), Rules()


def _told(verdict: Verdict) -> list[str]:
    """The sentence first, then what the code says."""
    at = moment(verdict.at) if verdict.at else ""
    said = [SENTENCES[verdict.finding] % {"at": at, "zone": verdict.zone}]
    said += [DOUBTS[doubt] % {"at": _when(verdict.ticket)} for doubt in verdict.doubts]
    said += filter(None, [ADVICE[verdict.finding]])
    return said + (_facts(verdict.ticket) if verdict.ticket else [])


def _facts(ticket: Carried) -> list[str]:
    said = {"Biljett": ticket.product, "Gäller i": ticket.area, "Zoner": ", ".join(ticket.zones),
            "Kategori": ticket.category, "Gäller från": moment(ticket.valid_from),
            "Gäller till": moment(ticket.valid_until), "Biljettnummer": ticket.number,
            "Koden ritades": _when(ticket)}
    return [f"  {term:<14} {value}" for term, value in said.items() if value]


def _when(ticket: Carried | None) -> str:
    return moment(ticket.drawn_at) if ticket and ticket.drawn_at else ""
