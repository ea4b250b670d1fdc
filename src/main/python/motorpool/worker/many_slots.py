"""Kind thread: each call runs in a thread of its own."""

from __future__ import annotations

import queue
import threading
import time
from typing import Callable, Optional

from motorpool.calling import CURRENT
from motorpool.errors import Cancelled
from motorpool.worker import messages
from motorpool.worker.acceptance import Acceptance
from motorpool.worker.caller import Caller, error_report, is_coroutine, run_coroutine
from motorpool.worker.chunks import ChunkRun
from motorpool.worker.dispatch import Dispatch, Run
from motorpool.worker.exits import ProcessExit
from motorpool.worker.frames import FrameReader
from motorpool.worker.interrupts import ThreadInterrupts
from motorpool.worker.output import CallOutput, OutputRoute
from motorpool.worker.runs import CallRun, SharedParts


class Threads:
    """Threads that are reused, and made when none is free. The last one that was used is taken first."""

    _IDLE_SECONDS = 30

    def __init__(self, work: Callable[[Run], None]) -> None:
        self._work = work
        self._lock = threading.Lock()
        #: Guarded by the lock: boxes of threads that wait.
        self._free: list[queue.SimpleQueue[Run]] = []

    def start(self, run: Run) -> None:
        with self._lock:
            box = self._free.pop() if self._free else None
        if box is not None:
            box.put(run)
        else:
            threading.Thread(target=self._run, args=(run,), name="motorpool-call", daemon=True).start()

    def _run(self, run: Run) -> None:
        box: queue.SimpleQueue[Run] = queue.SimpleQueue()
        while True:
            self._work(run)
            with self._lock:
                self._free.append(box)
            try:
                run = box.get(timeout=self._IDLE_SECONDS)
            except queue.Empty:
                with self._lock:
                    if box in self._free:
                        self._free.remove(box)
                        return
                run = box.get()


class SyncRunner:
    """Runs calls and chunks in the current thread, where other threads run others."""

    def __init__(self, shared: SharedParts, caller: Caller, route: OutputRoute) -> None:
        self._shared = shared
        self._caller = caller
        self._route = route
        self.interrupts = ThreadInterrupts()

    def perform(self, run: Run) -> None:
        run.started()
        token = CURRENT.of_task.set(run)
        output = self._shared.output(run.order)
        output_token = self._route.of_task.set(output)
        try:
            if type(run) is CallRun:
                report = self._call(run)
                run.send_progress()
                if output is not None:
                    output.close()
                self._shared.reports.write(report)
            elif type(run) is ChunkRun:
                self._chunk(run, output)
        finally:
            CURRENT.of_task.reset(token)
            self._route.of_task.reset(output_token)

    def _call(self, run: CallRun) -> bytes:
        begun = time.monotonic_ns()
        thrown: Optional[BaseException] = None
        encoded = b""
        try:
            try:
                function = self._caller.find(run.order["function"])
                self.interrupts.begin(run)
                value = self._caller.call(function, run.order, run.message)
                if is_coroutine(value):
                    value = run_coroutine(value)
                encoded = self._caller.encode(value)
            except BaseException as raised:
                thrown = raised
            self.interrupts.end(run)
        except Cancelled as cancelled:  # it came late, and comes only once
            thrown = cancelled
            self.interrupts.end(run)
        nanos = time.monotonic_ns() - begun
        if thrown is None:
            return messages.result(run.id, nanos, encoded)
        return error_report(run.id, 0, nanos, thrown)

    def _chunk(self, run: ChunkRun, output: Optional[CallOutput]) -> None:
        while run.next():
            thrown: Optional[BaseException] = None
            encoded = b""
            try:
                try:
                    function = self._caller.find(run.order["function"])
                    self.interrupts.begin(run)
                    value = run.items.call(function, run.index)
                    if is_coroutine(value):
                        value = run_coroutine(value)
                    encoded = self._caller.encode(value)
                except BaseException as raised:
                    thrown = raised
                self.interrupts.end(run)
            except Cancelled as cancelled:
                thrown = cancelled
                self.interrupts.end(run)
            run.ended(encoded, thrown, output)
        if output is not None:
            output.close()


class ManySlots(Dispatch):
    """The main thread reads, and functions run in others."""

    def __init__(
        self,
        frames: FrameReader,
        acceptance: Acceptance,
        shared: SharedParts,
        caller: Caller,
        route: OutputRoute,
        process_exit: ProcessExit,
    ) -> None:
        super().__init__(frames, acceptance, shared, process_exit)
        self._runner = SyncRunner(shared, caller, route)
        self._threads = Threads(self._perform)

    def work(self) -> None:
        self.read_all()

    def start(self, runs: list[Run]) -> None:
        for run in runs:
            try:
                self._threads.start(run)
            except RuntimeError as no_thread:
                self.report_unstarted(run, no_thread)
                self.over(run)

    def cancel(self, run: Run) -> None:
        self._runner.interrupts.cancel(run)

    def _perform(self, run: Run) -> None:
        try:
            self._runner.perform(run)
        except BaseException as defect:
            self._exit.broken(f"a call cannot be reported: {defect!r}")
        self.over(run)
