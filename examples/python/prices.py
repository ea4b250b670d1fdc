"""Invoices with exact prices: `Decimal` keeps its digits on the way in and out."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import Enum
from typing import Annotated

from motorpool import Field, function

CENT = Decimal("0.01")


class Rate(Enum):
    STANDARD = "standard"
    REDUCED = "reduced"


PERCENT = {Rate.STANDARD: 19, Rate.REDUCED: 7}


@dataclass
class Line:
    name: str
    price: Decimal
    quantity: Annotated[int, Field(minimum=1)] = 1
    rate: Rate = Rate.STANDARD


@dataclass
class Invoice:
    net: Decimal
    tax: Decimal
    total: Decimal


@function
def invoice(lines: list[Line]) -> Invoice:
    """Adds up the lines of an invoice. Tax is rounded line by line, as the law asks."""
    net = sum((line.price * line.quantity for line in lines), Decimal(0))
    tax = sum((tax_of(line) for line in lines), Decimal(0))
    return Invoice(net, tax, net + tax)


def tax_of(line: Line) -> Decimal:
    amount = line.price * line.quantity * PERCENT[line.rate] / 100
    return amount.quantize(CENT, ROUND_HALF_UP)
