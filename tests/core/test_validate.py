"""Requests built in the program keep to the bounds of their types."""

from typing import Annotated

import pytest
from msgspec import Meta, Struct

from genjilib.completions.types import CompletionCreateRequest
from genjilib.core.errors import Invalid
from genjilib.core.validate import checked
from genjilib.core.values import MapCode


class Item(Struct):
    amount: Annotated[int, Meta(ge=1)]


class Order(Struct):
    code: MapCode
    size: Annotated[int, Meta(ge=1, le=10)] = 1
    items: list[Item] = []


def test_what_keeps_to_its_bounds_comes_back_equal() -> None:
    order = Order("AAAA", 10, [Item(1)])
    assert checked(order) == order
    run = CompletionCreateRequest("AAAA", 1, 1.5, "https://a.example/s", None)
    assert checked(run) == run


@pytest.mark.parametrize(
    ("order", "field", "sentence"),
    [
        (Order("aaaa"), "code", "code: Code of a map: 4 to 6 capital letters and digits."),
        (Order("AAAA\n"), "code", "code: Code of a map: 4 to 6 capital letters and digits."),
        (Order("AAAA", 0), "size", "size: Expected `int` >= 1."),
        (Order("AAAA", 11), "size", "size: Expected `int` <= 10."),
        (Order("AAAA", 1, [Item(0)]), "items[0].amount", "items[0].amount: Expected `int` >= 1."),
    ],
)
def test_what_does_not_is_refused_by_its_field(order: Order, field: str, sentence: str) -> None:
    with pytest.raises(Invalid) as caught:
        checked(order)
    assert (caught.value.detail, caught.value.code) == (sentence, "bad-value")
    assert caught.value.extra == {"key": field}
