"""What workers of many slots have in common: each call starts at once, independently of the others."""

from __future__ import annotations

import threading
from typing import Optional, Union

from motorpool.worker import messages, orders
from motorpool.worker.acceptance import Acceptance
from motorpool.worker.caller import error_report
from motorpool.worker.chunks import ChunkRun
from motorpool.worker.exits import ProcessExit
from motorpool.worker.frames import BrokenProtocol, FrameReader
from motorpool.worker.runs import CallRun, SharedParts

Run = Union[CallRun, ChunkRun]


class Dispatch:
    """Reads orders in one thread and knows what runs. Subclasses start runs and cancel them.

    The worker does not count its slots: the service sends no more calls than there are.
    """

    def __init__(
        self, frames: FrameReader, acceptance: Acceptance, shared: SharedParts, process_exit: ProcessExit
    ) -> None:
        self._frames = frames
        self._acceptance = acceptance
        self._shared = shared
        self._exit = process_exit
        self._lock = threading.Lock()
        #: Guarded by the lock: what has arrived and is not over, by id.
        self._runs: dict[int, Run] = {}
        #: Those of them that wait for others, in a worker of one slot.
        self._unstarted: set[int] = set()
        self._stopping = False
        self._count = 0

    def start(self, runs: list[Run]) -> None:
        raise NotImplementedError

    def cancel(self, run: Run) -> None:
        raise NotImplementedError

    def read_all(self) -> None:
        """Reads orders until the process ends."""
        try:
            while True:
                read = self._frames.read()
                if read is None:
                    self._exit.at_once()
                self._take(read)
        except BaseException as defect:
            # Without its reader the process would notice neither orders nor the service's end.
            self._exit.broken(defect)

    def announce_exit(self) -> None:
        """Reports the values of chunks that are still gathered."""
        for run in list(self._runs.values()):
            if type(run) is ChunkRun:
                run.announce()

    def report_unstarted(self, run: Run, no_thread: BaseException) -> None:
        """The others go on: only this one fails."""
        for index in range(run.end if type(run) is ChunkRun else 1):
            self._shared.reports.write(error_report(run.id, index, 0, no_thread))

    def over(self, run: Run) -> None:
        with self._lock:
            del self._runs[run.id]
            last = self._stopping and not self._runs
        if last:
            self._exit.in_order()

    def _take(self, read: list[bytes]) -> None:
        begun: list[Run] = []
        for message in read:
            order = orders.parse(message)
            self._count += 1
            kind = order["type"]
            if kind in ("call", "chunk"):
                run: Run
                if kind == "call":
                    run = CallRun(order, message, self._shared)
                else:
                    run = ChunkRun(order, message, self._shared)
                with self._lock:
                    self._runs[run.id] = run
                begun.append(run)
                continue
            if begun:
                self._begin(begun)
                begun = []
            if kind == "cancel":
                self._cancel(order["id"], order.get("index", 0))
            elif kind == "drop":
                self._take_back(order["ids"])
            elif kind == "ping":
                self._shared.reports.write(messages.PONG)
            elif kind == "stop":
                self._stop()
            else:
                raise BrokenProtocol(f"{kind}, which this worker does not understand")
        if begun:
            self._begin(begun)

    def _begin(self, runs: list[Run]) -> None:
        self._acceptance.publish(self._count)
        self.start(runs)

    def _cancel(self, identity: int, index: int) -> None:
        with self._lock:
            run: Optional[Run] = self._runs.get(identity)
        if type(run) is ChunkRun:
            with run.lock:
                if run.is_to_cancel(index):
                    self.cancel(run)
        elif type(run) is CallRun:
            run.cancel()
            self.cancel(run)

    def _take_back(self, ids: list[int]) -> None:
        places = []
        for identity in ids:
            with self._lock:
                run = self._runs.get(identity)
                if identity in self._unstarted:
                    self._unstarted.remove(identity)
                    del self._runs[identity]
                    places.append((identity, 0))
                    continue
            if type(run) is ChunkRun:
                first = run.take_back()
                if first >= 0:
                    places.append((identity, first))
        self._shared.reports.write(messages.dropped(places))

    def _stop(self) -> None:
        with self._lock:
            self._stopping = True
            idle = not self._runs
        if idle:
            self._exit.in_order()
