"""Annotations of functions and classes as types, one by one where some cannot be resolved."""

from __future__ import annotations

import sys
import typing
from typing import Any


class Unresolved:
    """Stands for an annotation that names something which is not there."""

    def __init__(self, reason: str) -> None:
        self.reason = reason


def hints_of(annotated: Any) -> dict[str, Any]:
    """The resolved annotations of a function, class or wrapped function."""
    while hasattr(annotated, "__wrapped__") and not isinstance(annotated, type):
        annotated = annotated.__wrapped__
    try:
        return typing.get_type_hints(annotated, include_extras=True)
    except Exception:
        return {name: _resolve(hint, annotated) for name, hint in _raw(annotated).items()}


def _raw(annotated: Any) -> dict[str, Any]:
    try:
        return dict(annotated.__annotations__)
    except Exception:
        if sys.version_info >= (3, 14):
            import annotationlib

            return dict(annotationlib.get_annotations(annotated, format=annotationlib.Format.FORWARDREF))
        return {}


def _resolve(hint: Any, annotated: Any) -> Any:
    """One annotation, evaluated as `typing` would."""

    def carrier() -> None: ...

    carrier.__annotations__ = {"hint": hint}
    try:
        names = getattr(annotated, "__globals__", None) or vars(sys.modules[annotated.__module__])
        return typing.get_type_hints(carrier, names, include_extras=True)["hint"]
    except Exception as reason:
        return Unresolved(f"{type(reason).__name__}: {reason}")
