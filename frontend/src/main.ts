/** The one entry of every page: theme, htmx, Alpine, Tabler's behaviours, and the islands. */

import "@tabler/core/dist/css/tabler.min.css";
import "./style/hedu.css";
import "./shell/htmx-config";
import "@tabler/core/dist/js/tabler.esm.js";
import Alpine from "@alpinejs/csp";
import htmx from "htmx.org";
import { csrfToken } from "./data/http";
import { followIslands, type Loader } from "./mount";
import { followConfirm } from "./shell/confirm";
import { followPalette } from "./shell/palette";
import { followTheme } from "./shell/theme";
import { followToasts } from "./shell/toast";

const ISLANDS: Record<string, Loader> = {
  chart: () => import("./chart/island"),
  explorer: () => import("./explorer/island"),
  board: () => import("./board/island"),
  lineage: () => import("./lineage/island"),
  editor: () => import("./editor/island"),
};

declare global {
  interface Window {
    htmx: typeof htmx;
    Alpine: typeof Alpine;
  }
}

window.htmx = htmx;
window.Alpine = Alpine;

function start(): void {
  document.body.addEventListener("htmx:configRequest", (event) => {
    const detail = (event as CustomEvent<{ verb: string; headers: Record<string, string> }>).detail;
    if (detail.verb !== "get") detail.headers["X-CSRFToken"] = csrfToken();
  });
  followTheme();
  followToasts();
  followConfirm();
  followPalette();
  Alpine.start();
  followIslands(ISLANDS);
}

start();
