/** The middle: how the answer is shown, and the receipt under it. */

import { html, nothing, type TemplateResult } from "lit-html";
import { KINDS, type Kind } from "../chart/spec";
import type { Receipt } from "../data/result";
import { faultPanel } from "../shell/fault";
import { icon } from "../shell/icon";
import { toast } from "../shell/toast";
import { say, type MessageKey } from "../text/language";
import { siteMoment } from "../text/time";
import type { Deeds } from "./deeds";
import { kindOf, type Desk } from "./desk";
import { labelOf } from "./shelf";

const ICONS: Record<Kind, string> = {
  line: "chart-line",
  bar: "chart-bar",
  stacked: "stack-2",
  area: "chart-area",
  heatmap: "layout-grid",
  scatter: "chart-dots",
  indicator: "number",
  table: "table",
  waterfall: "columns",
  bullet: "target",
  sankey: "git-merge",
};

export function kindSwitch(desk: Desk, deeds: Deeds): TemplateResult {
  const now = kindOf(desk);
  return html`<div class="hedu-kinds" role="group" aria-label=${say("chartKind")}>
    ${KINDS.map((kind) => {
      const name = say(`kind_${kind}` as MessageKey);
      return html`<button
        type="button"
        class="btn btn-icon btn-sm ${kind === now ? "btn-primary" : "btn-ghost-secondary"}"
        aria-pressed=${kind === now}
        aria-label=${name}
        title=${name}
        @click=${() => deeds.setKind(kind)}
      >
        ${icon(ICONS[kind])}
      </button>`;
    })}
  </div>`;
}

/** What stands where the chart would, when there is none to show. */
export function insteadOfChart(desk: Desk, deeds: Deeds): TemplateResult | null {
  if (desk.fault) return faultPanel(desk.fault, () => deeds.run());
  if (!desk.question.metrics.length)
    return html`<div class="empty hedu-start">
      <div class="empty-icon">${icon("compass")}</div>
      <p class="empty-title">${say("startTitle")}</p>
      <p class="empty-subtitle text-secondary">${say("startText")}</p>
      <div class="d-flex gap-2 flex-wrap justify-content-center mt-3">
        ${desk.found.slice(0, 6).map((metric) => html`<button type="button" class="btn btn-sm" @click=${() => deeds.begin(metric.name)}>${metric.label}</button>`)}
      </div>
    </div>`;
  if (!desk.answer) return html`<div class="hedu-loading text-secondary" role="status">${say("loading")}</div>`;
  return null;
}

export function progress(desk: Desk, deeds: Deeds): TemplateResult {
  return html`<div class="hedu-progress" aria-live="polite">
    ${
      desk.slow
        ? html`<div class="progress progress-sm"><div class="progress-bar progress-bar-indeterminate"></div></div>
            <div class="d-flex justify-content-between align-items-center py-1 text-secondary small">
              <span>${say("asking")}</span
              ><button type="button" class="btn btn-sm" @click=${() => deeds.cancel()}>${say("cancel")}</button>
            </div>`
        : nothing
    }
  </div>`;
}

export function receipt(desk: Desk, deeds: Deeds): TemplateResult | typeof nothing {
  const held = desk.answer?.receipt;
  if (!held || desk.fault) return nothing;
  const watermark = latest(held.watermarks);
  const sql = desk.props.canSeeSql && held.sql ? held.sql : "";
  return html`<footer class="hedu-receipt text-secondary">
    ${
      watermark
        ? html`<span
            title=${Object.entries(held.watermarks ?? {})
              .map(([source, at]) => `${source}: ${siteMoment(at)}`)
              .join("\n")}
            >${icon("clock", "icon-sm")}${say("asOf", { at: watermark })}</span
          >`
        : nothing
    }
    <span>${icon("bolt", "icon-sm")}${took(held)}</span>
    <span>${icon("list", "icon-sm")}${say("rowCount", { count: desk.answer?.rows.length ?? 0 })}</span>
    ${definitions(desk, held)}
    ${capped(desk) ? html`<span class="text-warning">${icon("alert-triangle", "icon-sm")}${say("rowsCapped", { count: MOST_ROWS })}</span>` : nothing}
    ${held.rollups?.length ? html`<span>${icon("stack-2", "icon-sm")}${say("fromRollups", { names: held.rollups.join(", ") })}</span>` : nothing}
    ${held.notes?.map((note) => html`<span>${icon("info-circle", "icon-sm")}${note}</span>`)}
    ${unmatched(desk, held, deeds)}
    ${sql ? html`<button type="button" class="btn btn-sm btn-ghost-secondary" aria-expanded=${desk.showSql} @click=${() => ((desk.showSql = !desk.showSql), deeds.repaint())}>${icon("code", "icon-sm")}${say("showSql")}</button>` : nothing}
    ${sql && desk.showSql ? sqlBox(sql) : nothing}
  </footer>`;
}

/** Counted on demand, because it reads the facts once more. */
function unmatched(desk: Desk, held: Receipt, deeds: Deeds): TemplateResult | typeof nothing {
  if (!held.unmatched) {
    const asks = () => deeds.countUnmatched();
    return desk.question.by.length || desk.question.where.length
      ? html`<button type="button" class="btn btn-sm btn-ghost-secondary" title=${say("unmatchedWhy")} @click=${asks}>
          ${icon("unlink", "icon-sm")}${say("unmatchedCount")}
        </button>`
      : nothing;
  }
  const found = held.unmatched.filter((one) => one.rows > 0);
  const told = found.map((one) =>
    say("unmatchedRows", {
      fact: one.fact_label,
      rows: one.rows,
      counted: one.counted,
      dataset: one.dataset_label,
      path: one.path,
    }),
  );
  return html`<span role="status" title=${say("unmatchedWhy")}>
    ${icon("unlink", "icon-sm")}${told.length ? told.join(desk.lang === "zh" ? "；" : "; ") : say("unmatchedNone")}
  </span>`;
}

// The server sends no more rows than this to a page; exports hold all.
const MOST_ROWS = 5000;

function capped(desk: Desk): boolean {
  return !desk.question.limit && (desk.answer?.rows.length ?? 0) >= MOST_ROWS;
}

function sqlBox(sql: string): TemplateResult {
  const copy = () =>
    navigator.clipboard.writeText(sql).then(
      () => toast(say("copied")),
      () => toast(say("copyFailed"), "danger"),
    );
  return html`<div class="hedu-sql">
    <button
      type="button"
      class="btn btn-sm btn-icon"
      aria-label=${say("copySql")}
      title=${say("copySql")}
      @click=${copy}
    >
      ${icon("copy")}
    </button>
    <pre tabindex="0"><code>${sql}</code></pre>
  </div>`;
}

function took(held: Receipt): string {
  const milliseconds = Math.max(1, Math.round(held.milliseconds ?? 0));
  return held.cached ? say("fromCache", { milliseconds }) : say("took", { milliseconds });
}

function definitions(desk: Desk, held: Receipt): TemplateResult | typeof nothing {
  const entries = Object.entries(held.definitions ?? {});
  if (!entries.length) return nothing;
  // A digest is recognised by its beginning.
  const short = (version: unknown) =>
    /^[0-9a-f]{12,}$/.test(String(version)) ? String(version).slice(0, 7) : String(version).slice(0, 20);
  const text = entries.map(([name, version]) => `${labelOf(desk, name)} ${short(version)}`);
  return html`<span title=${text.join("\n")}
    >${icon("versions", "icon-sm")}${text.slice(0, 2).join(desk.lang === "zh" ? "、" : ", ")}${text.length > 2 ? " …" : ""}</span
  >`;
}

/** The oldest watermark: an answer is as fresh as its stalest source. */
function latest(watermarks: Record<string, string> | undefined): string {
  const oldest =
    Object.values(watermarks ?? {})
      .filter(Boolean)
      .sort()[0] ?? "";
  return siteMoment(oldest);
}
