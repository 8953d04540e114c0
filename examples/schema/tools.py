"""Tools for a model: plain functions with type hints."""
from datetime import datetime
from typing import Literal


def convert(amount: float, unit: Literal["km", "mi"], digits: int = 2) -> float:
    """Convert a distance: from kilometers to miles, or the other way."""
    return round(amount / 1.609344 if unit == "km" else amount * 1.609344, digits)


def weekday(day: datetime) -> str:
    """Name the day of the week."""
    return day.strftime("%A")


def total(*prices: float) -> float:
    """Add up prices."""
    return sum(prices) if prices else None
