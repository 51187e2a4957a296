/** Island `explorer`: choose metrics and dimensions, see the answer at once, drill, keep it. */

import { html, nothing, render, type TemplateResult } from "lit-html";
import { startChart, type Chart } from "../chart/draw";
import { asKind, KINDS } from "../chart/spec";
import { camelKeys } from "../data/http";
import { asQuestion, fromSearch } from "../data/question";
import type { Island } from "../mount";
import { icon } from "../shell/icon";
import { pageLanguage, say } from "../text/language";
import { insteadOfChart, kindSwitch, progress, receipt } from "./answering";
import { asking, chosen } from "./asking";
import { makeDeeds, type Deeds } from "./deeds";
import { kindOf, NO_CHOICES, rowsOf, type Desk, type ExplorerProps } from "./desk";
import { drillMenu } from "./drilling";
import { filters, type FilterHost } from "./filters";
import { addToBoard, copyLink, exportMenu, saveView } from "./keeping";
import { settings } from "./settings";
import { shelf } from "./shelf";

function freshDesk(props: ExplorerProps): Desk {
  const question = fromSearch(location.search) ?? asQuestion(props.question);
  const kind = new URLSearchParams(location.search).get("kind") ?? props.kind;
  return {
    props,
    question,
    lang: pageLanguage(),
    kind: kind ? asKind(kind) : null,
    rows: rowsOf(question, []),
    openRow: null,
    past: [],
    future: [],
    answer: null,
    answered: null,
    fault: null,
    busy: null,
    slow: false,
    found: [],
    known: new Map(),
    metricSearch: "",
    dimensions: [],
    choices: NO_CHOICES,
    dimensionSearch: "",
    lacking: new Map(),
    showSql: false,
    asTable: false,
    panelOpen: !question.metrics.length,
  };
}

export function mount(host: HTMLElement, given: unknown): Island {
  const desk = freshDesk(camelKeys<ExplorerProps>(given));
  const parts = skeleton(host);
  let chart: Chart | null = null;
  let table: Chart | null = null;

  const repaint = () => {
    render(
      head(desk, deeds, () => chart),
      parts.head,
    );
    render(shelf(desk, deeds), parts.shelf);
    parts.side.classList.toggle("is-open", desk.panelOpen);
    render(
      html`${chosen(desk, deeds)}${filters(filterHost(desk, deeds))}${asking(desk, deeds)}${settings(desk, deeds)}`,
      parts.asking,
    );
    render(html`${progress(desk, deeds)}`, parts.progress);
    const instead = insteadOfChart(desk, deeds);
    render(instead ?? nothing, parts.instead);
    render(receipt(desk, deeds), parts.receipt);
    for (const part of [parts.chart, parts.table]) {
      part.classList.toggle("d-none", instead !== null);
      part.classList.toggle("hedu-busy", desk.busy !== null);
    }
    if (instead === null) showAnswer();
  };
  const picked = {
    pick: (picks: Parameters<typeof drillMenu>[2], at: { x: number; y: number }) => drillMenu(desk, deeds, picks, at),
  };
  let shown: { answer: unknown; kind: unknown } = { answer: null, kind: null };
  const showAnswer = () => {
    const kind = kindOf(desk);
    if (!desk.answer || (shown.answer === desk.answer && shown.kind === kind)) return;
    shown = { answer: desk.answer, kind };
    chart ??= startChart(parts.chart, desk.lang, picked);
    table ??= startChart(parts.table, desk.lang, picked);
    void chart.update({ kind, data: desk.answer, options: { picks: true, height: kind === "table" ? 560 : 380 } });
    const twice = kind === "table" || !desk.answer.rows.length;
    parts.table.classList.toggle("d-none", twice);
    if (!twice) void table.update({ kind: "table", data: desk.answer, options: { picks: true, height: 360 } });
  };
  const deeds: Deeds = makeDeeds(desk, repaint);
  const keys = (event: KeyboardEvent) => {
    const typing = (event.target as HTMLElement).closest("input, textarea, select");
    if (typing || !(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "z") return;
    event.preventDefault();
    deeds.undo(event.shiftKey ? "future" : "past");
  };
  document.addEventListener("keydown", keys);
  repaint();
  deeds.searchMetrics("");
  deeds.change({});
  desk.past = [];
  return {
    destroy() {
      document.removeEventListener("keydown", keys);
      deeds.stop();
      chart?.destroy();
      table?.destroy();
      host.replaceChildren();
    },
  };
}

function filterHost(desk: Desk, deeds: Deeds): FilterHost {
  return {
    rows: desk.rows,
    get openRow() {
      return desk.openRow;
    },
    set openRow(id) {
      desk.openRow = id;
    },
    dimensions: desk.dimensions,
    others: [...desk.lacking.values()].map((each) => each.dimension),
    valuesUrl: desk.props.valuesUrl,
    metricsFor: () => desk.question.metrics,
    keepEmpty: false,
    set: (rows, ask) => deeds.setRows(rows, ask),
    repaint: () => deeds.repaint(),
  };
}

function skeleton(host: HTMLElement) {
  const part = (tag: string, name: string) => {
    const element = document.createElement(tag);
    element.className = name;
    return element;
  };
  const parts = {
    head: part("div", "hedu-explorer-head"),
    side: part("aside", "hedu-explorer-side card"),
    shelf: part("div", "hedu-explorer-shelf"),
    asking: part("div", "hedu-explorer-asking"),
    progress: part("div", ""),
    instead: part("div", ""),
    chart: part("div", "hedu-explorer-chart"),
    table: part("div", "hedu-explorer-table"),
    receipt: part("div", ""),
  };
  const main = part("section", "hedu-explorer-main card card-body");
  const grid = part("div", "hedu-explorer");
  main.append(parts.asking, parts.progress, parts.instead, parts.chart, parts.table, parts.receipt);
  parts.side.append(parts.shelf);
  grid.append(parts.head, parts.side, main);
  host.replaceChildren(grid);
  return parts;
}

function head(desk: Desk, deeds: Deeds, chart: () => Chart | null): TemplateResult {
  const asked = desk.question.metrics.length > 0;
  const button = (name: string, label: string, run: (event: Event) => void, disabled = false) => html`
    <button
      type="button"
      class="btn btn-icon btn-sm btn-ghost-secondary"
      aria-label=${label}
      title=${label}
      ?disabled=${disabled}
      @click=${run}
    >
      ${icon(name)}
    </button>
  `;
  return html`
    <button
      type="button"
      class="btn btn-sm hedu-explorer-toggle"
      aria-expanded=${desk.panelOpen}
      @click=${() => ((desk.panelOpen = !desk.panelOpen), deeds.repaint())}
    >
      ${icon("adjustments-horizontal", "icon-sm")}${say("chooseMetrics")}
    </button>
    ${asked && KINDS.length ? kindSwitch(desk, deeds) : nothing}
    <div class="hedu-explorer-tools">
      ${button("arrow-back-up", say("undo"), () => deeds.undo("past"), !desk.past.length)}
      ${button("arrow-forward-up", say("redo"), () => deeds.undo("future"), !desk.future.length)}
      ${button("link", say("copyLink"), copyLink, !asked)}
      ${button("download", say("export"), (event) => exportMenu(desk, chart(), event), !desk.answer)}
      ${desk.props.boardsUrl ? html`<button type="button" class="btn btn-sm" ?disabled=${!asked} @click=${(event: Event) => void addToBoard(desk, event)}>${icon("layout-grid-add", "icon-sm")}${say("addToBoard")}</button>` : nothing}
      ${desk.props.saveUrl ? html`<button type="button" class="btn btn-sm btn-primary" ?disabled=${!asked} @click=${() => void saveView(desk)}>${icon("device-floppy", "icon-sm")}${say("saveView")}</button>` : nothing}
    </div>
  `;
}
