// The SQL of Cube's schema compiler for the questions, as JSON. Takes a file of CREATE TABLEs, not used, and its folder.
const { createRequire } = require('node:module');
const { join } = require('node:path');
const { readFileSync } = require('node:fs');

const home = process.argv[3];
const from = createRequire(join(home, 'package.json'));
const { prepareCompiler, PostgresQuery } = from('@cubejs-backend/schema-compiler');

const MODEL = `
cube('lineitem', {
  sql_table: 'lineitem',
  joins: {
    orders: { sql: \`\${CUBE}.l_orderkey = \${orders}.o_orderkey\`, relationship: 'many_to_one' },
    supplier: { sql: \`\${CUBE}.l_suppkey = \${supplier}.s_suppkey\`, relationship: 'many_to_one' },
  },
  dimensions: {
    id: { sql: \`l_orderkey || '-' || l_linenumber\`, type: 'string', primary_key: true },
    shipped: { sql: 'l_shipdate', type: 'time' },
    ship_mode: { sql: 'l_shipmode', type: 'string' },
  },
  measures: {
    revenue: { sql: 'l_extendedprice * (1 - l_discount)', type: 'sum' },
    gross: { sql: 'l_extendedprice', type: 'sum' },
    discounts: { sql: 'l_extendedprice * l_discount', type: 'sum' },
    discount_rate: { sql: \`\${discounts} / NULLIF(\${gross}, 0)\`, type: 'number' },
    to_date: { sql: 'l_extendedprice * (1 - l_discount)', type: 'sum', rolling_window: { type: 'to_date', granularity: 'year' } },
  },
});
cube('orders', {
  sql_table: 'orders',
  joins: { customer: { sql: \`\${CUBE}.o_custkey = \${customer}.c_custkey\`, relationship: 'many_to_one' } },
  dimensions: {
    id: { sql: 'o_orderkey', type: 'number', primary_key: true },
    ordered: { sql: 'o_orderdate', type: 'time' },
    priority: { sql: 'o_orderpriority', type: 'string' },
  },
  measures: {
    count: { type: 'count' },
    customers: { sql: 'o_custkey', type: 'count_distinct' },
    order_value: { sql: \`\${lineitem.revenue} / NULLIF(\${count}, 0)\`, type: 'number' },
  },
});
cube('customer', {
  sql_table: 'customer',
  joins: { nation: { sql: \`\${CUBE}.c_nationkey = \${nation}.n_nationkey\`, relationship: 'many_to_one' } },
  dimensions: {
    id: { sql: 'c_custkey', type: 'number', primary_key: true },
    segment: { sql: 'c_mktsegment', type: 'string' },
  },
});
cube('nation', {
  sql_table: 'nation',
  dimensions: { id: { sql: 'n_nationkey', type: 'number', primary_key: true }, name: { sql: 'n_name', type: 'string' } },
});
cube('supplier_nation', {
  sql_table: 'nation',
  dimensions: { id: { sql: 'n_nationkey', type: 'number', primary_key: true }, name: { sql: 'n_name', type: 'string' } },
});
cube('supplier', {
  sql_table: 'supplier',
  joins: {
    supplier_nation: { sql: \`\${CUBE}.s_nationkey = \${supplier_nation}.n_nationkey\`, relationship: 'many_to_one' },
    partsupp: { sql: \`\${CUBE}.s_suppkey = \${partsupp}.ps_suppkey\`, relationship: 'one_to_many' },
  },
  dimensions: { id: { sql: 's_suppkey', type: 'number', primary_key: true } },
});
cube('partsupp', {
  sql_table: 'partsupp',
  dimensions: { id: { sql: \`ps_partkey || '-' || ps_suppkey\`, type: 'string', primary_key: true } },
  measures: { supply_cost: { sql: 'ps_supplycost * ps_availqty', type: 'sum' } },
});
`;

const month = (dimension) => [{ dimension, granularity: 'month' }];
const ALL = ['1992-01-01', '1998-12-31'];
const QUESTIONS = {
  'revenue by month': { measures: ['lineitem.revenue'], timeDimensions: month('lineitem.shipped') },
  'revenue by customer nation and month': {
    measures: ['lineitem.revenue'], dimensions: ['nation.name'], timeDimensions: month('lineitem.shipped'),
  },
  'average order value by segment': { measures: ['orders.order_value'], dimensions: ['customer.segment'] },
  'discount rate by ship mode, filtered here and across a join': {
    measures: ['lineitem.discount_rate'], dimensions: ['lineitem.ship_mode'],
    timeDimensions: [{ dimension: 'lineitem.shipped', dateRange: ['1995-01-01', '1995-12-31'] }],
    filters: [{ member: 'orders.priority', operator: 'equals', values: ['1-URGENT'] }],
  },
  'distinct customers by month': { measures: ['orders.customers'], timeDimensions: month('orders.ordered') },
  'revenue year to date': {
    measures: ['lineitem.to_date'],
    timeDimensions: [{ dimension: 'lineitem.shipped', granularity: 'month', dateRange: ALL }],
  },
  'revenue with supply cost by supplier nation': {
    measures: ['lineitem.revenue', 'partsupp.supply_cost'], dimensions: ['supplier_nation.name'],
  },
};

const inlined = ([sql, parameters]) =>
  sql.replace(/\$(\d+)/g, (_, at) => `'${String(parameters[at - 1]).replaceAll("'", "''")}'`);

async function main() {
  const began = performance.now();
  const repository = {
    localPath: () => __dirname,
    dataSchemaFiles: () => Promise.resolve([{ fileName: 'main.js', content: MODEL }]),
  };
  const compilers = prepareCompiler(repository, {});
  compilers.compiler.yamlCompiler.initFromPythonContext = () => {}; // the native engine of its YAML templates is not needed
  await compilers.compiler.compile();
  const loaded = performance.now() - began;
  const answers = {};
  for (const [name, asked] of Object.entries(QUESTIONS)) {
    try {
      const taken = [];
      let sql;
      for (let at = 0; at < 7; at++) {
        const begun = performance.now();
        sql = inlined(new PostgresQuery(compilers, { timezone: 'UTC', order: [], rowLimit: null, ...asked }).buildSqlAndParams());
        taken.push(performance.now() - begun);
      }
      answers[name] = { sql, ms: taken };
    } catch (error) {
      answers[name] = { refused: String(error).slice(0, 400) };
    }
  }
  const about = readFileSync(join(home, 'node_modules/@cubejs-backend/schema-compiler/package.json'), 'utf-8');
  process.stdout.write(JSON.stringify({ version: JSON.parse(about).version, load_ms: loaded, answers }), () => process.exit(0));
}

main();
