/** ISO time + grain -> the words of a calendar: 2026年3月, Mar 2026, 2026年一季度. */

import type { Lang } from "./language";

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const QUARTERS = ["一", "二", "三", "四"];
const WEEKDAYS: Record<Lang, readonly string[]> = {
  zh: ["周一", "周二", "周三", "周四", "周五", "周六", "周日"],
  en: ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"],
};
/** The time zone the site reckons in, whatever the browser's: receipts and pages tell its clock. */
function siteZone(): string | undefined {
  return globalThis.document?.documentElement.dataset["zone"];
}

/** The day of an instant by the site's calendar, as 2026-03-05. */
export function siteDay(at: Date = new Date(), zone = siteZone()): string {
  return new Intl.DateTimeFormat("en-CA", { timeZone: zone, dateStyle: "short" }).format(at);
}

/** An instant by the site's clock, as 08:05. */
export function siteClock(at: Date, zone = siteZone()): string {
  return new Intl.DateTimeFormat("en-GB", { timeZone: zone, timeStyle: "short" }).format(at);
}

/** An instant a program wrote (ISO 8601), by the site's clock; without a zone it is told as it stands. */
export function siteMoment(iso: string, zone = siteZone()): string {
  const at = new Date(iso);
  if (Number.isNaN(at.getTime()) || !/(Z|[+-]\d{2}:?\d{2})$/.test(iso)) return iso.replace("T", " ").slice(0, 16);
  return `${siteDay(at, zone)} ${siteClock(at, zone)}`;
}

const SHAPE = /^(\d{4})(?:-(\d{2})(?:-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2}))?)?)?)?/;

interface Moment {
  year: number;
  month: number;
  day: number;
  clock: string;
}

function moment(iso: string): Moment | null {
  const found = SHAPE.exec(iso);
  if (!found) return null;
  return {
    year: Number(found[1]),
    month: Number(found[2] ?? 1),
    day: Number(found[3] ?? 1),
    clock: found[4] ? `${found[4]}:${found[5]}` : "",
  };
}

/** The whole name of a period, as tooltips and tables show it. */
export function periodName(iso: string, grain: string | null | undefined, lang: Lang): string {
  const at = moment(iso);
  if (!at) return iso;
  const zh = lang === "zh";
  const day = zh ? `${at.year}年${at.month}月${at.day}日` : `${MONTHS[at.month - 1]} ${at.day}, ${at.year}`;
  const quarter = Math.ceil(at.month / 3);
  switch (grain) {
    case "year":
      return zh ? `${at.year}年` : `${at.year}`;
    case "quarter":
      return zh ? `${at.year}年${QUARTERS[quarter - 1]}季度` : `Q${quarter} ${at.year}`;
    case "month":
      return zh ? `${at.year}年${at.month}月` : `${MONTHS[at.month - 1]} ${at.year}`;
    case "week":
      return zh ? `${day}当周` : `Week of ${day}`;
    case "hour":
    case "minute":
    case "second":
      return `${day} ${at.clock}`;
    default:
      return at.clock && at.clock !== "00:00" ? `${day} ${at.clock}` : day;
  }
}

/** A short form for axes; the year appears where it turns or when `withYear`. */
export function periodTick(iso: string, grain: string | null | undefined, lang: Lang, withYear: boolean): string {
  const at = moment(iso);
  if (!at) return iso;
  const zh = lang === "zh";
  const quarter = Math.ceil(at.month / 3);
  switch (grain) {
    case "year":
      return zh ? `${at.year}年` : `${at.year}`;
    case "quarter":
      if (zh) return withYear ? `${at.year}年\n${quarter}季度` : `${quarter}季度`;
      return withYear ? `Q${quarter}\n${at.year}` : `Q${quarter}`;
    case "month":
      if (zh) return withYear ? `${at.month}月\n${at.year}年` : `${at.month}月`;
      return withYear ? `${MONTHS[at.month - 1]}\n${at.year}` : `${MONTHS[at.month - 1]}`;
    case "hour":
    case "minute":
    case "second":
      return withYear ? `${at.clock}\n${at.month}/${at.day}` : at.clock;
    default:
      if (zh) return withYear ? `${at.month}/${at.day}\n${at.year}年` : `${at.month}/${at.day}`;
      return withYear ? `${MONTHS[at.month - 1]} ${at.day}\n${at.year}` : `${MONTHS[at.month - 1]} ${at.day}`;
  }
}

/** The part of a date (`metric_time.extract_dow`), in words; null when `path` is no such part. */
export function datePart(path: string, value: number, lang: Lang): string | null {
  const part = /(?:\.|__)extract_(\w+)$/.exec(path)?.[1];
  const zh = lang === "zh";
  switch (part) {
    case "dow":
    case "isodow":
      return WEEKDAYS[lang][(value + 6) % 7] ?? String(value);
    case "month":
      return zh ? `${value}月` : (MONTHS[value - 1] ?? String(value));
    case "quarter":
      return zh ? `${QUARTERS[value - 1] ?? value}季度` : `Q${value}`;
    case "year":
      return zh ? `${value}年` : `${value}`;
    case "day":
      return zh ? `${value}日` : `${value}`;
    case undefined:
      return null;
    default:
      return String(value);
  }
}

const STEP_MONTHS: Record<string, number> = { month: 1, quarter: 3, year: 12 };
const STEP_DAYS: Record<string, number> = { day: 1, week: 7 };

/** The period after `iso` at `grain`, in the same written form; null for grains that are not stepped. */
export function nextPeriod(iso: string, grain: string): string | null {
  const at = moment(iso);
  if (!at) return null;
  const months = STEP_MONTHS[grain];
  const days = STEP_DAYS[grain];
  if (!months && !days) return null;
  const then = new Date(Date.UTC(at.year, at.month - 1 + (months ?? 0), at.day + (days ?? 0)));
  return then.toISOString().slice(0, 10) + iso.slice(10);
}

/** The periods from least to greatest with no hole, so that a missing month shows as a gap and not as a neighbour. */
export function unbroken(present: readonly string[], grain: string | null | undefined, cap = 2000): string[] {
  const sorted = [...new Set(present)].sort();
  const last = sorted[sorted.length - 1];
  if (!grain || sorted.length < 2 || last === undefined) return sorted;
  const all: string[] = [];
  let at: string | null = sorted[0] ?? null;
  while (at !== null && at <= last && all.length <= cap) {
    all.push(at);
    at = nextPeriod(at, grain);
  }
  const known = new Set(all);
  return all.length > cap || sorted.some((iso) => !known.has(iso)) ? sorted : all;
}

/** The period as a question writes it: "2026", "2026-Q1", "2026-03", "2026-03-05". */
export function periodText(iso: string, grain: string | null | undefined): string {
  const at = moment(iso);
  if (!at) return iso;
  const two = (part: number) => String(part).padStart(2, "0");
  if (grain === "year") return `${at.year}`;
  if (grain === "quarter") return `${at.year}-Q${Math.ceil(at.month / 3)}`;
  if (grain === "month") return `${at.year}-${two(at.month)}`;
  return `${at.year}-${two(at.month)}-${two(at.day)}`;
}

/** The last day of the period that begins at `iso`: what `until` says for a week. */
export function periodEnd(iso: string, grain: string | null | undefined): string {
  if (grain !== "week") return periodText(iso, grain);
  const at = moment(iso);
  if (!at) return iso;
  return new Date(Date.UTC(at.year, at.month - 1, at.day + 6)).toISOString().slice(0, 10);
}

/** Whether the period beginning at `iso` was still running on `day`: its figure is not yet its last word. */
export function isOpen(iso: string, grain: string | null | undefined, day: string): boolean {
  const next = grain ? nextPeriod(iso, grain) : null;
  return next !== null && next.slice(0, 10) > day;
}
