create table dim_cities (city_id varchar, country varchar);
insert into dim_cities values ('c1', 'cn'), ('c2', 'de'), ('c3', null);
create table dim_stations (station_id varchar, city_id varchar, opened_on date, docks integer);
insert into dim_stations values ('s1', 'c1', date '2023-11-05', 10), ('s2', 'c2', date '2023-12-20', 20),
  ('s3', 'c3', date '2024-01-15', null), ('s4', null, date '2024-02-01', 5);
create table dim_plans (member_id varchar, valid_from date, valid_to date, tariff varchar);
insert into dim_plans
select 'm' || i, date '2023-01-01', case when i % 2 = 0 then date '2024-01-20' end, 'day' from range(6) t(i)
union all select 'm' || i, date '2024-01-20', null, 'year' from range(6) t(i) where i % 2 = 0;
create table fct_rides (ride_id integer, station_id varchar, member_id varchar, started_at date, returned_on date,
  is_electric boolean, km double);
insert into fct_rides
select i, case when i % 11 = 0 then null else 's' || (i % 5 + 1) end, case when i % 13 = 0 then null else 'm' || (i * 7 % 8) end,
  date '2024-01-01' + (i * 37 % 80)::integer,
  case when i % 9 = 0 then null else date '2024-01-01' + (i * 37 % 80 + i % 3)::integer end,
  case when i % 10 = 3 then null else i % 3 = 0 end, case when i % 17 = 0 then null else (i * 29 % 40) / 2.0 end
from range(1, 151) t(i);
create table fct_stock (station_id varchar, counted_on date, bikes integer);
insert into fct_stock
select case when i % 9 = 0 then null else 's' || (i % 4 + 1) end, date '2024-01-01' + (i * 11 % 60)::integer, i * 7 % 23
from range(1, 61) t(i);
create table fct_visits (visit_id integer, member_id varchar, visited_on date, page varchar);
insert into fct_visits
select i, case when i % 12 = 0 then null else 'm' || (i * 5 % 8) end, date '2024-01-01' + (i * 23 % 80)::integer,
  case when i % 4 = 0 then null when i % 2 = 0 then 'map' else 'price' end
from range(1, 91) t(i);
create table days (day date, ten_days date);
insert into days select date '2023-12-01' + i::integer, date '2023-12-01' + (i // 10 * 10)::integer from range(150) t(i);
