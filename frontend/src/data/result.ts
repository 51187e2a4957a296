/** The answer as the server sends it, and how its cells read. */

import type { Lang } from "../text/language";
import { wording } from "../text/language";
import { columnDecimals, columnScale, fullNumber, plainNumber, shortNumber } from "../text/numbers";
import { datePart, periodName, siteDay } from "../text/time";

export type Cell = string | number | boolean | null;

export interface Column {
  name: string;
  role: "dimension" | "metric" | "comparison";
  label: string;
  type: string;
  unit?: string | null;
  grain?: string | null;
  of?: string | null;
  direction?: "up" | "down" | "band" | "none" | string;
  additive?: boolean;
  band?: [number | null, number | null] | null;
}

/** Of `counted` rows of a fact, `rows` found no partner where `path` leads to: they stand under NULL. */
export interface Unmatched {
  fact: string;
  path: string;
  dataset: string;
  rows: number;
  counted: number;
  fact_label: string;
  dataset_label: string;
}

export interface Receipt {
  sql?: string;
  definitions?: Record<string, string>;
  engine?: string;
  milliseconds?: number;
  rows?: number;
  watermarks?: Record<string, string>;
  snapshot?: string | null;
  cached?: boolean;
  notes?: string[];
  rollups?: string[];
  /** Counted when somebody asks. */
  unmatched?: Unmatched[];
}

export interface Answer {
  columns: Column[];
  rows: Cell[][];
  totals?: Cell[] | null;
  receipt?: Receipt;
}

const EMPTY: Answer = { columns: [], rows: [] };

/** Whatever arrived, as an Answer; anything else is an empty one. */
export function asAnswer(data: unknown): Answer {
  const held = data as Partial<Answer> | null | undefined;
  return held && Array.isArray(held.columns) && Array.isArray(held.rows) ? (held as Answer) : EMPTY;
}

export function isTime(column: Column): boolean {
  return (
    column.role === "dimension" && (Boolean(column.grain) || column.type === "date" || column.type === "timestamp")
  );
}

export function numberAt(row: readonly Cell[] | undefined, index: number): number | null {
  const cell = row?.[index];
  return typeof cell === "number" && Number.isFinite(cell) ? cell : null;
}

/** A dimension's value in words; NULL is a group of its own and says so. */
export function groupName(column: Column, cell: Cell | undefined, lang: Lang): string {
  if (cell === null || cell === undefined || cell === "") return wording(lang, "nullGroup");
  if (typeof cell === "boolean") return wording(lang, cell ? "yes" : "no");
  if (typeof cell === "number") return datePart(column.name, cell, lang) ?? String(cell);
  return isTime(column) ? periodName(cell, column.grain, lang) : cell;
}

export type Basis = "previous" | "last_year" | "last_year_spring_festival";

/** What a comparison column compares: previous or last year, the value, its change or its growth. */
export function comparison(column: Column): { basis: Basis; part: "value" | "change" | "growth" } | null {
  const found = /__(previous|last_year_spring_festival|last_year)(?:_(change|growth))?$/.exec(column.name);
  if (column.role !== "comparison" || !found) return null;
  return {
    basis: found[1] as Basis,
    part: (found[2] as "change" | "growth" | undefined) ?? "value",
  };
}

/** The index of `metric`'s comparison column, or -1. */
export function comparisonAt(columns: readonly Column[], metric: string, part: "value" | "change" | "growth"): number {
  return columns.findIndex((column) => column.of === metric && comparison(column)?.part === part);
}

/** The unit a column's numbers are in: a growth is a fraction whatever its metric is counted in. */
export function unitOf(column: Column): string | null {
  return comparison(column)?.part === "growth" ? "ratio" : (column.unit ?? null);
}

export function shortCell(column: Column, value: number | null, lang: Lang): string {
  return value === null ? "–" : shortNumber(value, { unit: unitOf(column) }, lang);
}

export function fullCell(column: Column, value: number | null, lang: Lang): string {
  return value === null ? "–" : fullNumber(value, { unit: unitOf(column) }, lang);
}

/** What a column's numbers are divided by in a table, and the unit its header names. */
export function scaleOf(answer: Answer, index: number, lang: Lang): { scale: number; unit: string } {
  const column = answer.columns[index];
  if (!column || column.role === "dimension") return { scale: 1, unit: "" };
  const numbers = answer.rows.map((row) => row[index]).filter((cell): cell is number => typeof cell === "number");
  return columnScale(numbers, unitOf(column), lang);
}

/** One formatter a column, so that all its cells carry the same decimals and stand in the same multiple of a unit. */
export function cellWriter(answer: Answer, index: number, lang: Lang): (cell: Cell | undefined) => string {
  const column = answer.columns[index];
  if (!column) return () => "";
  if (column.role === "dimension") return (cell) => groupName(column, cell, lang);
  const unit = unitOf(column);
  const numbers = answer.rows.map((row) => row[index]).filter((cell): cell is number => typeof cell === "number");
  const { scale } = columnScale(numbers, unit, lang);
  const decimals = scale === 1 ? columnDecimals(numbers, unit) : 2;
  return (cell) => {
    if (typeof cell === "number") return plainNumber(cell / scale, { unit, decimals }, lang);
    return cell === null || cell === undefined ? "–" : String(cell);
  };
}

/** The day the answer's data reach at most: when they were loaded, today at the latest. */
export function knownUntil(answer: Answer): string {
  const today = siteDay();
  const loaded = Object.values(answer.receipt?.watermarks ?? {})
    .map((at) => at.slice(0, 10))
    .filter((at) => /^\d{4}-\d{2}-\d{2}$/.test(at))
    .sort()
    .at(-1);
  return loaded && loaded < today ? loaded : today;
}
