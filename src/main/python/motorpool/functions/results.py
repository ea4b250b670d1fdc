"""Results as JSON text."""

from __future__ import annotations

import json
import os
import re
from datetime import date, datetime, time
from decimal import Decimal
from enum import Enum
from typing import Any, Callable, Optional
from uuid import UUID

from motorpool.functions.texts import of_bytes, of_datetime

DEPTH = 200
DIGITS = 4096
_SMALL = 1 << 63
_SCALARS = {bool, int, float, type(None)}
#: Stands for a decimal while the C encoder writes the rest: a text that nobody can guess.
_MARK = "decimal-" + os.urandom(16).hex()
_DECIMAL = '"' + _MARK + '"'
_LONG_NUMBER = re.compile("[0-9]{%d}" % (DIGITS + 1))

_encode: Callable[[Any], str] = json.JSONEncoder(
    ensure_ascii=False, allow_nan=False, check_circular=False, separators=(",", ":")
).encode


class ValueNotJson(Exception):
    """The protocol's error `value-not-json`, with the place in the value."""

    def __init__(self, reason: str, pointer: str = "", bottom: bool = False) -> None:
        super().__init__(reason + ("" if bottom else _place(pointer)))
        self._reason, self._pointer, self._bottom = reason, pointer, bottom

    def below(self, key: Any) -> ValueNotJson:
        return ValueNotJson(self._reason, _step(key) + self._pointer, self._bottom)


class ValueTooLarge(Exception):
    """The protocol's error `value-too-large`."""


class ResultEncoder:
    """Writes values of up to `limit` bytes. Stateless between calls, so threads may share it."""

    def __init__(self, limit: int) -> None:
        self.limit = limit

    def encode(self, value: Any) -> bytes:
        kind = type(value)
        if kind is int and -_SMALL < value < _SMALL:
            return b"%d" % value
        if value is None:
            return b"null"
        if kind is str and len(value) < 1000 or kind is bool:
            return self._utf8(_encode(value))
        return self._encode(value)

    def _encode(self, value: Any) -> bytes:
        walk = _Walk(self.limit)
        plain = walk.plain(value, 0)
        try:
            text = _encode(plain)
        except ValueError:
            raise ValueNotJson(_fault(plain, "") or "the result has a number that JSON cannot have") from None
        if len(text) > DIGITS and _LONG_NUMBER.search(text) is not None:
            fault = _fault(plain, "")
            if fault is not None:
                raise ValueNotJson(fault)
        if walk.decimals:
            first, *others = text.split(_DECIMAL)
            text = first + "".join(digits + piece for digits, piece in zip(walk.decimals, others))
        return self._utf8(text)

    def _utf8(self, text: str) -> bytes:
        try:
            encoded = text.encode()
        except UnicodeEncodeError:
            raise ValueNotJson("the result has a text with half of a surrogate pair") from None
        if len(encoded) > self.limit:
            raise ValueTooLarge(f"the result takes {len(encoded)} bytes as JSON; the limit is {self.limit}")
        return encoded


class _Walk:
    """Reduces a value to what the C encoder writes. Bounded in depth and size, so cycles end."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._left = limit
        #: The text of each decimal, in order; its place in the reduced value has a mark.
        self.decimals: list[str] = []

    def plain(self, value: Any, depth: int) -> Any:
        kind = type(value)
        if kind in _SCALARS:
            return value
        if kind is str:
            self._spend(len(value))
            return value
        if kind is list or kind is tuple:
            return self._array(value, depth)
        if kind is dict:
            return self._object(value.items(), depth)
        return self._other(value, depth)

    def _array(self, elements: Any, depth: int) -> Any:
        _descend(depth)
        self._spend(2 * len(elements))
        kinds = set(map(type, elements))
        if kinds <= _SCALARS:
            return elements
        reduced: list[Any] = []
        try:
            for element in elements:
                reduced.append(self.plain(element, depth + 1))
        except ValueNotJson as fault:
            raise fault.below(len(reduced)) from None
        return reduced

    def _object(self, members: Any, depth: int) -> Any:
        _descend(depth)
        reduced: dict[str, Any] = {}
        key: Any = None
        for key, value in members:
            if not isinstance(key, str):
                raise ValueNotJson(f"a dict has the key {key!r:.100}, and keys of JSON are texts")
            self._spend(4 + len(key))
            try:
                reduced[str.__str__(key)] = self.plain(value, depth + 1)
            except ValueNotJson as fault:
                raise fault.below(key) from None
        return reduced

    def _other(self, value: Any, depth: int) -> Any:
        if isinstance(value, Enum):
            _descend(depth)
            return self.plain(value.value, depth + 1)
        if isinstance(value, str):
            return self.plain(str.__str__(value), depth)
        if isinstance(value, int):
            return int.__add__(value, 0)
        if isinstance(value, float):
            return float.__add__(value, 0.0)
        if isinstance(value, Decimal):
            return self._decimal(value)
        if isinstance(value, (datetime, date, time, UUID)):
            return of_datetime(value) if isinstance(value, datetime) else _text(value)
        if isinstance(value, (bytes, bytearray, memoryview)):
            self._spend(len(value))
            return of_bytes(value)
        if isinstance(value, dict):
            return self._object(value.items(), depth)
        if isinstance(value, (list, tuple)):
            return self._array([element for element in value], depth)
        if isinstance(value, (set, frozenset)):
            return self._array(_ordered(value), depth)
        if hasattr(type(value), "__dataclass_fields__"):
            fields = type(value).__dataclass_fields__
            return self._object([(name, getattr(value, name)) for name in fields if hasattr(value, name)], depth)
        raise ValueNotJson(f"{type(value).__module__}.{type(value).__qualname__} has no JSON form")

    def _decimal(self, value: Decimal) -> str:
        text = str(value)
        if not value.is_finite():
            raise ValueNotJson(f"{text} is no number in JSON")
        if len(value.as_tuple().digits) > DIGITS or len(text) > DIGITS:
            raise ValueNotJson(f"a number has more than {DIGITS} digits")
        self._spend(len(text))
        self.decimals.append(text)
        return _MARK

    def _spend(self, size: int) -> None:
        self._left -= size
        if self._left < 0:
            raise ValueTooLarge(f"the result takes more than {self._limit} bytes as JSON")


def _descend(depth: int) -> None:
    if depth >= DEPTH:
        raise ValueNotJson(f"the result nests deeper than {DEPTH}, or contains itself", bottom=True)


def _text(value: Any) -> str:
    return str(value) if isinstance(value, UUID) else str(value.isoformat())


def _ordered(values: Any) -> list[Any]:
    """The order of a set differs from process to process; sorted where it can be."""
    try:
        return sorted(values)
    except TypeError:
        return list(values)


def _fault(plain: Any, pointer: str) -> Optional[str]:
    """Finds the number of a reduced value that JSON or the protocol cannot have."""
    if isinstance(plain, float) and (plain != plain or plain in (float("inf"), float("-inf"))):
        return f"{plain} is no number in JSON" + _place(pointer)
    if type(plain) is int and plain.bit_length() > DIGITS * 3 and abs(plain) >= 10**DIGITS:
        return f"a number has more than {DIGITS} digits" + _place(pointer)
    inner: Any = ()
    if isinstance(plain, dict):
        inner = plain.items()
    elif isinstance(plain, (list, tuple)):
        inner = enumerate(plain)
    for key, value in inner:
        fault = _fault(value, pointer + _step(key))
        if fault is not None:
            return fault
    return None


def _step(key: Any) -> str:
    return "/" + str(key).replace("~", "~0").replace("/", "~1")


def _place(pointer: str) -> str:
    return " (at " + pointer[:200] + ")" if pointer else ""
