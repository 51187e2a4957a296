"""What spark reads otherwise."""

from __future__ import annotations

from sqlglot import exp

from hedu.sql.dialects.passes import double_division, each

SPARK = (each(exp.Div, double_division),)
