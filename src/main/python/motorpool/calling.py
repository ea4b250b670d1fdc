"""What a running function sees of its call."""

from __future__ import annotations

from contextvars import ContextVar
from datetime import datetime, timezone
from typing import Any, Callable, Optional


class Context:
    """The call that runs. Outside of a call all of it is `None`, and `progress` does nothing."""

    __slots__ = ()

    @property
    def job(self) -> Optional[str]:
        """The id of the job, if the call belongs to one."""
        return None

    @property
    def function(self) -> Optional[str]:
        """The function's name, such as `orders.total`."""
        return None

    @property
    def pool(self) -> Optional[str]:
        """The pool that runs the call."""
        return None

    @property
    def attempt(self) -> int:
        """Which attempt of its job this is, from 1."""
        return 1

    @property
    def deadline(self) -> Optional[datetime]:
        """When the time limit ends, in UTC; `None` without a limit."""
        return None

    @property
    def cancelled(self) -> bool:
        """Whether nobody wants the result any more."""
        return False

    @property
    def traceparent(self) -> Optional[str]:
        """The W3C trace context, to be sent on with requests."""
        return None

    @property
    def tracestate(self) -> Optional[str]:
        """The vendors' part of the W3C trace context."""
        return None

    def progress(self, done: int, total: int, message: Optional[str] = None) -> None:
        """Reports how far the call is. Of frequent reports only some are sent."""


class RunningContext(Context):
    """The context of one call, from the members of its order."""

    __slots__ = ("_order", "_begun", "_report", "_cancelled")

    def __init__(self, order: dict[str, Any], begun: float, report: Callable[[int, int, Optional[str]], None]) -> None:
        """`begun` is the time of the call's start in seconds since 1970."""
        self._order = order
        self._begun = begun
        self._report = report
        self._cancelled = False

    @property
    def job(self) -> Optional[str]:
        return self._order.get("job")

    @property
    def function(self) -> Optional[str]:
        return self._order.get("function")

    @property
    def pool(self) -> Optional[str]:
        return self._order.get("pool")

    @property
    def attempt(self) -> int:
        attempt: int = self._order.get("attempt", 1)
        return attempt

    @property
    def deadline(self) -> Optional[datetime]:
        seconds = self._order.get("deadline")
        if seconds is None:
            return None
        try:
            return datetime.fromtimestamp(self._begun + seconds, timezone.utc)
        except (OverflowError, ValueError):
            return datetime.max.replace(tzinfo=timezone.utc)

    @property
    def cancelled(self) -> bool:
        return self._cancelled

    @property
    def traceparent(self) -> Optional[str]:
        return self._order.get("traceparent")

    @property
    def tracestate(self) -> Optional[str]:
        return self._order.get("tracestate")

    def progress(self, done: int, total: int, message: Optional[str] = None) -> None:
        self._report(max(0, int(done)), max(0, int(total)), None if message is None else str(message))


OUTSIDE = Context()


class Current:
    """Which call runs: one for the whole process, or one for each thread and task."""

    __slots__ = ("of_process", "of_task")

    def __init__(self) -> None:
        self.of_process: Optional[Context] = None
        self.of_task: ContextVar[Optional[Context]] = ContextVar("motorpool_call", default=None)

    def get(self) -> Context:
        return self.of_task.get() or self.of_process or OUTSIDE


CURRENT = Current()


def context() -> Context:
    """The call that runs. Where a process runs many calls, threads that a function starts see none."""
    return CURRENT.get()
