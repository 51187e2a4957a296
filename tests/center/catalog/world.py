"""A small company in texts: two departments' metrics over SELECTs, so that no data need be loaded."""

from __future__ import annotations

SETTINGS = """version: 1
workspace: demo
departments:
  company: {label: {zh: 公司, en: Company}}
  sales: {label: {zh: 销售部, en: Sales}, parent: company}
  finance: {label: {zh: 财务部, en: Finance}, parent: company}
"""

ORDERS = """version: 1
dataset: orders
label: {zh: 订单, en: Orders}
owner: sales
select: |
  select * from (values
    (1, 'web',  'east', date '2024-01-10', 100, 'paid'),
    (2, 'shop', 'east', date '2024-01-20', 50,  'paid'),
    (3, 'web',  'west', date '2024-02-05', 70,  'paid'),
    (4, 'web',  'west', date '2024-02-25', 30,  'open'),
    (5, 'shop', 'east', date '2024-03-31', 200, 'paid')
  ) as t(order_id, channel, region, paid_on, amount, status)
primary_key: order_id
entities: {order: order_id}
time: paid_on
dimensions:
  channel: {label: {zh: 渠道, en: Channel}}
  region: {label: {zh: 区域, en: Region}}
  status: {label: {zh: 状态, en: Status}}
  paid_on: {type: date, label: {zh: 付款日期, en: Paid on}}
measures:
  amount: {agg: sum, unit: CNY, label: {zh: 金额, en: Amount}}
  lines: {agg: count, label: {zh: 订单数, en: Orders}}
"""

REVENUE = """version: 1
metric: revenue
label: {zh: 销售额, en: Revenue}
meaning: {zh: 已付款订单的金额, en: Amount of paid orders}
synonyms: [营收, GMV]
kind: financial
domain: trade
direction: up
owner: sales
raci: {R: [sales], A: sales, C: [finance]}
review: quarterly
simple: {measure: orders.amount, where: "orders.status = 'paid'"}
"""

ORDER_COUNT = """version: 1
metric: order_count
label: {zh: 订单数, en: Orders}
kind: operational
domain: trade
owner: sales
simple: {measure: orders.lines}
"""

BASKET = """version: 1
metric: basket
label: {zh: 客单价, en: Average order value}
kind: financial
direction: up
owner: finance
ratio: {numerator: revenue, denominator: order_count}
"""

STAFF = """version: 1
metric: staff
label: {zh: 在岗人数, en: Staff}
kind: operational
owner: finance
raci: {R: [sales], A: finance}
reported:
  grain: month
  agg: last
  dimensions: {team: {label: {zh: 团队, en: Team}}}
"""

TEXTS = {
    "workspace.yml": SETTINGS,
    "datasets/orders.yml": ORDERS,
    "metrics/revenue.yml": REVENUE,
    "metrics/order_count.yml": ORDER_COUNT,
    "metrics/basket.yml": BASKET,
    "metrics/staff.yml": STAFF,
}
