"""A thread for what must happen while functions run."""

from __future__ import annotations

import queue
import threading
import time
from typing import Protocol


class Ticked(Protocol):
    def tick(self, now: int) -> bool:
        """Called about every millisecond with `time.monotonic_ns()`, until it returns false."""


class Ticker:
    """Ticks what is watched. Its thread sleeps while there is nothing.

    `watch` is one step for Python, so an interrupt of the function that calls it breaks nothing.
    """

    _SECONDS = 0.001
    _IDLE_TICKS = 20

    def __init__(self) -> None:
        self._new: queue.SimpleQueue[Ticked] = queue.SimpleQueue()
        #: Watches one more.
        self.watch = self._new.put

    def start(self) -> None:
        threading.Thread(target=self._run, name="motorpool-ticker", daemon=True).start()

    def _run(self) -> None:
        watched: set[Ticked] = set()
        idle = 0
        while True:
            if not watched and idle >= self._IDLE_TICKS:
                watched.add(self._new.get())
            time.sleep(self._SECONDS)
            try:
                while True:
                    watched.add(self._new.get_nowait())
            except queue.Empty:
                pass
            idle = 0 if watched else idle + 1
            now = time.monotonic_ns()
            for ticked in list(watched):
                try:
                    again = ticked.tick(now)
                except Exception:  # as without memory; the others go on
                    again = False
                if not again:
                    watched.discard(ticked)
