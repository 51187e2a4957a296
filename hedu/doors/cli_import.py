"""`hedu import dbt|ossie`: another tool's definitions -> a native folder and what did not fit, in loss.json."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Literal

from hedu.define.formats.loss import Carried, losses_text, refuse_losses
from hedu.doors.sound import sound, texts_of
from hedu.errors import DefinitionError

Reader = Callable[[Path], Carried]

_SAYS = {
    "zh": "{out}: {datasets} 个数据集, {metrics} 个指标; {losses} 处未带过来, 见 loss.json",
    "en": "{out}: {datasets} datasets, {metrics} metrics; {losses} things not carried over, see loss.json",
}


def reader_of(kind: str) -> Reader:
    """What reads the format: path -> definitions and losses."""
    if kind == "dbt":
        from hedu.define.formats.dbt import read_dbt

        return read_dbt
    from hedu.define.ossie.carry import read_ossie

    return {"ossie": read_ossie}[kind]


def import_definitions(kind: str, path: Path, out: Path, *, strict: bool, lang: Literal["zh", "en"]) -> int:
    """Write what `path` defines as native files under `out`, with `loss.json` beside them.

    DefinitionError: loss-refused (strict), folder-not-empty, file-unwritable, and whatever the reader finds broken.
    """
    carried = sound(reader_of(kind)(path))
    if strict:
        refuse_losses(carried.losses)
    texts = native_texts(carried)
    if any(out.glob("**/*.y*ml")):
        raise DefinitionError("folder-not-empty", path=str(out))
    for name, text in texts.items():
        write_file(out / name, text)
    write_file(out / "loss.json", losses_text(carried.losses, lang))
    found = carried.definitions
    counts = {"datasets": len(found.datasets), "metrics": len(found.metrics), "losses": len(carried.losses)}
    print(_SAYS[lang].format(out=out, **counts))
    return 0


def write_file(place: Path, text: str) -> None:
    """`text` at `place`, with the folders above it. Errors: DefinitionError file-unwritable."""
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8")
    except OSError as error:
        raise DefinitionError("file-unwritable", path=str(place), reason=error.strerror or str(error)) from error


def native_texts(carried: Carried) -> dict[str, str]:
    """File name -> text of what was carried over."""
    return texts_of(carried.definitions)
