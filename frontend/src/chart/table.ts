/** Answer -> a table people can sort, drill, copy and take away. */

import { html, nothing, render, type TemplateResult } from "lit-html";
import { cellWriter, comparison, numberAt, scaleOf, type Answer, type Cell, type Column } from "../data/result";
import { icon } from "../shell/icon";
import type { Lang } from "../text/language";
import { wording } from "../text/language";
import { isFraction, signed } from "../text/numbers";
import { favour } from "./look";
import type { ChartEvents, ChartOptions, Pick } from "./spec";

const ROW_HEIGHT = 37;
const VIRTUAL_FROM = 500;
const MARGIN_ROWS = 12;

export interface TableView {
  update(data: Answer, options: ChartOptions): void;
  destroy(): void;
}

type Row = Cell[];

/** NULL comes last whichever way the column is sorted, as the database has it. */
export function sortRows(data: Answer, sort: ChartOptions["sort"]): Row[] {
  if (!sort) return data.rows;
  const turn = sort.descending ? -1 : 1;
  const words = new Intl.Collator("zh-Hans-CN", { numeric: true });
  return [...data.rows].sort((one, other) => {
    const left = one[sort.column] ?? null;
    const right = other[sort.column] ?? null;
    if (left === null || right === null) return left === right ? 0 : left === null ? 1 : -1;
    if (typeof left === "number" && typeof right === "number") return (left - right) * turn;
    return words.compare(String(left), String(right)) * turn;
  });
}

/** A table in `host`, which scrolls. */
export function showTable(host: HTMLElement, lang: Lang, events: ChartEvents): TableView {
  let data: Answer = { columns: [], rows: [] };
  let options: ChartOptions = {};
  let rows: Row[] = [];
  let writers: ((cell: Cell | undefined) => string)[] = [];
  let sort: ChartOptions["sort"] = null;
  host.classList.add("hedu-table-scroll");
  host.tabIndex = 0;
  host.setAttribute("role", "region");

  const sortBy = (column: number) => {
    const same = sort?.column === column;
    const metric = data.columns[column]?.role !== "dimension";
    if (!same) sort = { column, descending: metric };
    else sort = sort?.descending === metric ? { column, descending: !metric } : null;
    rows = sortRows(data, sort);
    host.scrollTop = 0;
    paint();
  };
  const paint = () => {
    const virtual = rows.length > VIRTUAL_FROM;
    const first = virtual ? Math.max(0, Math.floor(host.scrollTop / ROW_HEIGHT) - MARGIN_ROWS) : 0;
    const count = virtual ? Math.ceil((host.clientHeight || 400) / ROW_HEIGHT) + 2 * MARGIN_ROWS : rows.length;
    const last = Math.min(rows.length, first + count);
    host.setAttribute("aria-label", options.title ?? wording(lang, "kind_table"));
    render(
      html`<table class="table table-sm table-vcenter hedu-table mb-0" aria-rowcount=${rows.length + 1}>
        <thead>
          <tr>
            ${data.columns.map((column, index) => header(data, column, index, sort, sortBy, lang))}
          </tr>
        </thead>
        <tbody>
          ${virtual ? spacer(first * ROW_HEIGHT, data.columns.length) : nothing}
          ${rows.slice(first, last).map((row, index) => line(data, row, first + index, writers, events, options, lang))}
          ${virtual ? spacer((rows.length - last) * ROW_HEIGHT, data.columns.length) : nothing}
        </tbody>
        ${data.totals ? totals(data, writers, lang) : nothing}
      </table>`,
      host,
    );
  };
  let queued = 0;
  const scrolled = () => {
    if (rows.length <= VIRTUAL_FROM || queued) return;
    queued = requestAnimationFrame(() => {
      queued = 0;
      paint();
    });
  };
  host.addEventListener("scroll", scrolled, { passive: true });
  return {
    update(next, with_) {
      data = next;
      options = with_;
      sort = with_.sort ?? null;
      rows = sortRows(data, sort);
      writers = data.columns.map((_, index) => cellWriter(data, index, lang));
      paint();
    },
    destroy() {
      cancelAnimationFrame(queued);
      host.removeEventListener("scroll", scrolled);
      render(nothing, host);
      host.classList.remove("hedu-table-scroll");
      for (const name of ["tabindex", "role", "aria-label"]) host.removeAttribute(name);
    },
  };
}

function spacer(height: number, columns: number) {
  // A height attribute, not a style: the page's policy refuses inline styles.
  return height > 0
    ? html`<tr aria-hidden="true">
        <td class="p-0 border-0" colspan=${columns} height=${height}></td>
      </tr>`
    : nothing;
}

function header(
  data: Answer,
  column: Column,
  index: number,
  sort: ChartOptions["sort"],
  sortBy: (index: number) => void,
  lang: Lang,
): TemplateResult {
  const active = sort?.column === index;
  const { unit } = scaleOf(data, index, lang);
  const order = active ? (sort.descending ? "descending" : "ascending") : "none";
  return html`<th scope="col" class=${column.role === "dimension" ? "" : "text-end"} aria-sort=${order}>
    <button type="button" class="hedu-sort" @click=${() => sortBy(index)}>
      <span>${column.label}</span
      >${unit ? html`<span class="hedu-unit">${lang === "zh" ? `（${unit}）` : ` (${unit})`}</span>` : nothing}
      ${active ? icon(sort.descending ? "sort-descending" : "sort-ascending", "icon-sm") : nothing}
    </button>
  </th>`;
}

function line(
  data: Answer,
  row: Row,
  place: number,
  writers: ((cell: Cell | undefined) => string)[],
  events: ChartEvents,
  options: ChartOptions,
  lang: Lang,
): TemplateResult {
  const picks = data.columns.flatMap((column, index): Pick[] =>
    column.role === "dimension" ? [{ column, value: row[index] ?? null }] : [],
  );
  return html`<tr aria-rowindex=${place + 2}>
    ${data.columns.map((column, index) => {
      const text = writers[index]?.(row[index]) ?? "";
      if (column.role !== "dimension") return numberCell(data, column, row, index, text, lang);
      if (!events.pick || !options.picks)
        return html`<td class=${row[index] === null ? "text-secondary" : ""}>${text}</td>`;
      const pick = (event: MouseEvent) => {
        const box = (event.currentTarget as HTMLElement).getBoundingClientRect();
        const own = picks.find((each) => each.column === column);
        events.pick?.(own ? [own, ...picks.filter((each) => each !== own)] : picks, { x: box.left, y: box.bottom });
      };
      return html`<td><button type="button" class="hedu-drill" @click=${pick}>${text}</button></td>`;
    })}
  </tr>`;
}

function numberCell(data: Answer, column: Column, row: Row, index: number, text: string, lang: Lang): TemplateResult {
  const kind = comparison(column);
  const value = numberAt(row, index);
  if (!kind || kind.part === "value" || value === null) return html`<td class="text-end hedu-number">${text}</td>`;
  const metric = data.columns.find((other) => other.name === column.of);
  const points = kind.part === "change" && isFraction(metric?.unit);
  const shown = points ? signed(value, { unit: metric?.unit }, lang) : value > 0 ? `+${text}` : text;
  return html`<td class="text-end hedu-number hedu-${favour(metric?.direction, value)}">${shown}</td>`;
}

function totals(data: Answer, writers: ((cell: Cell | undefined) => string)[], lang: Lang): TemplateResult {
  const held = data.totals ?? [];
  // The totals row comes with or without the places of the dimensions.
  const shift = held.length === data.columns.length ? 0 : data.columns.length - held.length;
  return html`<tfoot>
    <tr>
      ${data.columns.map((column, index) => {
        if (column.role === "dimension") return html`<th scope="row">${index === 0 ? wording(lang, "total") : ""}</th>`;
        return html`<td class="text-end hedu-number fw-bold">${writers[index]?.(held[index - shift]) ?? ""}</td>`;
      })}
    </tr>
  </tfoot>`;
}
