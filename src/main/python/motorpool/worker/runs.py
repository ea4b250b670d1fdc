"""Calls and chunks that this worker has been sent."""

from __future__ import annotations

import threading
import time
from typing import Optional

from motorpool.calling import RunningContext
from motorpool.worker import messages
from motorpool.worker.caller import Items
from motorpool.worker.orders import Order
from motorpool.worker.reports import Reports
from motorpool.worker.ticker import Ticker

_PROGRESS_NANOS = 200_000_000
_GATHER_NANOS = 1_000_000
_LONG_NANOS = _GATHER_NANOS // 2
_MOST_BYTES = 32 * 1024
_MOST_VALUES = 4096


class SharedParts:
    """What all runs of a worker use."""

    def __init__(self, reports: Reports, ticker: Ticker) -> None:
        self.reports = reports
        self.ticker = ticker


class CallRun(RunningContext):
    """One call, from its order to its report. Its progress is sent by the ticker."""

    __slots__ = ("id", "order", "message", "delivered", "thread", "_shared", "_done", "_sent", "_watched", "__weakref__")

    def __init__(self, order: Order, message: bytes, shared: SharedParts) -> None:
        super().__init__(order, 0.0, self._progressed)
        self.id: int = order["id"]
        self.order = order
        self.message = message
        self.delivered = False
        self.thread = 0
        self._shared = shared
        self._done: Optional[tuple[int, int, Optional[str]]] = None
        self._sent = 0
        self._watched = False

    @property
    def wanted(self) -> bool:
        return not self._cancelled

    @wanted.setter
    def wanted(self, wanted: bool) -> None:
        self._cancelled = not wanted

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


class ChunkRun(RunningContext):
    """One chunk: its items one after another. Values are gathered for a millisecond and sent together.

    An item that runs longer than that is announced first, so that the service knows which one runs.
    Guarded by its lock, under which its reports leave, so that they are in order.
    """

    __slots__ = (
        "id",
        "order",
        "items",
        "delivered",
        "thread",
        "lock",
        "index",
        "_shared",
        "_end",
        "_running",
        "_begin",
        "_values",
        "_first",
        "_nanos",
        "_bytes",
        "_flushed",
        "_announced",
        "_ticked",
        "_cancel_next",
        "__weakref__",
    )

    def __init__(self, order: Order, message: bytes, shared: SharedParts) -> None:
        super().__init__(order, 0.0, lambda done, total, message: None)
        self.id: int = order["id"]
        self.order = order
        self.items = Items(order, message)
        self.delivered = False
        self.thread = 0
        self.lock = threading.Lock()
        #: The running item, or the last one that ran.
        self.index = -1
        self._shared = shared
        #: Moves down when items are given back.
        self._end = self.items.count
        self._running = False
        self._begin = 0
        self._values: list[bytes] = []
        self._first = 0
        self._nanos = 0
        self._bytes = 0
        self._flushed = 0
        self._announced = False
        self._ticked = False
        self._cancel_next = -1

    @property
    def wanted(self) -> bool:
        return not self._cancelled

    @wanted.setter
    def wanted(self, wanted: bool) -> None:
        self._cancelled = not wanted

    def started(self) -> None:
        self._begun = time.time()

    def first(self) -> int:
        with self.lock:
            self._flushed = time.monotonic_ns()
            return self._next(self._flushed)

    def succeeded(self, value: bytes) -> int:
        """The current item has this value. Returns the next one, or -1."""
        with self.lock:
            self._running = False
            now = time.monotonic_ns()
            ran = now - self._begin
            alone = ran >= _LONG_NANOS
            if alone or self._bytes + len(value) > _MOST_BYTES or len(self._values) >= _MOST_VALUES:
                self._flush()
            if not self._values:
                self._first = self.index
            self._values.append(value)
            self._nanos += ran
            self._bytes += len(value)
            if alone or now - self._flushed >= _GATHER_NANOS:
                self._flush()
                now = self._flushed = time.monotonic_ns()
            return self._next(now)

    def failed(self, report: bytes) -> int:
        """The current item has ended with this report. Returns the next one, or -1."""
        with self.lock:
            self._running = False
            self._flush()
            self._shared.reports.write_through(report)
            self._flushed = time.monotonic_ns()
            return self._next(self._flushed)

    def nanos(self) -> int:
        """How long the current item has run."""
        return time.monotonic_ns() - self._begin

    def is_last(self) -> bool:
        with self.lock:
            return self.index + 1 >= self._end

    def _next(self, now: int) -> int:
        if self.index + 1 >= self._end:
            self._flush()
            self.index = self._end
            return -1
        self.index += 1
        self._announced = False
        self.delivered = False
        self._cancelled = self._cancel_next == self.index
        self._begin = now
        self._running = True
        if not self._ticked and (self.index + 1 < self._end or self._values):
            self._ticked = True
            self._shared.ticker.watch(self)
        return self.index

    def _flush(self) -> None:
        if self._values:
            values, self._values = self._values, []
            self._shared.reports.write_through(messages.results(self.id, self._first, self._nanos, values))
            self._nanos = self._bytes = 0

    def tick(self, now: int) -> bool:
        with self.lock:
            self._flush()
            self._flushed = now
            if self._running and now - self._begin >= _LONG_NANOS:
                self._shared.reports.write_through(messages.running(self.id, self.index))
                self._announced = True
            self._ticked = self._running and not self._announced
            return self._ticked

    def take_back(self) -> int:
        """Gives back the items that have not started: the first of them, or -1."""
        with self.lock:
            self._flush()
            first = self.index + 1
            if first >= self._end:
                return -1
            self._end = first
            return first

    def is_to_cancel(self, index: int) -> bool:
        """Whether this item runs now; one that runs later is cancelled when it does."""
        if index > self.index:
            self._cancel_next = index
        return index == self.index and self._running

