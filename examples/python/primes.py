"""A table that takes long to make: it is made once, when the module is imported, and workers share its memory."""

from typing import Annotated

from motorpool import Field, function

LIMIT = 5_000_000


def _sieve(limit: int) -> bytearray:
    """The sieve of Eratosthenes: 1 where the index is a prime number."""
    table = bytearray([1]) * (limit + 1)
    table[0:2] = b"\0\0"
    for number in range(2, int(limit**0.5) + 1):
        if table[number]:
            table[number * number :: number] = bytes(len(range(number * number, limit + 1, number)))
    return table


_TABLE = _sieve(LIMIT)

Number = Annotated[int, Field(minimum=0, maximum=LIMIT)]


@function
def is_prime(number: Number) -> bool:
    """Whether the number is a prime number. Meant for `map`."""
    return bool(_TABLE[number])


@function
def count(first: Number, last: Number) -> int:
    """How many prime numbers there are between these two, both included."""
    return sum(_TABLE[first : last + 1])
