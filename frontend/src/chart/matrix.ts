/** Answer -> heatmap and scatter. */

import type { EChartsOption } from "echarts";
import { fullCell, groupName, isTime, numberAt, shortCell, type Column } from "../data/result";
import { wording } from "../text/language";
import { shortNumber, tickNumber } from "../text/numbers";
import {
  CannotDraw,
  categoryAxisStyle,
  frame,
  namesOf,
  truncation,
  valueAxisStyle,
  type Drawing,
  type Scene,
} from "./drawing";
import { dimensionsOf, metricsOf, shapeOf } from "./shape";
import { timeTicks } from "./ticks";
import { tipBox } from "./tooltip";

/** The first two dimensions as a grid, one metric as colour. */
export function drawHeatmap(scene: Scene): Drawing {
  const { data, look, lang, options } = scene;
  const metric = metricsOf(data, options.metrics)[0];
  const column = metric === undefined ? undefined : data.columns[metric];
  if (!column || dimensionsOf(data).length < 2) throw new CannotDraw(wording(lang, "needTwoDimensions"));
  const shape = shapeOf(data, lang, { metrics: [column.name] });
  const lead = shape.series.filter((series) => !series.behind);
  const cells = lead.flatMap((series, y) =>
    series.values.flatMap((value, x) => (value === null ? [] : [[x, y, value]])),
  );
  const values = cells.map((cell) => cell[2] as number);
  const least = Math.min(...values);
  const most = Math.max(...values);
  const signs = least < 0 && most > 0;
  // The ramp's far end is dark in a light page and light in a dark one: ink takes the other side.
  const inkOn = (value: number): string => {
    const depth = signs
      ? Math.abs(value) / (Math.max(Math.abs(least), Math.abs(most)) || 1)
      : (value - least) / (most - least || 1);
    const far = depth > (look.dark ? 0.65 : 0.72);
    return far === look.dark ? "#101a28" : "#ffffff";
  };
  const time = shape.axis !== null && isTime(shape.axis);
  const ticks = time ? timeTicks(shape.keys as (string | null)[], shape.axis?.grain, lang, scene.width * 0.75) : null;
  const reach = Math.max(Math.abs(least), Math.abs(most));
  const option: EChartsOption = {
    ...frame(scene),
    grid: { left: 8, right: 14, top: 8, bottom: 48, containLabel: true },
    xAxis: {
      type: "category",
      data: shape.names,
      ...categoryAxisStyle(look),
      axisLabel: {
        color: look.muted,
        lineHeight: 15,
        ...(ticks ? { interval: (index: number) => ticks.shows(index) } : {}),
        formatter: (name: string, index: number) => (ticks && shape.keys[index] !== null ? ticks.label(index) : name),
      },
    },
    yAxis: {
      type: "category",
      inverse: true,
      data: lead.map((series) => series.name),
      ...categoryAxisStyle(look),
      axisLabel: {
        color: look.muted,
        ...truncation(
          lead.map((series) => series.name),
          scene.width * 0.3,
        ),
      },
    },
    visualMap: {
      min: signs ? -reach : least,
      max: signs ? reach : most,
      calculable: true,
      orient: "horizontal",
      left: "center",
      bottom: 0,
      itemHeight: Math.min(160, scene.width / 3),
      itemWidth: 12,
      textStyle: { color: look.muted },
      inRange: { color: [...(signs ? look.diverging : look.ramp)] },
      formatter: (value: unknown) => shortNumber(Number(value), { unit: column.unit }, lang),
    },
    series: [
      {
        type: "heatmap",
        data: cells.map((cell) => ({ value: cell, label: { color: inkOn(Number(cell[2])) } })),
        cursor: options.picks ? "pointer" : "default",
        itemStyle: { borderColor: look.surface, borderWidth: 1 },
        emphasis: { itemStyle: { borderColor: look.text, borderWidth: 1.5 } },
        label: {
          show: shape.names.length * 58 < scene.width - 120 && lead.length * 22 < scene.height,
          fontSize: 11,
          formatter: (at: { value?: unknown }) => shortCell(column, Number((at.value as number[])[2]), lang),
        },
      },
    ],
  };
  option.tooltip = {
    ...option.tooltip,
    formatter: (given: unknown) => {
      const [x = 0, y = 0, value = 0] = ((given as { value?: number[] }).value ?? []) as number[];
      return tipBox(`${shape.names[x] ?? ""} · ${lead[y]?.name ?? ""}`, [
        { color: null, name: column.label, value: fullCell(column, value, lang) },
      ]);
    },
  };
  return {
    option,
    picksAt: (_, index) => {
      const [x = 0, y = 0] = cells[index] ?? [];
      return shape.axis ? [{ column: shape.axis, value: shape.keys[x] ?? null }, ...(lead[y]?.picks ?? [])] : [];
    },
    notes: metricsOf(data).length > 1 ? [wording(lang, "firstMetricOnly", { metric: column.label })] : [],
    summary: wording(lang, "summaryAxis", {
      kind: wording(lang, "kind_heatmap"),
      metrics: column.label,
      axis: shape.axis?.label ?? "",
      count: shape.keys.length,
      series: lead.length,
      first: shape.names[0] ?? "",
      last: shape.names.at(-1) ?? "",
    }),
  };
}

/** One point a row: the first metric across, the second up, the third (if any) as size. */
export function drawScatter(scene: Scene): Drawing {
  const { data, look, lang, options } = scene;
  const [x, y, size] = metricsOf(data, options.metrics);
  const across = x === undefined ? undefined : data.columns[x];
  const up = y === undefined ? undefined : data.columns[y];
  if (!across || !up || x === undefined || y === undefined) throw new CannotDraw(wording(lang, "needTwoMetrics"));
  const dimensions = dimensionsOf(data);
  const rows = data.rows.filter((row) => numberAt(row, x) !== null && numberAt(row, y) !== null);
  const most = size === undefined ? 0 : Math.max(...rows.map((row) => Math.abs(numberAt(row, size) ?? 0)));
  const nameOf = (row: (typeof rows)[number]) =>
    dimensions.map((index) => groupName(data.columns[index] as Column, row[index], lang)).join(" · ");
  const greatest = (column: Column) =>
    Math.max(0, ...rows.map((row) => Math.abs(numberAt(row, data.columns.indexOf(column)) ?? 0)));
  const axis = (column: Column, place: "middle" | "end") => ({
    type: "value" as const,
    scale: true,
    ...valueAxisStyle(look),
    name: column.label,
    nameLocation: place,
    ...(place === "middle" ? { nameGap: 28, nameTextStyle: { color: look.muted } } : {}),
    axisLabel: {
      color: look.muted,
      hideOverlap: true,
      formatter: (tick: number) => tickNumber(tick, greatest(column), { unit: column.unit }, lang),
    },
  });
  const option: EChartsOption = {
    ...frame(scene),
    grid: { left: 8, right: 24, top: 32, bottom: 30, containLabel: true },
    xAxis: axis(across, "middle"),
    yAxis: axis(up, "end"),
    series: [
      {
        type: "scatter",
        data: rows.map((row) => [numberAt(row, x) ?? 0, numberAt(row, y) ?? 0]),
        symbolSize: (_: unknown, at: { dataIndex: number }) => {
          const row = rows[at.dataIndex];
          return size === undefined || !most || !row
            ? 10
            : 6 + 30 * Math.sqrt(Math.abs(numberAt(row, size) ?? 0) / most);
        },
        itemStyle: { color: look.palette[0] ?? look.text, opacity: 0.72 },
        cursor: options.picks ? "pointer" : "default",
        label: {
          show: rows.length <= 20,
          position: "top",
          color: look.muted,
          fontSize: 11,
          formatter: (at: { dataIndex: number }) => nameOf(rows[at.dataIndex] ?? []),
        },
        labelLayout: { hideOverlap: true },
      },
    ],
  };
  option.tooltip = {
    ...option.tooltip,
    formatter: (given: unknown) => {
      const row = rows[(given as { dataIndex: number }).dataIndex] ?? [];
      const shown = [x, y, ...(size === undefined ? [] : [size])];
      return tipBox(
        nameOf(row),
        shown.map((index) => {
          const column = data.columns[index] as Column;
          return { color: null, name: column.label, value: fullCell(column, numberAt(row, index), lang) };
        }),
      );
    },
  };
  return {
    option,
    picksAt: (_, index) =>
      dimensions.map((at) => ({ column: data.columns[at] as Column, value: rows[index]?.[at] ?? null })),
    notes:
      rows.length < data.rows.length
        ? [wording(lang, "rowsWithoutValue", { count: data.rows.length - rows.length })]
        : [],
    summary: wording(lang, "summaryScatter", { metrics: namesOf([across, up], lang), count: rows.length }),
  };
}
