/** Island `board`: tiles that ask when seen, filters over all of them, and an edit mode. */

import { html, nothing, render } from "lit-html";
import { camelKeys, getJson, sendJson, withQuery, Fault, asFault } from "../data/http";
import { asQuestion } from "../data/question";
import { whereOf, type Dimension, type FilterRow } from "../explorer/desk";
import { filters as filterBar, type FilterHost } from "../explorer/filters";
import { chip } from "../explorer/asking";
import type { Island } from "../mount";
import { askText, confirmed } from "../shell/confirm";
import { icon } from "../shell/icon";
import { toast } from "../shell/toast";
import { pageLanguage, say } from "../text/language";
import { siteClock } from "../text/time";
import { arrange, lay, type Arranging } from "./layout";
import { Queue } from "./queue";
import { crossOf, inReadingOrder, reached, sameCross, type BoardProps, type Cross, type TileData } from "./state";
import { makeTile, type Tile, type TileEnv } from "./tile";

const AT_ONCE = 3;

interface Board {
  props: BoardProps;
  tiles: Tile[];
  rows: FilterRow[];
  openRow: number | null;
  crosses: Cross[];
  offered: Map<string, Dimension & { metrics: string[] }>;
  editing: Arranging | null;
  dirty: boolean;
  version: number | undefined;
  saving: boolean;
  refreshed: Date;
  news: string;
}

function rowsFrom(props: BoardProps): FilterRow[] {
  return (props.filters ?? []).map((filter, index) => {
    const type = filter.type ?? "text";
    const operator = type === "date" || type === "timestamp" ? "between" : type === "text" ? "in" : "=";
    return {
      id: -1 - index,
      raw: "",
      filter: { path: filter.path, operator, values: (filter.values ?? []).map((value) => String(value ?? "")), type },
    };
  });
}

export function mount(host: HTMLElement, given: unknown): Island {
  const props = camelKeys<BoardProps>(given);
  const lang = pageLanguage();
  const queue = new Queue(AT_ONCE);
  const board: Board = {
    props,
    tiles: [],
    rows: rowsFrom(props),
    openRow: null,
    crosses: [],
    offered: new Map(),
    editing: null,
    dirty: false,
    version: props.version,
    saving: false,
    refreshed: new Date(),
    news: "",
  };
  const labels = new Map((props.filters ?? []).map((filter) => [filter.path, filter.label]));
  const bar = document.createElement("div");
  const frame = document.createElement("div");
  const news = document.createElement("div");
  frame.className = "hedu-board";
  news.className = "visually-hidden";
  news.setAttribute("aria-live", "polite");
  host.classList.add("hedu-board-host");
  host.replaceChildren(bar, frame, news);

  const reaches = new Map<string, Promise<Dimension[]>>();
  const dimensionsFor = (metrics: readonly string[]): Promise<Dimension[]> => {
    const key = metrics.join(",");
    const held =
      reaches.get(key) ??
      getJson<{ dimensions?: Dimension[] } | Dimension[]>(withQuery(props.dimensionsUrl, { metrics: key })).then(
        (body) => (Array.isArray(body) ? body : (body.dimensions ?? [])).filter((each) => each.compatible !== false),
      );
    held.catch(() => reaches.delete(key));
    reaches.set(key, held);
    return held;
  };
  const offer = async () => {
    for (const tile of board.tiles) {
      const metrics = asQuestion(tile.data.view?.question).metrics;
      if (!metrics.length) continue;
      for (const each of await dimensionsFor(metrics).catch(() => []))
        if (!board.offered.has(each.path))
          board.offered.set(each.path, { ...each, grains: each.grains ?? [], metrics });
    }
    for (const [path, each] of board.offered) labels.set(path, labels.get(path) ?? each.label);
    paint();
  };

  const env: TileEnv = {
    lang,
    queue,
    askUrl: props.askUrl,
    exploreUrl: props.exploreUrl ?? "",
    isEditing: () => board.editing !== null,
    crossFrom: (tile) => board.crosses.filter((each) => each.tile === tile.id),
    async reachOf(tile) {
      const active = board.rows.flatMap((row) => (row.filter && whereOf([row]).length ? [row.filter] : []));
      const narrowed = active.length > 0 || board.crosses.length > 0;
      const known = narrowed ? await dimensionsFor(asQuestion(tile.view?.question).metrics).catch(() => null) : [];
      const paths = known && new Set(known.map((each) => each.path));
      // When the reach cannot be learnt, the filter is sent and the server decides.
      return reached(
        tile,
        active,
        labels,
        board.crosses,
        (path) => !paths || [...paths].some((each) => path === each || path.startsWith(`${each}.`)),
      );
    },
    pick(tile, picks) {
      if (board.editing) return;
      const next = crossOf(tile, picks, lang);
      setCrosses(sameCross(board.crosses, next) ? [] : next);
    },
    async rename(tile) {
      const title = await askText(say("rename"), say("viewTitle"), tile.title, say("confirm"));
      if (!title) return;
      tile.title = title;
      changed();
    },
    async remove(data) {
      if (
        !(await confirmed(say("removeTileAsk", { title: data.title }), say("removeTileText"), say("removeTile"), true))
      )
        return;
      const tile = board.tiles.find((each) => each.data === data);
      if (!tile) return;
      board.tiles.splice(board.tiles.indexOf(tile), 1);
      board.editing?.remove(tile);
      tile.destroy();
      changed();
    },
  };
  const setCrosses = (crosses: Cross[]) => {
    board.crosses = crosses;
    refresh();
  };
  const refresh = (anew = false) => {
    if (anew) board.refreshed = new Date();
    for (const tile of board.tiles) tile.refresh(anew);
    paint();
  };
  const changed = () => {
    board.dirty = true;
    for (const tile of board.tiles) tile.paint();
    paint();
  };
  const fill = (tiles: TileData[]) => {
    for (const tile of board.tiles) tile.destroy();
    board.tiles = inReadingOrder(tiles).map((data) => makeTile({ ...data }, env));
    frame.replaceChildren(...board.tiles.map((tile) => tile.element));
    lay(board.tiles);
  };

  const edit = async () => {
    board.editing = await arrange(frame, board.tiles, (text) => {
      news.textContent = text;
      board.dirty = true;
      paint();
    });
    frame.classList.add("is-editing");
    for (const tile of board.tiles) tile.paint();
    paint();
  };
  const leave = () => {
    board.editing?.end();
    board.editing = null;
    board.dirty = false;
    frame.classList.remove("is-editing");
    for (const tile of board.tiles) tile.paint();
    paint();
  };
  const discard = async () => {
    if (board.dirty && !(await confirmed(say("discardAsk"), "", say("discard"), true))) return;
    const kept = board.dirty;
    leave();
    if (kept) fill(saved);
    refresh();
  };
  let saved = (props.tiles ?? []).map((tile) => ({ ...tile }));
  const save = async () => {
    board.saving = true;
    paint();
    board.editing?.end();
    const tiles = board.tiles.map((tile) => ({ ...tile.data }));
    const kept = board.rows.flatMap((row) =>
      row.filter
        ? [
            {
              path: row.filter.path,
              label: labels.get(row.filter.path) ?? row.filter.path,
              type: row.filter.type,
              values: row.filter.values.filter(Boolean),
            },
          ]
        : [],
    );
    try {
      const body = await sendJson<{ version?: number }>("PUT", props.saveUrl ?? "", {
        version: board.version,
        tiles,
        filters: kept,
      });
      board.version = body.version ?? board.version;
      saved = tiles;
      leave();
      toast(say("layoutSaved"));
    } catch (error) {
      await edit();
      board.dirty = true;
      await tell(asFault(error));
    } finally {
      board.saving = false;
      paint();
    }
  };
  const tell = async (fault: Fault) => {
    if (fault.status !== 409) return toast(`${fault.what} ${fault.hint}`.trim(), "danger");
    if (!(await confirmed(say("layoutConflict"), say("layoutConflictText"), say("reload")))) return;
    board.dirty = false;
    window.location.reload();
  };

  const paint = () =>
    render(
      toolbar(board, {
        isFull: host.classList.contains("is-full"),
        filterHost,
        setCrosses,
        refresh,
        edit,
        save,
        discard,
        full,
      }),
      bar,
    );
  // The page as a whole goes full screen, so that menus, tooltips and toasts come along; where a browser
  // refuses, the board still covers the page.
  const full = async () => {
    const on = host.classList.toggle("is-full");
    paint();
    if (on) await document.documentElement.requestFullscreen?.().catch(() => undefined);
    else if (document.fullscreenElement) await document.exitFullscreen();
  };
  const left = () => {
    if (!document.fullscreenElement) host.classList.remove("is-full");
    paint();
  };
  const filterHost: FilterHost = {
    get rows() {
      return board.rows;
    },
    get openRow() {
      return board.openRow;
    },
    set openRow(id) {
      board.openRow = id;
    },
    get dimensions() {
      return [...board.offered.values()];
    },
    others: [],
    valuesUrl: props.valuesUrl,
    metricsFor: (path) => board.offered.get(path)?.metrics ?? [],
    keepEmpty: true,
    set(rows, ask) {
      board.rows = rows;
      if (board.editing) board.dirty = true;
      if (ask) refresh();
      else paint();
    },
    repaint: () => paint(),
  };
  const leaving = (event: BeforeUnloadEvent) => {
    if (board.dirty) event.preventDefault();
  };
  window.addEventListener("beforeunload", leaving);
  document.addEventListener("fullscreenchange", left);
  fill(saved);
  paint();
  void offer();
  return {
    destroy() {
      window.removeEventListener("beforeunload", leaving);
      document.removeEventListener("fullscreenchange", left);
      queue.clear();
      board.editing?.end();
      for (const tile of board.tiles) tile.destroy();
      host.replaceChildren();
    },
  };
}

interface Deeds {
  isFull: boolean;
  filterHost: FilterHost;
  setCrosses(crosses: Cross[]): void;
  refresh(anew?: boolean): void;
  edit(): Promise<void>;
  save(): Promise<void>;
  discard(): Promise<void>;
  full(): Promise<void>;
}

function toolbar(board: Board, deeds: Deeds) {
  const { props } = board;
  const { isFull } = deeds;
  const button = (name: string, label: string, run: () => unknown) =>
    html`<button
      type="button"
      class="btn btn-icon btn-sm btn-ghost-secondary"
      aria-label=${label}
      title=${label}
      @click=${run}
    >
      ${icon(name)}
    </button>`;
  const clock = siteClock(board.refreshed);
  return html`<div class="hedu-board-bar">
      ${isFull && props.title ? html`<h2 class="hedu-board-title">${props.title}</h2>` : nothing}
      <div class="hedu-board-filters" role="group" aria-label=${say("boardFilters")}>
        ${board.tiles.length ? filterBar(deeds.filterHost, false) : nothing}
        ${board.crosses.map((cross) => chip(`${cross.label} (${say("crossFilter", { title: cross.from })})`, () => deeds.setCrosses(board.crosses.filter((each) => each !== cross)), "is-cross"))}
      </div>
      <div class="hedu-board-tools">
        <span class="text-secondary small hedu-board-clock">${say("refreshedAt", { at: clock })}</span>
        ${button("refresh", say("refreshAll"), () => deeds.refresh(true))}
        ${button(isFull ? "arrows-minimize" : "arrows-maximize", say(isFull ? "exitFullScreen" : "fullScreen"), () => void deeds.full())}
        ${props.canEdit && props.saveUrl && !board.editing ? html`<button type="button" class="btn btn-sm hedu-board-edit" @click=${() => void deeds.edit()}>${icon("edit", "icon-sm")}${say("editBoard")}</button>` : nothing}
        ${
          board.editing
            ? html`<button
                  type="button"
                  class="btn btn-sm"
                  ?disabled=${board.saving}
                  @click=${() => void deeds.discard()}
                >
                  ${say("cancel")}
                </button>
                <button
                  type="button"
                  class="btn btn-sm btn-primary"
                  ?disabled=${board.saving}
                  @click=${() => void deeds.save()}
                >
                  ${icon("device-floppy", "icon-sm")}${say("save")}
                </button>`
            : nothing
        }
      </div>
    </div>
    ${board.editing ? html`<p class="text-secondary small mb-2">${say("tileKeys")}</p>` : nothing}
    ${
      board.tiles.length
        ? nothing
        : html`<div class="empty">
            <div class="empty-icon">${icon("layout-dashboard")}</div>
            <p class="empty-title">${say("emptyBoard")}</p>
            <p class="empty-subtitle text-secondary">${say("emptyBoardText")}</p>
            ${props.exploreUrl ? html`<div class="empty-action"><a class="btn btn-primary" href=${props.exploreUrl}>${say("goExplore")}</a></div>` : nothing}
          </div>`
    }`;
}
