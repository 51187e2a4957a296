"""In the center: writes only in actions, objects only through reads, questions only through the catalog."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.house.tree import imports, modules, name, parsed

WRITES = {"save", "delete"}
SET_WRITES = {
    "create", "update", "bulk_create", "bulk_update", "get_or_create", "update_or_create", "create_user",
}  # fmt: skip
# The mechanism that writes the audit row itself, and models' own bookkeeping.
MAY_WRITE = ("actions.py", "models.py", "action.py")
MECHANISM = {
    "hedu/center/kernel/once.py": "remembers the answers of repeated requests",
    "hedu/center/kernel/topics.py": "notifications follow from deeds",
    "hedu/center/kernel/reads.py": "when a token was last used",
    "hedu/center/kernel/job.py": "the queue: what a deed left for later, held and done by workers",
    "hedu/center/kernel/jobs.py": "forgets what has long been done",
    "hedu/center/kernel/inbox.py": "tasks follow from deeds",
    "hedu/center/kernel/outbox.py": "messages follow from deeds",
    "hedu/center/kernel/sending.py": "how far the messages are, by a job",
    "hedu/center/kernel/timetable.py": "which slots were handed to the queue",
}
SIGNING_IN = {"hedu/center/kernel/views/entering.py": "before sign-in there is nobody to see for"}
NOT_ROWS = {"globals", "cache", "session", "default_storage", "storage"}


def written_in(path_parts: tuple[str, ...]) -> bool:
    return path_parts[-1] in MAY_WRITE or "actions" in path_parts[:-1]


def is_page(path: Path) -> bool:
    return (path.name in {"views.py", "forms.py", "rest.py"} and "actions" not in path.parts) or "views" in path.parts


def is_rows(receiver: ast.expr) -> bool:
    """Whether an expression is a set of rows: `X.objects…`, `….filter(…)`, `parent.child_set`."""
    chain = ast.unparse(receiver)
    return ".objects" in chain or "_set" in chain or isinstance(receiver, ast.Call)


def writes(tree: ast.Module) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            continue
        verb, receiver = node.func.attr, node.func.value
        if ast.unparse(receiver).split("(")[0].split(".")[-1] in NOT_ROWS:
            continue
        if verb in WRITES or (verb in SET_WRITES and is_rows(receiver)):
            yield node.lineno, ast.unparse(node.func)


def test_writes_stand_in_actions() -> None:
    found = [
        f"{name(path)}:{line} {call}"
        for path in modules("hedu/center", "hedu/doors")
        if not written_in(path.parts) and name(path) not in MECHANISM
        for line, call in writes(parsed(path))
    ]
    assert not found, "move these into a function of actions.py:\n" + "\n".join(found)


def test_pages_get_objects_from_reads_alone() -> None:
    found = [
        f"{name(path)}:{node.lineno} {ast.unparse(node)}"
        for path in modules("hedu/center", "hedu/doors")
        if is_page(path) and name(path) not in SIGNING_IN
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Attribute) and node.attr in {"objects", "_default_manager"}
    ]
    assert not found, "ask reads.visible_to(actor) instead:\n" + "\n".join(found)


def test_the_center_asks_through_the_catalog() -> None:
    found = [
        f"{name(path)}:{line} imports {module}"
        for path in modules("hedu/center", "hedu/doors")
        if not name(path).startswith("hedu/center/catalog/") and not name(path).startswith("hedu/doors/cli")
        for module, line in imports(path)
        if module in {"hedu.workspace", "hedu.engine"}
    ]
    assert not found, "catalog.reads.ask(actor, …) is the only way to ask:\n" + "\n".join(found)


def test_rules_are_plain() -> None:
    found = [
        f"{name(path)}:{line} imports {module}"
        for path in modules("hedu/center")
        if path.name == "rules.py"
        for module, line in imports(path)
        if module.split(".")[0] == "django" or module.endswith(".models")
    ]
    assert not found, found
