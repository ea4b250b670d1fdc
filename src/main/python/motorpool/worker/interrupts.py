"""Interrupts calls whose results nobody wants, and no others."""

from __future__ import annotations

import signal
import threading
from typing import Any, Optional, Protocol

from motorpool.errors import Cancelled


class Interruptible(Protocol):
    """The state of a run that interrupts need: of a chunk that of its running item."""

    delivered: bool
    reporting: bool
    thread: int

    @property
    def wanted(self) -> bool: ...


class MainInterrupts:
    """For calls in the main thread: a signal wakes it from system calls, and its handler raises.

    The signal is one that is ignored by default, so that it harms nothing where a function has
    changed its handler.
    """

    _SIGNAL = signal.SIGURG

    def __init__(self) -> None:
        self._main = threading.get_ident()
        #: What may be interrupted; set by the main thread only.
        self.target: Optional[Interruptible] = None
        signal.signal(self._SIGNAL, self._deliver)

    def begin(self, run: Interruptible) -> None:
        self.target = run
        if not run.wanted:
            run.delivered = True
            raise Cancelled

    def cancel(self, run: Interruptible) -> None:
        """Called by another thread, for a run that is no longer wanted."""
        if self.target is run:
            signal.pthread_kill(self._main, self._SIGNAL)

    def _deliver(self, number: int, frame: Any) -> None:
        run = self.target
        if run is not None and not run.wanted and not run.delivered and not run.reporting:
            run.delivered = True
            raise Cancelled


class ThreadInterrupts:
    """For calls in threads of their own: an exception that Python raises between two instructions.

    It does not wake a thread from a system call.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()

    def begin(self, run: Interruptible) -> None:
        with self._lock:
            if not run.wanted:
                raise Cancelled
            run.thread = threading.get_ident()

    def end(self, run: Interruptible) -> None:
        """When it returns, no exception is on its way to this thread."""
        with self._lock:
            run.thread = 0
            if run.delivered:
                _raise_in(threading.get_ident(), None)

    def cancel(self, run: Interruptible) -> None:
        """Called by another thread, for a run that is no longer wanted.

        An item of a chunk cannot end under the lock, so the next one is safe.
        """
        with self._lock:
            if run.thread and not run.wanted and not run.delivered:
                run.delivered = True
                _raise_in(run.thread, Cancelled)


def _raise_in(thread: int, exception: Optional[type]) -> None:
    import ctypes

    value = None if exception is None else ctypes.py_object(exception)
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), value)
