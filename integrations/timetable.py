"""When a recurring job is due. Each due time has one name, so that two schedulers ring once."""
from dataclasses import dataclass
from datetime import datetime, time, timedelta


@dataclass(frozen=True)
class Every:
    """A job that is due each time so many seconds have passed, counted from midnight UTC 1970."""

    job: str
    """The function's path, `jobs.worker.sweep`. It takes no arguments."""
    seconds: int
    timeout: timedelta = timedelta(minutes=10)

    @property
    def period(self) -> timedelta:
        return timedelta(seconds=self.seconds)

    def due(self, now: datetime) -> datetime:
        """The latest time at or before now when the job was due."""
        return now - timedelta(seconds=now.timestamp() % self.seconds)


@dataclass(frozen=True)
class Daily:
    """A job that is due once a day. A day missed while nothing ran is made good at the start."""

    job: str
    at: time
    """UTC."""
    timeout: timedelta = timedelta(hours=1)
    period = timedelta(days=1)

    def due(self, now: datetime) -> datetime:
        """The latest time at or before now when the job was due."""
        today = datetime.combine(now, self.at, now.tzinfo)
        return today if today <= now else today - timedelta(days=1)


Tick = Every | Daily


def job_id(tick: Tick, now: datetime) -> str:
    """One name for one due time: `jobs-worker-sweep-20261120T101500`."""
    return f"{tick.job.replace('.', '-')}-{tick.due(now):%Y%m%dT%H%M%S}"
