"""A process that dies in the middle of a transaction."""
from sqlalchemy import event


class Crash(BaseException):
    """The process died: nothing in it can catch this."""


class Crashing:
    """The process dies within the transaction, before so many further statements."""

    def __init__(self, engine, after):
        self.engine, self.left = engine, after

    def __enter__(self):
        if self.left is not None:
            event.listen(self.engine, "before_cursor_execute", self.count)
        return self

    def __exit__(self, *_):
        if self.left is not None:
            event.remove(self.engine, "before_cursor_execute", self.count)

    def count(self, *_):
        self.left -= 1
        if self.left < 0:
            raise Crash

    def at_the_latest(self):
        if self.left is not None:
            raise Crash
