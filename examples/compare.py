"""Set each month beside the month before and the same month of last year."""

import hedu

shop = hedu.load("examples/shop")
answer = shop.ask(
    "net_revenue", by="metric_time.month", since="2025-01", until="2025-12", compare=["previous", "last_year"]
)
for row in answer.rows():
    print(
        row["metric_time.month"],
        row["net_revenue"],
        row["net_revenue__previous_growth"],
        row["net_revenue__last_year_growth"],
    )
assert answer.table.num_rows == 12
