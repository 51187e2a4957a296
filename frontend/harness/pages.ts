/** What each page of the harness shows. */

import { answer, DIMENSIONS, type Lang } from "./company";
import { asQuestion } from "../src/data/question";

interface Shown {
  island: string;
  props: object;
  width: string;
  card: boolean;
}

const urls = {
  catalogUrl: "/mock/metrics",
  askUrl: "/mock/ask",
  dimensionsUrl: "/mock/dimensions",
  valuesUrl: "/mock/values",
  saveUrl: "/mock/save",
  boardsUrl: "/mock/boards",
};

function chart(lang: Lang, kind: string, asked: object, more: object = {}, width = "col-12 col-lg-6"): Shown {
  return {
    island: "chart",
    width,
    card: true,
    props: { kind, data: answer(asQuestion(asked), lang), title: kind, ...more },
  };
}

const lastYear = { since: "2025-07", until: "2026-06" };

function charts(lang: Lang): Shown[] {
  const dimensions = DIMENSIONS.slice(1).map((each) => ({
    path: each.path,
    label: each.label[lang === "zh" ? 0 : 1],
    type: each.type,
    grains: each.grains,
  }));
  const trend = {
    metrics: ["revenue"],
    by: ["metric_time.month"],
    compare: ["last_year"],
    since: "2024-07",
    until: "2026-06",
  };
  return [
    chart(
      lang,
      "line",
      trend,
      {
        askUrl: "/mock/ask",
        question: trend,
        grains: ["week", "month", "quarter"],
        compares: true,
        title: lang === "zh" ? "收入趋势" : "Revenue trend",
        options: { brush: true, annotations: [{ at: "2025-04-12", label: lang === "zh" ? "口径 v3" : "v3" }] },
      },
      "col-12",
    ),
    chart(
      lang,
      "indicator",
      { metrics: ["revenue"], by: ["metric_time.month"], compare: ["previous", "last_year"], ...lastYear },
      {},
      "col-6 col-lg-3",
    ),
    chart(
      lang,
      "indicator",
      { metrics: ["margin"], by: ["metric_time.month"], compare: ["previous"], ...lastYear },
      {},
      "col-6 col-lg-3",
    ),
    chart(
      lang,
      "indicator",
      { metrics: ["cost"], compare: [], ...lastYear },
      { options: { target: 120_000_000 } },
      "col-6 col-lg-3",
    ),
    chart(lang, "indicator", { metrics: ["orders"], by: ["metric_time.quarter"], ...lastYear }, {}, "col-6 col-lg-3"),
    chart(
      lang,
      "bar",
      { metrics: ["revenue"], by: ["customer.region"], order: ["-revenue"], ...lastYear },
      {
        askUrl: "/mock/ask",
        question: { metrics: ["revenue"], by: ["customer.region"], order: ["-revenue"], ...lastYear },
        dimensions,
        title: lang === "zh" ? "收入分布（可下钻）" : "Revenue breakdown (drill)",
      },
    ),
    chart(lang, "bar", { metrics: ["revenue"], by: ["product.name"], order: ["-revenue"], limit: 12, ...lastYear }),
    chart(lang, "stacked", { metrics: ["revenue"], by: ["metric_time.month", "channel"], ...lastYear }),
    chart(lang, "area", { metrics: ["revenue"], by: ["metric_time.quarter", "product.category"] }),
    chart(lang, "stacked", { metrics: ["margin"], by: ["metric_time.quarter", "channel"] }),
    chart(lang, "line", { metrics: ["revenue", "margin"], by: ["metric_time.month"], ...lastYear }),
    chart(
      lang,
      "line",
      { metrics: ["orders"], by: ["metric_time.month", "product.name"], ...lastYear },
      { options: { top: 12 } },
    ),
    chart(lang, "line", { metrics: ["orders"], by: ["metric_time.month", "customer.region"] }),
    chart(lang, "heatmap", { metrics: ["margin"], by: ["metric_time.quarter", "channel"] }),
    chart(lang, "scatter", { metrics: ["revenue", "margin", "orders"], by: ["product.name"], ...lastYear }),
    chart(lang, "waterfall", { metrics: ["revenue"], by: ["customer.region"], ...lastYear }),
    chart(lang, "waterfall", {
      metrics: ["revenue"],
      by: ["channel"],
      compare: ["previous"],
      since: "2026-06",
      until: "2026-06",
    }),
    chart(lang, "waterfall", {
      metrics: ["cost"],
      by: ["metric_time.quarter"],
      compare: ["previous"],
      since: "2025-07",
      until: "2026-06",
    }),
    chart(lang, "waterfall", { metrics: ["margin"], by: ["channel"] }),
    chart(lang, "bar", { metrics: ["revenue", "cost"], by: ["channel", "customer.region"], ...lastYear }),
    chart(lang, "bar", { metrics: ["revenue"], by: ["product.name"], order: ["-revenue"] }),
    chart(lang, "bullet", { metrics: ["revenue", "cost"], by: ["customer.region"], ...lastYear }),
    chart(lang, "sankey", {
      metrics: ["revenue"],
      by: ["channel", "product.category", "customer.region"],
      ...lastYear,
    }),
    chart(lang, "bar", { metrics: ["revenue"], by: ["channel"], since: "2031" }),
    chart(
      lang,
      "table",
      {
        metrics: ["revenue", "orders", "margin"],
        by: ["metric_time.month", "customer.region"],
        compare: ["previous"],
        totals: true,
        ...lastYear,
      },
      {},
      "col-12",
    ),
    chart(
      lang,
      "table",
      { metrics: ["revenue"], by: ["metric_time.day", "product.name", "customer.region"] },
      {},
      "col-12",
    ),
  ];
}

export const PAGES: Record<string, (lang: Lang) => Shown[]> = {
  charts,
  explorer: () => [
    {
      island: "explorer",
      width: "col-12",
      card: false,
      props: {
        ...urls,
        exportUrl: "/mock/export",
        canSeeSql: true,
        question: { metrics: ["revenue"], by: ["metric_time.month", "customer.region"], ...lastYear, totals: true },
        kind: "stacked",
      },
    },
  ],
  empty: () => [{ island: "explorer", width: "col-12", card: false, props: { ...urls, canSeeSql: false } }],
  board: (lang) => [{ island: "board", width: "col-12", card: false, props: board(lang) }],
  lineage: (lang) => [{ island: "lineage", width: "col-12", card: true, props: lineage(lang) }],
  editor: () => [{ island: "editor", width: "col-12", card: false, props: editor() }],
};

function board(lang: Lang): object {
  const zh = lang === "zh";
  const tile = (
    id: number,
    title: string,
    kind: string,
    question: object,
    place: [number, number, number, number],
  ) => ({
    id,
    title,
    view: { question: asQuestion(question), chart: { kind } },
    x: place[0],
    y: place[1],
    w: place[2],
    h: place[3],
  });
  return {
    ...urls,
    title: zh ? "经营周报" : "Weekly review",
    version: 3,
    canEdit: true,
    exploreUrl: "?page=explorer",
    filters: [
      { path: "customer.region", label: zh ? "客户区域" : "Customer region", type: "text" },
      { path: "channel", label: zh ? "渠道" : "Channel", type: "text" },
    ],
    tiles: [
      tile(
        1,
        zh ? "收入" : "Revenue",
        "indicator",
        { metrics: ["revenue"], by: ["metric_time.month"], compare: ["previous"], ...lastYear },
        [0, 0, 3, 2],
      ),
      tile(
        2,
        zh ? "利润率" : "Margin",
        "indicator",
        { metrics: ["margin"], by: ["metric_time.month"], compare: ["previous"], ...lastYear },
        [3, 0, 3, 2],
      ),
      tile(
        3,
        zh ? "客单价" : "Average order value",
        "indicator",
        { metrics: ["basket"], by: ["metric_time.month"], ...lastYear },
        [6, 0, 3, 2],
      ),
      tile(
        4,
        zh ? "在职人数" : "Headcount",
        "indicator",
        { metrics: ["headcount"], by: ["metric_time.month"], ...lastYear },
        [9, 0, 3, 2],
      ),
      tile(
        5,
        zh ? "收入趋势" : "Revenue trend",
        "line",
        { metrics: ["revenue"], by: ["metric_time.month"], compare: ["last_year"], ...lastYear },
        [0, 2, 8, 4],
      ),
      tile(
        6,
        zh ? "区域分布" : "By region",
        "bar",
        { metrics: ["revenue"], by: ["customer.region"], order: ["-revenue"], ...lastYear },
        [8, 2, 4, 4],
      ),
      tile(
        7,
        zh ? "渠道构成" : "Channels",
        "stacked",
        { metrics: ["revenue"], by: ["metric_time.quarter", "channel"] },
        [0, 6, 6, 4],
      ),
      tile(
        8,
        zh ? "明细" : "Detail",
        "table",
        { metrics: ["revenue", "orders", "margin"], by: ["product.category"], totals: true, ...lastYear },
        [6, 6, 6, 4],
      ),
    ],
  };
}

function lineage(lang: Lang): object {
  const zh = lang === "zh";
  const nodes = [
    ["erp.orders.quantity", "column", "erp.orders.quantity"],
    ["erp.orders.price", "column", "erp.orders.price"],
    ["erp.orders.status", "column", "erp.orders.status"],
    ["erp.refunds.amount", "column", "erp.refunds.amount"],
    ["orders", "dataset", zh ? "订单" : "Orders"],
    ["refunds", "dataset", zh ? "退款" : "Refunds"],
    ["revenue", "metric", zh ? "净销售额" : "Net revenue"],
    ["order_count", "metric", zh ? "订单数" : "Orders"],
    ["basket", "metric", zh ? "客单价" : "Average order value"],
    ["margin", "metric", zh ? "利润率" : "Margin"],
    ["weekly", "dashboard", zh ? "经营周报" : "Weekly review"],
    ["board", "dashboard", zh ? "销售看板" : "Sales board"],
  ].map(([id, kind, label]) => ({ id, kind, label, href: `#${id}` }));
  const edges = [
    ["erp.orders.quantity", "orders"],
    ["erp.orders.price", "orders"],
    ["erp.orders.status", "orders"],
    ["erp.refunds.amount", "refunds"],
    ["orders", "revenue"],
    ["refunds", "revenue"],
    ["orders", "order_count"],
    ["revenue", "basket"],
    ["order_count", "basket"],
    ["revenue", "margin"],
    ["basket", "weekly"],
    ["margin", "weekly"],
    ["revenue", "board"],
  ].map(([from, to]) => ({ from, to }));
  return { nodes, edges, focus: "revenue" };
}

function editor(): object {
  return {
    checkUrl: "/mock/check",
    previewUrl: "/mock/preview",
    saveUrl: "/mock/save",
    version: 2,
    form: {
      metrics: [
        { name: "net_revenue", label: "净销售额" },
        { name: "orders", label: "订单数" },
      ],
      measures: [
        { name: "orders.amount", label: "订单金额" },
        { name: "orders.buyers", label: "购买客户" },
      ],
      departments: [
        { name: "finance", label: "财务" },
        { name: "sales", label: "销售" },
        { name: "marketing", label: "市场" },
      ],
      domains: ["sales", "finance"],
      units: ["CNY", "ratio", "件"],
    },
    yaml: `version: 1\nmetric: net_revenue\nlabel: {zh: 净销售额, en: Net revenue}\nmeaning:\n  zh: 已付款订单金额减去退款, 按付款日期计\nsynonyms: [销售额, 营收]\nkind: financial\ndomain: sales\ndirection: upp   # 越高越好\nunit: CNY\nowner: finance\nraci: {R: [sales], A: finance}\nreview: quarterly\nsimple: {measure: orders.amount, where: "orders.status = 'paid'"}\n`,
  };
}
