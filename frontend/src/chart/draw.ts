/** ChartSpec -> something on the page that lives: drawn, redrawn on resize and theme, destroyed. */

import { html, render } from "lit-html";
import { icon } from "../shell/icon";
import type { Lang } from "../text/language";
import { wording } from "../text/language";
import { drawCartesian } from "./cartesian";
import { CannotDraw, type Drawing, type Scene } from "./drawing";
import type { EChartsType } from "./echarts";
import { indicator } from "./indicator";
import { followLook, pageLook } from "./look";
import { drawHeatmap, drawScatter } from "./matrix";
import { drawBullet, drawSankey, drawWaterfall } from "./parts";
import type { ChartEvents, ChartSpec } from "./spec";
import { showTable, type TableView } from "./table";

export interface Chart {
  update(spec: ChartSpec): Promise<void>;
  /** The drawing as a PNG data URL, null where there is none. */
  png(): string | null;
  destroy(): void;
}

function drawingOf(scene: Scene, spec: ChartSpec): Drawing {
  switch (spec.kind) {
    case "heatmap":
      return drawHeatmap(scene);
    case "scatter":
      return drawScatter(scene);
    case "waterfall":
      return drawWaterfall(scene);
    case "bullet":
      return drawBullet(scene);
    case "sankey":
      return drawSankey(scene);
    default:
      return drawCartesian(scene, spec.kind);
  }
}

/** A chart in `host`, which gets a body for it and a line of notes. */
export function startChart(host: HTMLElement, lang: Lang, events: ChartEvents = {}): Chart {
  const body = document.createElement("div");
  const notes = document.createElement("div");
  body.className = "hedu-chart-body";
  notes.className = "hedu-chart-notes text-secondary small";
  host.append(body, notes);
  let spec: ChartSpec | null = null;
  let plot: EChartsType | null = null;
  let drawing: Drawing | null = null;
  let table: TableView | null = null;
  let gone = false;
  let turn = 0;

  const clear = () => {
    plot?.dispose();
    table?.destroy();
    plot = null;
    table = null;
    drawing = null;
    for (const name of ["role", "aria-label"]) body.removeAttribute(name);
  };
  const say = (text: string, name: string) => {
    clear();
    body.replaceChildren();
    render(
      html`<div class="hedu-chart-empty text-secondary" role="status">
        ${icon(name)}
        <div>${text}</div>
      </div>`,
      freshIn(body),
    );
    notes.textContent = "";
  };
  const paint = async () => {
    if (!spec || gone) return;
    const mine = ++turn;
    const { kind, data, options } = spec;
    if (!data.rows.length) return say(wording(lang, "emptyAnswer"), "database");
    if (kind === "indicator" || kind === "table") {
      notes.textContent = "";
      return paintHtml(kind);
    }
    const scene: Scene = {
      data,
      options,
      lang,
      look: pageLook(),
      width: body.clientWidth || 600,
      height: heightOf(spec),
    };
    let made: Drawing;
    try {
      made = drawingOf(scene, spec);
    } catch (error) {
      if (!(error instanceof CannotDraw)) throw error;
      return say(error.message, "info-circle");
    }
    notes.textContent = made.notes.join(lang === "zh" ? "；" : "; ");
    const room = options.fit ? Math.max(60, scene.height - notes.offsetHeight) : scene.height;
    const height = `${Math.min(4000, Math.max(room, made.tall ?? 0))}px`;
    if (!plot) {
      const { init } = await import("./echarts");
      if (gone || mine !== turn) return;
      table?.destroy();
      table = null;
      body.replaceChildren();
      const canvas = freshIn(body);
      canvas.className = "hedu-chart-canvas";
      // Its height comes first: an instance lays out its first drawing by the size it was born with.
      canvas.style.height = height;
      plot = init(canvas, null, { renderer: "canvas" });
      listen(plot);
    }
    drawing = made;
    plot.getDom().style.height = height;
    plot.resize();
    plot.setOption(made.option, { notMerge: true });
    body.setAttribute("role", "img");
    body.setAttribute("aria-label", drawing.summary);
  };
  const paintHtml = (kind: "indicator" | "table") => {
    if (!spec) return;
    if (kind === "indicator") {
      clear();
      body.replaceChildren();
      render(indicator(spec.data, spec.options, lang), freshIn(body));
      return;
    }
    if (!table) {
      clear();
      body.replaceChildren();
      table = showTable(freshIn(body), lang, events);
    }
    const frame = body.firstElementChild as HTMLElement;
    frame.style.maxHeight = spec.options.height ? `${spec.options.height}px` : "";
    table.update(spec.data, spec.options);
  };
  const listen = (made: EChartsType) => {
    made.on("click", (given) => {
      const at = given as unknown as { seriesIndex?: number; dataIndex?: number; event?: { event?: MouseEvent } };
      const picks = drawing?.picksAt(at.seriesIndex ?? 0, at.dataIndex ?? 0) ?? [];
      const mouse = at.event?.event;
      if (picks.length && spec?.options.picks) events.pick?.(picks, { x: mouse?.clientX ?? 0, y: mouse?.clientY ?? 0 });
    });
    made.on("datazoom", () => {
      const times = drawing?.times;
      const zoom = (made.getOption()["dataZoom"] as { startValue?: number; endValue?: number }[] | undefined)?.[0];
      if (!times) return;
      const since = times.keys[zoom?.startValue ?? 0];
      const until = times.keys[zoom?.endValue ?? 0];
      if (!since || !until) return;
      times.view(zoom?.startValue ?? 0, zoom?.endValue ?? 0);
      requestAnimationFrame(() => plot?.setOption({}));
      events.brush?.({ since, until });
    });
  };
  let width = 0;
  const sized = new ResizeObserver(() => {
    if (Math.abs(body.clientWidth - width) < 2 || !body.clientWidth) return;
    width = body.clientWidth;
    void paint();
  });
  sized.observe(body);
  const unfollow = followLook(() => void paint());
  return {
    update(next) {
      if (spec && (spec.kind === "table") !== (next.kind === "table")) clear();
      spec = next;
      return paint();
    },
    png() {
      return plot ? plot.getDataURL({ type: "png", pixelRatio: 2, backgroundColor: pageLook().surface }) : null;
    },
    destroy() {
      gone = true;
      sized.disconnect();
      unfollow();
      clear();
      body.remove();
      notes.remove();
    },
  };
}

function freshIn(body: HTMLElement): HTMLElement {
  const inner = document.createElement("div");
  body.append(inner);
  return inner;
}

/** Rows of lying bars want their own height; everything else fits a card. */
function heightOf(spec: ChartSpec): number {
  const asked = spec.options.height ?? 320;
  if (spec.kind === "bullet") return Math.max(Math.min(asked, 120), spec.data.rows.length * 34 + 40);
  return asked;
}
