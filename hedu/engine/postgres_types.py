"""What PostgreSQL's driver hands over as bare bytes -> the texts that the server itself would write."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Mapping

import pyarrow as pa

from hedu.errors import EngineError

_WHOLE = {2: 32, 3: 128}
"""Family of an address -> its bits."""


def is_text(kind: pa.OpaqueType) -> bool:
    """Whether a value of the type comes as a text."""
    return pa.types.is_string(kind.storage_type) or kind.type_name in _TEXTS


def texts(plain: pa.ChunkedArray, field: pa.Field) -> pa.ChunkedArray:
    """The texts of a column that came as bytes. EngineError: engine-type-unread."""
    write = _TEXTS.get(field.type.type_name)
    if write is None:
        raise EngineError("engine-type-unread", name=field.name, type=field.type.type_name)
    values = [None if value is None else write(value) for value in plain.to_pylist()]
    return pa.chunked_array([pa.array(values, pa.string())])


def address(packed: bytes) -> str:
    """An address; one that a mapped older address hides in shows it.

    >>> address(bytes(10) + b"\\xff\\xff\\x01\\x02\\x03\\x04"), address(b"\\x0a\\x00\\x00\\x01")
    ('::ffff:1.2.3.4', '10.0.0.1')
    """
    found = ipaddress.ip_address(packed)
    hidden = found.ipv4_mapped if isinstance(found, ipaddress.IPv6Address) else None
    return f"::ffff:{hidden}" if hidden else str(found)


def _network(value: bytes) -> str:
    family, bits, is_network, _ = value[:4]
    is_whole = bits == _WHOLE[family] and not is_network
    return address(value[4:]) if is_whole else f"{address(value[4:])}/{bits}"


def _hardware(value: bytes) -> str:
    return value.hex(":")


_TEXTS: Mapping[str, Callable[[bytes], str]] = {
    "citext": bytes.decode,
    "xml": bytes.decode,
    "ltree": lambda value: value[1:].decode(),
    "inet": _network,
    "cidr": _network,
    "macaddr": _hardware,
    "macaddr8": _hardware,
}
