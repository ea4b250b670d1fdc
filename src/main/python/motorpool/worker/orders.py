"""Orders of the service, checked to be what docs/protocol.md says."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any, Callable

from motorpool.worker.frames import BrokenProtocol

Order = dict[str, Any]

_LARGEST_ID = 1 << 63
_LARGEST_INDEX = 1 << 31
_TEXT = 1024


def _no_constant(name: str) -> Any:
    raise BrokenProtocol(f"a message with {name}, which is not JSON")


_decoder = json.JSONDecoder(parse_constant=_no_constant)
_exact_decoder = json.JSONDecoder(parse_float=Decimal, parse_constant=_no_constant)
_scan: Callable[[str, int], tuple[Any, int]] = _decoder.scan_once  # type: ignore[attr-defined]


def parse(message: bytes) -> Order:
    """Reads and checks an order."""
    try:
        text = str(message, "utf-8")
        try:
            order, end = _scan(text, 0)
        except StopIteration:
            end = -1
        if end != len(text):
            order = _decoder.decode(text)
        check = _CHECKS[order["type"]]
    except (ValueError, RecursionError) as fault:
        raise BrokenProtocol(f"a message that is not JSON: {fault}") from None
    except (KeyError, TypeError):
        raise BrokenProtocol(f"a message of an unknown type: {message[:100]!r}") from None
    check(order)
    checked: Order = order
    return checked


def arguments_exactly(message: bytes) -> Order:
    """Reads an order once more, with numbers as decimals where they have a fraction or exponent."""
    order: Order = _exact_decoder.decode(str(message, "utf-8"))
    return order


def _broken(name: str, order: Order) -> BrokenProtocol:
    if name not in order:
        return BrokenProtocol(f"{order['type']} without {name}")
    return BrokenProtocol(f"{order['type']} with a wrong {name}")


def _work(order: Order, members: int) -> None:
    """Checks what calls and chunks share; `members` is how many an order has at least."""
    get = order.get
    identity = get("id")
    if type(identity) is not int or not 0 <= identity < _LARGEST_ID:
        raise _broken("id", order)
    attempt = get("attempt")
    if type(attempt) is not int or not 0 <= attempt < _LARGEST_INDEX:
        raise _broken("attempt", order)
    function = get("function")
    if type(function) is not str or len(function) > _TEXT:
        raise _broken("function", order)
    if get("output", False) not in (True, False):
        raise _broken("output", order)
    if len(order) > members:
        for name in ("traceparent", "tracestate", "job", "pool"):
            text = get(name)
            if text is not None and (type(text) is not str or len(text) > _TEXT):
                raise _broken(name, order)
        deadline = get("deadline")
        if deadline is not None and type(deadline) not in (int, float):
            raise _broken("deadline", order)


def _call(order: Order) -> None:
    _work(order, 6)
    if type(order.get("args")) is not list:
        raise _broken("args", order)
    if type(order.get("kwargs")) is not dict:
        raise _broken("kwargs", order)


def _chunk(order: Order) -> None:
    _work(order, 5)
    items = order.get("items")
    if type(items) is not list:
        raise _broken("items", order)
    star = order.get("star", False)
    if type(star) is not bool or (star and not all(type(item) is list for item in items)):
        raise _broken("star", order)


def _cancel(order: Order) -> None:
    identity, index = order.get("id"), order.get("index", 0)
    if type(identity) is not int or not 0 <= identity < _LARGEST_ID:
        raise _broken("id", order)
    if type(index) is not int or not 0 <= index < _LARGEST_INDEX:
        raise _broken("index", order)


def _drop(order: Order) -> None:
    ids = order.get("ids")
    if type(ids) is not list or not all(type(each) is int and 0 <= each < _LARGEST_ID for each in ids):
        raise _broken("ids", order)


def _fork(order: Order) -> None:
    _opened(order)
    environment = order.get("environment")
    if type(environment) is not dict or not all(value is None or type(value) is str for value in environment.values()):
        raise _broken("environment", order)


def _opened(order: Order) -> None:
    identity = order.get("id")
    if type(identity) is not int or not 0 <= identity < _LARGEST_ID:
        raise _broken("id", order)


def _nothing(order: Order) -> None:
    pass


_CHECKS: dict[str, Callable[[Order], None]] = {
    "call": _call,
    "chunk": _chunk,
    "cancel": _cancel,
    "drop": _drop,
    "ping": _nothing,
    "stop": _nothing,
    "fork": _fork,
    "opened": _opened,
}
