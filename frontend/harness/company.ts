/** A made-up company that answers questions, so that islands can be tried without a server. */

import type { Answer, Cell, Column } from "../src/data/result";
import { splitGrain, type Question } from "../src/data/question";
import { fromExpression } from "../src/data/where";
import { nextPeriod } from "../src/text/time";

export type Lang = "zh" | "en";
type Words = [zh: string, en: string];

interface Fact {
  day: string;
  region: string | null;
  channel: string;
  category: string;
  product: string;
  revenue: number;
  cost: number;
  orders: number;
}

export const METRICS: Record<
  string,
  {
    label: Words;
    unit: string | null;
    direction: string;
    additive: boolean;
    domain: Words;
    pinyin: string;
    of: (facts: Fact[]) => number | null;
  }
> = {
  revenue: {
    label: ["收入", "Revenue"],
    unit: "CNY",
    direction: "up",
    additive: true,
    domain: ["销售", "Sales"],
    pinyin: "shouru sr",
    of: (facts) => sum(facts, "revenue"),
  },
  orders: {
    label: ["订单数", "Orders"],
    unit: "单",
    direction: "up",
    additive: true,
    domain: ["销售", "Sales"],
    pinyin: "dingdanshu dds",
    of: (facts) => sum(facts, "orders"),
  },
  cost: {
    label: ["营业成本", "Cost of sales"],
    unit: "CNY",
    direction: "down",
    additive: true,
    domain: ["财务", "Finance"],
    pinyin: "yingyechengben yycb",
    of: (facts) => sum(facts, "cost"),
  },
  margin: {
    label: ["利润率", "Profit margin"],
    unit: "ratio",
    direction: "up",
    additive: false,
    domain: ["财务", "Finance"],
    pinyin: "lirunlv lrl",
    of: (facts) => divide(sum(facts, "revenue") - sum(facts, "cost"), sum(facts, "revenue")),
  },
  basket: {
    label: ["客单价", "Average order value"],
    unit: "CNY",
    direction: "up",
    additive: false,
    domain: ["销售", "Sales"],
    pinyin: "kedanjia kdj",
    of: (facts) => divide(sum(facts, "revenue"), sum(facts, "orders")),
  },
  headcount: {
    label: ["在职人数", "Headcount"],
    unit: "人",
    direction: "none",
    additive: false,
    domain: ["人力", "People"],
    pinyin: "zaizhirenshu zzrs",
    of: (facts) => 800 + Math.round(sum(facts, "orders") % 60),
  },
};

export const DIMENSIONS: {
  path: string;
  label: Words;
  type: string;
  grains: string[];
  group: Words;
  key: keyof Fact;
}[] = [
  {
    path: "metric_time",
    label: ["日期", "Date"],
    type: "date",
    grains: ["day", "week", "month", "quarter", "year"],
    group: ["时间", "Time"],
    key: "day",
  },
  {
    path: "customer.region",
    label: ["客户区域", "Customer region"],
    type: "text",
    grains: [],
    group: ["客户", "Customer"],
    key: "region",
  },
  { path: "channel", label: ["渠道", "Channel"], type: "text", grains: [], group: ["订单", "Order"], key: "channel" },
  {
    path: "product.category",
    label: ["产品类别", "Product category"],
    type: "text",
    grains: [],
    group: ["产品", "Product"],
    key: "category",
  },
  {
    path: "product.name",
    label: ["产品", "Product"],
    type: "text",
    grains: [],
    group: ["产品", "Product"],
    key: "product",
  },
];

const REGIONS: [string | null, string | null][] = [
  ["华东", "East"],
  ["华南", "South"],
  ["华北", "North"],
  ["西南", "Southwest"],
  [null, null],
];
const CHANNELS: Words[] = [
  ["直销", "Direct"],
  ["经销商", "Resellers"],
  ["线上商城", "Online shop"],
];
const CATEGORIES: Words[] = [
  ["传感器", "Sensors"],
  ["控制器", "Controllers"],
  ["执行机构与配套附件", "Actuators and accessories"],
  ["服务", "Services"],
];

function sum(facts: Fact[], key: "revenue" | "cost" | "orders"): number {
  return facts.reduce((all, fact) => all + fact[key], 0);
}

function divide(above: number, below: number): number | null {
  return below ? above / below : null;
}

/** Repeatable noise in 0..1. */
function noise(seed: number): number {
  const wave = Math.sin(seed * 12.9898) * 43758.5453;
  return wave - Math.floor(wave);
}

function makeFacts(lang: Lang): Fact[] {
  const at = lang === "zh" ? 0 : 1;
  const facts: Fact[] = [];
  let seed = 1;
  for (let month = 0; month < 36; month += 1) {
    for (const [r, region] of REGIONS.entries())
      for (const [c, channel] of CHANNELS.entries())
        for (const [k, category] of CATEGORIES.entries())
          for (let week = 0; week < 4; week += 1) {
            if (month === 17 && r === 3) continue;
            seed += 1;
            const date = new Date(Date.UTC(2023, 6 + month, 1 + week * 7 + Math.floor(noise(seed) * 7)));
            const size =
              (5 - r) *
              (3 - c * 0.7) *
              (1.4 - k * 0.22) *
              (1 + month * 0.014) *
              (1 + 0.22 * Math.sin((month / 6) * Math.PI)) *
              (0.7 + 0.6 * noise(seed + 7));
            const revenue = Math.round(size * 78_000 * 100) / 100;
            facts.push({
              day: date.toISOString().slice(0, 10),
              region: region[at] ?? null,
              channel: channel[at] as string,
              category: category[at] as string,
              product: `${category[at]} ${String.fromCharCode(65 + k)}${1 + Math.floor(noise(seed + 3) * 14)}`,
              revenue,
              cost: Math.round(revenue * (0.62 + 0.12 * noise(seed + 5)) * 100) / 100,
              orders: Math.max(1, Math.round(size * 9)),
            });
          }
  }
  return facts;
}

const FACTS: Record<Lang, Fact[]> = { zh: makeFacts("zh"), en: makeFacts("en") };

function truncated(day: string, grain: string): string {
  const date = new Date(`${day}T00:00:00Z`);
  if (grain === "week") date.setUTCDate(date.getUTCDate() - ((date.getUTCDay() + 6) % 7));
  if (grain === "month" || grain === "quarter" || grain === "year") date.setUTCDate(1);
  if (grain === "quarter") date.setUTCMonth(Math.floor(date.getUTCMonth() / 3) * 3);
  if (grain === "year") date.setUTCMonth(0);
  return date.toISOString().slice(0, 10);
}

function lastDay(until: string): string {
  const quarter = /^(\d{4})-Q(\d)$/.exec(until);
  if (quarter) return `${quarter[1]}-${String(Number(quarter[2]) * 3).padStart(2, "0")}-31`;
  return until.length === 4 ? `${until}-12-31` : until.length === 7 ? `${until}-31` : until;
}

function firstDay(since: string): string {
  const quarter = /^(\d{4})-Q(\d)$/.exec(since);
  return quarter ? `${quarter[1]}-${String(Number(quarter[2]) * 3 - 2).padStart(2, "0")}-01` : since;
}

function cellOf(fact: Fact, by: string): Cell {
  const { path, grain } = splitGrain(by);
  const dimension = DIMENSIONS.find((each) => each.path === path);
  if (!dimension) throw new Error(path);
  const cell = fact[dimension.key];
  return grain ? truncated(String(cell), grain) : cell;
}

function passes(fact: Fact, where: string): boolean {
  const filter = fromExpression(where);
  if (!filter) return true;
  const cell = cellOf(fact, filter.path);
  if (filter.operator === "is null") return cell === null;
  if (filter.operator === "is not null") return cell !== null;
  if (cell === null) return false;
  const text = String(cell);
  if (filter.operator === "in" || filter.operator === "=") return filter.values.includes(text);
  if (filter.operator === "not in" || filter.operator === "!=") return !filter.values.includes(text);
  return filter.operator === "contains" ? text.includes(filter.values[0] ?? "") : true;
}

function columnsOf(question: Question, lang: Lang): Column[] {
  const at = lang === "zh" ? 0 : 1;
  const dimensions = question.by.map((by): Column => {
    const { path, grain } = splitGrain(by);
    const dimension = DIMENSIONS.find((each) => each.path === path);
    return { name: by, role: "dimension", label: dimension?.label[at] ?? path, type: dimension?.type ?? "text", grain };
  });
  const metrics = question.metrics.flatMap((name): Column[] => {
    const metric = METRICS[name];
    if (!metric) return [];
    const shared = { unit: metric.unit, direction: metric.direction, additive: metric.additive };
    const own: Column = { name, role: "metric", label: metric.label[at], type: "number", ...shared };
    const words: Record<string, Words> = { previous: ["上期", "previous"], last_year: ["去年同期", "last year"] };
    return [
      own,
      ...question.compare.flatMap((basis): Column[] => {
        const base = words[basis]?.[at] ?? basis;
        return [
          ["", ""],
          ["_change", at ? " change" : "变化"],
          ["_growth", at ? " growth" : "增长率"],
        ].map(([part, word]) => ({
          name: `${name}__${basis}${part}`,
          role: "comparison",
          label: `${metric.label[at]} ${base}${word}`,
          type: "number",
          of: name,
          ...shared,
        }));
      }),
    ];
  });
  return [...dimensions, ...metrics];
}

function shifted(by: string, cell: Cell, basis: string): Cell {
  const { grain } = splitGrain(by);
  if (!grain || typeof cell !== "string") return cell;
  if (basis === "last_year") return `${Number(cell.slice(0, 4)) + 1}${cell.slice(4)}`;
  return nextPeriod(cell, grain);
}

export function answer(question: Question, lang: Lang): Answer {
  const inRange = (fact: Fact) =>
    (!question.since || fact.day >= firstDay(question.since)) &&
    (!question.until || fact.day <= lastDay(question.until));
  const kept = FACTS[lang].filter((fact) => question.where.every((where) => passes(fact, where)));
  const groups = grouped(kept.filter(inRange), question.by, (_, cell) => cell);
  const rows = [...groups.values()].map(({ cells, facts }) => {
    const values = question.metrics.flatMap((name): Cell[] => {
      const now = METRICS[name]?.of(facts) ?? null;
      return [
        now,
        ...question.compare.flatMap((basis): Cell[] => {
          const then = grouped(kept, question.by, (by, cell) => shifted(by, cell, basis)).get(JSON.stringify(cells));
          const before = then ? (METRICS[name]?.of(then.facts) ?? null) : null;
          return [
            before,
            now !== null && before !== null ? now - before : null,
            now !== null && before ? (now - before) / before : null,
          ];
        }),
      ];
    });
    return [...cells, ...values];
  });
  const columns = columnsOf(question, lang);
  sortBy(rows, columns, question.order.length ? question.order : question.by);
  const totals = question.totals
    ? [
        ...question.by.map(() => null),
        ...question.metrics.flatMap((name) => [
          METRICS[name]?.of(kept.filter(inRange)) ?? null,
          ...question.compare.flatMap(() => [null, null, null]),
        ]),
      ]
    : null;
  return {
    columns,
    rows: question.limit ? rows.slice(0, question.limit) : rows,
    totals,
    receipt: {
      engine: "duckdb",
      milliseconds: 12.4,
      rows: rows.length,
      cached: rows.length % 2 === 0,
      watermarks: { "erp.orders": "2026-07-01T02:20:00+08:00" },
      definitions: Object.fromEntries(question.metrics.map((name) => [name, "v3 · 8f3c2a91"])),
      notes: [],
      sql: `SELECT date_trunc('month', o.paid_on) AS month,\n       sum(o.amount) AS revenue\nFROM erp.orders AS o\nGROUP BY 1\nORDER BY 1`,
    },
  };
}

function grouped(
  facts: Fact[],
  by: string[],
  turn: (by: string, cell: Cell) => Cell,
): Map<string, { cells: Cell[]; facts: Fact[] }> {
  const groups = new Map<string, { cells: Cell[]; facts: Fact[] }>();
  for (const fact of facts) {
    const cells = by.map((each) => turn(each, cellOf(fact, each)));
    const key = JSON.stringify(cells);
    const group = groups.get(key) ?? { cells, facts: [] };
    group.facts.push(fact);
    groups.set(key, group);
  }
  return groups;
}

function sortBy(rows: Cell[][], columns: Column[], order: string[]): void {
  const keys = order.map((text) => ({
    at: columns.findIndex((column) => column.name === text.replace(/^-/, "")),
    turn: text.startsWith("-") ? -1 : 1,
  }));
  rows.sort((one, other) => {
    for (const { at, turn } of keys) {
      const [left, right] = [one[at] ?? null, other[at] ?? null];
      if (left === right) continue;
      if (left === null || right === null) return left === null ? 1 : -1;
      return (left < right ? -1 : 1) * turn;
    }
    return 0;
  });
}

export function values(path: string, q: string, lang: Lang): Cell[] {
  const seen = new Set(FACTS[lang].map((fact) => cellOf(fact, path)));
  return [...seen].filter((cell) => cell === null || String(cell).includes(q)).slice(0, 50);
}
