/** Filters: chips that open into a form, with suggestions of the values there are. */

import { html, nothing, type TemplateResult } from "lit-html";
import { asFault, getJson, isAbort, withQuery } from "../data/http";
import { needsValue, operatorsFor, type Filter, type Operator } from "../data/where";
import { icon } from "../shell/icon";
import { below, showMenu } from "../shell/menu";
import { say, type MessageKey } from "../text/language";
import { chip } from "./asking";
import type { Dimension, FilterRow } from "./desk";
import { nameOf, newRow } from "./desk";

/** Whoever shows filters: the explorer's desk and a board's bar alike. */
export interface FilterHost {
  rows: FilterRow[];
  openRow: number | null;
  dimensions: readonly Dimension[];
  /** Known by name, though not offered here. */
  others: readonly Dimension[];
  valuesUrl: string;
  /** The metrics whose reach decides which values of a dimension there are. */
  metricsFor(path: string): readonly string[];
  /** Filters that stay in place without a value (a board's own). */
  keepEmpty: boolean;
  set(rows: FilterRow[], ask: boolean): void;
  repaint(): void;
}

interface Suggestion {
  key: string;
  q: string;
  values: (string | null)[] | null;
  fault: string;
}

const OPERATOR_WORDS: Record<Operator, MessageKey> = {
  "=": "op_eq",
  "!=": "op_ne",
  ">": "op_gt",
  ">=": "op_ge",
  "<": "op_lt",
  "<=": "op_le",
  in: "op_in",
  "not in": "op_not_in",
  contains: "op_contains",
  between: "op_between",
  "is null": "op_null",
  "is not null": "op_not_null",
};

let suggestion: Suggestion = { key: "", q: "", values: null, fault: "" };
let fetching: AbortController | null = null;
let timer = 0;

export function filters(host: FilterHost, title = true): TemplateResult {
  const open = host.rows.find((row) => row.id === host.openRow);
  return html`<div class="hedu-filters">
    ${title ? html`<span class="hedu-chosen-label">${say("filters")}</span>` : nothing}
    ${host.rows.map((row) => chip(describe(host, row), () => host.set(without(host, row), true), row.id === host.openRow ? "is-open" : host.others.some((each) => each.path === row.filter?.path) ? "is-lacking" : "", row.filter ? () => openRow(host, row) : undefined))}
    <button
      type="button"
      class="btn btn-sm btn-ghost-secondary"
      aria-haspopup="menu"
      ?disabled=${!host.dimensions.length}
      @click=${(event: Event) => addMenu(host, event)}
    >
      ${icon("filter", "icon-sm")}${say("addFilter")}
    </button>
    ${open?.filter ? form(host, open, open.filter) : nothing}
  </div>`;
}

/** A filter taken off; one that stays in place is only emptied first. */
function without(host: FilterHost, row: FilterRow): FilterRow[] {
  if (!host.keepEmpty || !row.filter?.values.some(Boolean)) return host.rows.filter((each) => each !== row);
  const emptied = { ...row, filter: { ...row.filter, values: [] } };
  return host.rows.map((each) => (each === row ? emptied : each));
}

function describe(host: FilterHost, row: FilterRow): string {
  if (!row.filter) return row.raw;
  const { path, operator, values } = row.filter;
  const name = labelOf(host, path);
  const held = values.filter((value) => value !== "");
  const shown =
    held.length > 3
      ? say("andMore", { first: held.slice(0, 2).join("、"), count: held.length })
      : held.join(operator === "between" ? " – " : "、");
  if (!needsValue(operator)) return `${name} ${say(OPERATOR_WORDS[operator])}`;
  return operator === "in" || operator === "="
    ? `${name}: ${shown || say("anyValue")}`
    : `${name} ${say(OPERATOR_WORDS[operator])} ${shown || "…"}`;
}

function labelOf(host: FilterHost, path: string): string {
  const dimension = [...host.dimensions, ...host.others].find((each) => each.path === path);
  return dimension ? nameOf(dimension, host.dimensions) : path;
}

function openRow(host: FilterHost, row: FilterRow): void {
  host.openRow = host.openRow === row.id ? null : row.id;
  host.repaint();
}

function addMenu(host: FilterHost, event: Event): void {
  const items = host.dimensions.map((dimension) => ({
    label: nameOf(dimension, host.dimensions),
    run: () => {
      const row = newRow(dimension);
      host.openRow = row.id;
      host.set([...host.rows, row], false);
      requestAnimationFrame(() =>
        document.querySelector<HTMLElement>(".hedu-filter-form input, .hedu-filter-form select")?.focus(),
      );
    },
  }));
  showMenu(items, below(event), say("addFilter"));
}

function form(host: FilterHost, row: FilterRow, filter: Filter): TemplateResult {
  const set = (part: Partial<Filter>, ask = true) =>
    host.set(
      host.rows.map((each) => (each === row ? { ...row, filter: { ...filter, ...part } } : each)),
      ask,
    );
  const done = () => {
    host.openRow = null;
    const empty = needsValue(filter.operator) && !filter.values.some(Boolean);
    if (empty && !host.keepEmpty)
      host.set(
        host.rows.filter((each) => each !== row),
        true,
      );
    else host.repaint();
  };
  const name = labelOf(host, filter.path);
  const escape = (event: KeyboardEvent) => {
    if (event.key === "Escape") done();
  };
  return html`<div class="hedu-filter-form card" role="group" aria-label=${name} @keydown=${escape}>
    <div class="d-flex gap-2 align-items-center flex-wrap">
      <strong>${name}</strong>
      <select
        class="form-select form-select-sm w-auto"
        aria-label=${say("operator")}
        @change=${(event: Event) => set({ operator: (event.target as HTMLSelectElement).value as Operator })}
      >
        ${operatorsFor(filter.type).map((operator) => html`<option value=${operator} ?selected=${operator === filter.operator}>${say(OPERATOR_WORDS[operator])}</option>`)}
      </select>
      ${needsValue(filter.operator) ? valueInput(host, filter, set) : nothing}
      <button type="button" class="btn btn-sm btn-primary ms-auto" @click=${done}>${say("done")}</button>
    </div>
  </div>`;
}

function valueInput(
  host: FilterHost,
  filter: Filter,
  set: (part: Partial<Filter>, ask?: boolean) => void,
): TemplateResult {
  const at = (index: number) => (event: Event) => {
    const values = [...filter.values];
    values[index] = (event.target as HTMLInputElement).value;
    set({ values: [values[0] ?? "", ...values.slice(1)] });
  };
  const input = (index: number, label: string) => {
    const type =
      filter.type === "number" ? "number" : filter.type === "date" || filter.type === "timestamp" ? "date" : "text";
    return html`<input
      class="form-control form-control-sm w-auto"
      type=${type}
      step="any"
      aria-label=${label}
      placeholder=${label}
      .value=${filter.values[index] ?? ""}
      @change=${at(index)}
    />`;
  };
  if (filter.type === "boolean")
    return html`<select class="form-select form-select-sm w-auto" aria-label=${say("value")} @change=${at(0)}>
      <option value="" ?selected=${!filter.values[0]}>…</option>
      <option value="true" ?selected=${filter.values[0] === "true"}>${say("yes")}</option>
      <option value="false" ?selected=${filter.values[0] === "false"}>${say("no")}</option>
    </select>`;
  if (filter.operator === "between") return html`${input(0, say("from"))} – ${input(1, say("to"))}`;
  if (filter.operator === "in" || filter.operator === "not in") return picker(host, filter, set);
  return input(0, say("value"));
}

function picker(host: FilterHost, filter: Filter, set: (part: Partial<Filter>, ask?: boolean) => void): TemplateResult {
  suggest(host, filter.path, suggestion.key === keyOf(host, filter.path) ? suggestion.q : "");
  const offered = (suggestion.values ?? []).filter((value): value is string => value !== null && value !== "");
  const extra = filter.values.filter((value) => value && !offered.includes(value));
  const toggle = (value: string) =>
    set({
      values: filter.values.includes(value)
        ? filter.values.filter((each) => each !== value)
        : [...filter.values.filter(Boolean), value],
    });
  const typed = (event: KeyboardEvent) => {
    const text = (event.target as HTMLInputElement).value.trim();
    if (event.key !== "Enter" || !text) return;
    event.preventDefault();
    if (!filter.values.includes(text)) toggle(text);
  };
  return html`<div class="hedu-picker">
    <input
      type="search"
      class="form-control form-control-sm"
      placeholder=${say("searchValues")}
      aria-label=${say("searchValues")}
      @input=${(event: Event) => suggest(host, filter.path, (event.target as HTMLInputElement).value, true)}
      @keydown=${typed}
    />
    <div class="hedu-picker-list" role="group" aria-label=${say("value")} aria-busy=${suggestion.values === null}>
      ${[...extra, ...offered].map((value) => html`<label class="form-check mb-0"><input class="form-check-input" type="checkbox" .checked=${filter.values.includes(value)} @change=${() => toggle(value)} /><span class="form-check-label">${value}</span></label>`)}
      ${suggestion.values === null && !suggestion.fault ? html`<span class="text-secondary small">${say("loading")}</span>` : nothing}
      ${suggestion.fault ? html`<span class="text-danger small">${suggestion.fault}</span>` : nothing}
      ${suggestion.values && !offered.length && !extra.length ? html`<span class="text-secondary small">${say("noValueFound")}</span>` : nothing}
    </div>
  </div>`;
}

function keyOf(host: FilterHost, path: string): string {
  return `${path}|${host.metricsFor(path).join(",")}`;
}

function suggest(host: FilterHost, path: string, q: string, wait = false): void {
  const key = keyOf(host, path);
  if (suggestion.key === key && suggestion.q === q) return;
  const before = suggestion.key === key ? suggestion.values : null;
  suggestion = { key, q, values: before, fault: "" };
  clearTimeout(timer);
  timer = window.setTimeout(
    async () => {
      fetching?.abort();
      fetching = new AbortController();
      try {
        const body = await getJson<unknown>(
          withQuery(host.valuesUrl, { dimension: path, metrics: host.metricsFor(path).join(","), q }),
          fetching.signal,
        );
        const list = Array.isArray(body) ? body : ((body as { values?: unknown[] }).values ?? []);
        suggestion = { key, q, values: list.map(valueText), fault: "" };
      } catch (error) {
        if (isAbort(error)) return;
        suggestion = { key, q, values: [], fault: asFault(error).what };
      }
      host.repaint();
    },
    wait ? 180 : 0,
  );
}

/** A value as sent: bare, or with a label beside it. */
function valueText(item: unknown): string | null {
  const held = item !== null && typeof item === "object" ? (item as { value?: unknown }).value : item;
  return held === null || held === undefined ? null : String(held);
}
