"""One file per class of conflict: `detect(scene)` yields what it finds; `scan` weighs and signs it.

One disagreement is raised by one class. Of two metrics of one name:
- one differing only in the date it goes by, calendar, time zone or week start belongs to `timing`;
- simple metrics over different sources whose rows agree by key belong to `source`;
- a reported and a computed metric (or two sources) a constant factor or an exchange rate apart belong to `unit`;
- a reported value that a wrong sum or average reproduces belongs to `aggregation`;
- equal values belong to `duplicate`;
- everything else that differs in meaning belongs to `definition`. A reported metric has no algebra: its words are
  compared with those of other reported metrics only.
"""
