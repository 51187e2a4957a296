/** Answer -> waterfall, bullet and sankey: how parts make a whole, meet a target, flow. */

import type { EChartsOption } from "echarts";
import { comparisonAt, fullCell, groupName, isTime, numberAt, shortCell, type Column } from "../data/result";
import { wording } from "../text/language";
import { shortNumber, signed, tickNumber } from "../text/numbers";
import {
  CannotDraw,
  categoryAxisStyle,
  frame,
  textWidth,
  truncation,
  valueAxisStyle,
  type Drawing,
  type Scene,
} from "./drawing";
import { favour } from "./look";
import { dimensionsOf, mayStack, metricsOf } from "./shape";
import { tipBox } from "./tooltip";

interface Step {
  name: string;
  from: number;
  to: number;
  whole: boolean;
  row: number | null;
}

/** With a comparison: before, each group's change, now. Without: each group's part, then the whole. */
export function drawWaterfall(scene: Scene): Drawing {
  const { data, look, lang, options } = scene;
  const metric = metricsOf(data, options.metrics)[0];
  const column = metric === undefined ? undefined : data.columns[metric];
  const dimension = dimensionsOf(data)[0];
  if (!column || metric === undefined || dimension === undefined || dimensionsOf(data).length > 1)
    throw new CannotDraw(wording(lang, "needOneDimension"));
  if (!mayStack(data, metric)) throw new CannotDraw(wording(lang, "notAdditive", { metric: column.label }));
  const steps = stepsOf(scene, metric, dimension);
  const compared = steps[0]?.whole === true;
  const names = steps.map((step) => step.name);
  const room = (scene.width - 70) / Math.max(1, names.length) / 6.4;
  const lying = Math.max(0, ...names.map(textWidth)) > room;
  const paint = (step: Step) => {
    if (step.whole) return look.palette[4] ?? look.text;
    // A part of a whole is neither good nor bad; a change is.
    const tone = compared ? favour(column.direction, step.to - step.from) : "none";
    return tone === "good"
      ? look.good
      : tone === "bad"
        ? look.bad
        : (look.palette[step.to >= step.from ? 0 : 1] ?? look.text);
  };
  const category = {
    type: "category" as const,
    data: names,
    ...categoryAxisStyle(look),
    axisLabel: { color: look.muted, ...(lying ? truncation(names, scene.width * 0.32) : { interval: 0 }) },
  };
  const value = {
    type: "value" as const,
    ...valueAxisStyle(look),
    axisLabel: {
      color: look.muted,
      hideOverlap: true,
      formatter: (tick: number) =>
        tickNumber(tick, Math.max(...steps.map((step) => Math.abs(step.to))), { unit: column.unit }, lang),
    },
  };
  const option: EChartsOption = {
    ...frame(scene),
    grid: { left: 8, right: lying ? 64 : 14, top: 24, bottom: 6, containLabel: true },
    ...(lying ? { xAxis: value, yAxis: { ...category, inverse: true } } : { xAxis: category, yAxis: value }),
    series: [
      {
        type: "bar",
        stack: "steps",
        silent: true,
        itemStyle: { color: "transparent" },
        data: steps.map((step) => base(step)),
        tooltip: { show: false },
      },
      // A step across zero needs the part below and the part above.
      ...([1, -1] as const).map((side) => ({
        type: "bar" as const,
        stack: "steps",
        barMaxWidth: 48,
        cursor: options.picks ? "pointer" : "default",
        data: steps.map((step) => ({ value: height(step, side), itemStyle: { color: paint(step) } })),
        label: {
          show: true,
          position: lying ? ("right" as const) : ("top" as const),
          color: look.text,
          fontSize: 11,
          formatter: (at: { dataIndex: number; value?: unknown }) => {
            const step = steps[at.dataIndex];
            if (!step || !at.value || (side === -1 && height(step, 1))) return "";
            return step.whole || !compared
              ? shortNumber(step.whole ? step.to : step.to - step.from, { unit: column.unit }, lang)
              : signed(step.to - step.from, { unit: column.unit }, lang);
          },
        },
      })),
    ],
  };
  option.tooltip = {
    ...option.tooltip,
    formatter: (given: unknown) => {
      const step = steps[(given as { dataIndex: number }).dataIndex];
      if (!step) return "";
      return tipBox(step.name, [
        {
          color: paint(step),
          name: column.label,
          value: fullCell(column, step.whole ? step.to : step.to - step.from, lang),
        },
      ]);
    },
  };
  return {
    option,
    picksAt: (_, index) => {
      const row = steps[index]?.row;
      return row === null || row === undefined
        ? []
        : [{ column: data.columns[dimension] as Column, value: data.rows[row]?.[dimension] ?? null }];
    },
    notes: [],
    summary: wording(lang, "summaryAxis", {
      kind: wording(lang, "kind_waterfall"),
      metrics: column.label,
      axis: data.columns[dimension]?.label ?? "",
      count: names.length,
      series: 1,
      first: names[0] ?? "",
      last: names.at(-1) ?? "",
    }),
  };
}

/** Where the invisible foot of a step ends. */
function base(step: Step): number {
  const low = Math.min(step.from, step.to);
  const high = Math.max(step.from, step.to);
  return low >= 0 ? low : high <= 0 ? high : 0;
}

function height(step: Step, side: 1 | -1): number {
  const low = Math.min(step.from, step.to);
  const high = Math.max(step.from, step.to);
  return side === 1 ? Math.max(0, high - Math.max(0, low)) : Math.min(0, low - Math.min(0, high));
}

function stepsOf(scene: Scene, metric: number, dimension: number): Step[] {
  const { data, lang } = scene;
  const column = data.columns[metric] as Column;
  // Along time the parts build up; only groups can be set against what they were before.
  const before = isTime(data.columns[dimension] as Column) ? -1 : comparisonAt(data.columns, column.name, "value");
  const label = (row: number) => groupName(data.columns[dimension] as Column, data.rows[row]?.[dimension], lang);
  const steps: Step[] = [];
  let at = 0;
  if (before >= 0) {
    at = data.rows.reduce((sum, row) => sum + (numberAt(row, before) ?? 0), 0);
    steps.push({ name: data.columns[before]?.label ?? "", from: 0, to: at, whole: true, row: null });
  }
  data.rows.forEach((row, index) => {
    const part = (numberAt(row, metric) ?? 0) - (before >= 0 ? (numberAt(row, before) ?? 0) : 0);
    steps.push({ name: label(index), from: at, to: at + part, whole: false, row: index });
    at += part;
  });
  steps.push({ name: before >= 0 ? column.label : wording(lang, "total"), from: 0, to: at, whole: true, row: null });
  return steps;
}

/** The first metric as a bar, the second (or the option's target) as the mark to reach. */
export function drawBullet(scene: Scene): Drawing {
  const { data, look, lang, options } = scene;
  const [actual, goal] = metricsOf(data, options.metrics);
  const column = actual === undefined ? undefined : data.columns[actual];
  if (!column || actual === undefined) throw new CannotDraw(wording(lang, "needMetric"));
  const dimensions = dimensionsOf(data);
  const goalOf = (row: (typeof data.rows)[number]) =>
    goal === undefined ? (options.target ?? null) : numberAt(row, goal);
  const goalName =
    goal === undefined ? (options.targetLabel ?? wording(lang, "target")) : (data.columns[goal]?.label ?? "");
  const names = data.rows.map(
    (row) => dimensions.map((at) => groupName(data.columns[at] as Column, row[at], lang)).join(" · ") || column.label,
  );
  const reached = (row: (typeof data.rows)[number]) => {
    const value = numberAt(row, actual);
    const aim = goalOf(row);
    return value === null || aim === null ? "none" : value === aim ? "good" : favour(column.direction, value - aim);
  };
  const most = Math.max(
    0,
    ...data.rows.flatMap((row) => [Math.abs(numberAt(row, actual) ?? 0), Math.abs(goalOf(row) ?? 0)]),
  );
  const paint = { good: look.good, bad: look.bad, none: look.palette[0] ?? look.text };
  const option: EChartsOption = {
    ...frame(scene),
    grid: { left: 8, right: 64, top: 8, bottom: 6, containLabel: true },
    xAxis: {
      type: "value",
      ...valueAxisStyle(look),
      axisLabel: {
        color: look.muted,
        hideOverlap: true,
        formatter: (tick: number) => tickNumber(tick, most, { unit: column.unit }, lang),
      },
    },
    yAxis: {
      type: "category",
      inverse: true,
      data: names,
      ...categoryAxisStyle(look),
      axisLabel: { color: look.muted, ...truncation(names, scene.width * 0.3) },
    },
    series: [
      {
        type: "bar",
        barMaxWidth: 18,
        cursor: options.picks ? "pointer" : "default",
        data: data.rows.map((row) => ({
          value: numberAt(row, actual),
          itemStyle: { color: paint[reached(row)], borderRadius: [0, 3, 3, 0] },
        })),
        label: {
          show: true,
          position: "right",
          color: look.text,
          formatter: (at: { value?: unknown }) =>
            typeof at.value === "number" ? shortNumber(at.value, { unit: column.unit }, lang) : "–",
        },
      },
      {
        type: "scatter",
        symbol: "rect",
        symbolSize: [3, Math.min(26, scene.height / Math.max(1, data.rows.length) / 1.6)],
        itemStyle: { color: look.text },
        silent: true,
        z: 5,
        data: data.rows.map((row, index) => [goalOf(row), index]),
      },
    ],
  };
  option.tooltip = {
    ...option.tooltip,
    formatter: (given: unknown) => {
      const at = (given as { dataIndex: number }).dataIndex;
      const row = data.rows[at] ?? [];
      const value = numberAt(row, actual);
      const aim = goalOf(row);
      const done =
        value !== null && aim
          ? wording(lang, "attained", { share: shortNumber(value / aim, { unit: "ratio" }, lang) })
          : "";
      return tipBox(
        names[at] ?? "",
        [
          { color: paint[reached(row)], name: column.label, value: fullCell(column, value, lang) },
          { color: look.text, name: goalName, value: fullCell(column, aim, lang) },
        ],
        done,
      );
    },
  };
  return {
    option,
    picksAt: (_, index) =>
      dimensions.map((at) => ({ column: data.columns[at] as Column, value: data.rows[index]?.[at] ?? null })),
    notes: goal === undefined && options.target == null ? [wording(lang, "noTarget")] : [],
    summary: wording(lang, "summaryScatter", { metrics: `${column.label} / ${goalName}`, count: data.rows.length }),
  };
}

/** Two or more dimensions as stages, one additive metric as the flow between them. */
export function drawSankey(scene: Scene): Drawing {
  const { data, look, lang, options } = scene;
  const metric = metricsOf(data, options.metrics)[0];
  const column = metric === undefined ? undefined : data.columns[metric];
  const stages = dimensionsOf(data);
  if (!column || metric === undefined || stages.length < 2) throw new CannotDraw(wording(lang, "needTwoDimensions"));
  if (!mayStack(data, metric)) throw new CannotDraw(wording(lang, "notAdditive", { metric: column.label }));
  const flows = new Map<string, { source: string; target: string; value: number }>();
  const nodes = new Map<
    string,
    { name: string; label: string; stage: number; cell: string | number | boolean | null }
  >();
  let skipped = 0;
  for (const row of data.rows) {
    const value = numberAt(row, metric);
    if (value === null || value <= 0) {
      skipped += 1;
      continue;
    }
    stages.forEach((at, stage) => {
      const cell = row[at] ?? null;
      const name = `${stage}:${String(cell)}`;
      nodes.set(name, { name, label: groupName(data.columns[at] as Column, cell, lang), stage, cell });
      const next = stages[stage + 1];
      if (next === undefined) return;
      const target = `${stage + 1}:${String(row[next] ?? null)}`;
      const flow = flows.get(`${name}>${target}`) ?? { source: name, target, value: 0 };
      flow.value += value;
      flows.set(`${name}>${target}`, flow);
    });
  }
  const listed = [...nodes.values()];
  const option: EChartsOption = {
    ...frame(scene),
    series: [
      {
        type: "sankey",
        left: 8,
        right: Math.min(140, scene.width * 0.25),
        top: 8,
        bottom: 8,
        nodeGap: 10,
        draggable: false,
        emphasis: { focus: "adjacency" },
        lineStyle: { color: "gradient", opacity: 0.35 },
        data: listed.map((node, index) => ({
          name: node.name,
          depth: node.stage,
          itemStyle: { color: look.palette[index % look.palette.length] ?? look.text },
        })),
        links: [...flows.values()],
        label: { color: look.text, formatter: (at: { name?: string }) => nodes.get(at.name ?? "")?.label ?? "" },
      },
    ],
  };
  option.tooltip = {
    ...option.tooltip,
    formatter: (given: unknown) => {
      const at = given as { dataType: string; name: string; value: number; data: { source: string; target: string } };
      const title =
        at.dataType === "edge"
          ? `${nodes.get(at.data.source)?.label ?? ""} → ${nodes.get(at.data.target)?.label ?? ""}`
          : (nodes.get(at.name)?.label ?? "");
      return tipBox(title, [{ color: null, name: column.label, value: shortCell(column, at.value, lang) }]);
    },
  };
  return {
    option,
    picksAt: (_, index) => {
      const node = listed[index];
      return node ? [{ column: data.columns[stages[node.stage] as number] as Column, value: node.cell }] : [];
    },
    notes: skipped ? [wording(lang, "flowsSkipped", { count: skipped })] : [],
    summary: wording(lang, "summaryScatter", { metrics: column.label, count: flows.size }),
  };
}
