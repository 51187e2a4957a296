/** What people do at the desk; `repaint` shows it, `change` also asks. */

import { asFault, getJson, isAbort, sendJson, withQuery } from "../data/http";
import { joinGrain, startingGrain, type Question } from "../data/question";
import { asAnswer, type Answer, type Unmatched } from "../data/result";
import { asKind, type Kind } from "../chart/spec";
import { toast } from "../shell/toast";
import {
  addressOf,
  NO_CHOICES,
  remember,
  rowsOf,
  tidied,
  travel,
  whereOf,
  type Choices,
  type Desk,
  type Dimension,
  type FilterRow,
  type Metric,
} from "./desk";

export interface Deeds {
  repaint(): void;
  /** The first metric: over its own time, where it has one. */
  begin(metric: string): void;
  change(part: Partial<Question>): void;
  setKind(kind: Kind): void;
  setRows(rows: FilterRow[], ask: boolean): void;
  undo(way: "past" | "future"): void;
  run(): void;
  cancel(): void;
  /** Count the rows of the answer that a join found no partner for. */
  countUnmatched(): void;
  searchMetrics(text: string): void;
  stop(): void;
}

function listOf<T>(body: unknown, key: string): T[] {
  if (Array.isArray(body)) return body as T[];
  const held = (body as Record<string, unknown> | null)?.[key];
  return Array.isArray(held) ? (held as T[]) : [];
}

export function makeDeeds(desk: Desk, repaint: () => void): Deeds {
  let askTimer = 0;
  let searchTimer = 0;
  let searching: AbortController | null = null;
  let offered = "";
  const singles = new Map<string, Promise<Dimension[]>>();

  const offeredChoices = new Map<string, Choices>();

  const dimensionsFor = (metrics: readonly string[]): Promise<Dimension[]> => {
    const key = metrics.join(",");
    const held = singles.get(key);
    if (held) return held;
    const asked = getJson<unknown>(withQuery(desk.props.dimensionsUrl, { metrics: key })).then((body) => {
      const told = (body as { choices?: Partial<Choices> } | null)?.choices;
      offeredChoices.set(key, { ...NO_CHOICES, ...told });
      return listOf<Dimension>(body, "dimensions").map((each) => ({ ...each, grains: each.grains ?? [] }));
    });
    asked.catch(() => singles.delete(key));
    singles.set(key, asked);
    return asked;
  };

  /** Offer the dimensions all metrics share; keep the others with the names of the metrics that lack them. */
  const offerDimensions = async () => {
    const metrics = desk.question.metrics;
    const key = metrics.join(",");
    if (key === offered) return;
    offered = key;
    try {
      const [joint, ...each] = await Promise.all([
        dimensionsFor(metrics),
        ...(metrics.length > 1 ? metrics.map((metric) => dimensionsFor([metric])) : []),
      ]);
      if (offered !== key) return;
      desk.choices = offeredChoices.get(key) ?? NO_CHOICES;
      const shared = new Set(joint?.filter((one) => one.compatible !== false).map((one) => one.path));
      desk.dimensions = (joint ?? []).filter((one) => shared.has(one.path));
      desk.lacking = new Map();
      for (const one of (joint ?? []).filter((one) => one.compatible === false))
        desk.lacking.set(one.path, { dimension: one, metrics: [] });
      for (const one of each.flat()) {
        if (shared.has(one.path) || desk.lacking.has(one.path)) continue;
        const lack = metrics.filter((_, index) => !each[index]?.some((other) => other.path === one.path));
        desk.lacking.set(one.path, { dimension: one, metrics: lack });
      }
      const written = desk.rows.some((row) => !whereOf([row]).length);
      if (!written)
        desk.rows = rowsOf(desk.question, desk.dimensions).map((row, index) => ({
          ...row,
          id: desk.rows[index]?.id ?? row.id,
        }));
    } catch (error) {
      offered = "";
      if (!isAbort(error)) desk.fault = asFault(error);
    }
    repaint();
  };

  const ask = async () => {
    desk.busy?.abort();
    desk.busy = null;
    desk.fault = null;
    if (!desk.question.metrics.length) {
      desk.answer = null;
      return repaint();
    }
    const mine = (desk.busy = new AbortController());
    const question = desk.question;
    desk.slow = false;
    const slow = window.setTimeout(() => ((desk.slow = true), repaint()), 400);
    repaint();
    try {
      desk.answer = asAnswer(await sendJson<Answer>("POST", desk.props.askUrl, question, mine.signal));
      desk.answered = question;
    } catch (error) {
      if (!isAbort(error)) desk.fault = asFault(error);
    } finally {
      clearTimeout(slow);
      if (desk.busy === mine) {
        desk.busy = null;
        desk.slow = false;
        repaint();
      }
    }
  };

  const countUnmatched = async () => {
    const receipt = desk.answer?.receipt;
    if (!receipt) return;
    try {
      const told = await sendJson<unknown>("POST", desk.props.unmatchedUrl, desk.answered);
      receipt.unmatched = listOf<Unmatched>(told, "unmatched");
    } catch (error) {
      if (!isAbort(error)) toast(asFault(error).what, "danger");
    }
    repaint();
  };

  const soon = () => {
    window.history.replaceState(window.history.state, "", addressOf(desk));
    void offerDimensions();
    clearTimeout(askTimer);
    askTimer = window.setTimeout(() => void ask(), 180);
    repaint();
  };

  const deeds: Deeds = {
    repaint,
    change(part) {
      remember(desk);
      desk.question = tidied({ ...desk.question, ...part });
      soon();
    },
    begin(metric) {
      void dimensionsFor([metric])
        .catch(() => [])
        .then((dimensions: Dimension[]) => {
          const time = dimensions.find((each) => each.path === "metric_time");
          deeds.change({ metrics: [metric], by: time ? [joinGrain(time.path, startingGrain(time.grains))] : [] });
        });
    },
    setKind(kind) {
      if (kind === desk.kind) return;
      remember(desk);
      desk.kind = asKind(kind);
      desk.asTable = false;
      window.history.replaceState(window.history.state, "", addressOf(desk));
      repaint();
    },
    setRows(rows, asks) {
      desk.rows = rows;
      const where = whereOf(rows);
      if (asks && where.join("\n") !== desk.question.where.join("\n")) deeds.change({ where });
      else repaint();
    },
    undo(way) {
      if (travel(desk, way)) soon();
    },
    run: () => void ask(),
    countUnmatched: () => void countUnmatched(),
    cancel() {
      desk.busy?.abort();
      desk.busy = null;
      desk.slow = false;
      repaint();
    },
    searchMetrics(text) {
      desk.metricSearch = text;
      clearTimeout(searchTimer);
      searchTimer = window.setTimeout(
        async () => {
          searching?.abort();
          searching = new AbortController();
          try {
            desk.found = listOf<Metric>(
              await getJson<unknown>(withQuery(desk.props.catalogUrl, { q: text }), searching.signal),
              "metrics",
            );
            for (const metric of desk.found) desk.known.set(metric.name, metric);
          } catch (error) {
            if (isAbort(error)) return;
            desk.fault = asFault(error);
          }
          repaint();
        },
        text ? 160 : 0,
      );
    },
    stop() {
      clearTimeout(askTimer);
      clearTimeout(searchTimer);
      searching?.abort();
      desk.busy?.abort();
    },
  };
  return deeds;
}
