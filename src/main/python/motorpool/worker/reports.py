"""The way of reports to the service."""

from __future__ import annotations

import os
import threading
from collections import deque
from typing import Callable


class Reports:
    """Writes frames to a descriptor, each whole, from any thread.

    The thread that finds the pipe free writes, and then also what others have left meanwhile. The
    others do not wait for it, unless much has been left because the service does not read.
    """

    #: With more frames left, who writes waits for the pipe.
    _LEFT_LIMIT = 1000

    def __init__(self, descriptor: int, gone: Callable[[], None]) -> None:
        """`gone` ends the process when the service has closed the pipe."""
        self._descriptor = descriptor
        self._gone = gone
        self._pipe = threading.Lock()
        #: Appended to by any thread, taken from by the holder of the pipe.
        self._left: deque[bytes] = deque()

    def write(self, frame: bytes) -> None:
        """Returns when the frame is in the pipe, or another thread is about to write it."""
        self._left.append(frame)
        self.flush()

    def write_through(self, frame: bytes) -> None:
        """Returns when the frame is in the pipe."""
        self._left.append(frame)
        with self._pipe:
            self._drain()
        if self._left:
            self.flush()

    def leave(self, frame: bytes) -> None:
        """Leaves the frame for the next `write` or `flush` of any thread."""
        self._left.append(frame)

    def flush(self) -> None:
        # Who holds the pipe looks again after its release, so nothing is left behind.
        while self._left:
            if not self._pipe.acquire(blocking=len(self._left) > self._LEFT_LIMIT):
                return
            try:
                self._drain()
            finally:
                self._pipe.release()

    def _drain(self) -> None:
        left = self._left
        while left:
            first = left.popleft()
            if left:
                batch = [first]
                size = len(first)
                while left and size < 256 * 1024:
                    batch.append(left.popleft())
                    size += len(batch[-1])
                first = b"".join(batch)
            self._put(first)

    def _put(self, data: bytes) -> None:
        try:
            written = os.write(self._descriptor, data)
            while written < len(data):
                data = data[written:]
                written = os.write(self._descriptor, data)
        except OSError:
            self._gone()
