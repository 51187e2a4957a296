"""The question people ask and the answer they get."""

from hedu.query.access import ALL, Access, Mask, RowFilter
from hedu.query.question import Question
from hedu.query.result import Column, Receipt, Result, Rows

__all__ = ["ALL", "Access", "Column", "Mask", "Question", "Receipt", "Result", "RowFilter", "Rows"]
