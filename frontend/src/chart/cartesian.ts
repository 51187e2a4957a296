/** Answer -> lines, bars, stacks and areas. */

import type { EChartsOption, SeriesOption } from "echarts";
import { comparison, fullCell, isTime, knownUntil, type Column } from "../data/result";
import { wording } from "../text/language";
import { hasLongName, shortNumber, signed, signedPercent, tickNumber } from "../text/numbers";
import type { Drawing, Scene } from "./drawing";
import {
  categoryAxisStyle,
  frame,
  hiddenNote,
  legend,
  namesOf,
  textWidth,
  truncation,
  valueAxisStyle,
} from "./drawing";
import { isOpen } from "../text/time";
import { favour, strokeOf } from "./look";
import type { Series, Shape } from "./shape";
import { MOST_SERIES, mayStack, metricsOf, shapeOf } from "./shape";
import type { Kind, Pick } from "./spec";
import { timeTicks, type Ticks } from "./ticks";
import { tipBox, type TipLine } from "./tooltip";

export function drawCartesian(scene: Scene, kind: Kind): Drawing {
  const { shape, left } = twoUnits(
    shapeOf(scene.data, scene.lang, {
      top: scene.options.top ?? MOST_SERIES,
      ...(scene.options.metrics ? { metrics: scene.options.metrics } : {}),
    }),
  );
  const lead = shape.series.filter((series) => !series.behind);
  const notes = hiddenNote(scene, shape.hidden, lead.length);
  notes.push(...runningNote(scene, shape));
  if (left.length) notes.push(wording(scene.lang, "unitsLeft", { metrics: namesOf(left, scene.lang) }));
  let drawn = kind;
  if (kind === "stacked" || (kind === "area" && lead.length > 1)) {
    const stackable =
      metricsOf(scene.data, scene.options.metrics).every((index) => mayStack(scene.data, index)) &&
      shape.units.length === 1;
    if (!stackable && lead.length > 1) {
      drawn = kind === "stacked" ? "bar" : "line";
      notes.push(wording(scene.lang, "notStackable"));
    }
  }
  const time = shape.axis !== null && isTime(shape.axis);
  const lying = liesDown(scene, shape, drawn, time);
  const ticks = time
    ? timeTicks(shape.keys as (string | null)[], shape.axis?.grain, scene.lang, scene.width - 70)
    : null;
  const axes = axesOf(scene, shape, lying, time, drawn, ticks);
  const zoomed = Boolean(scene.options.brush) && time && shape.keys.length > 6;
  const crowded = !time && shape.keys.length > MOST_IN_VIEW;
  const listed = lead.length <= 4 ? shape.series : lead;
  const names = listed.map((series) => series.name);
  const marks = marksOf(scene, shape);
  const option: EChartsOption = {
    ...frame(scene),
    legend: legend(scene, names),
    grid: {
      left: 8,
      right: (lying ? 56 : 14) + (lying && crowded ? 26 : 0),
      top: (names.length > 1 ? 34 : 12) + (marks.length ? 18 : 0) + (!lying && shape.units.some(hasLongName) ? 14 : 0),
      bottom: zoomed || (crowded && !lying) ? 52 : 6,
      containLabel: true,
    },
    ...axes.option,
    series: shape.series.map((series) => seriesOption(scene, shape, series, drawn, lying, marks)),
    ...(zoomed || crowded ? { dataZoom: zoomOf(scene, crowded, lying) } : {}),
  };
  option.tooltip = {
    ...option.tooltip,
    trigger: "axis",
    axisPointer: {
      type: drawn === "line" || drawn === "area" ? "line" : "shadow",
      lineStyle: { color: scene.look.muted },
      shadowStyle: { opacity: 0.12 },
    },
    formatter: (given: unknown) =>
      tipAt(scene, shape, Array.isArray(given) ? (given as { dataIndex: number }[])[0]?.dataIndex : undefined),
  };
  return {
    option,
    picksAt: (seriesIndex, dataIndex) => picksAt(shape, seriesIndex, dataIndex),
    ...(ticks ? { times: { keys: shape.keys as (string | null)[], view: ticks.view } } : {}),
    notes,
    ...(lying
      ? {
          tall:
            40 + Math.min(shape.names.length, MOST_IN_VIEW) * (drawn === "bar" ? 12 + 14 * shape.series.length : 26),
        }
      : {}),
    summary: summaryOf(scene, shape, drawn),
  };
}

/** A line that drops at its end may only say that the period is not over. */
function runningNote(scene: Scene, shape: Shape): string[] {
  const last = shape.keys.findLast((key) => typeof key === "string");
  if (!shape.axis || !isTime(shape.axis) || typeof last !== "string") return [];
  if (!isOpen(last, shape.axis.grain, knownUntil(scene.data))) return [];
  return [wording(scene.lang, "runningPeriod", { period: shape.names[shape.keys.indexOf(last)] ?? last })];
}

/** There are two value axes: metrics in a third unit would stand on an axis that is not theirs. */
function twoUnits(shape: Shape): { shape: Shape; left: Column[] } {
  const units = shape.units.slice(0, 2);
  const fits = (series: Series) => units.includes(series.column.unit ?? null);
  const left = new Map(
    shape.series
      .filter((series) => !fits(series) && !series.behind)
      .map((series) => [series.column.name, series.column]),
  );
  return { shape: { ...shape, units, series: shape.series.filter(fits) }, left: [...left.values()] };
}

function picksAt(shape: Shape, seriesIndex: number, dataIndex: number): Pick[] {
  const own = shape.series[seriesIndex]?.picks ?? [];
  return shape.axis ? [{ column: shape.axis, value: shape.keys[dataIndex] ?? null }, ...own] : own;
}

function liesDown(scene: Scene, shape: Shape, kind: Kind, time: boolean): boolean {
  if (kind === "line" || kind === "area" || time) return false;
  if (shape.units.length > 1) return false;
  if (scene.options.horizontal !== undefined) return scene.options.horizontal;
  if (shape.names.length > MOST_IN_VIEW) return true;
  const room = (scene.width - 70) / Math.max(1, shape.names.length) / 6.4;
  return Math.max(0, ...shape.names.map(textWidth)) > room;
}

/** The greatest height on the axis of `unit`: of one value, or of one stack. */
function greatestTick(shape: Shape, unit: string | null, stacks: boolean): number {
  const held = shape.series.filter((series) => (series.column.unit ?? null) === unit);
  if (!stacks) return Math.max(0, ...held.flatMap((series) => series.values.map((value) => Math.abs(value ?? 0))));
  return Math.max(
    0,
    ...shape.keys.map((_, index) =>
      held.reduce((sum, series) => sum + Math.abs((series.behind ? 0 : series.values[index]) ?? 0), 0),
    ),
  );
}

/** What a place on the axis is called to ECharts: marks on a time axis name their period. */
function categoryId(key: Shape["keys"][number], index: number, time: boolean): string {
  return time && key !== null ? String(key) : `${index}`;
}

function isFlat(shape: Shape, unit: string | null): boolean {
  const values = shape.series.flatMap((series) =>
    (series.column.unit ?? null) === unit ? series.values.filter((value) => value !== null) : [],
  );
  const [least, most] = [Math.min(...values), Math.max(...values)];
  return least > 0 && most - least < 0.25 * most;
}

function axesOf(scene: Scene, shape: Shape, lying: boolean, time: boolean, kind: Kind, ticks: Ticks | null) {
  const stacks = kind === "stacked" || kind === "area";
  const { look, lang } = scene;
  const units = shape.units.slice(0, 2);
  const two = units.length === 2 && !lying;
  // A long unit stands once above its axis, not at every tick.
  const named = (unit: string | null) => !lying && hasLongName(unit);
  const most = (unit: string | null) => greatestTick(shape, unit, stacks);
  const value = units.map((unit, index) => ({
    type: "value" as const,
    ...valueAxisStyle(look),
    ...(two && index === 1 ? { splitLine: { show: false }, position: "right" as const } : {}),
    axisLabel: {
      color: look.muted,
      hideOverlap: true,
      formatter: (tick: number) => tickNumber(tick, most(unit), { unit: named(unit) ? null : unit }, lang),
    },
    ...(named(unit)
      ? {
          name: unit ?? "",
          nameGap: 10,
          nameTextStyle: { color: look.muted, align: two && index === 1 ? ("right" as const) : ("left" as const) },
        }
      : {}),
    // Lines speak by their slope: a far-away zero would flatten them. Bars speak by their length and keep it.
    ...(kind === "line" && isFlat(shape, unit) ? { scale: true } : {}),
    splitNumber: scene.height < 200 ? 3 : 4,
  }));
  const places = new Map(shape.keys.map((key, index) => [categoryId(key, index, time), index]));
  const category = {
    type: "category" as const,
    data: shape.keys.map((key, index) => categoryId(key, index, time)),
    ...categoryAxisStyle(look),
    boundaryGap: true,
    axisLabel: {
      color: look.muted,
      hideOverlap: true,
      lineHeight: 15,
      ...(ticks ? { interval: (index: number) => ticks.shows(index) } : {}),
      ...(lying ? truncation(shape.names, Math.min(180, scene.width * 0.34)) : {}),
      // By its value: under a zoom ECharts counts the index from the left edge of what is in view.
      formatter: (id: string) => {
        const index = places.get(id) ?? 0;
        return ticks && shape.keys[index] !== null ? ticks.label(index) : (shape.names[index] ?? "");
      },
    },
  };
  const option: EChartsOption = lying
    ? { xAxis: value[0] ?? {}, yAxis: { ...category, inverse: true } }
    : { xAxis: category, yAxis: value };
  return { option };
}

interface Mark {
  xAxis: string;
  name: string;
  label: { align: "left" | "center" | "right" };
}

/** Each annotation at the period it falls in. */
function marksOf(scene: Scene, shape: Shape): Mark[] {
  const times = shape.keys.filter((key): key is string => typeof key === "string");
  if (!shape.axis || !isTime(shape.axis)) return [];
  return (scene.options.annotations ?? []).flatMap((mark) => {
    const inside = times.filter((key) => key <= mark.at).at(-1);
    if (inside === undefined) return [];
    const place = times.indexOf(inside) / Math.max(1, times.length - 1);
    return [
      { xAxis: inside, name: mark.label, label: { align: place > 0.8 ? "right" : place < 0.2 ? "left" : "center" } },
    ];
  });
}

function seriesOption(
  scene: Scene,
  shape: Shape,
  series: Series,
  kind: Kind,
  lying: boolean,
  marks: Mark[],
): SeriesOption {
  const { look } = scene;
  const stroke = strokeOf(look, series.tint);
  const axisIndex = lying ? 0 : Math.max(0, shape.units.slice(0, 2).indexOf(series.column.unit ?? null));
  const shared = {
    name: series.name,
    data: series.values,
    yAxisIndex: axisIndex,
    emphasis: { focus: shape.series.length > 6 ? ("series" as const) : ("none" as const) },
    itemStyle: { color: stroke.color, ...(series.behind ? { opacity: 0.38 } : {}) },
    cursor: scene.options.picks ? "pointer" : "default",
    ...(marks.length && series === shape.series[0] ? { markLine: markLine(scene, marks) } : {}),
  };
  if (kind === "line" || kind === "area") {
    const many = shape.keys.length * 14 > scene.width;
    const alone = series.values.filter((value) => value !== null).length === 1;
    return {
      ...shared,
      type: "line",
      showAllSymbol: true,
      showSymbol: alone || (!many && shape.series.length <= 8),
      symbol: "circle",
      symbolSize: alone ? 8 : 5,
      connectNulls: false,
      lineStyle: {
        color: stroke.color,
        width: series.behind ? 1.5 : 2,
        type: series.behind ? (comparison(series.column)?.basis === "previous" ? "dashed" : "dotted") : stroke.dash,
        opacity: series.behind ? 0.7 : 1,
      },
      ...(kind === "area" && !series.behind
        ? { areaStyle: { color: stroke.color, opacity: 0.22 }, ...(shape.series.length > 1 ? { stack: "all" } : {}) }
        : {}),
    };
  }
  const stacked = kind === "stacked" && !series.behind;
  return {
    ...shared,
    ...(lying ? { yAxisIndex: 0 } : {}),
    type: "bar",
    barMaxWidth: 44,
    barGap: "12%",
    ...(stacked ? { stack: "all" } : {}),
    itemStyle: { ...shared.itemStyle, borderRadius: stacked ? 0 : lying ? [0, 3, 3, 0] : [3, 3, 0, 0] },
    ...(lying && !stacked && shape.series.length === 1
      ? {
          label: {
            show: true,
            position: "right" as const,
            color: look.muted,
            formatter: (at: { value?: unknown }) =>
              typeof at.value === "number" ? shortNumber(at.value, { unit: series.column.unit }, scene.lang) : "",
          },
        }
      : {}),
  };
}

function markLine(scene: Scene, marks: Mark[]) {
  return {
    silent: true,
    symbol: "none",
    lineStyle: { color: scene.look.muted, type: "dotted" as const, width: 1 },
    label: { color: scene.look.muted, fontSize: 11, formatter: "{b}", position: "end" as const, distance: 4 },
    data: marks,
  };
}

function zoomOf(scene: Scene, crowded: boolean, lying: boolean): EChartsOption["dataZoom"] {
  const { look } = scene;
  const place = lying ? { yAxisIndex: 0, width: 16, right: 4 } : { height: 24, bottom: 8 };
  return [
    {
      type: "slider",
      ...place,
      borderColor: look.line,
      fillerColor: look.dark ? "rgba(110,168,254,.18)" : "rgba(37,99,201,.12)",
      handleStyle: { color: look.palette[0] ?? look.text },
      textStyle: { color: look.muted },
      showDetail: false,
      brushSelect: true,
      ...(crowded ? { startValue: 0, endValue: MOST_IN_VIEW - 1 } : {}),
    },
    ...(lying
      ? []
      : [
          {
            type: "inside" as const,
            zoomOnMouseWheel: "ctrl" as const,
            moveOnMouseMove: false,
            moveOnMouseWheel: false,
          },
        ]),
  ];
}

// More categories than this are scrolled.
const MOST_IN_VIEW = 30;

const MOST_TIP_LINES = 12;

function tipAt(scene: Scene, shape: Shape, index: number | undefined): HTMLElement | string {
  if (index === undefined) return "";
  const { lang } = scene;
  const held = shape.series
    .map((series) => ({ series, value: series.values[index] ?? null }))
    .filter((item) => item.value !== null);
  const few =
    held.length > MOST_TIP_LINES
      ? [...held].sort((one, other) => Math.abs(other.value ?? 0) - Math.abs(one.value ?? 0)).slice(0, MOST_TIP_LINES)
      : held;
  const lines = few.map(({ series, value }): TipLine => {
    const line: TipLine = {
      color: strokeOf(scene.look, series.tint).color,
      name: series.name,
      value: fullCell(series.column, value, lang),
    };
    return series.behind ? { ...line, ...against(scene, shape, series, index, value) } : line;
  });
  if (!lines.length) lines.push({ color: null, name: wording(lang, "noValue"), value: "" });
  const foot = held.length > few.length ? wording(lang, "moreLines", { count: held.length - few.length }) : "";
  return tipBox(shape.names[index] ?? "", lines, foot);
}

/** How the metric stands against this comparison. */
function against(scene: Scene, shape: Shape, behind: Series, index: number, base: number | null) {
  const lead = shape.series.find((series) => !series.behind && series.tint === behind.tint);
  const now = lead?.values[index] ?? null;
  if (now === null || base === null || !lead) return {};
  const change = now - base;
  const fraction = lead.column.unit === "ratio" || lead.column.unit === "percent";
  const note = fraction
    ? signed(change, { unit: lead.column.unit }, scene.lang)
    : base > 0
      ? signedPercent(change / base, scene.lang)
      : "";
  return { note, tone: favour(lead.column.direction, change) };
}

function summaryOf(scene: Scene, shape: Shape, kind: Kind): string {
  const { lang } = scene;
  const metrics = [
    ...new Map(
      shape.series.filter((series) => !series.behind).map((series) => [series.column.name, series.column]),
    ).values(),
  ];
  const facts = {
    kind: wording(lang, `kind_${kind}`),
    metrics: namesOf(metrics, lang),
    axis: shape.axis?.label ?? "",
    count: shape.keys.length,
    series: shape.series.filter((series) => !series.behind).length,
    first: shape.names[0] ?? "",
    last: shape.names.at(-1) ?? "",
  };
  return wording(lang, shape.axis ? "summaryAxis" : "summaryPlain", facts);
}
