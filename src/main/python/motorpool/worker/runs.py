"""Calls that this worker has been sent."""

from __future__ import annotations

import time
from typing import Optional

from motorpool.calling import RunningContext
from motorpool.worker import messages
from motorpool.worker.orders import Order
from motorpool.worker.output import CallOutput
from motorpool.worker.reports import Reports
from motorpool.worker.ticker import Ticker

_PROGRESS_NANOS = 200_000_000


class SharedParts:
    """What all runs of a worker use."""

    def __init__(self, reports: Reports, ticker: Ticker) -> None:
        self.reports = reports
        self.ticker = ticker

    def output(self, order: Order) -> Optional[CallOutput]:
        """Sends what the call or chunk prints; none if the order does not ask for it."""
        if not order.get("output", False):
            return None
        return CallOutput(order["id"], self.reports, self.ticker)


class CallRun(RunningContext):
    """One call, from its order to its report. Its progress is sent by the ticker."""

    __slots__ = (
        "id",
        "order",
        "message",
        "delivered",
        "reporting",
        "thread",
        "_shared",
        "_done",
        "_sent",
        "_watched",
        "__weakref__",
    )

    def __init__(self, order: Order, message: bytes, shared: SharedParts) -> None:
        super().__init__(order, 0.0, self._progressed)
        self.id: int = order["id"]
        self.order = order
        self.message = message
        self.delivered = False
        self.reporting = False
        self.thread = 0
        self._shared = shared
        self._done: Optional[tuple[int, int, Optional[str]]] = None
        self._sent = 0
        self._watched = False

    @property
    def wanted(self) -> bool:
        return not self._cancelled

    def cancel(self) -> None:
        self._cancelled = True

    def started(self) -> None:
        self._begun = time.time()

    def _progressed(self, done: int, total: int, message: Optional[str]) -> None:
        self._done = (done, total, message)
        if not self._watched:
            self._watched = True
            self._shared.ticker.watch(self)

    def tick(self, now: int) -> bool:
        if now - self._sent < _PROGRESS_NANOS:
            return True
        self._sent = now
        self._watched = False
        self.send_progress()
        return False

    def send_progress(self) -> None:
        """Sends the latest that has not been sent."""
        done, self._done = self._done, None
        if done is not None:
            self._shared.reports.write(messages.progress(self.id, *done))
