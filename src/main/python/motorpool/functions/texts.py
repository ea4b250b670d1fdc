"""Types that JSON has as text: times, UUIDs, decimals and bytes."""

from __future__ import annotations

import binascii
import re
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Any, Callable, NamedTuple, Optional
from uuid import UUID

_CLOCK = r"[0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]{1,9})?)?"
_ZONE = r"([Zz]|[+-][0-9]{2}:[0-9]{2})?"
DATE_PATTERN = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
TIME_PATTERN = f"^{_CLOCK}{_ZONE}$"
DATETIME_PATTERN = f"^[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}[Tt ]{_CLOCK}{_ZONE}$"
UUID_PATTERN = "^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$"
DECIMAL_PATTERN = "^[+-]?([0-9]+([.][0-9]*)?|[.][0-9]+)([eE][+-]?[0-9]+)?$"
BASE64_PATTERN = "^[A-Za-z0-9+/]*={0,2}$"

_CLOCK_PARTS = re.compile(
    r"([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:[.]([0-9]{1,9}))?)?([Zz]|[+-][0-9]{2}:[0-9]{2})?", re.ASCII
)
_UUID = re.compile(UUID_PATTERN)
_DECIMAL = re.compile(DECIMAL_PATTERN)

#: Beyond this an exponent would make an integer of more digits than any number may have.
LARGEST_EXPONENT = 4096


def to_time(text: str) -> time:
    parts = _CLOCK_PARTS.fullmatch(text)
    if parts is None:
        raise ValueError("not a time")
    hour, minute, second, fraction, zone = parts.groups()
    micros = int((fraction or "0").ljust(6, "0")[:6])
    return time(int(hour), int(minute), int(second or 0), micros, _zone(zone))


def _zone(text: Optional[str]) -> Optional[timezone]:
    if text is None:
        return None
    if text in "Zz":
        return timezone.utc
    offset = timedelta(hours=int(text[1:3]), minutes=int(text[4:6]))
    return timezone(-offset if text[0] == "-" else offset)


def to_date(text: str) -> date:
    if len(text) != 10:
        raise ValueError("not a date")
    return date.fromisoformat(text)


def to_datetime(text: str) -> datetime:
    """Without a zone it is UTC."""
    if len(text) < 16 or text[10] not in "Tt ":
        raise ValueError("not a date and time")
    clock = to_time(text[11:])
    return datetime.combine(to_date(text[:10]), clock, clock.tzinfo or timezone.utc)


def to_uuid(text: str) -> UUID:
    if _UUID.match(text) is None:
        raise ValueError("not a UUID")
    return UUID(text)


def to_bytes(text: str) -> bytes:
    return binascii.a2b_base64(_checked_base64(text))


def _checked_base64(text: str) -> str:
    if len(text) % 4 or re.fullmatch(BASE64_PATTERN, text) is None:
        raise ValueError("not base64")
    return text


def to_decimal(value: Any) -> Decimal:
    """`value` is text, an integer, or a decimal that the parser has made."""
    if isinstance(value, str) and _DECIMAL.match(value) is None:
        raise ValueError("not a decimal number")
    return Decimal(value)


def of_datetime(value: datetime) -> str:
    """RFC 3339; without a zone it is UTC."""
    text = (value if value.tzinfo is not None else value.replace(tzinfo=timezone.utc)).isoformat()
    return text[:-6] + "Z" if text.endswith("+00:00") else text


def of_bytes(value: Any) -> str:
    return binascii.b2a_base64(value, newline=False).decode("ascii")


class TextType(NamedTuple):
    """How a type is written and read."""

    schema: dict[str, Any]
    parse: Callable[[str], Any]
    what: str


TEXT_TYPES: dict[Any, TextType] = {
    datetime: TextType(
        {"type": "string", "format": "date-time", "pattern": DATETIME_PATTERN}, to_datetime, "a date and time"
    ),
    date: TextType({"type": "string", "format": "date", "pattern": DATE_PATTERN}, to_date, "a date"),
    time: TextType({"type": "string", "format": "time", "pattern": TIME_PATTERN}, to_time, "a time"),
    UUID: TextType({"type": "string", "format": "uuid", "pattern": UUID_PATTERN}, to_uuid, "a UUID"),
    bytes: TextType(
        {"type": "string", "contentEncoding": "base64", "pattern": BASE64_PATTERN}, to_bytes, "bytes in base64"
    ),
}
