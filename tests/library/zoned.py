"""Calls with their moments in every way a table can hold one."""

DEFINITIONS = """\
version: 1
workspace: zones
time_zone: Asia/Shanghai
---
version: 1
dataset: calls
source: calls
primary_key: id
dimensions:
  instant: {type: timestamp}
  declared: {type: timestamp, time_zone: UTC}
  here: {type: timestamp}
  in_utc: {type: timestamp, time_zone: UTC}
measures:
  instants: {agg: count, time: instant}
  instants_declared: {agg: count, time: declared}
  here: {agg: count, time: here}
  in_utc: {agg: count, time: in_utc}
---
version: 1
metric: instants
simple: calls.instants
---
version: 1
metric: instants_declared
simple: calls.instants_declared
---
version: 1
metric: here
simple: calls.here
---
version: 1
metric: in_utc
simple: calls.in_utc
"""
ROWS = (
    "create table calls (id integer, instant timestamptz, declared timestamptz, here timestamp, in_utc timestamp)",
    """insert into calls values
    (1, '2024-03-01 03:30:00+00', '2024-03-01 03:30:00+00', '2024-03-01 11:30:00', '2024-03-01 03:30:00'),
    (2, '2024-03-01 16:15:00+00', '2024-03-01 16:15:00+00', '2024-03-02 00:15:00', '2024-03-01 16:15:00'),
    (3, '2024-03-01 23:59:59+00', '2024-03-01 23:59:59+00', '2024-03-02 07:59:59', '2024-03-01 23:59:59'),
    (4, null, null, null, null)""",
)
"""In three zones: 2024-03-01 03:30, 16:15 and 23:59 by UTC."""
