"""Pages of a list: ``page_size`` and ``page_number`` in the query, ``limit`` and ``offset`` in SQL."""

from typing import Annotated

import msgspec

LARGEST = 100
"""The most rows of a page; a larger ``page_size`` gets this many."""

# With the largest number the offset stays far inside a bigint.
PageNumber = Annotated[int, msgspec.Meta(ge=1, le=1_000_000_000, description="Pages count from 1.")]
PageSize = Annotated[
    int, msgspec.Meta(ge=1, description=f"Rows of a page; more than {LARGEST} means {LARGEST}.")
]
PageSizeOrAll = Annotated[
    int, msgspec.Meta(ge=0, description=f"Rows of a page; 0 means all, more than {LARGEST} means {LARGEST}.")
]


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """Which page of a list is wanted; a route's own filters are fields of a subclass."""

    page_size: PageSize = 10
    page_number: PageNumber = 1

    @property
    def limit(self) -> int:
        """Return how many rows to read."""
        return min(self.page_size, LARGEST)

    @property
    def offset(self) -> int:
        """Return how many rows to skip."""
        return (self.page_number - 1) * self.limit


class PageOrAll(msgspec.Struct, frozen=True, kw_only=True):
    """Which page of a list is wanted, where ``page_size=0`` asks for the whole list."""

    page_size: PageSizeOrAll = 10
    page_number: PageNumber = 1

    @property
    def limit(self) -> int | None:
        """Return how many rows to read; ``None``, SQL's ``limit null``, is all of them."""
        return min(self.page_size, LARGEST) or None

    @property
    def offset(self) -> int:
        """Return how many rows to skip."""
        return (self.page_number - 1) * (self.limit or 0)
