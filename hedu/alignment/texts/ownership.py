"""Sentences of ownership gaps."""

from hedu.define.definitions import Label

SENTENCES: dict[str, Label] = {
    "no_accountable": Label("“{metric}”没有最终负责的部门", "Nobody is accountable for {metric}"),
    "several_accountable": Label(
        "“{metric}”有 {count} 个部门同时最终负责：{departments}",
        "{count} departments are accountable for {metric} at once: {departments}",
    ),
    "accountable_left": Label(
        "“{metric}”的负责人{person}已离职，没有人接手",
        "{person}, who answered for {metric}, has left and nobody took over",
    ),
    "self_approved": Label(
        "“{metric}”的变更 {proposal} 由{person}提出，也只有{person}一人批准",
        "Change {proposal} of {metric} was proposed by {person} and approved by nobody else",
    ),
    "no_liaison": Label(
        "{department}在用 {count} 个指标，却没有在岗的联络人，也没有代理人",
        "{department} uses {count} metrics, but has neither a liaison nor a deputy in post",
    ),
    "not_controllable": Label(
        "{department}对“{metric}”负责，但能影响的部分只占 {share:.0%}",
        "{department} answers for {metric}, but can move only {share:.0%} of it",
    ),
}
