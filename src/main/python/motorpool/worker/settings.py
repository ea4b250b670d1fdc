"""What the service tells a worker by its environment."""

from __future__ import annotations

import json
import os
from typing import NamedTuple, Optional

from motorpool.functions.loading import Folder

PROTOCOL = 2
_MIB = 1024 * 1024
#: What a frame may be longer than the value it carries.
_OVERHEAD = 64 * 1024


class Settings(NamedTuple):
    role: str
    kind: str
    slots: int
    frame_limit: int
    value_limit: int
    folder: Optional[Folder]
    sources: Optional[list[str]]
    accepted: Optional[str]

    @property
    def one_slot(self) -> bool:
        return self.slots == 1 and self.kind != "coroutine"

    @staticmethod
    def of_environment() -> Settings:
        """Raises `ValueError` for what no service says."""
        get = os.environ.get
        role, kind = get("MOTORPOOL_ROLE", "worker"), get("MOTORPOOL_KIND", "process")
        if role not in ("worker", "probe", "template"):
            raise ValueError(f"MOTORPOOL_ROLE must be worker, probe or template, not {role!r}")
        if kind not in ("process", "thread", "coroutine"):
            raise ValueError(f"MOTORPOOL_KIND must be process, thread or coroutine, not {kind!r}")
        frame_limit = int(get("MOTORPOOL_FRAME_LIMIT", str(16 * _MIB + _OVERHEAD)))
        value_limit = int(get("MOTORPOOL_VALUE_LIMIT", str(frame_limit - _OVERHEAD)))
        directory, sources = get("MOTORPOOL_FUNCTIONS"), get("MOTORPOOL_SOURCES")
        return Settings(
            role,
            kind,
            int(get("MOTORPOOL_SLOTS", "1")),
            frame_limit,
            value_limit,
            Folder(directory, get("MOTORPOOL_FUNCTIONS_PLACE")) if directory else None,
            None if sources is None else json.loads(sources),
            get("MOTORPOOL_ACCEPTED"),
        )
