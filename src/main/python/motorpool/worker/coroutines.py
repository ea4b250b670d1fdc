"""Kind coroutine: `async def` on one event loop, other functions in threads beside it."""

from __future__ import annotations

import asyncio
import threading
import time
from collections import deque
from typing import Any, Optional

from motorpool.calling import CURRENT
from motorpool.errors import Cancelled
from motorpool.worker import messages
from motorpool.worker.acceptance import Acceptance
from motorpool.worker.caller import Caller, error_report, is_coroutine
from motorpool.worker.chunks import ChunkRun
from motorpool.worker.dispatch import Dispatch, Run
from motorpool.worker.exits import ProcessExit
from motorpool.worker.frames import FrameReader
from motorpool.worker.many_slots import SyncRunner, Threads
from motorpool.worker.output import CallOutput, OutputRoute
from motorpool.worker.runs import CallRun, SharedParts


class Coroutines(Dispatch):
    """The main thread has the event loop, and a second one reads orders, also while the loop is blocked.

    Reports of a turn of the loop leave together. Tasks are owned by the loop's thread.
    """

    def __init__(
        self,
        frames: FrameReader,
        acceptance: Acceptance,
        shared: SharedParts,
        caller: Caller,
        route: OutputRoute,
        process_exit: ProcessExit,
        slots: int,
    ) -> None:
        super().__init__(frames, acceptance, shared, process_exit)
        self._caller = caller
        self._route = route
        self._slots = slots
        self._runner = SyncRunner(shared, caller, route)
        self._threads = Threads(self._perform_sync)
        self._loop = asyncio.new_event_loop()
        self._tasks: dict[int, asyncio.Task[None]] = {}
        #: Calls ahead of their turn, which only a worker of one slot is sent.
        self._waiting: deque[Run] = deque()
        self._busy = 0
        self._flushing = False

    def work(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.set_exception_handler(self._stray)
        threading.Thread(target=self.read_all, name="motorpool-reader", daemon=True).start()
        while True:
            try:
                self._loop.run_forever()
            except (SystemExit, KeyboardInterrupt):
                # asyncio lets these out of the loop although their task has them, too.
                continue
            except BaseException as defect:
                self._exit.broken(defect)

    def start(self, runs: list[Run]) -> None:
        if self._slots == 1:
            with self._lock:
                self._unstarted.update(run.id for run in runs)
        self._loop.call_soon_threadsafe(self._start_all, runs)

    def cancel(self, run: Run) -> None:
        self._runner.interrupts.cancel(run)
        self._loop.call_soon_threadsafe(self._cancel_task, run)

    def _start_all(self, runs: list[Run]) -> None:
        self._waiting.extend(runs)
        self._start_waiting()

    def _start_waiting(self) -> None:
        while self._waiting and (self._slots > 1 or self._busy == 0):
            run = self._waiting.popleft()
            with self._lock:
                if run.id not in self._runs:  # it has been given back
                    continue
                self._unstarted.discard(run.id)
            self._busy += 1
            self._start(run)

    def _start(self, run: Run) -> None:
        try:
            asynchronous = self._caller.find(run.order["function"]).asynchronous
        except LookupError:
            asynchronous = True
        if asynchronous:
            self._loop.create_task(self._perform(run))
            return
        try:
            self._threads.start(run)
        except RuntimeError as no_thread:
            self.report_unstarted(run, no_thread)
            self._over(run)

    def _cancel_task(self, run: Run) -> None:
        """Called by the loop, so the task waits in its function; of a chunk maybe in the next item."""
        task = self._tasks.get(run.id)
        if task is not None and not run.wanted and not run.delivered:
            run.delivered = True
            task.cancel()

    def _perform_sync(self, run: Run) -> None:
        try:
            self._runner.perform(run)
        except BaseException as defect:
            self._exit.broken(f"a call cannot be reported: {defect!r}")
        self._loop.call_soon_threadsafe(self._over, run)

    def _over(self, run: Run) -> None:
        self._busy -= 1
        self._tasks.pop(run.id, None)
        if self._flushing:
            self._flush()
        self.over(run)
        self._start_waiting()

    async def _perform(self, run: Run) -> None:
        run.started()
        # From now on it is the function that a cancellation hits.
        task = asyncio.current_task()
        if task is not None:
            self._tasks[run.id] = task
        CURRENT.of_task.set(run)
        output = self._shared.output(run.order)
        if output is not None:
            self._route.of_task.set(output)
        try:
            if type(run) is CallRun:
                report = await self._call(run)
                run.send_progress()
                if output is not None:
                    output.close()
                self._leave(report)
            elif type(run) is ChunkRun:
                await self._chunk(run, output)
        except BaseException as defect:
            self._exit.broken(f"a call cannot be reported: {defect!r}")
        self._over(run)

    async def _call(self, run: CallRun) -> bytes:
        begun = time.monotonic_ns()
        try:
            function = self._caller.find(run.order["function"])
            if not run.wanted:
                raise Cancelled
            value: Any = self._caller.call(function, run.order, run.message)
            if is_coroutine(value):
                value = await value
            encoded = self._caller.encode(value)
        except BaseException as thrown:
            return error_report(run.id, 0, time.monotonic_ns() - begun, thrown)
        return messages.result(run.id, time.monotonic_ns() - begun, encoded)

    async def _chunk(self, run: ChunkRun, output: Optional[CallOutput]) -> None:
        while run.next():
            thrown: Optional[BaseException] = None
            encoded = b""
            try:
                function = self._caller.find(run.order["function"])
                if not run.wanted:
                    raise Cancelled
                value: Any = run.items.call(function, run.index)
                if is_coroutine(value):
                    value = await value
                encoded = self._caller.encode(value)
            except BaseException as raised:
                thrown = raised
            run.ended(encoded, thrown, output)
        if output is not None:
            output.close()

    def _leave(self, report: bytes) -> None:
        self._shared.reports.leave(report)
        if not self._flushing:
            self._flushing = True
            self._loop.call_soon(self._flush)

    def _flush(self) -> None:
        self._flushing = False
        self._shared.reports.flush()

    def _stray(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        """Tasks that a function has left behind."""
        if not isinstance(context.get("exception"), (SystemExit, KeyboardInterrupt)):
            loop.default_exception_handler(context)
