"""True customers -> three customer lists that overlap, with codes of their own and clerks' mistakes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hedu.demo.dates import Ints, rng
from hedu.demo.market import Market
from hedu.demo.names import misspell, mistype


@dataclass(frozen=True, slots=True)
class CustomerList:
    """One system's list. `truth` is the true customer of each row; `main` the row of each customer or -1."""

    code: list[str]
    name: list[str]
    contact: list[str]
    phone: list[str]
    truth: Ints
    main: Ints


@dataclass(frozen=True, slots=True)
class Lists:
    """Who is on whose list."""

    crm: CustomerList
    erp: CustomerList
    service: CustomerList


def make_lists(seed: int, market: Market) -> Lists:
    """CRM and ERP know everybody, some twice; service knows seven of ten."""
    random = rng(seed, "lists")
    return Lists(
        crm=_list(random, market, "C{:06d}", 1.0, 90, 0.06),
        erp=_list(random, market, "KH{:05d}", 1.0, 45, 0.10),
        service=_list(random, market, "S-{:05d}", 0.7, 30, 0.22),
    )


def _list(
    random: np.random.Generator, market: Market, pattern: str, share: float, twice: int, mistakes: float
) -> CustomerList:
    everyone = np.arange(len(market.name))
    known = np.sort(random.permutation(everyone)[: int(share * len(everyone))])
    again = random.choice(known, twice, replace=False)
    truth = np.concatenate([random.permutation(known), again])
    count = len(truth)
    wrong = random.random(count) < mistakes
    wrong[len(known) :] = True
    wrong_phone = random.random(count) < mistakes * 0.8
    ways = random.integers(0, 30, count)
    name = [
        misspell(market.name[t], w) if bad else market.name[t] for t, w, bad in zip(truth, ways, wrong, strict=True)
    ]
    phone = [
        mistype(market.phone[t], w) if bad else market.phone[t]
        for t, w, bad in zip(truth, ways, wrong_phone, strict=True)
    ]
    numbers = np.sort(random.choice(np.arange(1000, 99999), count, replace=False))
    main = np.full(len(everyone), -1)
    main[truth[: len(known)]] = np.arange(len(known))
    return CustomerList(
        code=[pattern.format(n) for n in numbers],
        name=name,
        contact=[market.contact[t] for t in truth],
        phone=phone,
        truth=truth,
        main=main,
    )
