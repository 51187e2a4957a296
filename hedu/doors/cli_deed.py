"""The center's deeds and reads from the command line, derived from their type hints; folders in and out."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from hedu.doors.refusing import language
from hedu.errors import DefinitionError, NotFound, Problem, QueryError, suggest

if TYPE_CHECKING:
    from hedu.center.kernel.actor import Actor


def do(name: str | None, pairs: Sequence[str], home: Path, user: str | None) -> int:
    """Perform the deed (or read) `name` with `key=value` inputs and print what it returns; without a name, list them.

    Errors: deed-unknown, deed-input, user-unknown, and all that the deed raises.
    """
    _open(home)
    verbs = _verbs()
    if not name:
        for known, (promise, _) in sorted(verbs.items()):
            print(f"{known:40} {promise.splitlines()[0] if promise else ''}")
        return 0
    if name not in verbs:
        raise QueryError("deed-unknown", name=name, near=suggest(name, verbs))
    actor = _enter(home, user)
    _print(_through(lambda: verbs[name][1](actor, _inputs(pairs))))
    return 0


def plan(workspace: Path, home: Path, user: str | None, *, prune: bool, as_json: bool) -> int:
    """Show what publishing the folder would change, in the terminal's language. Exit 1 where it has problems."""
    actor = replace(_enter(home, user), lang=language())
    from hedu.center.proposals import reads

    found = _through(lambda: reads.plan(actor, _texts(workspace), prune=prune))
    if as_json:
        _print(found)
    else:
        _print_plan(found)
    return 1 if found["problems"] else 0


def apply(workspace: Path, home: Path, user: str | None, *, prune: bool, note: str) -> int:
    """Propose the folder to those it affects; an administrator's first one fills the empty catalog at once."""
    actor = _enter(home, user)
    from hedu.center.proposals import actions

    done = _through(lambda: actions.apply(actor, texts=_texts(workspace), reason=note, prune=prune))
    proposal, count = done["proposal"], done["published"]
    if proposal is not None:
        print(f"变更提案 #{proposal.pk} 等待会签 · proposal #{proposal.pk} awaits sign-off: /proposals/{proposal.pk}/")
    else:
        print(f"{count} 个定义已发布 · {count} definitions published")
    return 0


def pull(workspace: Path, home: Path, user: str | None) -> int:
    """Write every published definition into the folder, over files of the same name."""
    actor = _enter(home, user)
    from hedu.center.catalog import reads

    texts = _through(lambda: reads.pull(actor))
    for name, text in texts.items():
        place = workspace / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8")
    print(f"{len(texts)} 个文件 · {len(texts)} files -> {workspace}")
    return 0


def load_at(home: Path, path: Path, table: str | None, lang: Literal["zh", "en"]) -> int:
    """Load a source into a site's own warehouse, by its published definitions. QueryError warehouse-elsewhere."""
    _open(home)
    from hedu.center.catalog import rolling, serving
    from hedu.doors.cli_load import load_into

    folder = rolling.warehouse_folder()
    if folder is None:
        raise QueryError("warehouse-elsewhere")
    return load_into(folder, lambda: serving.served().workspace.model, path, table, lang)


def _open(home: Path) -> None:
    """Set the center of `home` up. NotFound home-empty."""
    os.environ["HEDU_HOME"] = str(home.absolute())
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hedu.center.settings")
    if not (home / "site.sqlite3").exists() and not os.environ.get("HEDU_DATABASE_URL"):
        raise NotFound("home-empty", home=home.name)
    import django

    django.setup()


def _enter(home: Path, user: str | None) -> Actor:
    """Open the center of `home` as one of its users (HEDU_USER unless named)."""
    _open(home)
    from django.contrib.auth import get_user_model

    from hedu.center.kernel.actors import actor_of

    username = user or os.environ.get("HEDU_USER", "")
    found = get_user_model()._default_manager.filter(username=username, is_active=True).first()
    if found is None:
        raise NotFound("user-unknown", name=username)
    return actor_of(found)


def _verbs() -> Mapping[str, tuple[str, Callable[[Actor, dict[str, Any]], Any]]]:
    """Name -> its promise, and the call with checked inputs."""
    from hedu.center.kernel.action import actions, perform
    from hedu.center.kernel.reading import readings
    from hedu.doors.inputs import given, inputs_model

    def checked(name: str, parameters: Any, call: Callable[..., Any]) -> Callable[[Actor, dict[str, Any]], Any]:
        def run(actor: Actor, inputs: dict[str, Any]) -> Any:
            from pydantic import ValidationError

            try:
                model = inputs_model(name, parameters, strict=True).model_validate(inputs)
            except ValidationError as error:
                wrong = [f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors()]
                raise QueryError("deed-input", name=name, fields=wrong, known=list(parameters)) from None
            return call(actor, **given(model))

        return run

    known: list[tuple[Any, Callable[..., Any]]] = [(spec, perform(spec.name)) for spec in actions().values()]
    known += [(spec, spec.call) for spec in readings().values()]
    return {
        spec.name: (spec.promise, checked(spec.name, spec.parameters, call))
        for spec, call in known
        if "cli" in spec.doors
    }


def _inputs(pairs: Sequence[str]) -> dict[str, Any]:
    inputs: dict[str, Any] = {}
    for pair in pairs:
        key, found, value = pair.partition("=")
        if not found:
            raise QueryError("deed-pair", text=pair)
        try:
            inputs[key] = json.loads(value) if value.startswith(("[", "{")) else value
        except json.JSONDecodeError as error:
            raise QueryError("deed-input", name=key, fields=[str(error)], known=[]) from None
    return inputs


def _through(call: Callable[[], Any]) -> Any:
    from hedu.center.kernel.passage import through

    with through("cli"):
        return call()


def _texts(workspace: Path) -> dict[str, str]:
    """The folder's texts by file name. DefinitionError: not-utf8 for each that is none, and those of `folder`."""
    from hedu.define.folder import folder
    from hedu.define.read import decoded

    problems: list[Problem] = []
    texts = {name: decoded(name, content, problems) for name, content in folder(workspace).items()}
    if problems:
        raise DefinitionError.of(problems)
    return texts


def _print(value: Any) -> None:
    from hedu.center.kernel.plain import plain

    json.dump(plain(value), sys.stdout, ensure_ascii=False, indent=1)
    print()


def _print_plan(found: Mapping[str, Any]) -> None:
    marks = {"added": "+", "changed": "~", "removed": "-", "unchanged": " "}
    for item in found["items"]:
        if item["effect"] == "unchanged":
            continue
        print(f"{marks.get(item['effect'], '?')} {item['kind']} {item['name']}")
        for change in item["changes"]:
            told = f"  ({change['risk']}: {change['reason']})"
            print(f"    {change['field']}: {change['before']} -> {change['after']}{told}")
    for place in found.get("departments", ()):
        print(f"{place['part']:10} {place['department'] or '–'}: {'; '.join(place['reasons'])}")
    for problem in found["problems"]:
        print(f"{problem['code']}  {problem['where'] or ''}\n{problem['what']}\n{problem['hint']}\n", file=sys.stderr)
