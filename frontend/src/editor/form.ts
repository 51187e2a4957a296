/** The form beside the text: every field reads from the text and writes back into it. */

import { html, nothing, type TemplateResult } from "lit-html";
import { say, type MessageKey } from "../text/language";
import { fieldOf, listOf, setField, setType, typeOf, TYPES, type Definition, type MetricType } from "./yaml";

export interface Named {
  name: string;
  label?: string;
}

export interface FormProps {
  metrics?: Named[];
  measures?: Named[];
  departments?: Named[];
  domains?: (string | Named)[];
  units?: (string | Named)[];
}

export interface FormHost {
  definition: Definition;
  choices: FormProps;
  /** The definition was changed in place: write the text. */
  changed(): void;
}

type Option = [value: string, label: string];

const named = (items: readonly (string | Named)[] | undefined): Option[] =>
  (items ?? []).map((item) =>
    typeof item === "string" ? [item, item] : [item.name, item.label ? `${item.label} (${item.name})` : item.name],
  );

export function form(host: FormHost): TemplateResult {
  const { choices } = host;
  const departments = named(choices.departments);
  return html`<form class="hedu-form" @submit=${(event: Event) => event.preventDefault()} aria-label=${say("form")}>
    <fieldset>
      <legend>${say("groupWhat")}</legend>
      ${text(host, "f_name", ["metric"], "f_nameHint", true)} ${text(host, "f_labelZh", ["label", "zh"])}
      ${text(host, "f_labelEn", ["label", "en"])} ${area(host, "f_meaningZh", ["meaning", "zh"])}
      ${area(host, "f_meaningEn", ["meaning", "en"])} ${list(host, "f_synonyms", ["synonyms"])}
      ${select(host, "f_kind", ["kind"], words("kind_", ["financial", "customer", "operational"]))}
      ${select(host, "f_direction", ["direction"], words("dir_", ["up", "down", "band", "none"]))}
      ${free(host, "f_domain", ["domain"], named(choices.domains), "hedu-domains")}
      ${text(host, "f_process", ["process"])} ${free(host, "f_unit", ["unit"], named(choices.units), "hedu-units")}
    </fieldset>
    <fieldset>
      <legend>${say("groupHow")}</legend>
      ${kindOfMetric(host)} ${body(host, typeOf(host.definition))}
    </fieldset>
    <fieldset>
      <legend>${say("groupWho")}</legend>
      ${select(host, "f_owner", ["owner"], departments)} ${text(host, "f_person", ["person"])}
      ${select(host, "f_review", ["review"], words("rev_", ["monthly", "quarterly", "half-yearly", "yearly"]))}
      ${select(host, "f_A", ["raci", "A"], departments)} ${many(host, "f_R", ["raci", "R"], departments)}
      ${many(host, "f_C", ["raci", "C"], departments)} ${many(host, "f_I", ["raci", "I"], departments)}
    </fieldset>
  </form>`;
}

function words(prefix: string, values: readonly string[]): Option[] {
  return values.map((value) => [value, say(`${prefix}${value}` as MessageKey)]);
}

function put(host: FormHost, path: readonly string[], value: string | string[]): void {
  setField(host.definition, path, value);
  host.changed();
}

function field(label: MessageKey, control: TemplateResult, wide = false, hint?: MessageKey): TemplateResult {
  return html`<label class="hedu-form-field ${wide ? "is-wide" : ""}"
    ><span>${say(label)}</span
    >${control}${hint ? html`<small class="text-secondary">${say(hint)}</small>` : nothing}</label
  >`;
}

const valueOf = (event: Event) => (event.target as HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement).value;

function text(host: FormHost, label: MessageKey, path: string[], hint?: MessageKey, wide = false): TemplateResult {
  return field(
    label,
    html`<input
      class="form-control form-control-sm"
      .value=${fieldOf(host.definition, path)}
      @change=${(event: Event) => put(host, path, valueOf(event).trim())}
    />`,
    wide,
    hint,
  );
}

function area(host: FormHost, label: MessageKey, path: string[], hint?: MessageKey): TemplateResult {
  return field(
    label,
    html`<textarea
      class="form-control form-control-sm"
      rows="2"
      .value=${fieldOf(host.definition, path)}
      @change=${(event: Event) => put(host, path, valueOf(event).trim())}
    ></textarea>`,
    true,
    hint,
  );
}

function list(host: FormHost, label: MessageKey, path: string[]): TemplateResult {
  const split = (event: Event) =>
    put(
      host,
      path,
      valueOf(event)
        .split(/\s*[,，、]\s*/)
        .filter(Boolean),
    );
  return field(
    label,
    html`<input class="form-control form-control-sm" .value=${fieldOf(host.definition, path)} @change=${split} />`,
    true,
    "f_synonymsHint",
  );
}

function select(host: FormHost, label: MessageKey, path: string[], options: Option[], wide = false): TemplateResult {
  const now = fieldOf(host.definition, path);
  // A value the list does not know (misspelt, or new) is shown as it is, never silently replaced.
  const all: Option[] = now && !options.some(([value]) => value === now) ? [[now, now], ...options] : options;
  return field(
    label,
    html`<select class="form-select form-select-sm" @change=${(event: Event) => put(host, path, valueOf(event))}>
      <option value="" ?selected=${!now}>${say("choose")}</option>
      ${all.map(([value, name]) => html`<option value=${value} ?selected=${value === now} .selected=${value === now}>${name}</option>`)}
    </select>`,
    wide,
  );
}

function free(host: FormHost, label: MessageKey, path: string[], options: Option[], id: string): TemplateResult {
  return field(
    label,
    html`<input
        class="form-control form-control-sm"
        list=${id}
        .value=${fieldOf(host.definition, path)}
        @change=${(event: Event) => put(host, path, valueOf(event).trim())}
      />
      <datalist id=${id}>${options.map(([value, name]) => html`<option value=${value}>${name}</option>`)}</datalist>`,
  );
}

function many(host: FormHost, label: MessageKey, path: string[], options: Option[]): TemplateResult {
  const chosen = listOf(host.definition, path);
  const toggle = (value: string) =>
    put(host, path, chosen.includes(value) ? chosen.filter((each) => each !== value) : [...chosen, value]);
  return html`<fieldset class="hedu-form-field is-wide">
    <legend>${say(label)}</legend>
    <div class="hedu-checks">
      ${options.map(([value, name]) => html`<label class="form-check mb-0"><input class="form-check-input" type="checkbox" .checked=${chosen.includes(value)} @change=${() => toggle(value)} /><span class="form-check-label">${name.replace(/ \(.*\)$/, "")}</span></label>`)}
    </div>
  </fieldset>`;
}

function kindOfMetric(host: FormHost): TemplateResult {
  const now = typeOf(host.definition);
  const set = (event: Event) => {
    setType(host.definition, valueOf(event) as MetricType);
    host.changed();
  };
  return field(
    "f_type",
    html`<select class="form-select form-select-sm" @change=${set}>
      ${now ? nothing : html`<option value="" selected>${say("choose")}</option>`}
      ${TYPES.map((type) => html`<option value=${type} ?selected=${type === now} .selected=${type === now}>${say(`type_${type}`)}</option>`)}
    </select>`,
    true,
  );
}

function body(host: FormHost, type: MetricType | ""): TemplateResult | typeof nothing {
  const metrics = named(host.choices.metrics);
  switch (type) {
    case "simple":
      return html`${select(host, "f_measure", ["simple", "measure"], named(host.choices.measures), true)}
      ${area(host, "f_where", ["simple", "where"], "f_whereHint")}`;
    case "ratio":
      return html`${side(host, "f_numerator", "numerator", metrics)}
      ${side(host, "f_denominator", "denominator", metrics)}`;
    case "derived":
      return area(host, "f_formula", ["derived", "formula"], "f_formulaHint");
    case "reported":
      return html`${select(host, "f_grain", ["reported", "grain"], words("grain_", ["day", "week", "month", "quarter", "year"]))}
      ${select(host, "f_agg", ["reported", "agg"], words("agg_", ["sum", "last", "none"]))}`;
    default:
      return nothing;
  }
}

/** A side of a ratio is a metric's name, or a map with a filter of its own. */
function side(host: FormHost, label: MessageKey, key: string, metrics: Option[]): TemplateResult {
  const nested = fieldOf(host.definition, ["ratio", key, "metric"]) !== "";
  return select(host, label, nested ? ["ratio", key, "metric"] : ["ratio", key], metrics);
}
