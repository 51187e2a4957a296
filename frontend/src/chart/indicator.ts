/** Answer -> one big number with its change and a sparkline. */

import { html, nothing, svg, type TemplateResult } from "lit-html";
import {
  comparison,
  fullCell,
  groupName,
  isTime,
  knownUntil,
  numberAt,
  shortCell,
  type Answer,
  type Basis,
  type Column,
} from "../data/result";
import { icon } from "../shell/icon";
import type { Lang, MessageKey } from "../text/language";
import { wording } from "../text/language";
import { signed, signedPercent } from "../text/numbers";
import { isOpen, nextPeriod } from "../text/time";
import { favour } from "./look";
import { dimensionsOf, metricsOf } from "./shape";
import type { ChartOptions } from "./spec";

/** The last whole period that has a value (a running one only when there is no other), or the only row. */
export function indicator(data: Answer, options: ChartOptions, lang: Lang): TemplateResult {
  const metric = metricsOf(data, options.metrics)[0];
  const column = metric === undefined ? undefined : data.columns[metric];
  if (!column || metric === undefined) return html`<p class="text-secondary">${wording(lang, "needMetric")}</p>`;
  const time = dimensionsOf(data).find((index) => isTime(data.columns[index] as Column));
  const rows =
    time === undefined
      ? data.rows
      : [...data.rows].sort((one, other) => String(one[time] ?? "").localeCompare(String(other[time] ?? "")));
  const single = dimensionsOf(data).length === 0 || (time !== undefined && dimensionsOf(data).length === 1);
  if (!single) return html`<p class="text-secondary">${wording(lang, "indicatorNeedsOne")}</p>`;
  const at = lastRow(data, rows, metric, time);
  const row = rows[at];
  const value = numberAt(row, metric);
  const running = time !== undefined && row !== undefined && runs(data, row, time);
  const period =
    time === undefined || !row
      ? ""
      : groupName(data.columns[time] as Column, row[time], lang) + (running ? wording(lang, "running") : "");
  const changes = (["previous", "last_year", "last_year_spring_festival"] as const).flatMap((basis) =>
    change(data, row, column, metric, basis, lang),
  );
  const fallback = changes.length || at < 1 || time === undefined ? [] : stepChange(data, rows, at, metric, time, lang);
  return html`<div class="hedu-indicator">
    <div class="hedu-indicator-head text-secondary">
      ${[options.title ?? column.label, period].filter(Boolean).join(" · ")}
    </div>
    <div class="hedu-indicator-value" title=${fullCell(column, value, lang)}>
      ${value === null ? wording(lang, "noValue") : shortCell(column, value, lang)}
    </div>
    <div class="hedu-indicator-changes">${[...changes, ...fallback]}</div>
    ${targetLine(options, column, value, lang)}
    ${
      time === undefined || rows.length < 3
        ? nothing
        : sparkline(
            rows.slice(0, at + 1).map((each) => numberAt(each, metric)),
            lang,
          )
    }
    ${options.note ? html`<div class="text-secondary small">${options.note}</div>` : nothing}
  </div>`;
}

function change(
  data: Answer,
  row: readonly unknown[] | undefined,
  column: Column,
  metric: number,
  basis: Basis,
  lang: Lang,
): TemplateResult[] {
  const at = data.columns.findIndex(
    (other) => other.of === column.name && comparison(other)?.basis === basis && comparison(other)?.part === "value",
  );
  const before = at < 0 ? null : numberAt(row as never, at);
  const now = numberAt(row as never, metric);
  if (before === null || now === null) return [];
  const words: Record<Basis, MessageKey> = {
    previous: "versusPrevious",
    last_year: "versusLastYear",
    last_year_spring_festival: "versusFestival",
  };
  return [badge(column, now, before, wording(lang, words[basis]), lang)];
}

function runs(data: Answer, row: Answer["rows"][number], time: number): boolean {
  const at = row[time];
  return typeof at === "string" && isOpen(at, data.columns[time]?.grain, knownUntil(data));
}

function lastRow(data: Answer, rows: Answer["rows"], metric: number, time: number | undefined): number {
  const whole = rows.findLastIndex(
    (row) => numberAt(row, metric) !== null && (time === undefined || !runs(data, row, time)),
  );
  return whole >= 0 ? whole : rows.findLastIndex((row) => numberAt(row, metric) !== null);
}

/** No comparison was asked: the period just before is a fair one, if it truly is the one before. */
function stepChange(
  data: Answer,
  rows: Answer["rows"],
  at: number,
  metric: number,
  time: number,
  lang: Lang,
): TemplateResult[] {
  const column = data.columns[metric] as Column;
  const grain = data.columns[time]?.grain;
  const now = numberAt(rows[at], metric);
  const before = numberAt(rows[at - 1], metric);
  const earlier = rows[at - 1]?.[time];
  const follows =
    typeof earlier === "string" && Boolean(grain) && nextPeriod(earlier, grain ?? "") === rows[at]?.[time];
  if (now === null || before === null || !follows) return [];
  return [badge(column, now, before, wording(lang, "versusPrevious"), lang)];
}

function badge(column: Column, now: number, before: number, against: string, lang: Lang): TemplateResult {
  const difference = now - before;
  const tone = favour(column.direction, difference);
  const fraction = column.unit === "ratio" || column.unit === "percent";
  const text =
    fraction || before <= 0
      ? signed(difference, { unit: column.unit }, lang)
      : signedPercent(difference / before, lang);
  const name = difference > 0 ? "arrow-up-right" : difference < 0 ? "arrow-down-right" : "arrow-right";
  const judged = tone === "none" ? "" : wording(lang, tone === "good" ? "favourable" : "unfavourable");
  return html`<span
    class="hedu-change hedu-${tone}"
    title=${`${fullCell(column, before, lang)} → ${fullCell(column, now, lang)}`}
  >
    ${icon(name)}${text}<span class="visually-hidden">${judged}</span>
    <span class="text-secondary fw-normal">${against}</span>
  </span>`;
}

function targetLine(options: ChartOptions, column: Column, value: number | null, lang: Lang) {
  if (options.target === null || options.target === undefined) return nothing;
  const share =
    value === null || !options.target
      ? ""
      : ` (${shortCell({ ...column, unit: "ratio" }, value / options.target, lang)})`;
  return html`<div class="small text-secondary">
    ${options.targetLabel ?? wording(lang, "target")} ${shortCell(column, options.target, lang)}${share}
  </div>`;
}

function sparkline(values: readonly (number | null)[], lang: Lang): TemplateResult {
  const known = values.filter((value): value is number => value !== null);
  const least = Math.min(...known);
  const reach = Math.max(...known) - least || 1;
  const place = (value: number, index: number) =>
    `${((index / Math.max(1, values.length - 1)) * 198 + 1).toFixed(1)} ${(37 - ((value - least) / reach) * 33).toFixed(1)}`;
  let path = "";
  values.forEach((value, index) => {
    if (value !== null) path += `${path === "" || values[index - 1] === null ? "M" : "L"}${place(value, index)}`;
  });
  return html`<svg
    class="hedu-spark"
    viewBox="0 0 200 40"
    preserveAspectRatio="none"
    role="img"
    aria-label=${wording(lang, "sparkline", { count: values.length })}
  >
    ${svg`<path d=${path} />`}
  </svg>`;
}
