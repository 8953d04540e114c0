"""Converts amounts of money by the rates of a file, which is read once, at load."""
import json
import re
from datetime import date

AMOUNT = re.compile(r"\s*([0-9]+(?:\.[0-9]+)?)\s*([A-Z]{3})\s*")

with open("rates.json") as file:
    _table = json.load(file)
rates: dict[str, float] = _table["rates"]
day = date.fromisoformat(_table["day"])
converted = 0

print("read", len(rates), "rates of", day.strftime("%B %Y"))


def convert(text: str, to: str = "EUR") -> float:
    """Converts an amount such as "12.50 USD"."""
    global converted
    converted += 1
    match = AMOUNT.fullmatch(text)
    if not match:
        raise ValueError(f"{text!r} is no amount")
    amount, unit = match.groups()
    return round(float(amount) / rates[unit] * rates[to], 2)


def age(today: date) -> int:
    """How many days ago the rates were made."""
    return (today.date() - day).days


def count() -> int:
    """How many amounts were converted before."""
    return converted
