/** A mark someone picked -> what they may do with it. */

import { groupName, isTime } from "../data/result";
import { joinGrain, splitGrain, startingGrain } from "../data/question";
import { equals, fromExpression } from "../data/where";
import type { Pick } from "../chart/spec";
import { showMenu, type MenuItem } from "../shell/menu";
import { say, type MessageKey } from "../text/language";
import { periodEnd, periodText } from "../text/time";
import type { Deeds } from "./deeds";
import { nameOf, rowsOf, type Desk, type Dimension } from "./desk";

const FINER: Record<string, string> = { year: "quarter", quarter: "month", month: "day", week: "day", day: "hour" };

/** Narrow the question to one group of a dimension. */
function narrowed(desk: Desk, pick: Pick): { where?: string[]; since?: string | null; until?: string | null } {
  if (isTime(pick.column) && typeof pick.value === "string" && /^metric_time\b/.test(pick.column.name))
    return { since: periodText(pick.value, pick.column.grain), until: periodEnd(pick.value, pick.column.grain) };
  const where = equals(pick.column.name, pick.value, pick.column.type);
  return { where: [...desk.question.where.filter((each) => fromExpression(each)?.path !== pick.column.name), where] };
}

export function drillMenu(desk: Desk, deeds: Deeds, picks: Pick[], at: { x: number; y: number }): void {
  const items: MenuItem[] = [];
  const name = (pick: Pick) => groupName(pick.column, pick.value, desk.lang);
  const apply = (part: ReturnType<typeof narrowed>, by?: string[]) => {
    deeds.change({ ...part, ...(by ? { by, order: [] } : {}) });
    desk.rows = rowsOf(desk.question, desk.dimensions);
    deeds.repaint();
  };
  for (const pick of picks.slice(0, 2)) {
    items.push({ label: say("keepOnly", { value: name(pick) }), run: () => apply(narrowed(desk, pick)) });
    if (!isTime(pick.column) && pick.value !== null)
      items.push({
        label: say("exclude", { value: name(pick) }),
        run: () =>
          apply({
            where: [
              ...desk.question.where,
              equals(pick.column.name, pick.value, pick.column.type).replace(" = ", " != "),
            ],
          }),
      });
  }
  const first = picks[0];
  if (!first) return;
  items.push({ label: say("drillInto", { value: name(first) }), run: () => undefined, quiet: true });
  for (const [label, by] of steps(desk, first)) items.push({ label, run: () => apply(narrowed(desk, first), by) });
  showMenu(items, at, say("drillInto", { value: name(first) }));
}

/** Where one may go from here: a finer grain, or a dimension not used yet in place of this one. */
function steps(desk: Desk, pick: Pick): [string, string[]][] {
  const { question } = desk;
  const swap = (to: string) => question.by.map((by) => (by === pick.column.name ? to : by));
  const { path, grain } = splitGrain(pick.column.name);
  const own = desk.dimensions.find((dimension) => dimension.path === path);
  const finer = grain ? FINER[grain] : undefined;
  const found: [string, string[]][] = [];
  if (own && finer && own.grains.includes(finer))
    found.push([`${own.label} · ${say(`grain_${finer}` as MessageKey)}`, swap(joinGrain(path, finer))]);
  const used = new Set(question.by.map((by) => splitGrain(by).path));
  const free = desk.dimensions.filter((dimension: Dimension) => !used.has(dimension.path));
  for (const dimension of free.slice(0, 14))
    found.push([nameOf(dimension, desk.dimensions), swap(joinGrain(dimension.path, startingGrain(dimension.grains)))]);
  return found;
}
