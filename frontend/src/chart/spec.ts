/** What a chart is asked to be. */

import type { Answer, Cell, Column } from "../data/result";

export const KINDS = [
  "line",
  "bar",
  "stacked",
  "area",
  "heatmap",
  "scatter",
  "indicator",
  "table",
  "waterfall",
  "bullet",
  "sankey",
] as const;
export type Kind = (typeof KINDS)[number];

/** A mark on the time axis, such as a new version of a definition. */
export interface Annotation {
  at: string;
  label: string;
}

export interface ChartOptions {
  title?: string;
  height?: number;
  /** Bars lie down: chosen by itself for long names unless said. */
  horizontal?: boolean;
  annotations?: Annotation[];
  /** A slider under the time axis that picks a range. */
  brush?: boolean;
  /** Show this many series at most (never more than 50). */
  top?: number;
  target?: number | null;
  targetLabel?: string;
  /** Only these metrics, when the answer holds more. */
  metrics?: string[];
  /** The height is all there is: notes take their room from it. */
  fit?: boolean;
  /** Whether picking a mark leads somewhere: the pointer says so. */
  picks?: boolean;
  sort?: { column: number; descending: boolean } | null;
  /** Indicator: a line below the number. */
  note?: string;
}

export interface ChartSpec {
  kind: Kind;
  data: Answer;
  options: ChartOptions;
}

/** One dimension's value someone clicked. */
export interface Pick {
  column: Column;
  value: Cell;
}

export interface ChartEvents {
  pick?: (picks: Pick[], at: { x: number; y: number }) => void;
  brush?: (range: { since: string; until: string }) => void;
}

export function asKind(text: unknown, fallback: Kind = "line"): Kind {
  return (KINDS as readonly unknown[]).includes(text) ? (text as Kind) : fallback;
}

/** The chart that suits an answer when nobody chose one. */
export function suitingKind(data: Answer): Kind {
  const dimensions = data.columns.filter((column) => column.role === "dimension");
  const metrics = data.columns.filter((column) => column.role === "metric");
  if (!metrics.length) return "table";
  if (!dimensions.length) return metrics.length === 1 ? "indicator" : "table";
  if (dimensions.some((column) => column.grain && !/extract_/.test(column.name))) return "line";
  return dimensions.length > 2 ? "table" : "bar";
}
