/** Ask before a deed that cannot be taken back; also ask for one line of text. */

import { html, nothing, render } from "lit-html";
import { say } from "../text/language";

interface Asked {
  title: string;
  text?: string;
  yes?: string;
  danger?: boolean;
  /** Ask for a text with this label; the answer is the text. */
  field?: { label: string; value?: string };
}

function dialogFor(asked: Asked, done: (answer: string | null) => void): HTMLDialogElement {
  const dialog = document.createElement("dialog");
  dialog.className = "hedu-dialog card";
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const field = dialog.querySelector<HTMLInputElement>("input");
    if (field && !field.value.trim()) return field.focus();
    done(field ? field.value.trim() : "yes");
    dialog.close();
  };
  render(
    html`<form @submit=${submit} aria-labelledby="hedu-dialog-title">
      <div class="card-body">
        <h3 class="card-title" id="hedu-dialog-title">${asked.title}</h3>
        ${asked.text ? html`<p class="text-secondary mb-0">${asked.text}</p>` : nothing}
        ${
          asked.field
            ? html`<label class="form-label mt-2"
                >${asked.field.label}<input
                  class="form-control mt-1"
                  maxlength="120"
                  autofocus
                  .value=${asked.field.value ?? ""}
              /></label>`
            : nothing
        }
      </div>
      <div class="card-footer d-flex justify-content-end gap-2">
        <button type="button" class="btn" @click=${() => dialog.close()}>${say("cancel")}</button>
        <button type="submit" class="btn ${asked.danger ? "btn-danger" : "btn-primary"}">
          ${asked.yes ?? say("confirm")}
        </button>
      </div>
    </form>`,
    dialog,
  );
  return dialog;
}

function ask(asked: Asked): Promise<string | null> {
  return new Promise((resolve) => {
    let answer: string | null = null;
    const dialog = dialogFor(asked, (given) => (answer = given));
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(answer);
    });
    dialog.addEventListener("click", (event) => {
      if (event.target === dialog) dialog.close();
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}

export async function confirmed(title: string, text = "", yes?: string, danger = false): Promise<boolean> {
  return (await ask({ title, text, danger, ...(yes ? { yes } : {}) })) !== null;
}

export function askText(title: string, label: string, value = "", yes?: string): Promise<string | null> {
  return ask({ title, field: { label, value }, ...(yes ? { yes } : {}) });
}

/** `hx-confirm` asks through this dialog instead of the browser's. */
export function followConfirm(): void {
  document.body.addEventListener("htmx:confirm", (event) => {
    const detail = (
      event as CustomEvent<{ question: string | null; issueRequest: (skip: boolean) => void; elt: HTMLElement }>
    ).detail;
    if (!detail.question) return;
    event.preventDefault();
    const danger = detail.elt.hasAttribute("data-danger");
    void confirmed(detail.question, "", undefined, danger).then((yes) => yes && detail.issueRequest(true));
  });
}
