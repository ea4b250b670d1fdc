"""Reports to the service, as frames."""

from __future__ import annotations

import json
from typing import Any, Optional, Sequence

from motorpool.functions.failures import Failure
from motorpool.worker.frames import frame

_encode = json.JSONEncoder(ensure_ascii=True, allow_nan=False, separators=(",", ":")).encode

_PROGRESS_TEXT = 1000

PONG = frame(b'{"type":"pong"}')
LEAVING = frame(b'{"type":"leaving"}')


def report(**members: Any) -> bytes:
    return frame(_encode(members).encode("ascii"))


def accepted(orders: int) -> bytes:
    return frame(b'{"type":"accepted","orders":%d}' % orders)


def result(identity: int, nanos: int, value: bytes) -> bytes:
    return frame(b'{"type":"result","id":%d,"nanos":%d,"value":%b}' % (identity, nanos, value))


def results(identity: int, index: int, nanos: int, values: bytes) -> bytes:
    """`values` are the elements of a JSON array."""
    return frame(b'{"type":"results","id":%d,"index":%d,"nanos":%d,"values":[%b]}' % (identity, index, nanos, values))


def running(identity: int, index: int) -> bytes:
    return frame(b'{"type":"running","id":%d,"index":%d}' % (identity, index))


def error(identity: int, index: int, nanos: int, kind: str, failure: Failure) -> bytes:
    return report(
        type="error",
        id=identity,
        index=index,
        nanos=nanos,
        error=kind,
        exception=failure.exception[:1024] or None,
        message=failure.message,
        traceback=failure.traceback,
    )


def dropped(places: Sequence[tuple[int, int]]) -> bytes:
    """`places` are ids with the index of the first item that is given back."""
    return report(type="dropped", ids=[identity for identity, _ in places], **{"from": [index for _, index in places]})


def progress(identity: int, done: int, total: int, message: Optional[str]) -> bytes:
    largest = (1 << 63) - 1
    text = None if message is None else message[:_PROGRESS_TEXT].encode("utf-8", "replace").decode()
    return report(type="progress", id=identity, done=min(done, largest), total=min(total, largest), message=text)


def output(identity: int, text: str) -> bytes:
    return report(type="output", id=identity, text=text)
