/** Short news at the edge of the page; errors stay until closed. */

import { say } from "../text/language";

export type Tone = "success" | "danger" | "info";

/** The page's own shelf when it has one. */
function shelf(): HTMLElement {
  const held = document.getElementById("toasts");
  if (held) return held;
  const made = document.createElement("div");
  made.id = "toasts";
  made.className = "hedu-toasts";
  made.setAttribute("aria-live", "polite");
  document.body.append(made);
  return made;
}

export function toast(text: string, tone: Tone = "success", link?: { href: string; label: string }): void {
  const box = document.createElement("div");
  box.className = `hedu-toast hedu-toast-${tone}`;
  box.setAttribute("role", tone === "danger" ? "alert" : "status");
  const body = document.createElement("div");
  body.className = "hedu-toast-text";
  body.append(text);
  if (link) {
    const anchor = document.createElement("a");
    anchor.href = link.href;
    anchor.textContent = link.label;
    anchor.className = "ms-2";
    body.append(anchor);
  }
  const close = document.createElement("button");
  close.type = "button";
  close.className = "btn-close";
  close.setAttribute("aria-label", say("close"));
  close.addEventListener("click", () => box.remove());
  box.append(body, close);
  shelf().append(box);
  if (tone !== "danger") setTimeout(() => box.remove(), link ? 8000 : 4000);
}

/** Toasts the server asks for: `HX-Trigger: {"hedu:toast": {"text": "...", "tone": "success"}}`. */
export function followToasts(): void {
  document.body.addEventListener("hedu:toast", (event) => {
    const detail = (event as CustomEvent<{ text?: string; value?: string; tone?: Tone }>).detail;
    toast(detail.text ?? detail.value ?? "", detail.tone ?? "success");
  });
}
