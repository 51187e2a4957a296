/** What the explorer knows: the question under work, its history, and the answer. */

import type { Fault } from "../data/http";
import { joinGrain, splitGrain, startingGrain, toSearch, type Question } from "../data/question";
import type { Answer } from "../data/result";
import { fromExpression, toExpression, type Filter } from "../data/where";
import { suitingKind, type Kind } from "../chart/spec";
import type { Lang } from "../text/language";

export interface Metric {
  name: string;
  label: string;
  meaning?: string;
  unit?: string | null;
  domain?: string;
  department?: string;
  certified?: boolean;
}

export interface Dimension {
  path: string;
  label: string;
  type: string;
  grains: string[];
  group?: string;
  synonyms?: string[];
  /** Some servers say it themselves. */
  compatible?: boolean;
  reason?: string;
}

export interface Parameter {
  name: string;
  label: string;
  type: string;
  default: string | null;
  choices: string[];
}

/** What a question about the chosen metrics may set; an empty list is not offered. */
export interface Choices {
  parameters: Parameter[];
  windows: string[];
  zones: string[];
  currencies: string[];
}

export const NO_CHOICES: Choices = { parameters: [], windows: [], zones: [], currencies: [] };

export interface ExplorerProps {
  catalogUrl: string;
  askUrl: string;
  unmatchedUrl: string;
  dimensionsUrl: string;
  valuesUrl: string;
  saveUrl?: string;
  boardsUrl?: string;
  exportUrl?: string;
  question?: unknown;
  kind?: string;
  title?: string;
  viewId?: number | string;
  canSeeSql?: boolean;
  /** The last day there is data for; relative ranges count from it. */
  today?: string;
}

/** A filter as the form shows it; `raw` when its expression is richer than the form. */
export interface FilterRow {
  id: number;
  filter: Filter | null;
  raw: string;
}

interface Snapshot {
  question: Question;
  kind: Kind | null;
}

export interface Desk {
  props: ExplorerProps;
  lang: Lang;
  question: Question;
  /** null: whatever suits the answer. */
  kind: Kind | null;
  rows: FilterRow[];
  openRow: number | null;
  past: Snapshot[];
  future: Snapshot[];
  answer: Answer | null;
  /** The question the answer belongs to. */
  answered: Question | null;
  fault: Fault | null;
  busy: AbortController | null;
  slow: boolean;
  found: Metric[];
  known: Map<string, Metric>;
  metricSearch: string;
  dimensions: Dimension[];
  choices: Choices;
  dimensionSearch: string;
  /** Dimensions some chosen metric lacks: path -> those metrics. */
  lacking: Map<string, { dimension: Dimension; metrics: string[] }>;
  showSql: boolean;
  asTable: boolean;
  panelOpen: boolean;
}

let rowIds = 0;

export function rowsOf(question: Question, dimensions: readonly Dimension[]): FilterRow[] {
  const typeOf = (path: string) => dimensions.find((dimension) => dimension.path === path)?.type;
  return question.where.map((raw) => ({ id: ++rowIds, raw, filter: fromExpression(raw, typeOf) }));
}

export function newRow(dimension: Dimension): FilterRow {
  const dated = dimension.type === "date" || dimension.type === "timestamp";
  const operator = dimension.type === "text" ? "in" : dated ? "between" : "=";
  return { id: ++rowIds, raw: "", filter: { path: dimension.path, operator, values: [], type: dimension.type } };
}

export function whereOf(rows: readonly FilterRow[]): string[] {
  return rows.map((row) => (row.filter ? toExpression(row.filter) : row.raw)).filter(Boolean);
}

export function kindOf(desk: Desk): Kind {
  return desk.kind ?? (desk.answer ? suitingKind(desk.answer) : "line");
}

/** Remember where we are before going on. */
export function remember(desk: Desk): void {
  desk.past = [...desk.past.slice(-49), { question: desk.question, kind: desk.kind }];
  desk.future = [];
}

/** One step back or forward; false when there is none. */
export function travel(desk: Desk, way: "past" | "future"): boolean {
  const step = desk[way].at(-1);
  if (!step) return false;
  const other = way === "past" ? "future" : "past";
  desk[way] = desk[way].slice(0, -1);
  desk[other] = [...desk[other], { question: desk.question, kind: desk.kind }];
  desk.question = step.question;
  desk.kind = step.kind;
  desk.rows = rowsOf(desk.question, desk.dimensions);
  desk.openRow = null;
  return true;
}

/** The address that reproduces the view; what the page itself keeps there (`view`) stays. */
export function addressOf(desk: Desk): string {
  const own = new URLSearchParams(location.search).get("view") ?? "";
  return location.pathname + toSearch(desk.question, { kind: desk.kind ?? "", view: own }) + location.hash;
}

/** A dimension's label, with its group where the label alone is shared by several. */
export function nameOf(dimension: Dimension, among: readonly Dimension[]): string {
  const shared = among.some((other) => other.path !== dimension.path && other.label === dimension.label);
  return shared && dimension.group ? `${dimension.group} · ${dimension.label}` : dimension.label;
}

/** Drop orders that name nothing of the question any more. */
export function tidied(question: Question): Question {
  const columns = new Set([
    ...question.by,
    ...question.metrics,
    ...question.metrics.flatMap((metric) => question.compare.map((basis) => `${metric}__${basis}_growth`)),
  ]);
  return { ...question, order: question.order.filter((text) => columns.has(text.replace(/^-/, ""))) };
}

export function dimensionOf(desk: Desk, by: string): Dimension | undefined {
  const { path } = splitGrain(by);
  return desk.dimensions.find((dimension) => dimension.path === path) ?? desk.lacking.get(path)?.dimension;
}

export function withDimension(question: Question, dimension: Dimension): Question {
  const used = question.by.some((by) => splitGrain(by).path === dimension.path);
  const by = used
    ? question.by.filter((each) => splitGrain(each).path !== dimension.path)
    : [...question.by, joinGrain(dimension.path, startingGrain(dimension.grains))];
  return tidied({ ...question, by });
}
