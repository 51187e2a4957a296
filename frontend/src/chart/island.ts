/** Island `chart`: one answer with its toolbar; asks again by itself when it was given an address to ask. */

import { html, nothing, render, type TemplateResult } from "lit-html";
import { asFault, camelKeys, isAbort, sendForBlob, sendJson, withQuery, type Fault } from "../data/http";
import { asQuestion, joinGrain, splitGrain, startingGrain, type Question } from "../data/question";
import { asAnswer, groupName, isTime, type Answer } from "../data/result";
import { periodEnd, periodText } from "../text/time";
import { equals } from "../data/where";
import type { Island } from "../mount";
import { faultPanel } from "../shell/fault";
import { icon } from "../shell/icon";
import { below, showMenu, type MenuItem } from "../shell/menu";
import { toast } from "../shell/toast";
import { wrongItem } from "../shell/wrong";
import { pageLanguage, say, type MessageKey } from "../text/language";
import { startChart, type Chart } from "./draw";
import { asKind, suitingKind, type ChartOptions, type Kind, type Pick } from "./spec";
import { copyRows, fileName, saveBlob, saveCsv } from "./takeaway";

export interface Dimension {
  path: string;
  label: string;
  type?: string;
  grains?: string[];
}

interface Props {
  kind?: string;
  data?: unknown;
  options?: ChartOptions;
  title?: string;
  /** Where to POST `question` for a new answer: turns on grain, comparison and breakdown. */
  askUrl?: string;
  question?: unknown;
  grains?: string[];
  dimensions?: Dimension[];
  compares?: boolean;
  kinds?: string[];
  exportUrl?: string;
  toolbar?: boolean;
}

interface Trail {
  where: string;
  label: string;
}

export function mount(host: HTMLElement, given: unknown): Island {
  const props = camelKeys<Props>(given);
  const lang = pageLanguage();
  const options: ChartOptions = { ...props.options };
  const title = props.title ?? options.title ?? "";
  const asks = Boolean(props.askUrl && props.question);
  const first = asQuestion(props.question);
  let question: Question = first;
  let trail: Trail[] = [];
  let data: Answer = asAnswer(props.data);
  let kind: Kind = asKind(props.kind, suitingKind(data));
  let asTable = false;
  let fault: Fault | null = null;
  let busy: AbortController | null = null;
  let chart: Chart | null = null;
  host.classList.add("hedu-chart");
  const bar = document.createElement("div");
  const faults = document.createElement("div");
  const body = document.createElement("div");
  host.replaceChildren(bar, faults, body);

  const picks = asks && Boolean(props.dimensions?.length);
  const events = {
    pick: (made: Pick[], at: { x: number; y: number }) => {
      const event = new CustomEvent("hedu:pick", { bubbles: true, cancelable: true, detail: { picks: made } });
      if (host.dispatchEvent(event) && picks) drillMenu(made, at);
    },
    brush: (range: { since: string; until: string }) => {
      host.dispatchEvent(new CustomEvent("hedu:brush", { bubbles: true, detail: range }));
    },
  };

  const paint = () => {
    render(props.toolbar === false ? nothing : toolbar(), bar);
    render(fault ? faultPanel(fault, () => void ask(question)) : nothing, faults);
    body.classList.toggle("d-none", fault !== null);
    body.classList.toggle("hedu-busy", busy !== null);
    body.setAttribute("aria-busy", String(busy !== null));
    if (fault) return;
    chart ??= startChart(body, lang, events);
    void chart.update({
      kind: asTable ? "table" : kind,
      data,
      options: {
        ...options,
        title: kind === "indicator" && props.toolbar !== false ? "" : title,
        picks: picks || options.picks === true,
      },
    });
  };

  const ask = async (next: Question) => {
    question = next;
    busy?.abort();
    const mine = (busy = new AbortController());
    fault = null;
    paint();
    try {
      data = asAnswer(await sendJson<Answer>("POST", props.askUrl ?? "", next, mine.signal));
      host.dispatchEvent(new CustomEvent("hedu:answer", { bubbles: true, detail: { question: next, answer: data } }));
    } catch (error) {
      if (isAbort(error)) return;
      fault = asFault(error);
    } finally {
      if (busy === mine) busy = null;
    }
    paint();
  };

  const drillMenu = (made: Pick[], at: { x: number; y: number }) => {
    const pick = made[0];
    if (!pick) return;
    const value = groupName(pick.column, pick.value, lang);
    const used = new Set(question.by.map((each) => splitGrain(each).path));
    const next = (props.dimensions ?? []).filter((dimension) => !used.has(dimension.path)).slice(0, 12);
    const items: MenuItem[] = [{ label: say("drillInto", { value }), run: () => undefined, quiet: true }];
    for (const dimension of next) items.push({ label: dimension.label, run: () => drill(pick, value, dimension) });
    if (!next.length) items.push({ label: say("noDimensionLeft"), run: () => undefined, quiet: true });
    showMenu(items, at, say("drillInto", { value }));
  };

  const drill = (pick: Pick, value: string, next: Dimension) => {
    const grain = startingGrain(next.grains);
    const by = question.by.map((each) => (each === pick.column.name ? joinGrain(next.path, grain) : each));
    if (isTime(pick.column) && typeof pick.value === "string") {
      const since = periodText(pick.value, pick.column.grain);
      trail = [...trail, { where: "", label: `${pick.column.label}: ${value}` }];
      void ask({ ...question, by, since, until: periodEnd(pick.value, pick.column.grain), order: [] });
    } else {
      const where = equals(pick.column.name, pick.value, pick.column.type);
      trail = [...trail, { where, label: `${pick.column.label}: ${value}` }];
      void ask({ ...question, by, where: [...question.where, where], order: orderFor(by, question) });
    }
  };

  const leave = (step: Trail) => {
    trail = trail.filter((each) => each !== step);
    const where = question.where.filter((each) => each !== step.where);
    void ask({ ...question, where, ...(step.where ? {} : { since: first.since, until: first.until }) });
  };

  const breakdown = (path: string) => {
    const dimension = props.dimensions?.find((each) => each.path === path);
    const by = dimension ? [joinGrain(path, startingGrain(dimension.grains))] : first.by;
    void ask({ ...question, by, order: orderFor(by, question) });
  };

  const select = (
    label: string,
    now: string,
    choices: [string, string][],
    chosen: (value: string) => void,
  ): TemplateResult => html`
    <select
      class="form-select form-select-sm w-auto"
      aria-label=${label}
      @change=${(event: Event) => chosen((event.target as HTMLSelectElement).value)}
    >
      ${choices.map(([value, text]) => html`<option value=${value} ?selected=${value === now}>${text}</option>`)}
    </select>
  `;

  const controls = (): TemplateResult[] => {
    const shown: TemplateResult[] = [];
    const at = question.by.findIndex((each) => splitGrain(each).grain);
    if (asks && at >= 0 && props.grains?.length) {
      const { path, grain } = splitGrain(question.by[at] ?? "");
      const set = (to: string) =>
        void ask({ ...question, by: question.by.map((each, index) => (index === at ? joinGrain(path, to) : each)) });
      shown.push(grainSwitch(props.grains, grain, set));
    }
    if (asks && props.dimensions?.length && at < 0)
      shown.push(
        select(
          say("breakdown"),
          splitGrain(question.by[0] ?? "").path,
          props.dimensions.map((each) => [each.path, each.label]),
          breakdown,
        ),
      );
    if (asks && props.compares)
      shown.push(
        select(
          say("compareWith"),
          question.compare[0] ?? "",
          [
            ["", say("compare_none")],
            ["previous", say("compare_previous")],
            ["last_year", say("compare_last_year")],
          ],
          (to) => void ask({ ...question, compare: to ? [to] : [] }),
        ),
      );
    if (props.kinds?.length)
      shown.push(
        select(
          say("chartKind"),
          kind,
          props.kinds.map((each) => [each, say(`kind_${asKind(each)}` as MessageKey)]),
          (to) => ((kind = asKind(to)), paint()),
        ),
      );
    return shown;
  };

  const toolbar = (): TemplateResult => html`
    <div class="hedu-chart-bar">
      ${title ? html`<h3 class="hedu-chart-title">${title}</h3>` : nothing}
      ${trail.map((step) => html`<span class="badge hedu-chip">${step.label}<button type="button" class="hedu-chip-x" aria-label=${say("removeFilter", { name: step.label })} @click=${() => leave(step)}>${icon("x")}</button></span>`)}
      <div class="hedu-chart-tools">
        ${controls()}
        ${
          kind === "table" || kind === "indicator"
            ? nothing
            : html`<button
                type="button"
                class="btn btn-icon btn-sm btn-ghost-secondary"
                aria-pressed=${asTable}
                aria-label=${say(asTable ? "showChart" : "showTable")}
                title=${say(asTable ? "showChart" : "showTable")}
                @click=${() => ((asTable = !asTable), paint())}
              >
                ${icon(asTable ? "chart-bar" : "table")}
              </button>`
        }
        <button
          type="button"
          class="btn btn-icon btn-sm btn-ghost-secondary"
          aria-haspopup="menu"
          aria-label=${say("more")}
          title=${say("more")}
          @click=${exports}
        >
          ${icon("dots-vertical")}
        </button>
      </div>
    </div>
  `;

  const exports = (event: Event) => {
    const name = fileName(title || data.columns.find((column) => column.role === "metric")?.label || "hedu");
    showMenu(
      [
        {
          label: say("copyTable"),
          run: () =>
            copyRows(data, lang).then(
              () => toast(say("copied")),
              () => toast(say("copyFailed"), "danger"),
            ),
        },
        { label: say("exportCsv"), run: () => saveCsv(data, name, lang) },
        ...(props.exportUrl && asks
          ? [{ label: say("exportExcel"), run: () => void excel(props.exportUrl ?? "", question, name) }]
          : []),
        { label: say("exportPng"), run: () => picture(chart?.png() ?? null, name) },
        ...(asks ? wrongItem(question) : []),
      ],
      below(event),
      say("more"),
    );
  };

  paint();
  if (asks && !data.columns.length) void ask(question);
  return {
    destroy() {
      busy?.abort();
      chart?.destroy();
      host.replaceChildren();
      host.classList.remove("hedu-chart");
    },
  };
}

function orderFor(by: readonly string[], question: Question): string[] {
  const metric = question.metrics[0];
  return by.some((each) => splitGrain(each).grain) || !metric ? [...by] : [`-${metric}`];
}

export function grainSwitch(
  grains: readonly string[],
  now: string | null,
  set: (grain: string) => void,
): TemplateResult {
  return html`<div class="btn-group btn-group-sm" role="group" aria-label=${say("grain")}>
    ${grains.map((grain) => html`<button type="button" class="btn ${grain === now ? "active" : ""}" aria-pressed=${grain === now} @click=${() => set(grain)}>${say(`grain_${grain}` as MessageKey)}</button>`)}
  </div>`;
}

export async function excel(url: string, question: Question, name: string): Promise<void> {
  try {
    saveBlob(await sendForBlob(withQuery(url, { format: "xlsx" }), question), `${name}.xlsx`);
  } catch (error) {
    toast(asFault(error).what, "danger");
  }
}

export function picture(png: string | null, name: string): void {
  if (!png) return toast(say("noPicture"), "info");
  const bytes = Uint8Array.from(atob(png.slice(png.indexOf(",") + 1)), (letter) => letter.charCodeAt(0));
  saveBlob(new Blob([bytes], { type: "image/png" }), `${name}.png`);
}
