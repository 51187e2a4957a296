/** Long rows -> an axis and its series. */

import type { Answer, Cell, Column } from "../data/result";
import { comparison, groupName, isTime, numberAt } from "../data/result";
import type { Lang } from "../text/language";
import { unbroken } from "../text/time";
import type { Pick } from "./spec";

export const MOST_SERIES = 50;

export interface Series {
  name: string;
  column: Column;
  /** Aligned with the axis; null where there is no row or no value. */
  values: (number | null)[];
  /** The dimension values that make this series, without the axis. */
  picks: Pick[];
  /** A comparison to an earlier period, drawn behind its metric. */
  behind: boolean;
  /** Which palette colour: a comparison shares its metric's. */
  tint: number;
}

export interface Shape {
  axis: Column | null;
  /** The axis values as sent, then in words. */
  keys: Cell[];
  names: string[];
  series: Series[];
  /** Series that exist but are not shown. */
  hidden: number;
  units: (string | null)[];
}

export function dimensionsOf(data: Answer): number[] {
  return data.columns.flatMap((column, index) => (column.role === "dimension" ? [index] : []));
}

export function metricsOf(data: Answer, only?: readonly string[]): number[] {
  const all = data.columns.flatMap((column, index) => (column.role === "metric" ? [index] : []));
  const chosen = only?.length ? all.filter((index) => only.includes(data.columns[index]?.name ?? "")) : all;
  return chosen.length ? chosen : all;
}

function axisOf(data: Answer): number | null {
  const dimensions = dimensionsOf(data);
  return dimensions.find((index) => isTime(data.columns[index] as Column)) ?? dimensions[0] ?? null;
}

function keyOf(cell: Cell | undefined): string {
  return cell === null || cell === undefined ? "\u0000" : `${typeof cell}:${String(cell)}`;
}

function axisKeys(data: Answer, at: number | null): Cell[] {
  if (at === null) return [null];
  const seen = new Map<string, Cell>();
  for (const row of data.rows) {
    const key = keyOf(row[at]);
    if (!seen.has(key)) seen.set(key, row[at] ?? null);
  }
  const cells = [...seen.values()];
  const column = data.columns[at] as Column;
  if (!isTime(column)) return cells;
  const times = cells.filter((cell): cell is string => typeof cell === "string");
  const filled: Cell[] = unbroken(times, column.grain ?? (column.type === "date" ? "day" : null));
  return times.length < cells.length ? [...filled, null] : filled;
}

function valueColumns(data: Answer, only?: readonly string[]): number[] {
  return metricsOf(data, only).flatMap((index) => {
    const name = data.columns[index]?.name;
    const behind = data.columns.flatMap((column, at) =>
      column.of === name && comparison(column)?.part === "value" ? [at] : [],
    );
    return [index, ...behind];
  });
}

/** The whole shape of an answer: time (else the first dimension) along the axis, the rest as series. */
export function shapeOf(data: Answer, lang: Lang, options: { top?: number; metrics?: string[] } = {}): Shape {
  const at = axisOf(data);
  const keys = axisKeys(data, at);
  const place = new Map(keys.map((cell, index) => [keyOf(cell), index]));
  const others = dimensionsOf(data).filter((index) => index !== at);
  const columns = valueColumns(data, options.metrics);
  const measured = columns.filter((index) => data.columns[index]?.role === "metric");
  const made = new Map<string, Series>();
  for (const row of data.rows) {
    const group = others.map((index) => keyOf(row[index])).join("\u0001");
    for (const index of columns) {
      const id = `${index}\u0002${group}`;
      let series = made.get(id);
      if (!series) {
        series = emptySeries(data, row, index, others, measured.length, keys.length, lang);
        made.set(id, series);
      }
      series.values[place.get(keyOf(at === null ? null : row[at])) ?? 0] = numberAt(row, index);
    }
  }
  const { shown, hidden } = greatest([...made.values()], Math.min(options.top ?? MOST_SERIES, MOST_SERIES));
  const axis = at === null ? null : (data.columns[at] as Column);
  return {
    axis,
    keys,
    names: axis ? keys.map((cell) => groupName(axis, cell, lang)) : [""],
    series: shown,
    hidden,
    units: [...new Set(measured.map((index) => data.columns[index]?.unit ?? null))],
  };
}

function emptySeries(
  data: Answer,
  row: readonly Cell[],
  index: number,
  others: readonly number[],
  metrics: number,
  length: number,
  lang: Lang,
): Series {
  const held = data.columns[index] as Column;
  // A comparison stands on its metric's axis.
  const unit = held.unit ?? data.columns.find((other) => other.name === held.of)?.unit ?? null;
  const column: Column = { ...held, unit };
  const picks = others.map((other) => ({ column: data.columns[other] as Column, value: row[other] ?? null }));
  const group = picks.map((pick) => groupName(pick.column, pick.value, lang)).join(" · ");
  const behind = column.role === "comparison";
  const name = !group ? column.label : metrics > 1 || behind ? `${group} · ${column.label}` : group;
  return { name, column, values: new Array<number | null>(length).fill(null), picks, behind, tint: 0 };
}

/** The greatest series first, by their own size; comparisons stay with what they compare. */
function greatest(all: Series[], top: number): { shown: Series[]; hidden: number } {
  const lead = all.filter((series) => !series.behind);
  const size = (series: Series) => series.values.reduce<number>((sum, value) => sum + Math.abs(value ?? 0), 0);
  const kept = lead.length > top ? [...lead].sort((one, other) => size(other) - size(one)).slice(0, top) : lead;
  const group = (series: Series) => series.picks.map((pick) => keyOf(pick.value)).join("\u0001");
  const tints = new Map(kept.map((series, index) => [`${series.column.name}\u0002${group(series)}`, index]));
  const shown = all.filter((series) => {
    const tint = tints.get(`${series.behind ? series.column.of : series.column.name}\u0002${group(series)}`);
    if (tint !== undefined) series.tint = tint;
    return tint !== undefined;
  });
  return { shown, hidden: lead.length - kept.length };
}

/** The total of a column; a totals row comes with or without the places of the dimensions. */
export function totalAt(data: Answer, index: number): number | null {
  const held = data.totals ?? [];
  const shift = held.length === data.columns.length ? 0 : data.columns.length - held.length;
  return index < shift ? null : numberAt(held, index - shift);
}

/** Whether parts of a metric may be stacked: said by the answer, and not denied by its own totals. */
export function mayStack(data: Answer, index: number): boolean {
  const column = data.columns[index];
  if (!column || column.additive === false) return false;
  const total = totalAt(data, index);
  if (total === null) return column.additive ?? (column.unit !== "ratio" && column.unit !== "percent");
  const sum = data.rows.reduce((all, row) => all + (numberAt(row, index) ?? 0), 0);
  const slack = 1e-6 * Math.max(1, Math.abs(total));
  // Cut off rows leave the sum below the total; groups that overlap (one sale, two reasons) push it above.
  return column.additive ? Math.abs(sum) <= Math.abs(total) + slack : Math.abs(sum - total) <= slack;
}
