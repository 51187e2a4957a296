/** Named time ranges -> since and until, counted from a given day. */

import { siteDay } from "../text/time";

export const PRESETS = [
  "all",
  "last30",
  "last12",
  "thisMonth",
  "thisQuarter",
  "thisYear",
  "lastYear",
  "custom",
] as const;
export type Preset = (typeof PRESETS)[number];

export interface Range {
  since: string | null;
  until: string | null;
}

const two = (part: number) => String(part).padStart(2, "0");

function monthText(year: number, month: number): string {
  const date = new Date(Date.UTC(year, month, 1));
  return `${date.getUTCFullYear()}-${two(date.getUTCMonth() + 1)}`;
}

/** The range of a preset as of `today` (ISO day); null for custom, which names no range. */
export function rangeOf(preset: Preset, today: string): Range | null {
  const [year = 2000, month = 1, day = 1] = today.split("-").map(Number);
  switch (preset) {
    case "all":
      return { since: null, until: null };
    case "last30": {
      const from = new Date(Date.UTC(year, month - 1, day - 29));
      return { since: from.toISOString().slice(0, 10), until: today };
    }
    case "last12":
      return { since: monthText(year, month - 12), until: monthText(year, month - 1) };
    case "thisMonth":
      return { since: monthText(year, month - 1), until: monthText(year, month - 1) };
    case "thisQuarter": {
      const quarter = `${year}-Q${Math.ceil(month / 3)}`;
      return { since: quarter, until: quarter };
    }
    case "thisYear":
      return { since: `${year}`, until: `${year}` };
    case "lastYear":
      return { since: `${year - 1}`, until: `${year - 1}` };
    case "custom":
      return null;
  }
}

/** The preset a range is, "custom" when it is none. */
export function presetOf(range: Range, today: string): Preset {
  return (
    PRESETS.find((preset) => {
      const named = rangeOf(preset, today);
      return named !== null && named.since === range.since && named.until === range.until;
    }) ?? "custom"
  );
}

/** The first or last day of a written period, for date inputs: "2026-Q1" until -> "2026-03-31". */
export function dayOf(period: string | null, end: boolean): string {
  const found = /^(\d{4})(?:-(?:Q([1-4])|(\d{2})(?:-(\d{2}))?))?/.exec(period ?? "");
  if (!found) return "";
  const [, year = "", quarter, month, day] = found;
  if (day) return `${year}-${month}-${day}`;
  const months = quarter ? 3 : month ? 1 : 12;
  const first = quarter ? Number(quarter) * 3 - 2 : month ? Number(month) : 1;
  if (!end) return `${year}-${two(first)}-01`;
  return new Date(Date.UTC(Number(year), first - 1 + months, 0)).toISOString().slice(0, 10);
}

export function todayIn(given: string | undefined): string {
  return given ? given.slice(0, 10) : siteDay();
}
