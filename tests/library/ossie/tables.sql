CREATE SCHEMA mart;
CREATE TABLE mart.days AS SELECT * FROM (VALUES
  (1, DATE '2024-01-05', 2024, '2024Q1'), (2, DATE '2024-02-10', 2024, '2024Q1'),
  (3, DATE '2024-04-02', 2024, '2024Q2'), (4, DATE '2025-01-20', 2025, '2025Q1')
) t(day_sk, calendar_date, year_number, quarter_name);
CREATE TABLE mart.shops AS SELECT * FROM (VALUES
  (1, 'Harbour', 'North', 12), (2, 'Mill', 'North', 7), (3, 'Station', 'South', 20)
) t(shop_sk, shop_name, region, staff);
CREATE TABLE mart.goods AS SELECT * FROM (VALUES
  (10, 'Lamp', 'Home', 4.0), (11, 'Chair', 'Home', 11.0), (12, 'Racket', 'Sport', 20.5), (13, 'Ball', NULL, 2.0)
) t(item_sk, title, category, list_price);
CREATE TABLE mart.people AS SELECT * FROM (VALUES
  (100, 'Ada', 'Berg', 'gold'), (101, 'Bo', 'Chen', 'plain'), (102, 'Cy', 'Dorn', 'gold'), (103, 'Di', 'Eng', NULL)
) t(person_sk, first_name, last_name, tier);
CREATE TABLE mart.sales AS SELECT * FROM (VALUES
  (1, 10, 1, 1, 100, 2, 9.0, 1.0), (1, 12, 1, 1, 100, 1, 20.0, 4.0), (2, 10, 2, 1, 101, 5, 22.0, 0.0),
  (3, 11, 3, 2, 101, 1, 11.0, 2.0), (4, 13, 3, 3, NULL, 4, 8.0, 0.5), (5, 12, 4, 3, 102, 2, 41.0, 9.0),
  (6, 11, 4, 2, 999, 3, 33.0, NULL), (7, 10, 2, 3, 100, 1, 4.5, 0.5)
) t(ticket, item_sk, day_sk, shop_sk, person_sk, quantity, paid, profit);
CREATE TABLE mart.returns AS SELECT * FROM (VALUES
  (1, 12, 2, 1, 20.0), (2, 10, 3, 2, 8.8), (5, 12, 4, 1, 20.5), (8, 10, 4, 1, 4.0)
) t(ticket, item_sk, day_sk, quantity, refund);
CREATE TABLE mart.trips AS SELECT * FROM (VALUES
  (1, 1, 2, 30.0, TIMESTAMP '2024-03-01 08:00:00'), (2, 1, 3, 55.0, TIMESTAMP '2024-03-01 21:30:00'),
  (3, 2, 1, 31.0, TIMESTAMP '2024-03-09 09:15:00'), (4, 3, 3, NULL, TIMESTAMP '2024-04-02 10:00:00')
) t(trip_id, from_shop, to_shop, minutes, left_at);
CREATE TABLE mart.actors AS SELECT * FROM (VALUES (1, 'A', 170), (2, 'B', 170), (3, 'C', 180)) t(actor_id, actor_name, height);
CREATE TABLE mart.movies AS SELECT * FROM (VALUES (1, 'X', 100.0), (2, 'Y', 200.0), (3, 'Z', 50.0)) t(movie_id, title, gross);
CREATE TABLE mart.appearances AS SELECT * FROM (VALUES (1, 1), (2, 1), (1, 2), (3, 3)) t(actor_id, movie_id);
