/** Ctrl+K: find a metric or a page by a few letters. */

import { html, nothing, render } from "lit-html";
import { asFault, getJson, isAbort } from "../data/http";
import { say } from "../text/language";
import { icon } from "./icon";

interface Found {
  label: string;
  url: string;
  kind?: string;
  detail?: string;
  name?: string;
  domain?: string;
}

const ICONS: Record<string, string> = {
  metric: "ruler-2",
  dashboard: "layout-dashboard",
  view: "chart-line",
  page: "file-text",
  department: "building",
  dataset: "database",
  person: "user",
};

/** Lists under any of the keys a search answers with, each item with an address. */
function listed(body: unknown): Found[] {
  const held = body as Record<string, unknown>;
  const lists = Array.isArray(body)
    ? [body]
    : [held["results"], held["metrics"], held["dashboards"]].filter(Array.isArray);
  return lists
    .flat()
    .filter((item: Found): item is Found => Boolean(item?.url && item.label))
    .slice(0, 20);
}

export function followPalette(): void {
  document.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "k") return;
    const holder = document.querySelector<HTMLElement>("[data-palette-url]");
    if (!holder) return;
    event.preventDefault();
    openPalette(holder.dataset["paletteUrl"] ?? "");
  });
  document.addEventListener("click", (event) => {
    const button = (event.target as Element).closest<HTMLElement>("[data-palette]");
    if (button) openPalette(button.dataset["paletteUrl"] ?? "");
  });
}

function openPalette(url: string): void {
  if (!url || document.querySelector(".hedu-palette")) return;
  const dialog = document.createElement("dialog");
  dialog.className = "hedu-dialog hedu-palette card";
  dialog.setAttribute("aria-label", say("paletteTitle"));
  let found: Found[] = [];
  let at = 0;
  let q = "";
  let fault = "";
  let waiting = true;
  let asking: AbortController | null = null;
  let timer = 0;

  const paint = () => {
    render(
      html`<div class="hedu-palette-search">
          ${icon("search")}
          <input
            type="search"
            role="combobox"
            aria-expanded="true"
            aria-controls="hedu-palette-list"
            aria-activedescendant=${found.length ? `hedu-found-${at}` : nothing}
            aria-label=${say("paletteTitle")}
            placeholder=${say("palettePlaceholder")}
            autocomplete="off"
            autofocus
            @input=${typed}
            @keydown=${keys}
          />
        </div>
        <ul id="hedu-palette-list" role="listbox" aria-label=${say("paletteTitle")} class="hedu-palette-list">
          ${found.map(
            (item, index) =>
              html`<li
                id=${`hedu-found-${index}`}
                role="option"
                aria-selected=${index === at}
                class=${index === at ? "is-at" : ""}
                @mousemove=${() => index !== at && ((at = index), paint())}
                @click=${() => go(item)}
              >
                ${icon(ICONS[item.kind ?? "metric"] ?? "ruler-2")}<span class="flex-fill">${item.label}</span
                ><span class="text-secondary small">${item.detail ?? item.domain ?? ""}</span>
              </li>`,
          )}
        </ul>
        ${fault ? html`<p class="hedu-palette-note text-danger">${fault}</p>` : !found.length && !waiting && q ? html`<p class="hedu-palette-note text-secondary">${say("paletteEmpty", { q })}</p>` : nothing}
        <p class="hedu-palette-note text-secondary small" aria-hidden="true">${say("paletteHint")}</p>`,
      dialog,
    );
    dialog.querySelector(".is-at")?.scrollIntoView({ block: "nearest" });
  };
  const typed = (event: Event) => {
    q = (event.target as HTMLInputElement).value.trim();
    clearTimeout(timer);
    timer = window.setTimeout(() => void ask(), 120);
  };
  const ask = async () => {
    asking?.abort();
    asking = new AbortController();
    waiting = true;
    try {
      found = listed(await getJson<unknown>(url + encodeURIComponent(q), asking.signal));
      fault = "";
    } catch (error) {
      if (isAbort(error)) return;
      fault = asFault(error).what;
      found = [];
    }
    waiting = false;
    at = 0;
    paint();
  };
  const keys = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const chosen = found[at];
    if (step && found.length) at = (at + step + found.length) % found.length;
    else if (event.key === "Enter" && chosen) return go(chosen);
    else return;
    event.preventDefault();
    paint();
  };
  const go = (item: Found) => {
    dialog.close();
    window.location.assign(item.url);
  };
  dialog.addEventListener("close", () => {
    clearTimeout(timer);
    asking?.abort();
    dialog.remove();
  });
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close();
  });
  document.body.append(dialog);
  paint();
  dialog.showModal();
  void ask();
}
