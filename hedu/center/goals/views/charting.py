"""The months of a target -> what the chart island draws."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from hedu.center.catalog import figures
from hedu.center.goals import reads


def course_chart(stands: reads.Standing, rows: Sequence[Any]) -> dict[str, Any] | None:
    """The months of a target as the chart island takes them; None without any."""
    if not any(value is not None for row in rows for value in row[1:]):
        return None
    runs_up = stands.nature == "flow"
    names = (_("累计实际"), _("累计目标"), _("累计预计")) if runs_up else (_("实际"), _("目标"), _("预计"))
    direction = stands.target.metric.direction
    columns = [{"name": "month", "role": "dimension", "label": _("月份"), "type": "date", "grain": "month"}]
    columns += [
        {"name": key, "role": "metric", "label": label, "type": "number", "unit": figures.worded(stands.target.unit),
         "direction": direction, "additive": False}
        for key, label in zip(("reached", "due", "expected"), names, strict=True)
    ]  # fmt: skip
    data = {"columns": columns, "rows": [[row[0].isoformat(), *row[1:]] for row in rows]}
    return {"kind": "line", "data": data, "title": _("目标与实际"), "kinds": ["line", "bar", "table"],
            "options": {"height": 300}}  # fmt: skip
