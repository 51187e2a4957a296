"""The question people ask and the answer they get."""

from hedu.query.access import ALL, Access, Mask, RowFilter
from hedu.query.meaning import Column, Receipt, Unmatched
from hedu.query.question import Names, Question, names_of, question_of
from hedu.query.result import Result, Rows

__all__ = [
    "ALL",
    "Access",
    "Column",
    "Mask",
    "Names",
    "Question",
    "Receipt",
    "Result",
    "RowFilter",
    "Rows",
    "Unmatched",
    "names_of",
    "question_of",
]
