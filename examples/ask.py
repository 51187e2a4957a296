"""Ask the shop a question and see how the answer came about."""

import hedu

shop = hedu.load("examples/shop")
answer = shop.ask(
    ["net_revenue", "tickets_per_order"],
    by=["customer.region", "metric_time.quarter"],
    since="2025",
    order=["customer.region", "metric_time.quarter"],
)
for row in answer.rows()[:4]:
    print(row)
print(answer.receipt.sql)
assert answer.table.column_names[:2] == ["customer.region", "metric_time.quarter"]
