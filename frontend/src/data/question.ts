/** The question, its address, and the filters in it. */

export interface Question {
  metrics: string[];
  by: string[];
  where: string[];
  since: string | null;
  until: string | null;
  compare: string[];
  order: string[];
  limit: number | null;
  totals: boolean;
  /** Totals over a length of time, since a period began, or over all time. */
  window: string | null;
  /** By whose clock days begin and end. */
  time_zone: string | null;
  /** What money is told in. */
  currency: string | null;
  parameters: Record<string, string>;
}

function texts(value: unknown): string[] {
  if (typeof value === "string") return value ? [value] : [];
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === "string" && item !== "") : [];
}

/** A whole question from whatever part of one is given. */
export function asQuestion(value: unknown): Question {
  const held = (value ?? {}) as Record<string, unknown>;
  const text = (key: string) => (typeof held[key] === "string" && held[key] ? (held[key] as string) : null);
  const limit = Number(held["limit"]);
  return {
    metrics: texts(held["metrics"]),
    by: texts(held["by"]),
    where: texts(held["where"]),
    since: text("since"),
    until: text("until"),
    compare: texts(held["compare"]),
    order: texts(held["order"]),
    limit: Number.isInteger(limit) && limit > 0 ? limit : null,
    totals: held["totals"] === true || held["totals"] === "1",
    window: text("window"),
    time_zone: text("time_zone"),
    currency: text("currency"),
    parameters: pairs(held["parameters"]),
  };
}

/** Parameters as an object, or as the `name=value` texts of an address. */
function pairs(value: unknown): Record<string, string> {
  if (Array.isArray(value)) {
    const told = texts(value).map((item): [string, string] => {
      const at = item.indexOf("=");
      return [item.slice(0, at), item.slice(at + 1)];
    });
    return Object.fromEntries(told.filter(([name, item]) => name && item));
  }
  if (!value || typeof value !== "object") return {};
  const held = Object.entries(value).map(([name, item]): [string, string] => [name, String(item ?? "")]);
  return Object.fromEntries(held.filter(([, item]) => item));
}

const LISTS = ["metrics", "by", "where", "compare", "order"] as const;
const SETTINGS = ["window", "time_zone", "currency"] as const;

/** Question + view -> query string. Lists repeat their key, so that a filter may hold any character. */
export function toSearch(question: Question, view: Record<string, string> = {}): string {
  const search = new URLSearchParams();
  for (const key of LISTS) for (const item of question[key]) search.append(key, item);
  if (question.since) search.set("since", question.since);
  if (question.until) search.set("until", question.until);
  if (question.limit) search.set("limit", String(question.limit));
  if (question.totals) search.set("totals", "1");
  for (const key of SETTINGS) if (question[key]) search.set(key, question[key]);
  for (const [name, value] of Object.entries(question.parameters)) search.append("parameters", `${name}=${value}`);
  for (const [key, value] of Object.entries(view)) if (value) search.set(key, value);
  const text = search.toString();
  return text ? `?${text}` : "";
}

/** Query string -> question; null when it asks nothing. */
export function fromSearch(text: string): Question | null {
  const search = new URLSearchParams(text);
  const held: Record<string, unknown> = {};
  for (const key of LISTS) held[key] = search.getAll(key);
  for (const key of ["since", "until", "limit", "totals", ...SETTINGS]) held[key] = search.get(key);
  held["parameters"] = search.getAll("parameters");
  const question = asQuestion(held);
  return question.metrics.length || question.by.length ? question : null;
}

/** `order_date.month` -> its path and grain; a path without grain keeps null. */
const GRAINS = new Set(["second", "minute", "hour", "day", "week", "month", "quarter", "year"]);

export function splitGrain(by: string): { path: string; grain: string | null } {
  const dot = by.lastIndexOf(".");
  const tail = by.slice(dot + 1);
  return dot > 0 && GRAINS.has(tail) ? { path: by.slice(0, dot), grain: tail } : { path: by, grain: null };
}

export function joinGrain(path: string, grain: string | null): string {
  return grain ? `${path}.${grain}` : path;
}

/** The grain a time dimension starts with: months, else the nearest to them it has. */
export function startingGrain(grains: readonly string[] | undefined): string | null {
  if (!grains?.length) return null;
  return ["month", "quarter", "week", "day", "year"].find((grain) => grains.includes(grain)) ?? grains[0] ?? null;
}
