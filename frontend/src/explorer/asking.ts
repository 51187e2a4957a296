/** The bar above the answer: time, comparison, order, rows, totals. */

import { html, nothing, type TemplateResult } from "lit-html";
import { splitGrain, type Question } from "../data/question";
import { icon } from "../shell/icon";
import { say, type MessageKey } from "../text/language";
import type { Deeds } from "./deeds";
import { dimensionOf, nameOf, type Desk } from "./desk";
import { dayOf, PRESETS, presetOf, rangeOf, todayIn, type Preset } from "./periods";
import { labelOf } from "./shelf";

export type Choice = [value: string, label: string];

export function choose(
  label: string,
  now: string,
  choices: readonly Choice[],
  chosen: (value: string) => void,
): TemplateResult {
  return html`<label class="hedu-field"
    ><span>${label}</span>
    <select
      class="form-select form-select-sm"
      @change=${(event: Event) => chosen((event.target as HTMLSelectElement).value)}
    >
      ${choices.map(([value, text]) => html`<option value=${value} ?selected=${value === now} .selected=${value === now}>${text}</option>`)}
    </select></label
  >`;
}

let customOpen = false;

export function asking(desk: Desk, deeds: Deeds): TemplateResult {
  const { question } = desk;
  const today = todayIn(desk.props.today);
  const preset = customOpen ? "custom" : presetOf(question, today);
  const range = (value: string) => {
    customOpen = value === "custom";
    const named = rangeOf(value as Preset, today);
    if (named) deeds.change(named);
    else deeds.repaint();
  };
  const compare = question.compare.length > 1 ? "both" : (question.compare[0] ?? "");
  return html`<div class="hedu-asking" role="group" aria-label=${say("questionBar")}>
    ${choose(
      say("timeRange"),
      preset,
      PRESETS.map((each): Choice => [each, say(`range_${each}` as MessageKey)]),
      range,
    )}
    ${preset === "custom" ? customRange(desk, deeds) : nothing}
    ${choose(
      say("compareWith"),
      compare,
      [
        ["", say("compare_none")],
        ["previous", say("compare_previous")],
        ["last_year", say("compare_last_year")],
        ...festival(question),
        ["both", say("compare_both")],
      ],
      (value) => deeds.change({ compare: value === "both" ? ["previous", "last_year"] : value ? [value] : [] }),
    )}
    ${choose(say("orderBy"), question.order[0] ?? "", orders(desk), (value) => deeds.change({ order: value ? [value] : [] }))}
    ${choose(say("rowLimit"), String(question.limit ?? ""), limits(question.limit), (value) => deeds.change({ limit: value ? Number(value) : null }))}
    <label class="form-check form-switch hedu-switch">
      <input
        class="form-check-input"
        type="checkbox"
        .checked=${question.totals}
        @change=${(event: Event) => deeds.change({ totals: (event.target as HTMLInputElement).checked })}
      />
      <span class="form-check-label">${say("totals")}</span>
    </label>
  </div>`;
}

/** Days and weeks, and ranges without time, can be compared by their distance from the Spring Festival. */
function festival(question: Question): Choice[] {
  const grains = question.by.map((by) => splitGrain(by).grain).filter(Boolean);
  const fits = grains.every((grain) => grain === "day" || grain === "week");
  const asked = question.compare.includes("last_year_spring_festival");
  return fits || asked ? [["last_year_spring_festival", say("compare_last_year_spring_festival")]] : [];
}

function limits(now: number | null): Choice[] {
  const usual = [10, 20, 50, 100, 500, 1000];
  const all = now && !usual.includes(now) ? [...usual, now].sort((one, other) => one - other) : usual;
  return [["", say("noLimit")], ...all.map((count): Choice => [String(count), say("topRows", { count })])];
}

function orders(desk: Desk): Choice[] {
  const { question } = desk;
  const named: Choice[] = question.metrics.flatMap((name): Choice[] => [
    [`-${name}`, say("descending", { name: labelOf(desk, name) })],
    [name, say("ascending", { name: labelOf(desk, name) })],
  ]);
  const dimensions = question.by.flatMap((by): Choice[] => {
    const label = labelBy(desk, by);
    return [
      [by, say("ascending", { name: label })],
      [`-${by}`, say("descending", { name: label })],
    ];
  });
  return [["", say("orderAuto")], ...named, ...dimensions];
}

function customRange(desk: Desk, deeds: Deeds): TemplateResult {
  const { question } = desk;
  const set = (part: "since" | "until") => (event: Event) =>
    deeds.change({ [part]: (event.target as HTMLInputElement).value || null });
  const since = dayOf(question.since, false);
  const until = dayOf(question.until, true);
  return html`
    <label class="hedu-field"
      ><span>${say("since")}</span
      ><input
        type="date"
        class="form-control form-control-sm"
        max=${until || nothing}
        .value=${since}
        @change=${set("since")}
    /></label>
    <label class="hedu-field"
      ><span>${say("until")}</span
      ><input
        type="date"
        class="form-control form-control-sm"
        min=${since || nothing}
        .value=${until}
        @change=${set("until")}
    /></label>
  `;
}

/** What is asked, as chips that can be moved and removed. */
export function chosen(desk: Desk, deeds: Deeds): TemplateResult {
  const { question } = desk;
  const move = (index: number) => {
    const by = [...question.by];
    const [moved] = by.splice(index, 1);
    if (moved) by.splice(index - 1, 0, moved);
    deeds.change({ by });
  };
  return html`<div class="hedu-chosen">
    <span class="hedu-chosen-label">${say("metrics")}</span>
    ${question.metrics.map((name) => chip(labelOf(desk, name), () => deeds.change({ metrics: question.metrics.filter((each) => each !== name) }), "is-metric"))}
    ${question.by.length ? html`<span class="hedu-chosen-label">${say("splitBy")}</span>` : nothing}
    ${question.by.map((by, index) => {
      const { grain } = splitGrain(by);
      const name = labelBy(desk, by) + (grain ? ` · ${say(`grain_${grain}` as MessageKey)}` : "");
      const drop = () => deeds.change({ by: question.by.filter((each) => each !== by) });
      return html`${
        index > 0
          ? html`<button
              type="button"
              class="btn btn-icon btn-sm btn-ghost-secondary"
              title=${say("moveForward", { name })}
              aria-label=${say("moveForward", { name })}
              @click=${() => move(index)}
            >
              ${icon("arrow-left", "icon-sm")}
            </button>`
          : nothing
      }${chip(name, drop, lackClass(desk, by))}`;
    })}
  </div>`;
}

export function labelBy(desk: Desk, by: string): string {
  const dimension = dimensionOf(desk, by);
  return dimension ? nameOf(dimension, desk.dimensions) : by;
}

function lackClass(desk: Desk, by: string): string {
  return desk.lacking.has(splitGrain(by).path) ? "is-lacking" : "";
}

export function chip(name: string, remove: () => void, extra = "", open?: () => void): TemplateResult {
  return html`<span class="badge hedu-chip ${extra}">
    ${open ? html`<button type="button" class="hedu-chip-name" @click=${open}>${name}</button>` : name}
    <button
      type="button"
      class="hedu-chip-x"
      aria-label=${say("remove", { name })}
      title=${say("remove", { name })}
      @click=${remove}
    >
      ${icon("x")}
    </button>
  </span>`;
}
