"""Every deed upon proposals."""

from hedu.center.proposals.actions.going_on import merge, rebase, revise, supersede, withdraw
from hedu.center.proposals.actions.opening import (
    apply,
    open_proposal,
    propose_draft,
    propose_policy,
    propose_rename,
    propose_restoration,
    propose_retirement,
    propose_targets,
    roll_back,
)
from hedu.center.proposals.actions.signing import advise, consult, request_changes, sign, veto
from hedu.center.proposals.actions.time import (
    ask_extension,
    decide_extension,
    escalate,
    hold_back,
    publish_again,
    publish_when_due,
    remind,
    tick,
)

__all__ = [
    "advise",
    "apply",
    "ask_extension",
    "consult",
    "decide_extension",
    "escalate",
    "hold_back",
    "merge",
    "open_proposal",
    "propose_draft",
    "propose_policy",
    "propose_rename",
    "propose_restoration",
    "propose_retirement",
    "propose_targets",
    "publish_again",
    "publish_when_due",
    "rebase",
    "remind",
    "request_changes",
    "revise",
    "roll_back",
    "sign",
    "supersede",
    "tick",
    "veto",
    "withdraw",
]
