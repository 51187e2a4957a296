"""`hedu export ossie`: a folder of definitions -> one Ossie document, and what readers of its core will not see."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from hedu.define.folder import folder
from hedu.define.formats.loss import losses_text, refuse_losses
from hedu.define.read import read
from hedu.doors.cli_import import write_file
from hedu.errors import DefinitionError

_SAYS = {
    "zh": "{out}: {datasets} 个数据集, {metrics} 个指标; {losses} 处只在 HEDU 扩展里, 见 {report}",
    "en": "{out}: {datasets} datasets, {metrics} metrics; {losses} things in the HEDU extension only, see {report}",
}


def export_ossie(
    workspace: Path, out: Path, spec: Literal["0.1.1", "0.2"], *, strict: bool, lang: Literal["zh", "en"]
) -> int:
    """Write the document (JSON where `out` ends so) and its loss report beside it.

    DefinitionError: loss-refused (strict), file-unwritable, and every problem of the definitions: half a workspace is
    not exported.
    """
    from hedu.define.ossie.write import document, text_of
    from hedu.model.resolve import resolve

    definitions, problems = read(folder(workspace))
    if problems:
        raise DefinitionError.of(problems)
    data, losses = document(definitions, spec, resolve(definitions)[0].metrics)
    if strict:
        refuse_losses(losses)
    write_file(out, text_of(data, as_json=out.suffix.lower() == ".json"))
    report = out.with_name(f"{out.stem}.loss.json")
    write_file(report, losses_text(losses, lang))
    counts = {"datasets": len(definitions.datasets), "metrics": len(definitions.metrics), "losses": len(losses)}
    print(_SAYS[lang].format(out=out, report=report, **counts))
    return 0
