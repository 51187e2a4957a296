/** Which periods of a time axis are named, and where the year stands. */

import type { Lang } from "../text/language";
import { periodTick } from "../text/time";

const MONTH_STEPS = [1, 2, 3, 6, 12, 24, 36, 60, 120];
const QUARTER_STEPS = [1, 2, 4, 8, 12, 20, 40];
const PLAIN_STEPS = [1, 2, 3, 5, 7, 10, 14, 21, 30, 60, 90, 180, 365];

export interface Ticks {
  shows(index: number): boolean;
  label(index: number): string;
  /** Only these indices are in view now. */
  view(first: number, last: number): void;
}

/** Steps fall on Januaries and first quarters, so that a year is named where it begins. */
export function timeTicks(
  keys: readonly (string | null)[],
  grain: string | null | undefined,
  lang: Lang,
  width: number,
): Ticks {
  const room = lang === "zh" ? 50 : 44;
  let shown = new Set<number>();
  let years = new Set<number>();
  const at = (index: number): number => {
    const key = keys[index] ?? "";
    const month = Number(key.slice(0, 4)) * 12 + Number(key.slice(5, 7)) - 1;
    return grain === "month" ? month : grain === "quarter" ? Math.floor(month / 3) : index;
  };
  const steps = grain === "month" ? MONTH_STEPS : grain === "quarter" ? QUARTER_STEPS : PLAIN_STEPS;
  const isHourly = grain === "hour" || grain === "minute" || grain === "second";
  const view = (first: number, last: number) => {
    const fit = Math.max(2, Math.floor(width / room));
    const count = last - first + 1;
    const step = steps.find((each) => Math.ceil(count / each) <= fit) ?? Math.ceil(count / fit);
    const picked: number[] = [];
    for (let index = first; index <= last; index += 1)
      if (keys[index] === null || at(index) % step === 0) picked.push(index);
    // So short a stretch that no step falls into it.
    if (!picked.length) picked.push(first);
    shown = new Set(picked);
    const part = (index: number) => (keys[index] ?? "").slice(0, isHourly ? 10 : 4);
    years = new Set(picked.filter((index, place) => place === 0 || part(index) !== part(picked[place - 1] ?? 0)));
  };
  view(0, keys.length - 1);
  return {
    shows: (index) => shown.has(index),
    label: (index) => periodTick(keys[index] ?? "", grain, lang, years.has(index)),
    view,
  };
}
