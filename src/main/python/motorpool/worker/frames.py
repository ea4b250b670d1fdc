"""Frames: four bytes of big-endian length, then one JSON object in UTF-8."""

from __future__ import annotations

import os
from typing import Optional

_PIPE = 64 * 1024


class BrokenProtocol(Exception):
    """The other side does not follow docs/protocol.md."""


def frame(message: bytes) -> bytes:
    return len(message).to_bytes(4, "big") + message


class FrameReader:
    """Cuts what a descriptor delivers into messages. Owned by one thread at a time."""

    def __init__(self, descriptor: int, limit: int) -> None:
        self.descriptor = descriptor
        self._limit = limit
        self._rest = bytearray()
        self._needed = 4

    def read(self) -> Optional[list[bytes]]:
        """One read: the messages that are complete, maybe none; `None` at the end between two frames."""
        missing = self._needed - len(self._rest)
        data = os.read(self.descriptor, max(_PIPE, min(missing, 16 * _PIPE)))
        if not data:
            if self._rest:
                raise BrokenProtocol(f"the orders end after {len(self._rest)} bytes of a frame")
            return None
        if not self._rest:
            return self._cut(data)
        self._rest += data
        if len(self._rest) < self._needed:
            return []
        whole, self._rest = bytes(self._rest), bytearray()
        return self._cut(whole)

    def _cut(self, data: bytes) -> list[bytes]:
        messages = []
        at, size = 0, len(data)
        self._needed = 4
        while size - at >= 4:
            length = int.from_bytes(data[at : at + 4], "big")
            if not 2 <= length <= self._limit:
                raise BrokenProtocol(f"a frame of {length} bytes; it must have 2 to {self._limit}")
            end = at + 4 + length
            if end > size:
                self._needed = 4 + length
                break
            messages.append(data[at + 4 : end])
            at = end
        if at < size:
            self._rest += data[at:]
        return messages
