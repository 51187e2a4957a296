"""Seed -> the true company, before any department has written anything down."""

from __future__ import annotations

from dataclasses import dataclass

from hedu.demo.forces import Forces, make_forces
from hedu.demo.goods import Goods, make_goods
from hedu.demo.lists import Lists, make_lists
from hedu.demo.market import Market, make_market
from hedu.demo.trade import Trade, make_trade

DEFAULT_SEED = 7


@dataclass(frozen=True, slots=True)
class Company:
    """What is true; every source system sees a part of it in its own way."""

    seed: int
    forces: Forces
    goods: Goods
    market: Market
    trade: Trade
    lists: Lists


def make_company(seed: int = DEFAULT_SEED) -> Company:
    """The company of this seed; the same seed gives the same company."""
    forces, goods = make_forces(seed), make_goods(seed)
    market = make_market(seed, forces)
    trade = make_trade(seed, market, goods, forces)
    return Company(seed, forces, goods, market, trade, make_lists(seed, market))
