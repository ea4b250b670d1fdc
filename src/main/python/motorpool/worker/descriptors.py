"""What is written to the descriptors 1 and 2 themselves, by native code and child processes."""

from __future__ import annotations

import os
import threading
from typing import Optional

from motorpool.worker.channel import lift
from motorpool.worker.output import CallOutput

_READ = 64 * 1024
_MOST_READS = 32


class DescriptorCapture:
    """Leads descriptors 1 and 2 into a pipe while a call wants its output.

    For processes that run one call at a time. What comes between calls, from processes that a call
    has left, goes to the worker's own standard error.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._own = (lift(os.dup(1)), lift(os.dup(2)))
        #: The end that is read; made now, as the reader may wait for it all the time.
        readable, write = os.pipe()
        self.readable, self._write = lift(readable), lift(write)
        os.set_blocking(self.readable, False)
        self._output: Optional[CallOutput] = None

    @property
    def standard_error(self) -> int:
        """The worker's own."""
        return self._own[1]

    def begin(self, output: CallOutput) -> None:
        self.drain()
        self._output = output
        os.dup2(self._write, 1)
        os.dup2(self._write, 2)

    def end(self) -> None:
        self.drain()
        self._output = None
        os.dup2(self._own[0], 1)
        os.dup2(self._own[1], 2)

    def drain(self) -> None:
        """Takes what is in the pipe; called by the thread of the call and by the reader."""
        with self._lock:
            for _ in range(_MOST_READS):  # a child that floods does not hold up the end of the call
                try:
                    data = os.read(self.readable, _READ)
                except BlockingIOError:
                    return
                if not data:
                    return
                output = self._output
                if output is None or not output.write(data):
                    os.write(self._own[1], data)
                if len(data) < _READ:
                    return
