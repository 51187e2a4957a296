/** One tile: its card, its answer, its menu. */

import { html, nothing, render } from "lit-html";
import { startChart, type Chart } from "../chart/draw";
import { asKind, type ChartOptions, type Pick } from "../chart/spec";
import { picture } from "../chart/island";
import { fileName, saveCsv } from "../chart/takeaway";
import { asFault, isAbort, sendJson, type Fault } from "../data/http";
import { asQuestion, toSearch, type Question } from "../data/question";
import { asAnswer, type Answer } from "../data/result";
import { faultPanel } from "../shell/fault";
import { icon } from "../shell/icon";
import { below, showMenu, type MenuItem } from "../shell/menu";
import { wrongItem } from "../shell/wrong";
import { say, type Lang } from "../text/language";
import type { Queue } from "./queue";
import type { Cross, Reach, TileData } from "./state";

export interface TileEnv {
  lang: Lang;
  askUrl: string;
  exploreUrl: string;
  queue: Queue;
  isEditing(): boolean;
  reachOf(tile: TileData): Promise<Reach>;
  crossFrom(tile: TileData): readonly Cross[];
  pick(tile: TileData, picks: Pick[]): void;
  rename(tile: TileData): void;
  remove(tile: TileData): void;
}

export interface Tile {
  data: TileData;
  element: HTMLElement;
  /** Ask again, if the question under the filters is another one (or `anew`). */
  refresh(anew?: boolean): void;
  paint(): void;
  destroy(): void;
}

export function makeTile(data: TileData, env: TileEnv): Tile {
  const element = document.createElement("div");
  element.className = "hedu-tile grid-stack-item";
  element.dataset["tile"] = String(data.id);
  const card = document.createElement("section");
  card.className = "grid-stack-item-content card hedu-tile-card";
  const head = document.createElement("div");
  const note = document.createElement("div");
  const body = document.createElement("div");
  head.className = "hedu-tile-head";
  body.className = "hedu-tile-body";
  card.append(head, note, body);
  element.append(card);
  const place = document.createElement("div");
  const trouble = document.createElement("div");
  body.append(trouble, place);

  let chart: Chart | null = null;
  let answer: Answer | null = null;
  let reach: Reach | null = null;
  let fault: Fault | null = null;
  let busy: AbortController | null = null;
  let asked = "";
  let seen = false;
  let gone = false;

  const paint = () => {
    card.setAttribute("aria-label", data.title);
    card.tabIndex = env.isEditing() ? 0 : -1;
    render(
      html`<h3 class="hedu-tile-title" title=${data.title}>${data.title}</h3>
        ${data.view ? menuButton() : env.isEditing() ? menuButton() : nothing}`,
      head,
    );
    const absent = reach?.absent ?? [];
    const own = env.crossFrom(data);
    render(
      html`${absent.length ? html`<div class="hedu-tile-note" title=${say("filterAbsentWhy")}>${icon("filter-off", "icon-sm")}${say("filterAbsent", { names: absent.join(env.lang === "zh" ? "、" : ", ") })}</div>` : nothing}
      ${own.length ? html`<div class="hedu-tile-note is-own">${icon("filter", "icon-sm")}${own.map((each) => each.label).join(" · ")}</div>` : nothing}`,
      note,
    );
    if (!data.view) {
      place.className = "hedu-tile-text";
      place.textContent = data.text ?? "";
      return;
    }
    render(
      fault
        ? faultPanel(fault, () => refresh(true))
        : answer
          ? nothing
          : html`<div class="hedu-loading text-secondary">${say("loading")}</div>`,
      trouble,
    );
    place.classList.toggle("d-none", fault !== null || !answer);
    place.classList.toggle("hedu-busy", busy !== null);
    if (fault || !answer) return;
    chart ??= startChart(place, env.lang, { pick: (picks) => env.pick(data, picks) });
    const kind = asKind(data.view.chart?.kind);
    const options: ChartOptions = {
      ...(data.view.chart?.options as ChartOptions | undefined),
      picks: !env.isEditing(),
      height: heightFor(kind),
      fit: true,
    };
    if (kind === "indicator") options.title = "";
    void chart.update({ kind, data: answer, options });
  };

  const heightFor = (kind: string): number => {
    const single = window.matchMedia("(max-width: 767px)").matches;
    if (single) return kind === "table" ? 360 : 260;
    return Math.max(80, body.clientHeight - 2);
  };

  const refresh = (anew = false) => {
    if (!data.view || gone) return paint();
    if (!seen) return;
    void env.reachOf(data).then((next) => {
      reach = next;
      const text = JSON.stringify(next.question);
      if (text === asked && !anew && !fault) return paint();
      asked = text;
      env.queue.add(() => ask(next.question));
    });
  };

  const ask = async (question: Question) => {
    if (gone || JSON.stringify(question) !== asked) return;
    busy?.abort();
    const mine = (busy = new AbortController());
    fault = null;
    paint();
    try {
      answer = asAnswer(await sendJson<Answer>("POST", env.askUrl, question, mine.signal));
    } catch (error) {
      if (isAbort(error)) return;
      fault = asFault(error);
    } finally {
      if (busy === mine) busy = null;
    }
    if (!gone) paint();
  };

  const menuButton = () =>
    html`<button
      type="button"
      class="btn btn-icon btn-sm btn-ghost-secondary hedu-tile-menu"
      aria-haspopup="menu"
      aria-label=${say("tileMenu", { title: data.title })}
      @click=${menu}
    >
      ${icon("dots-vertical")}
    </button>`;
  const menu = (event: Event) => {
    const items: MenuItem[] = [];
    const name = fileName(data.title);
    const held = answer;
    if (data.view && env.exploreUrl)
      items.push({ label: say("openInExplorer"), run: () => window.location.assign(exploreAddress()) });
    if (data.view) items.push({ label: say("refresh"), run: () => refresh(true) });
    if (held)
      items.push(
        { label: say("exportCsv"), run: () => saveCsv(held, name, env.lang) },
        { label: say("exportPng"), run: () => picture(chart?.png() ?? null, name) },
      );
    if (data.view) items.push(...wrongItem(asQuestion(reach?.question ?? data.view.question)));
    if (env.isEditing())
      items.push(
        { label: say("rename"), run: () => env.rename(data) },
        { label: say("removeTile"), run: () => env.remove(data), danger: true },
      );
    showMenu(items, below(event), say("tileMenu", { title: data.title }));
  };
  const exploreAddress = () => {
    const search = toSearch(reach?.question ?? (data.view?.question as Question), {
      kind: data.view?.chart?.kind ?? "",
    });
    return env.exploreUrl.includes("?") ? env.exploreUrl + search.replace("?", "&") : env.exploreUrl + search;
  };

  const watch = new IntersectionObserver(
    (entries) => {
      if (!entries.some((entry) => entry.isIntersecting)) return;
      seen = true;
      watch.disconnect();
      refresh();
    },
    { rootMargin: "200px" },
  );
  watch.observe(element);
  let height = 0;
  const sized = new ResizeObserver(() => {
    if (Math.abs(body.clientHeight - height) < 4 || !body.clientHeight) return;
    height = body.clientHeight;
    if (answer) paint();
  });
  sized.observe(body);
  paint();
  return {
    data,
    element,
    refresh,
    paint,
    destroy() {
      gone = true;
      busy?.abort();
      watch.disconnect();
      sized.disconnect();
      chart?.destroy();
      element.remove();
    },
  };
}
