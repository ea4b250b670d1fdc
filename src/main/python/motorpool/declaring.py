"""What an author says about a function: the decorator, and `Field` for its parameters."""

from __future__ import annotations

from typing import Any, Callable, Mapping, NamedTuple, Optional, Sequence, TypeVar, Union, overload

F = TypeVar("F", bound=Callable[..., Any])

#: The attribute by which a marked function is recognized. `functools.wraps` copies it.
MARK = "__motorpool__"

_PRIORITIES = range(-100, 101)
_RETRIES = range(0, 101)
_LONGEST = 315_360_000


class Declaration(NamedTuple):
    """The decorator's arguments."""

    name: Optional[str] = None
    workload: Optional[str] = None
    description: Optional[str] = None
    defaults: Mapping[str, Union[int, float, str]] = {}


@overload
def function(marked: F) -> F: ...


@overload
def function(
    *,
    name: Optional[str] = ...,
    workload: Optional[str] = ...,
    pool: Optional[str] = ...,
    description: Optional[str] = ...,
    timeout: Optional[float] = ...,
    retries: Optional[int] = ...,
    retry_delay: Optional[float] = ...,
    priority: Optional[int] = ...,
) -> Callable[[F], F]: ...


def function(
    marked: Optional[F] = None,
    *,
    name: Optional[str] = None,
    workload: Optional[str] = None,
    pool: Optional[str] = None,
    description: Optional[str] = None,
    timeout: Optional[float] = None,
    retries: Optional[int] = None,
    retry_delay: Optional[float] = None,
    priority: Optional[int] = None,
) -> Union[F, Callable[[F], F]]:
    """Marks a function as one that Motorpool offers. The function itself stays as it is.

    name: replaces the last part of its name: `orders.renamed`
    workload: "cpu" or "io"
    pool: where calls go that name no pool
    description: instead of the docstring's first paragraph
    timeout: seconds that a call may run
    retries, retry_delay: further attempts of jobs in the background, and seconds between them
    priority: -100 to 100, higher first
    """
    if marked is not None and not callable(marked):
        raise TypeError("@function takes named arguments only, such as @function(timeout=30)")
    if name is not None and (not isinstance(name, str) or not name.isidentifier() or name.startswith("_")):
        raise ValueError(f"name must be an identifier that does not begin with _, not {name!r}")
    if workload not in (None, "cpu", "io"):
        raise ValueError(f'workload must be "cpu" or "io", not {workload!r}')
    if timeout is not None and not 0 < timeout <= _LONGEST:
        raise ValueError(f"timeout must be greater than 0 and at most {_LONGEST} seconds, not {timeout!r}")
    if retry_delay is not None and not 0 <= retry_delay <= _LONGEST:
        raise ValueError(f"retry_delay must be 0 to {_LONGEST} seconds, not {retry_delay!r}")
    if retries is not None and retries not in _RETRIES:
        raise ValueError(f"retries must be an integer from 0 to 100, not {retries!r}")
    if priority is not None and priority not in _PRIORITIES:
        raise ValueError(f"priority must be an integer from -100 to 100, not {priority!r}")
    if pool is not None and (not isinstance(pool, str) or not pool):
        raise ValueError(f"pool must be the name of a pool, not {pool!r}")
    given = {"timeout": timeout, "retries": retries, "retry_delay": retry_delay, "priority": priority, "pool": pool}
    defaults = {key: value for key, value in given.items() if value is not None}
    declaration = Declaration(name, workload, description, defaults)

    def mark(target: F) -> F:
        if not callable(target) or isinstance(target, type):
            raise TypeError(f"@function marks functions, not {target!r}")
        setattr(target, MARK, declaration)
        return target

    return mark if marked is None else mark(marked)


class Field:
    """Limits and a description of a parameter or member: `Annotated[int, Field(minimum=1)]`."""

    __slots__ = ("keywords", "length")

    def __init__(
        self,
        *,
        minimum: Optional[float] = None,
        maximum: Optional[float] = None,
        exclusive_minimum: Optional[float] = None,
        exclusive_maximum: Optional[float] = None,
        multiple_of: Optional[float] = None,
        min_length: Optional[int] = None,
        max_length: Optional[int] = None,
        pattern: Optional[str] = None,
        description: Optional[str] = None,
        title: Optional[str] = None,
        examples: Optional[Sequence[Any]] = None,
    ) -> None:
        """`min_length` and `max_length` count the characters of text, or the elements of an array."""
        keywords = {
            "minimum": minimum,
            "maximum": maximum,
            "exclusiveMinimum": exclusive_minimum,
            "exclusiveMaximum": exclusive_maximum,
            "multipleOf": multiple_of,
            "pattern": pattern,
            "title": title,
            "description": description,
            "examples": None if examples is None else list(examples),
        }
        self.keywords = {key: value for key, value in keywords.items() if value is not None}
        self.length = (min_length, max_length)

    def apply(self, schema: Mapping[str, Any]) -> dict[str, Any]:
        """The schema with these limits."""
        least, most = self.length
        if least is None and most is None:
            return {**schema, **self.keywords}
        kind = schema.get("type")
        suffix = "Items" if kind == "array" else "Properties" if kind == "object" else "Length"
        limits = {"min" + suffix: least, "max" + suffix: most}
        return {**schema, **{k: v for k, v in limits.items() if v is not None}, **self.keywords}
