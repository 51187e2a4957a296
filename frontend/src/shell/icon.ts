/** Icon name -> a use of the built sprite. */

import { html, type TemplateResult } from "lit-html";

// Built files lie in built/assets/, the sprite one folder up; the harness keeps the same shape.
export const SPRITE = new URL(/* @vite-ignore */ "../icons.svg", import.meta.url).href;

/** A decorative icon: the text beside it (or an aria-label around it) speaks. */
export function icon(name: string, extra = ""): TemplateResult {
  return html`<svg class="icon ${extra}" width="24" height="24" aria-hidden="true" focusable="false">
    <use href="${SPRITE}#${name}"></use>
  </svg>`;
}
