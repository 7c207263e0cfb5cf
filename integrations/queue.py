"""The doorbell: tells a worker that the outbox has something. What it misses, the sweep finds."""
import logging
from datetime import timedelta
from typing import Literal, Protocol
from uuid import UUID

from redis import Redis, RedisError
from redis.backoff import NoBackoff
from redis.retry import Retry
from rq import Queue as RedisQueue

log = logging.getLogger(__name__)

QUEUE = "portal"
IDS_IN_A_JOB = 50
JOB_TIMEOUT = timedelta(minutes=10)
BELL_RINGS = timedelta(minutes=10)
"""A bell that nobody answers in this time falls silent; the sweep has the message."""
FAILED_KEPT = timedelta(days=30)
HEARD_FOR = timedelta(seconds=45)
"""A worker says that it is there every 15 s when idle and every 5 s at work."""

Part = Literal["worker", "scheduler"]


class Queue(Protocol):
    def ring(self, message_ids: list[UUID]) -> None:
        """Tell a worker that these messages wait. Never raises: no page fails for a doorbell."""

    def working(self) -> dict[str, bool]:
        """Whether the `queue` answers, and a `worker` and the `scheduler` have been heard."""


class RqQueue:
    def __init__(self, redis_url: str):
        self._redis = connect(redis_url)
        self._queue = RedisQueue(QUEUE, connection=self._redis)

    def ring(self, message_ids: list[UUID]) -> None:
        ids = [str(message_id) for message_id in message_ids]
        jobs = [RedisQueue.prepare_data(
            "jobs.worker.deliver", [ids[start:start + IDS_IN_A_JOB]], timeout=seconds(JOB_TIMEOUT),
            ttl=seconds(BELL_RINGS), result_ttl=0, failure_ttl=seconds(FAILED_KEPT),
        ) for start in range(0, len(ids), IDS_IN_A_JOB)]
        try:
            self._queue.enqueue_many(jobs)
        except RedisError as error:
            log.warning("nobody heard the bell for %d messages, the sweep will find them: %s",
                        len(ids), error)

    def working(self) -> dict[str, bool]:
        try:
            worker, scheduler = self._redis.mget(_heard_key("worker"), _heard_key("scheduler"))
        except RedisError:
            return {"queue": False, "worker": False, "scheduler": False}
        return {"queue": True, "worker": worker is not None, "scheduler": scheduler is not None}


class SilentQueue:
    """Remembers who rang. For tests, and where nothing hurries."""

    def __init__(self) -> None:
        self.rung: list[UUID] = []

    def ring(self, message_ids: list[UUID]) -> None:
        self.rung.extend(message_ids)

    def working(self) -> dict[str, bool]:
        return {"queue": True, "worker": True, "scheduler": True}


def connect(redis_url: str) -> Redis:
    """A client that gives up in about a second: one new try, for a connection gone stale."""
    return Redis.from_url(redis_url, socket_connect_timeout=0.5, socket_timeout=2,
                          retry=Retry(NoBackoff(), 1))


def heard(redis: Redis, part: Part) -> None:
    """Note that this part of the portal lives. Raises RedisError."""
    redis.set(_heard_key(part), 1, ex=HEARD_FOR)


def seconds(length: timedelta) -> int:
    return int(length.total_seconds())


def _heard_key(part: Part) -> str:
    return f"portal:heard:{part}"
