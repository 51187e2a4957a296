/** The left side: metrics to choose and the dimensions they share. */

import { html, nothing, type TemplateResult } from "lit-html";
import { joinGrain, splitGrain } from "../data/question";
import { icon } from "../shell/icon";
import { say, type MessageKey } from "../text/language";
import type { Deeds } from "./deeds";
import { tidied, withDimension, type Desk, type Dimension, type Metric } from "./desk";

export function shelf(desk: Desk, deeds: Deeds): TemplateResult {
  return html`
    <section aria-label=${say("metrics")}>
      <h3 class="hedu-panel-title">${say("metrics")}</h3>
      <label class="visually-hidden" for="hedu-metric-search">${say("searchMetrics")}</label>
      <div class="input-icon">
        <span class="input-icon-addon">${icon("search")}</span>
        <input
          id="hedu-metric-search"
          type="search"
          class="form-control form-control-sm"
          autocomplete="off"
          placeholder=${say("searchMetrics")}
          .value=${desk.metricSearch}
          @input=${(event: Event) => deeds.searchMetrics((event.target as HTMLInputElement).value)}
        />
      </div>
      <ul class="hedu-list" aria-label=${say("metrics")}>
        ${ordered(desk).map((metric) => metricLine(desk, deeds, metric))}
        ${desk.found.length || !desk.metricSearch ? nothing : html`<li class="text-secondary small p-2">${say("noMetricFound", { q: desk.metricSearch })}</li>`}
      </ul>
    </section>
    <section aria-label=${say("dimensions")}>
      <h3 class="hedu-panel-title">${say("dimensions")}</h3>
      ${desk.question.metrics.length ? dimensions(desk, deeds) : html`<p class="text-secondary small">${say("chooseMetricFirst")}</p>`}
    </section>
  `;
}

/** Chosen metrics stay in sight whatever is searched. */
function ordered(desk: Desk): Metric[] {
  const chosen = desk.question.metrics.map((name) => desk.known.get(name) ?? { name, label: labelOf(desk, name) });
  return [...chosen, ...desk.found.filter((metric) => !desk.question.metrics.includes(metric.name))];
}

export function labelOf(desk: Desk, metric: string): string {
  return (
    desk.known.get(metric)?.label ?? desk.answer?.columns.find((column) => column.name === metric)?.label ?? metric
  );
}

function metricLine(desk: Desk, deeds: Deeds, metric: Metric): TemplateResult {
  const chosen = desk.question.metrics.includes(metric.name);
  const toggle = () => {
    const metrics = chosen
      ? desk.question.metrics.filter((name) => name !== metric.name)
      : [...desk.question.metrics, metric.name];
    if (!desk.question.metrics.length && !desk.question.by.length) deeds.begin(metric.name);
    else deeds.change({ metrics });
  };
  return html`<li>
    <button
      type="button"
      class="hedu-choice ${chosen ? "is-chosen" : ""}"
      aria-pressed=${chosen}
      title=${metric.meaning ?? metric.name}
      @click=${toggle}
    >
      ${icon(chosen ? "checkbox" : "plus", "icon-sm")}
      <span class="hedu-choice-name">${metric.label}</span>
      ${metric.certified ? html`<span class="text-success" title=${say("certified")}>${icon("circle-check", "icon-sm")}<span class="visually-hidden">${say("certified")}</span></span>` : nothing}
      ${metric.domain ? html`<span class="hedu-choice-detail">${metric.domain}</span>` : nothing}
    </button>
  </li>`;
}

function dimensions(desk: Desk, deeds: Deeds): TemplateResult {
  const q = desk.dimensionSearch.trim().toLowerCase();
  const matches = (dimension: Dimension) =>
    !q ||
    `${dimension.label} ${dimension.path} ${dimension.group ?? ""} ${dimension.synonyms?.join(" ") ?? ""}`
      .toLowerCase()
      .includes(q);
  const groups = Map.groupBy(desk.dimensions.filter(matches), (dimension) => dimension.group ?? "");
  const lacking = [...desk.lacking.values()].filter(({ dimension }) => matches(dimension));
  return html`
    ${
      desk.dimensions.length > 8
        ? html`<input
            type="search"
            class="form-control form-control-sm"
            aria-label=${say("searchDimensions")}
            placeholder=${say("searchDimensions")}
            .value=${desk.dimensionSearch}
            @input=${(event: Event) => ((desk.dimensionSearch = (event.target as HTMLInputElement).value), deeds.repaint())}
          />`
        : nothing
    }
    <div class="hedu-list">
      ${[...groups].map(
        ([group, members]) => html`
          ${group ? html`<div class="hedu-group">${group}</div>` : nothing}
          ${members.map((dimension) => dimensionLine(desk, deeds, dimension))}
        `,
      )}
      ${lacking.length ? html`<div class="hedu-group">${say("notShared")}</div>` : nothing}
      ${lacking.map(({ dimension, metrics }) => lackingLine(desk, deeds, dimension, metrics))}
    </div>
  `;
}

function dimensionLine(desk: Desk, deeds: Deeds, dimension: Dimension): TemplateResult {
  const at = desk.question.by.findIndex((by) => splitGrain(by).path === dimension.path);
  const chosen = at >= 0;
  const grain = splitGrain(desk.question.by[at] ?? "").grain;
  const regrain = (event: Event) => {
    const by = desk.question.by.map((each, index) =>
      index === at ? joinGrain(dimension.path, (event.target as HTMLSelectElement).value) : each,
    );
    deeds.change({ by });
  };
  return html`<div class="hedu-choice-row">
    <button
      type="button"
      class="hedu-choice ${chosen ? "is-chosen" : ""}"
      aria-pressed=${chosen}
      title=${dimension.path}
      @click=${() => deeds.change(withDimension(desk.question, dimension))}
    >
      ${icon(chosen ? "checkbox" : "plus", "icon-sm")}<span class="hedu-choice-name">${dimension.label}</span>
    </button>
    ${
      chosen && dimension.grains.length
        ? html`<select class="form-select form-select-sm w-auto" aria-label=${say("grain")} @change=${regrain}>
            ${dimension.grains.map((each) => html`<option value=${each} ?selected=${each === grain}>${say(`grain_${each}` as MessageKey)}</option>`)}
          </select>`
        : nothing
    }
  </div>`;
}

function lackingLine(desk: Desk, deeds: Deeds, dimension: Dimension, metrics: string[]): TemplateResult {
  const reason =
    dimension.reason ??
    say("metricsLack", { metrics: metrics.map((name) => labelOf(desk, name)).join(desk.lang === "zh" ? "、" : ", ") });
  const used = desk.question.by.some((by) => splitGrain(by).path === dimension.path);
  const drop = () =>
    deeds.change(
      tidied({ ...desk.question, by: desk.question.by.filter((by) => splitGrain(by).path !== dimension.path) }),
    );
  return html`<div class="hedu-choice is-lacking" title=${reason}>
    ${icon(used ? "alert-triangle" : "lock", "icon-sm")}
    <span class="hedu-choice-name">${dimension.label}</span>
    ${used ? html`<button type="button" class="hedu-chip-x" aria-label=${say("remove", { name: dimension.label })} @click=${drop}>${icon("x")}</button>` : nothing}
    <span class="hedu-choice-detail">${reason}</span>
  </div>`;
}
