/** What else a question may set: parameters, a window, whose clock, which currency. Shown only where it means something. */

import { html, nothing, type TemplateResult } from "lit-html";
import { say, type MessageKey } from "../text/language";
import { choose, type Choice } from "./asking";
import type { Deeds } from "./deeds";
import type { Desk, Parameter } from "./desk";

const WINDOWS = new Set(["7 days", "30 days", "month", "quarter", "year", "all"]);

export function settings(desk: Desk, deeds: Deeds): TemplateResult | typeof nothing {
  const { question, choices } = desk;
  const shown = [
    ...choices.parameters.map((parameter) => parameterField(desk, deeds, parameter)),
    picked(say("totalOver"), question.window, choices.windows, say("window_none"), windowName, (window) =>
      deeds.change({ window }),
    ),
    picked(say("inCurrency"), question.currency, choices.currencies, say("currency_own"), plain, (currency) =>
      deeds.change({ currency }),
    ),
    picked(say("byClock"), question.time_zone, choices.zones, say("clock_own"), plain, (time_zone) =>
      deeds.change({ time_zone }),
    ),
  ].filter((each) => each !== nothing);
  if (!shown.length) return nothing;
  return html`<div class="hedu-asking hedu-settings" role="group" aria-label=${say("questionSettings")}>${shown}</div>`;
}

const plain = (value: string) => value;

function windowName(value: string): string {
  return WINDOWS.has(value) ? say(`window_${value.replace(" ", "_")}` as MessageKey) : value;
}

/** One of what is offered; a value that came with the address stays in sight even where it is not offered. */
function picked(
  label: string,
  now: string | null,
  offered: readonly string[],
  none: string,
  named: (value: string) => string,
  chosen: (value: string | null) => void,
): TemplateResult | typeof nothing {
  if (!offered.length && !now) return nothing;
  const values = now && !offered.includes(now) ? [...offered, now] : offered;
  const choices: Choice[] = [["", none], ...values.map((value): Choice => [value, named(value)])];
  return choose(label, now ?? "", choices, (value) => chosen(value || null));
}

function parameterField(desk: Desk, deeds: Deeds, parameter: Parameter): TemplateResult {
  const now = desk.question.parameters[parameter.name] ?? "";
  const set = (value: string) => {
    const { [parameter.name]: _old, ...others } = desk.question.parameters;
    deeds.change({ parameters: value ? { ...others, [parameter.name]: value } : others });
  };
  const usual = parameter.default ?? "";
  const none = usual ? say("parameter_default", { value: usual }) : say("parameter_unset");
  const values = parameter.type === "boolean" && !parameter.choices.length ? ["true", "false"] : parameter.choices;
  if (values.length) {
    const choices: Choice[] = [["", none], ...values.map((value): Choice => [value, value])];
    return choose(parameter.label, now, choices, set);
  }
  const type = parameter.type === "number" ? "number" : parameter.type === "date" ? "date" : "text";
  return html`<label class="hedu-field"
    ><span>${parameter.label}</span
    ><input
      type=${type}
      step=${type === "number" ? "any" : nothing}
      class="form-control form-control-sm"
      placeholder=${usual}
      .value=${now}
      @change=${(event: Event) => set((event.target as HTMLInputElement).value)}
  /></label>`;
}
