"""What functions print, on its way to the service."""

from __future__ import annotations

import codecs
import io
import os
import sys
import threading
from collections import deque
from contextvars import ContextVar
from typing import Any, Callable, Optional

from motorpool.worker import messages, processes
from motorpool.worker.reports import Reports
from motorpool.worker.ticker import Ticker

_KEPT = 64 * 1024
_PIECE = 8 * 1024
_PAUSE_NANOS = 10_000_000


class CallOutput:
    """The output of one call or chunk. Guarded by its lock.

    Threads of functions only leave their text here, so that an interrupt can hit no report. The
    ticker sends it, at most every 10 ms, and of a flood only the end.
    """

    def __init__(self, identity: int, reports: Reports, ticker: Ticker) -> None:
        self._id = identity
        self._reports = reports
        self._ticker = ticker
        self._lock = threading.Lock()
        self._pieces: deque[bytes] = deque()
        self._size = 0
        self._cut = False
        self._watched = False
        self._sent = 0
        self._over = False
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")

    def write(self, data: bytes) -> bool:
        """Returns false if the call is over."""
        with self._lock:
            if self._over:
                return False
            self._cut = self._cut or self._size + len(data) > _KEPT
            self._pieces.append(data[-_KEPT:])
            self._size += len(data)
            while self._size > _KEPT and len(self._pieces) > 1:
                self._size -= len(self._pieces.popleft())
        if not self._watched:
            self._watched = True
            self._ticker.watch(self)
        return True

    def tick(self, now: int) -> bool:
        if now - self._sent < _PAUSE_NANOS:
            return True
        self._watched = False
        self.flush()
        self._sent = now
        return False

    def flush(self, last: bool = False) -> None:
        with self._lock:
            if self._over or not (self._pieces or last):
                return
            self._over = last
            data, cut = b"".join(self._pieces)[-_KEPT:], self._cut
            self._pieces.clear()
            self._size, self._cut = 0, False
            if cut:
                self._decoder.reset()
                data = data[_first_whole(data) :]
            text = self._decoder.decode(data, last)
            for at in range(0, len(text), _PIECE):
                self._reports.leave(messages.output(self._id, text[at : at + _PIECE]))
        self._reports.flush()

    def close(self) -> None:
        """Sends the rest; later output does not belong to the call."""
        self.flush(last=True)


def _first_whole(data: bytes) -> int:
    at = 0
    while at < min(3, len(data)) and data[at] & 0xC0 == 0x80:
        at += 1
    return at


class OutputRoute:
    """Which call gets what is printed: one of the whole process, or of each thread and task."""

    def __init__(self) -> None:
        self.of_process: Optional[CallOutput] = None
        self.of_task: ContextVar[Optional[CallOutput]] = ContextVar("motorpool_output", default=None)
        #: Collects what has been written to the descriptors before.
        self.drain: Optional[Callable[[], None]] = None

    def take(self, data: bytes) -> bool:
        """Returns false if no call wants it."""
        if processes.FORK.escaped:
            return False
        output = self.of_task.get() or self.of_process
        if output is None:
            return False
        if self.drain is not None:
            self.drain()
        return output.write(data)

    def install(self) -> None:
        """Replaces `sys.stdout` and `sys.stderr`."""
        sys.stdout, sys.stderr = _stream(1, self), _stream(2, self)

    def flush(self) -> None:
        for stream in (sys.stdout, sys.stderr):
            try:
                stream.flush()
            except Exception:
                pass
        output = self.of_process
        if output is not None:
            if self.drain is not None:
                self.drain()
            output.flush()


class _Routed(io.RawIOBase):
    """Writes to the running call, or to a descriptor."""

    def __init__(self, descriptor: int, route: OutputRoute) -> None:
        super().__init__()
        self._descriptor = descriptor
        self._route = route

    def write(self, data: Any) -> int:
        text = bytes(data)
        if not self._route.take(text):
            rest = text
            while rest:
                rest = rest[os.write(self._descriptor, rest) :]
        return len(text)

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        return self._descriptor

    def isatty(self) -> bool:
        return False

    def close(self) -> None:
        """Stays open: later calls print, too."""


def _stream(descriptor: int, route: OutputRoute) -> io.TextIOWrapper:
    raw: Any = _Routed(descriptor, route)
    return io.TextIOWrapper(raw, encoding="utf-8", errors="backslashreplace", newline="\n", write_through=True)
