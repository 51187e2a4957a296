import { describe, expect, it } from "vitest";
import { crossOf, reached, sameCross, type TileData } from "../src/board/state";
import { Queue } from "../src/board/queue";
import type { Column } from "../src/data/result";

const tile: TileData = {
  id: 1,
  title: "收入",
  x: 0,
  y: 0,
  w: 4,
  h: 2,
  view: { question: { metrics: ["revenue"], where: ["channel = 'a'"], since: "2025", until: "2025" } },
};
const region: Column = { name: "customer.region", role: "dimension", label: "区域", type: "text" };
const month: Column = { name: "metric_time.month", role: "dimension", label: "月", type: "date", grain: "month" };

describe("a board's filters", () => {
  const filter = { path: "customer.region", operator: "in" as const, values: ["华东"], type: "text" };

  it("narrow a tile that has the dimension", () => {
    expect(reached(tile, [filter], new Map(), [], () => true).question.where).toEqual([
      "channel = 'a'",
      "customer.region = '华东'",
    ]);
  });

  it("are named on a tile that lacks it", () => {
    const reach = reached(tile, [filter], new Map([["customer.region", "客户区域"]]), [], () => false);
    expect(reach.absent).toEqual(["客户区域"]);
    expect(reach.question.where).toEqual(["channel = 'a'"]);
  });

  it("set the time through its own range", () => {
    const time = { path: "metric_time", operator: "between" as const, values: ["2026-01-01", ""], type: "date" };
    const { question } = reached(tile, [time], new Map(), [], () => false);
    expect([question.since, question.until]).toEqual(["2026-01-01", "2025"]);
  });
});

describe("a cross-filter", () => {
  it("reaches the other tiles and not its own", () => {
    const crosses = crossOf(tile, [{ column: region, value: null }], "zh");
    expect(crosses[0]).toMatchObject({ label: "区域: （空）", expression: "customer.region IS NULL" });
    expect(reached(tile, [], new Map(), crosses, () => true).question.where).toEqual(["channel = 'a'"]);
    expect(reached({ ...tile, id: 2 }, [], new Map(), crosses, () => true).question.where).toContain(
      "customer.region IS NULL",
    );
  });

  it("prefers the group to the month it was clicked in, and takes the month alone", () => {
    const picks = [
      { column: month, value: "2026-03-01" },
      { column: region, value: "华东" },
    ];
    expect(crossOf(tile, picks, "en").map((cross) => cross.path)).toEqual(["customer.region"]);
    const [cross] = crossOf(tile, picks.slice(0, 1), "en");
    expect(cross).toMatchObject({ since: "2026-03", until: "2026-03", label: "月: Mar 2026" });
    expect(sameCross(crossOf(tile, picks, "zh"), crossOf(tile, picks, "zh"))).toBe(true);
  });
});

describe("the queue", () => {
  it("runs no more than it may at once, and all in the end", async () => {
    const queue = new Queue(2);
    let running = 0;
    let most = 0;
    let done = 0;
    await new Promise<void>((resolve) => {
      for (let index = 0; index < 6; index += 1)
        queue.add(async () => {
          most = Math.max(most, ++running);
          await new Promise((wait) => setTimeout(wait, 2));
          running -= 1;
          if (++done === 6) resolve();
        });
    });
    expect(most).toBe(2);
  });
});
