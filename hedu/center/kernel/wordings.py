"""Source texts -> .po -> .mo, without the gettext programs.

Source wordings are Chinese; each app keeps its English in locale/en/LC_MESSAGES/django.po. After adding
`_("…")` or `{% trans "…" %}`:

    DJANGO_SETTINGS_MODULE=hedu.center.settings .venv/bin/python -m django wordings

adds the new wordings, empty, to the .po of their app and lists them; write the English and run it again.
A wording that a lower app already has (kernel first) is not repeated. .mo files are compiled when stale.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize

Wording = tuple[str | None, str, str | None]
"""Context, singular, plural."""

CALLS = {
    **dict.fromkeys(("_", "gettext", "gettext_lazy", "gettext_noop"), ("one",)),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), ("one", "many")),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), ("context", "one")),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), ("context", "one", "many")),
}
_TEXT = r"""u?(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
_CALL = re.compile(rf"\b(n?p?gettext|_)\(({_TEXT})((?:,\s*{_TEXT})*)")
_MORE = re.compile(_TEXT)


def folders() -> list[tuple[str, Path]]:
    """Each app (and the doors) with its folder, lowest first."""
    center = Path(settings.CENTER)
    return [(name, center / name) for name in settings.APPS]


def po_of(folder: Path) -> Path:
    return folder / "locale" / "en" / "LC_MESSAGES" / "django.po"


def compile_stale() -> list[Path]:
    """Write each .mo that is older than its .po; a folder we may not write to is left as it is."""
    made = []
    for _name, folder in folders():
        po = po_of(folder)
        mo = po.with_suffix(".mo")
        if not po.is_file() or (mo.is_file() and mo.stat().st_mtime >= po.stat().st_mtime):
            continue
        try:
            fresh = mo.with_suffix(".mo.new")
            with po.open("rb") as text, fresh.open("wb") as out:
                write_mo(out, read_po(text, locale="en"))
            fresh.replace(mo)
        except OSError:
            continue
        made.append(mo)
    return made


def read(po: Path) -> Catalog:
    """The catalog of a .po, empty when there is none."""
    if not po.is_file():
        return Catalog(locale="en", project="hedu", charset="utf-8")
    with po.open("rb") as text:
        return read_po(text, locale="en")


def used_in(folder: Path) -> dict[Wording, str]:
    """Every wording used in the Python and templates of `folder`, with a file that uses it."""
    found: dict[Wording, str] = {}
    for path in sorted([*folder.rglob("*.py"), *folder.rglob("*.html"), *folder.rglob("*.txt")]):
        if "migrations" in path.parts or "locale" in path.parts:
            continue
        text = path.read_text(encoding="utf-8")
        wordings = _in_python(text) if path.suffix == ".py" else _in_template(text)
        for wording in wordings:
            found.setdefault(wording, path.relative_to(folder).as_posix())
    return found


def _in_python(text: str) -> Iterator[Wording]:
    for node in ast.walk(ast.parse(text)):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        places = CALLS.get(name)
        if places is None or len(node.args) < len(places):
            continue
        texts = [arg.value if isinstance(arg, ast.Constant) else None for arg in node.args[: len(places)]]
        if all(isinstance(item, str) for item in texts):
            yield _wording(dict(zip(places, texts, strict=True)))


def _in_template(text: str) -> Iterator[Wording]:
    for match in _CALL.finditer(templatize(text)):
        texts = [ast.literal_eval(match[2]), *(ast.literal_eval(item) for item in _MORE.findall(match[3]))]
        places = CALLS[match[1]]
        if len(texts) >= len(places):
            yield _wording(dict(zip(places, texts, strict=False)))


def _wording(parts: dict[str, Any]) -> Wording:
    return (parts.get("context"), parts["one"], parts.get("many"))


def refresh() -> dict[str, list[str]]:
    """Bring every .po up to date with the sources -> app -> wordings still without English.

    A wording used by several apps stays with the lowest; English already written anywhere moves along.
    """
    told = _told_anywhere()
    known: set[tuple[str | None, str]] = set()
    missing: dict[str, list[str]] = {}
    for name, folder in folders():
        new = Catalog(locale="en", project="hedu", charset="utf-8")
        for (context, one, many), place in sorted(used_in(folder).items(), key=lambda item: item[0][1]):
            if (context, one) in known:
                continue
            given = told.get((context, one), "")
            if many and not isinstance(given, tuple | list):
                given = (given, given)
            new.add((one, many) if many else one, given, locations=[(place, 0)], context=context)
        if len(new):
            _write(po_of(folder), new)
        known |= {(message.context, _one(message.id)) for message in new if message.id}
        missing[name] = [_one(message.id) for message in new if message.id and not _is_told(message)]
    return missing


def _told_anywhere() -> dict[tuple[str | None, str], Any]:
    """Every English wording by its context and source; a lower app's word counts."""
    found: dict[tuple[str | None, str], Any] = {}
    for _name, folder in folders():
        for message in read(po_of(folder)):
            if message.id and _is_told(message):
                found.setdefault((message.context, _one(message.id)), message.string)
    return found


def untold() -> dict[str, list[str]]:
    """App -> wordings in its sources that no .po at or below it puts into English."""
    known: set[tuple[str | None, str]] = set()
    missing: dict[str, list[str]] = {}
    for name, folder in folders():
        known |= {
            (message.context, _one(message.id)) for message in read(po_of(folder)) if message.id and _is_told(message)
        }
        gaps = [one for (context, one, _many) in used_in(folder) if (context, one) not in known]
        if gaps:
            missing[name] = gaps
    return missing


def _one(message_id: Any) -> str:
    return message_id[0] if isinstance(message_id, tuple | list) else message_id


def _is_told(message: Any) -> bool:
    given = message.string if isinstance(message.string, tuple | list) else (message.string,)
    return all(given) and not message.fuzzy


HEADER = b"""msgid ""
msgstr ""
"Language: en\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"

"""


def _write(po: Path, catalog: Catalog) -> None:
    """Written only where it changed; the header holds no date, so that a diff shows wordings alone."""
    text = BytesIO(HEADER)
    text.seek(0, 2)
    write_po(text, catalog, omit_header=True, include_lineno=False, sort_output=True, width=0)
    if not po.is_file() or po.read_bytes() != text.getvalue():
        po.parent.mkdir(parents=True, exist_ok=True)
        po.write_bytes(text.getvalue())
