/** A Fault as a panel: what went wrong, what to do, and a way to try again. */

import { html, nothing, type TemplateResult } from "lit-html";
import type { Fault } from "../data/http";
import { say } from "../text/language";
import { icon } from "./icon";

export function faultPanel(fault: Fault, again?: () => void): TemplateResult {
  const more = fault.problems.slice(1);
  return html`<div class="hedu-fault" role="alert">
    ${icon("alert-triangle", "text-warning")}
    <div>
      <div class="fw-medium">${fault.what}</div>
      ${fault.hint ? html`<div class="text-secondary">${fault.hint}</div>` : nothing}
      ${more.map((problem) => html`<div class="mt-1">${problem.what} <span class="text-secondary">${problem.hint ?? ""}</span></div>`)}
      <div class="mt-2 d-flex gap-2 align-items-center">
        ${again ? html`<button type="button" class="btn btn-sm" @click=${again}>${icon("refresh")}${say("tryAgain")}</button>` : nothing}
        ${/^\d+$|^unexpected$/.test(fault.code) ? nothing : html`<code class="text-secondary small">${fault.code}</code>`}
      </div>
    </div>
  </div>`;
}
