"""Chunks that this worker has been sent: many items for one slot."""

from __future__ import annotations

import itertools
import threading
import time
from datetime import datetime
from typing import Any, Callable, Optional, Union

from motorpool.calling import RunningContext
from motorpool.errors import Cancelled
from motorpool.worker import messages
from motorpool.worker.caller import Items, error_report, is_coroutine, run_coroutine
from motorpool.worker.orders import Order
from motorpool.worker.output import CallOutput
from motorpool.worker.runs import SharedParts

_GATHER_NANOS = 1_000_000
_LONG_NANOS = _GATHER_NANOS // 2
_MOST_BYTES = 32 * 1024
_MOST_VALUES = 4096
_SMALL = 1 << 63
#: Items of a block, and how long each of them may take.
_BLOCK = 16
_SHORT_NANOS = 5_000

#: A value as JSON, or an integer that becomes JSON with its neighbours.
Value = Union[bytes, int]


class ChunkRun(RunningContext):
    """One chunk: its items one after another. Values are gathered for a millisecond and sent together.

    An item that runs longer than that is announced first, so that the service knows which one runs.
    Reports leave under the lock, so that they are in order. The thread that runs the items takes it
    only to report: it stores `index` before it reads `end`, and adds a value before it reads
    `announced`, while others write the latter before they read the former. One of the two sees the
    other.
    """

    __slots__ = (
        "id",
        "order",
        "items",
        "lock",
        "thread",
        "index",
        "end",
        "begun",
        "values",
        "announced",
        "cancels",
        "_delivered",
        "_shared",
        "_first",
        "_since",
        "_ticked",
        "_ending",
        "_size",
        "reporting",
        "__weakref__",
    )

    def __init__(self, order: Order, message: bytes, shared: SharedParts) -> None:
        super().__init__(order, 0.0, lambda done, total, message: None)
        self.id: int = order["id"]
        self.order = order
        self.items = Items(order, message)
        self.lock = threading.Lock()
        self.thread = 0
        #: The running item, or the last one that ran.
        self.index = -1
        #: Moves down when items are given back.
        self.end = len(self.items.values)
        #: When the running item began.
        self.begun = 0
        #: Values that have not been reported.
        self.values: list[Value] = []
        #: Whether the running item has been announced.
        self.announced = False
        #: Items that nobody wants.
        self.cancels: set[int] = set()
        self._delivered = -1
        self._shared = shared
        #: The first item without a report, and when it began.
        self._first = 0
        self._since = 0
        self._ticked = False
        #: Bytes of values that may not have been reported.
        self._size = 0
        #: Whether the process is about to end.
        self._ending = False
        #: Whether the thread that runs the items is reporting, where no interrupt may hit it.
        self.reporting = False

    @property
    def cancelled(self) -> bool:
        return self.index in self.cancels

    @property
    def wanted(self) -> bool:
        return self.index not in self.cancels

    @property
    def delivered(self) -> bool:
        return self._delivered == self.index

    @delivered.setter
    def delivered(self, delivered: bool) -> None:
        self._delivered = self.index

    @property
    def deadline(self) -> Optional[datetime]:
        """The limit is that of each item."""
        self._begun = time.time() - self.nanos() / 1e9
        return super().deadline

    def started(self) -> None:
        self._begun = time.time()
        self._since = time.monotonic_ns()

    def next(self) -> bool:
        """Goes on to the next item. Returns false, with everything reported, if there is none."""
        self.begun = time.monotonic_ns()
        self.index += 1
        if self.index >= self.end and self._is_over():
            self.flush()
            return False
        self.watch()
        return True

    def watch(self) -> None:
        if not self._ticked:
            self._ticked = True
            self._shared.ticker.watch(self)

    def _is_over(self) -> bool:
        """Asks again under the lock, as `take_back` moves the end for a moment to see whether it can."""
        with self.lock:
            return self.index >= self.end

    def succeeded(self, value: Value) -> None:
        """The running item has this value."""
        now = time.monotonic_ns()
        size = len(value) if type(value) is bytes else 0
        alone = now - self.begun >= _LONG_NANOS
        if alone or self._size + size > _MOST_BYTES:
            self.flush()
            self._size = 0
        self._size += size
        self.values.append(value)
        if alone or self.announced or now - self._since >= _GATHER_NANOS:
            self.flush(now)

    def failed(self, report: bytes) -> None:
        """The running item has ended with this report."""
        with self.lock:
            self._flush(self.begun)
            self._shared.reports.write_through(report)
            self._first = self.index + 1
            self._since = time.monotonic_ns()
            self.announced = False

    def ended(self, value: Value, thrown: Optional[BaseException], output: Optional[CallOutput]) -> None:
        """The running item has this value, or has raised. The output is complete before the last report."""
        if output is not None and self.is_last():
            output.close()
        if thrown is None:
            self.succeeded(value)
        else:
            self.failed(error_report(self.id, self.index, self.nanos(), thrown))

    def is_reported(self) -> bool:
        """Whether the running item has a value already."""
        with self.lock:
            return self._first + len(self.values) > self.index

    def nanos(self) -> int:
        """How long the running item has run."""
        return time.monotonic_ns() - self.begun

    def is_last(self) -> bool:
        with self.lock:
            return self.index + 1 >= self.end

    def flush(self, now: int = 0) -> None:
        """Reports what has been gathered; `now` if the running item is among it."""
        self.reporting = True
        with self.lock:
            self._flush(now or self.begun)
            self.announced = False
        self.reporting = False

    def _flush(self, now: int) -> None:
        count = len(self.values)
        if count:
            values = self.values[:count]
            del self.values[:count]
            first, self._first = self._first, self._first + count
            nanos, self._since = max(0, now - self._since), now
            encoded = _encoded(values)
            self._shared.reports.write_through(messages.results(self.id, first, nanos, encoded))

    def tick(self, now: int) -> bool:
        with self.lock:
            self._flush(self.begun)
            begun = self.begun
            if self._ending or self.index >= self.end:
                return False
            if now - begun >= _LONG_NANOS:
                self.announced = True
                if not self.values and self._first == self.index:
                    self._shared.reports.write_through(messages.running(self.id, self.index))
                    self._ticked = False
                    return False
                self.announced = False
            return True

    def announce(self) -> None:
        """Reports all that is known, as the running item is about to end the process."""
        with self.lock:
            self._ending = True
            self._flush(self.begun)
            if self._first == self.index < self.end and not self.announced:
                self._shared.reports.write_through(messages.running(self.id, self.index))

    def take_back(self) -> int:
        """Gives back the items that have not started: the first of them, or -1."""
        with self.lock:
            self._flush(self.begun)
            while True:
                first = max(0, self.index + 1)
                if first >= self.end:
                    return -1
                end, self.end = self.end, first
                if self.index < first:
                    return first
                self.end = end  # it has started meanwhile

    def is_to_cancel(self, index: int) -> bool:
        """Whether this item runs now; one that runs later is cancelled when it does."""
        current = self.index
        if index >= current:
            self.cancels.add(index)
        return index == current


def _encoded(values: list[Value]) -> bytes:
    """The elements of a JSON array."""
    if bytes in set(map(type, values)):
        return b",".join([value if type(value) is bytes else b"%d" % int(value) for value in values])
    return str(values)[1:-1].replace(" ", "").encode("ascii")


def run_items(
    run: ChunkRun,
    call: Callable[[Any], Any],
    encode: Callable[[Any], bytes],
    before_last: Optional[Callable[[], None]] = None,
) -> None:
    """Runs the items after the last one, until their end or until one raises.

    `before_last` is called before the last item is reported.

    Reads the clock after each item, and after blocks of items while these take some microseconds:
    then it costs as much as they do.
    """
    clock, values, cancels = time.monotonic_ns, run.values, run.cancels
    index = run.index + 1
    if index + 1 < run.end or values:
        run.watch()
    begun = run.begun = clock()
    due, size, block, left = begun + _GATHER_NANOS, 0, 1, 1
    for item in itertools.islice(run.items.values, index, None):
        run.index = index
        if index >= run.end:
            break
        if cancels and index in cancels:
            run.delivered = True
            raise Cancelled
        value = call(item)
        if type(value) is not int or not -_SMALL < value < _SMALL:
            value = encode(run_coroutine(value) if is_coroutine(value) else value)
            size += len(value)
            if size > _MOST_BYTES:
                run.flush()
                size = len(value)
        if before_last is not None and index + 1 >= run.end:
            before_last()
        left -= 1
        if left and not run.announced:
            values.append(value)
            index += 1
            continue
        now = clock()
        lasted = now - begun
        if lasted >= _LONG_NANOS:
            run.flush()
            due = 0
        values.append(value)
        if now >= due or run.announced or len(values) >= _MOST_VALUES:
            run.flush(now)
            run.watch()
            now = clock()
            due, size = now + _GATHER_NANOS, 0
        block = _BLOCK if lasted < block * _SHORT_NANOS else 1
        begun, left = now, block
        index += 1
        run.begun = now
    run.index = max(run.index, run.end)
    run.flush()
