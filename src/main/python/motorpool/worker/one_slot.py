"""The slot of a worker that runs one call at a time, in the order sent."""

from __future__ import annotations

import select
import threading
import time
from collections import deque
from typing import Callable, Optional, Union

from motorpool.calling import CURRENT
from motorpool.errors import Cancelled
from motorpool.functions.shapes import InexactNumber
from motorpool.worker import messages, orders
from motorpool.worker.acceptance import Acceptance
from motorpool.worker.caller import Caller, UnknownFunction, error_report, is_coroutine, run_coroutine
from motorpool.worker.chunks import ChunkRun, run_items
from motorpool.worker.descriptors import DescriptorCapture
from motorpool.worker.exits import ProcessExit
from motorpool.worker.frames import BrokenProtocol, FrameReader
from motorpool.worker.interrupts import MainInterrupts
from motorpool.worker.output import CallOutput, OutputRoute
from motorpool.worker.restoring import ProcessState
from motorpool.worker.runs import CallRun, SharedParts

Run = Union[CallRun, ChunkRun]

_TICK = 0.001
_IDLE_TICKS = 20


class OneSlot:
    """Runs calls in the main thread, as authors expect of a process.

    The main thread also reads the orders, so that a short call costs one read and one write and no
    change of threads. A second thread looks every millisecond whether the same call still runs; if
    so it takes over the reading, until the main thread has run all that was read.
    """

    def __init__(
        self,
        frames: FrameReader,
        acceptance: Acceptance,
        shared: SharedParts,
        caller: Caller,
        route: OutputRoute,
        capture: DescriptorCapture,
        process_exit: ProcessExit,
        own_process: bool,
    ) -> None:
        """`own_process`: whether a function may end the process by `sys.exit`."""
        self._frames = frames
        self._acceptance = acceptance
        self._shared = shared
        self._caller = caller
        self._route = route
        self._capture = capture
        self._exit = process_exit
        self._own_process = own_process
        self._interrupts = MainInterrupts()
        self._state = ProcessState()
        self._lock = threading.Lock()
        #: Guarded by the lock: calls that have been read, the one that runs, and who reads.
        self._waiting: deque[Run] = deque()
        self._current: Optional[Run] = None
        self._lent = False
        self._stopping = False
        #: Orders that have been read, and calls that have started; each of one thread at a time.
        self._count = 0
        self._number = 0

    def work(self) -> None:
        """Works until the process ends."""
        threading.Thread(target=self._follow, name="motorpool-reader", daemon=True).start()
        try:
            while True:
                run = self._next()
                if run is None:
                    self._read()
                else:
                    self._perform(run)
        except BaseException as defect:
            self._exit.broken(defect)

    def announce_exit(self) -> None:
        """Reports which item of a chunk ends the process."""
        run = self._current
        if type(run) is ChunkRun:
            run.announce()

    def _next(self) -> Optional[Run]:
        with self._lock:
            if not self._waiting:
                if self._stopping:
                    self._exit.in_order()
                self._current = None
                self._lent = False
                return None
            run = self._current = self._waiting.popleft()
            self._number += 1
            return run

    def _perform(self, run: Run) -> None:
        run.started()
        output = self._shared.output(run.order)
        if output is not None:
            self._capture.begin(output)
            self._route.of_process, self._route.drain = output, self._capture.drain
        CURRENT.of_process = run
        if type(run) is CallRun:
            report = self._call(run)
            run.send_progress()
            self._close(output)
            self._shared.reports.write_through(report)
        elif type(run) is ChunkRun:
            self._chunk(run, output)
        CURRENT.of_process = None
        self._state.restore()

    def _close(self, output: Optional[CallOutput]) -> None:
        if output is not None:
            self._capture.end()
            self._route.of_process = None
            output.close()

    def _call(self, run: CallRun) -> bytes:
        """Runs it and returns the report of its end. An interrupt comes once, wherever the thread is by then."""
        interrupts = self._interrupts
        begun = time.monotonic_ns()
        thrown: BaseException
        try:
            try:
                function = self._caller.find(run.order["function"])
                interrupts.begin(run)
                value = self._caller.call(function, run.order, run.message)
                if is_coroutine(value):
                    value = run_coroutine(value)
                interrupts.target = None
                encoded = self._caller.encode(value)
                return messages.result(run.id, time.monotonic_ns() - begun, encoded)
            except BaseException as raised:
                interrupts.target = None
                thrown = raised
        except Cancelled as cancelled:
            interrupts.target = None
            thrown = cancelled
        nanos = time.monotonic_ns() - begun
        self._ended(thrown)
        return error_report(run.id, 0, nanos, thrown)

    def _chunk(self, run: ChunkRun, output: Optional[CallOutput]) -> None:
        def close() -> None:
            nonlocal output
            self._interrupts.target = None
            self._close(output)
            output = None

        while run.index < run.end:
            thrown = self._items(run, None if output is None else close)
            if thrown is None:
                break
            if run.is_reported():  # the interrupt of its last moment
                continue
            if isinstance(thrown, InexactNumber):
                run.items.read_exactly()
                run.index -= 1
                continue
            nanos = run.nanos()
            self._ended(thrown)
            if run.is_last():
                close()
            run.failed(error_report(run.id, run.index, nanos, thrown))
        close()

    def _items(self, run: ChunkRun, before_last: Optional[Callable[[], None]]) -> Optional[BaseException]:
        """Runs items until their end, or until one raises what is returned."""
        interrupts = self._interrupts
        try:
            function = self._caller.find(run.order["function"])
        except UnknownFunction as missing:
            return missing if run.next() else None
        try:
            try:
                interrupts.target = run
                run_items(run, run.items.caller(function), self._caller.encode, before_last)
                interrupts.target = None
            except BaseException as raised:
                interrupts.target = None
                return raised
        except Cancelled as cancelled:
            interrupts.target = None
            return cancelled
        return None

    def _ended(self, thrown: BaseException) -> None:
        if self._own_process and isinstance(thrown, SystemExit):
            self._exit.of(thrown)

    def _read(self) -> None:
        read = self._frames.read()
        if read is None:
            self._exit.at_once()
        with self._lock:
            self._take(read)

    def _take(self, read: list[bytes]) -> None:
        """Obeys orders, or queues them; the caller holds the lock and owns the reading."""
        arrived = 0
        for message in read:
            order = orders.parse(message)
            self._count += 1
            kind = order["type"]
            if kind == "call":
                self._waiting.append(CallRun(order, message, self._shared))
                arrived += 1
            elif kind == "chunk":
                self._waiting.append(ChunkRun(order, message, self._shared))
                arrived += 1
            elif kind == "cancel":
                self._cancel(order["id"], order.get("index", 0))
            elif kind == "drop":
                self._take_back(set(order["ids"]))
            elif kind == "ping":
                self._shared.reports.write(messages.PONG)
            elif kind == "stop":
                self._stopping = True
            else:
                raise BrokenProtocol(f"{kind}, which this worker does not understand")
        if arrived:
            self._acceptance.publish(self._count)

    def _cancel(self, identity: int, index: int) -> None:
        for run in [self._current, *self._waiting]:
            if run is not None and run.id == identity:
                if type(run) is CallRun:
                    run.cancel()
                    self._interrupts.cancel(run)
                elif type(run) is ChunkRun:
                    with run.lock:
                        if run.is_to_cancel(index):
                            self._interrupts.cancel(run)

    def _take_back(self, ids: set[int]) -> None:
        places = []
        current = self._current
        if current is not None and current.id in ids and type(current) is ChunkRun:
            first = current.take_back()
            if first >= 0:
                places.append((current.id, first))
        for run in list(self._waiting):
            if run.id in ids:
                self._waiting.remove(run)
                places.append((run.id, 0))
        self._shared.reports.write(messages.dropped(places))

    def _follow(self) -> None:
        """The second thread."""
        try:
            seen, idle = 0, 0
            while True:
                number = self._number if self._current is not None else 0
                if self._lent:
                    self._read_lent()
                    idle = 0
                elif number and number == seen:
                    self._take_over(number)
                elif number == seen and idle >= _IDLE_TICKS:
                    self._wait()
                    idle = 0
                else:
                    idle = idle + 1 if number == seen else 0
                    seen = number
                    time.sleep(_TICK)
        except BaseException as defect:
            # Without this thread the process would notice neither cancellations nor the service's end.
            self._exit.broken(defect)

    def _take_over(self, number: int) -> None:
        with self._lock:
            self._lent = self._current is not None and self._number == number

    def _wait(self) -> bool:
        """Returns when there is an order, or output of the descriptors, which it takes."""
        poll = select.poll()
        poll.register(self._frames.descriptor, select.POLLIN)
        poll.register(self._capture.readable, select.POLLIN)
        ready = {descriptor for descriptor, _ in poll.poll()}
        if self._capture.readable in ready:
            self._capture.drain()
        return self._frames.descriptor in ready

    def _read_lent(self) -> None:
        if self._wait():
            with self._lock:
                if self._lent:
                    read = self._frames.read()
                    if read is None:
                        self._exit.at_once()
                    self._take(read)
