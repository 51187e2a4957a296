/** What a board holds, and which of its filters reach which tile. */

import { asQuestion, type Question } from "../data/question";
import { equals, toExpression, type Filter } from "../data/where";
import type { Pick } from "../chart/spec";
import { groupName, isTime } from "../data/result";
import type { Lang } from "../text/language";
import { periodEnd, periodText } from "../text/time";

export interface TileData {
  id: number | string;
  title: string;
  text?: string;
  view?: { question: unknown; chart?: { kind?: string; options?: object } } | null;
  x: number;
  y: number;
  w: number;
  h: number;
}

export interface BoardFilter {
  path: string;
  label: string;
  type?: string;
  values?: (string | number | boolean | null)[];
}

export interface BoardProps {
  title?: string;
  tiles?: TileData[];
  filters?: BoardFilter[];
  askUrl: string;
  dimensionsUrl: string;
  valuesUrl: string;
  saveUrl?: string;
  version?: number;
  canEdit?: boolean;
  exploreUrl?: string;
}

/** One group somebody clicked on a tile; it narrows the other tiles. */
export interface Cross {
  tile: TileData["id"];
  from: string;
  label: string;
  path: string;
  expression: string;
  since: string | null;
  until: string | null;
}

const TIME = "metric_time";

export function crossOf(tile: TileData, picks: readonly Pick[], lang: Lang): Cross[] {
  const plain = picks.filter((pick) => !isTime(pick.column));
  const used = plain.length ? plain : picks.slice(0, 1);
  return used.map((pick) => {
    const shared = {
      tile: tile.id,
      from: tile.title,
      label: `${pick.column.label}: ${groupName(pick.column, pick.value, lang)}`,
      since: null,
      until: null,
    };
    const path = pick.column.name;
    if (isTime(pick.column) && typeof pick.value === "string")
      return {
        ...shared,
        path: TIME,
        expression: "",
        since: periodText(pick.value, pick.column.grain),
        until: periodEnd(pick.value, pick.column.grain),
      };
    return { ...shared, path, expression: equals(path, pick.value, pick.column.type) };
  });
}

export function sameCross(one: readonly Cross[], other: readonly Cross[]): boolean {
  const key = (crosses: readonly Cross[]) =>
    crosses.map((each) => `${each.tile}|${each.expression}|${each.since}`).join();
  return one.length > 0 && key(one) === key(other);
}

export interface Reach {
  question: Question;
  /** Labels of the filters that could not apply. */
  absent: string[];
}

/** The tile's question under the board's filters; filters on dimensions it lacks are named, never dropped in silence. */
export function reached(
  tile: TileData,
  filters: readonly Filter[],
  labels: ReadonlyMap<string, string>,
  crosses: readonly Cross[],
  has: (path: string) => boolean,
): Reach {
  const question = asQuestion(tile.view?.question);
  const absent: string[] = [];
  const where = [...question.where];
  let { since, until } = question;
  for (const filter of filters) {
    const expression = toExpression(filter);
    if (!expression) continue;
    if (filter.path === TIME && filter.operator === "between") {
      since = filter.values[0] || since;
      until = filter.values[1] || until;
    } else if (has(filter.path)) where.push(expression);
    else absent.push(labels.get(filter.path) ?? filter.path);
  }
  for (const cross of crosses.filter((each) => each.tile !== tile.id)) {
    if (cross.path === TIME) [since, until] = [cross.since, cross.until];
    else if (has(cross.path)) where.push(cross.expression);
    else absent.push(cross.label);
  }
  return { question: { ...question, where, since, until }, absent };
}

/** Tiles in reading order, for one column and for the keyboard. */
export function inReadingOrder(tiles: readonly TileData[]): TileData[] {
  return [...tiles].sort((one, other) => one.y - other.y || one.x - other.x);
}
