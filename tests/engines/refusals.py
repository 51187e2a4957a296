"""A call that is refused -> the code of its error."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from hedu.errors import HeduError


def code_of(call: Callable[[], object]) -> str:
    with pytest.raises(HeduError) as caught:
        call()
    return caught.value.code
