/** What every drawn kind shares: the frame of an ECharts option. */

import type { EChartsOption } from "echarts";
import type { Answer, Column } from "../data/result";
import type { Lang } from "../text/language";
import { wording } from "../text/language";
import type { Look } from "./look";
import type { ChartOptions, Pick } from "./spec";

export interface Scene {
  data: Answer;
  options: ChartOptions;
  look: Look;
  lang: Lang;
  width: number;
  height: number;
}

export interface Drawing {
  option: EChartsOption;
  /** The dimension values behind a mark. */
  picksAt: (seriesIndex: number, dataIndex: number) => Pick[];
  /** The axis values as sent, for brushing; `view` is told which of them are in sight. */
  times?: { keys: readonly (string | null)[]; view: (first: number, last: number) => void };
  notes: string[];
  /** The height it needs to stay legible, when that is more than was asked. */
  tall?: number;
  /** The whole drawing in one sentence, for those who do not see it. */
  summary: string;
}

/** Something that cannot be drawn honestly from this answer, in words. */
export class CannotDraw extends Error {}

export function frame(scene: Scene): EChartsOption {
  const { look } = scene;
  return {
    animation: !look.still,
    animationDuration: 250,
    animationDurationUpdate: 200,
    color: [...look.palette],
    textStyle: { fontFamily: look.font, color: look.text, fontSize: 12 },
    tooltip: {
      confine: true,
      appendTo: "body",
      backgroundColor: look.surface,
      borderColor: look.line,
      borderWidth: 1,
      padding: [8, 12],
      textStyle: { color: look.text, fontSize: 12, fontFamily: look.font },
      extraCssText: "box-shadow:0 4px 16px rgba(0,0,0,.14);border-radius:6px;z-index:1090;max-width:min(92vw,420px)",
      transitionDuration: 0,
    },
  };
}

export function legend(scene: Scene, names: readonly string[], top = 0): EChartsOption["legend"] {
  const { look } = scene;
  return {
    show: names.length > 1,
    type: "scroll",
    top,
    left: 0,
    right: 8,
    data: [...names],
    itemWidth: 16,
    itemHeight: 8,
    itemGap: 14,
    textStyle: { color: look.text, overflow: "truncate", width: Math.min(180, scene.width / 3) },
    pageIconColor: look.text,
    pageIconInactiveColor: look.line,
    pageTextStyle: { color: look.muted },
    tooltip: { show: false },
  };
}

export function valueAxisStyle(look: Look) {
  return {
    axisLine: { show: false },
    axisTick: { show: false },
    splitLine: { lineStyle: { color: look.line } },
    axisLabel: { color: look.muted, hideOverlap: true },
    nameTextStyle: { color: look.muted, align: "left" as const, padding: [0, 0, 0, 0] },
  };
}

export function categoryAxisStyle(look: Look) {
  return {
    axisLine: { lineStyle: { color: look.line } },
    axisTick: { show: false },
    axisLabel: { color: look.muted, hideOverlap: true },
  };
}

export function hiddenNote(scene: Scene, hidden: number, shown: number): string[] {
  return hidden > 0 ? [wording(scene.lang, "topOnly", { shown, all: shown + hidden })] : [];
}

/** The metric columns' names in one breath. */
export function namesOf(columns: readonly Column[], lang: Lang): string {
  return columns.map((column) => column.label).join(lang === "zh" ? "、" : ", ");
}

/** How wide a text will be, roughly, in units of a Latin letter. */
export function textWidth(text: string): number {
  let width = 0;
  for (const letter of text) width += letter.charCodeAt(0) > 0x2e80 ? 2 : 1;
  return width;
}

/** Labels keep their own width until they would take too much of the room. */
export function truncation(names: readonly string[], most: number) {
  const longest = Math.max(0, ...names.map(textWidth)) * 6.6;
  return longest > most ? { width: most, overflow: "truncate" as const } : {};
}
