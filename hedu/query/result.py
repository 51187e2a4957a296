"""An answer: Arrow + meaning + receipt."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hedu.errors import needs
from hedu.query.meaning import Column, Receipt

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True, slots=True)
class Rows:
    """An answer as plain rows, for those who print it: nothing of Arrow is loaded. `totals` is one row or None."""

    rows: tuple[tuple[Any, ...], ...]
    columns: tuple[Column, ...]
    receipt: Receipt
    totals: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """`table` holds the `by` columns in the order asked, then metrics, then comparisons.

    `totals` is one row: the same question without `by`.
    """

    table: pa.Table
    columns: tuple[Column, ...]
    receipt: Receipt
    totals: pa.Table | None = None

    def to_pandas(self) -> Any:
        """A pandas DataFrame. EngineError extra-missing."""
        needs("notebook", "pandas")
        return self.table.to_pandas()

    def to_polars(self) -> Any:
        """A polars DataFrame. EngineError extra-missing."""
        needs("notebook", "polars")
        import polars

        return polars.from_arrow(self.table)

    def rows(self) -> list[dict[str, Any]]:
        """The rows as plain dicts, in order."""
        rows: list[dict[str, Any]] = self.table.to_pylist()
        return rows

    def _repr_html_(self) -> str:
        """How a notebook shows it."""
        from hedu.query.shown import html_of

        totals = self.totals.to_pylist()[0] if self.totals is not None else None
        return html_of(self.columns, self.rows(), self.receipt, totals)
