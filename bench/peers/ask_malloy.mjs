// Malloy's SQL for the questions, as JSON. Takes a file of CREATE TABLEs and the folder Malloy is installed in.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const [, , tables, home] = process.argv;
const require = createRequire(join(home, 'package.json'));
const { SingleConnectionRuntime } = require('@malloydata/malloy');
const { DuckDBConnection } = require('@malloydata/db-duckdb');

const MODEL = `
source: nation is duckdb.table('nation') extend { primary_key: n_nationkey }
source: customer is duckdb.table('customer') extend {
  primary_key: c_custkey
  join_one: nation with c_nationkey
}
source: supplier is duckdb.table('supplier') extend {
  primary_key: s_suppkey
  join_one: nation with s_nationkey
}
source: orders is duckdb.table('orders') extend {
  primary_key: o_orderkey
  join_one: customer with o_custkey
  measure: orders is count()
  measure: customers is count(o_custkey)
}
source: lineitem is duckdb.table('lineitem') extend {
  join_one: orders with l_orderkey
  join_one: supplier with l_suppkey
  measure: revenue is sum(l_extendedprice * (1 - l_discount))
  measure: discount_rate is sum(l_extendedprice * l_discount) / sum(l_extendedprice)
}
source: partsupp is duckdb.table('partsupp') extend { measure: supply_cost is sum(ps_supplycost * ps_availqty) }
source: ordered is orders extend {
  join_many: lines is lineitem on o_orderkey = lines.l_orderkey
  measure: order_value is lines.revenue / orders
}
source: supplied is supplier extend {
  join_many: lines is lineitem on s_suppkey = lines.l_suppkey
  join_many: held is partsupp on s_suppkey = held.ps_suppkey
}
`;

const QUESTIONS = {
  'revenue by month': 'run: lineitem -> { group_by: m is l_shipdate.month; aggregate: revenue }',
  'revenue by customer nation and month':
    'run: lineitem -> { group_by: orders.customer.nation.n_name, m is l_shipdate.month; aggregate: revenue }',
  'average order value by segment': 'run: ordered -> { group_by: customer.c_mktsegment; aggregate: order_value }',
  'discount rate by ship mode, filtered here and across a join': `run: lineitem -> {
    where: orders.o_orderpriority = '1-URGENT', l_shipdate ? @1995
    group_by: l_shipmode; aggregate: discount_rate }`,
  'distinct customers by month': 'run: orders -> { group_by: m is o_orderdate.month; aggregate: customers }',
  'month over month growth of revenue': `run: lineitem -> { group_by: m is l_shipdate.month; aggregate: revenue
    calculate: growth is revenue / lag(revenue) { order_by: m } - 1 }`,
  'revenue year to date': `run: lineitem -> {
    group_by: m is l_shipdate.month, y is l_shipdate.year; aggregate: revenue
    calculate: to_date is sum_cumulative(revenue) { partition_by: y order_by: m } }`,
  'revenue with supply cost by supplier nation':
    'run: supplied -> { group_by: nation.n_name; aggregate: lines.revenue, held.supply_cost }',
};

const began = performance.now();
const connection = new DuckDBConnection('duckdb');
for (const statement of readFileSync(tables, 'utf-8').split(';')) {
  if (statement.trim()) await connection.runSQL(statement);
}
const runtime = new SingleConnectionRuntime({ connection });
const model = runtime.loadModel(MODEL);
await model.getModel();
const loaded = performance.now() - began;
const answers = {};
for (const [name, text] of Object.entries(QUESTIONS)) {
  try {
    const taken = [];
    let sql;
    for (let at = 0; at < 7; at++) {
      const begun = performance.now();
      sql = await model.loadQuery(text).getSQL();
      taken.push(performance.now() - begun);
    }
    answers[name] = { sql, ms: taken };
  } catch (error) {
    answers[name] = { refused: String(error).slice(0, 400) };
  }
}
const about = readFileSync(join(home, 'node_modules/@malloydata/malloy/package.json'), 'utf-8');
const { version } = JSON.parse(about);
process.stdout.write(JSON.stringify({ version, load_ms: loaded, answers }), () => process.exit(0));
