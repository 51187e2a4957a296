import { describe, expect, it } from "vitest";
import { mayStack, shapeOf, totalAt } from "../src/chart/shape";
import { sortRows } from "../src/chart/table";
import { toCsv } from "../src/chart/takeaway";
import { knownUntil, type Answer, type Column } from "../src/data/result";
import { favour } from "../src/chart/look";

const month: Column = { name: "metric_time.month", role: "dimension", label: "月", type: "date", grain: "month" };
const region: Column = { name: "region", role: "dimension", label: "区域", type: "text" };
const revenue: Column = {
  name: "revenue",
  role: "metric",
  label: "收入",
  type: "number",
  unit: "CNY",
  additive: true,
  direction: "up",
};
const before: Column = { name: "revenue__previous", role: "comparison", label: "上期", type: "number", of: "revenue" };
const margin: Column = { name: "margin", role: "metric", label: "利润率", type: "number", unit: "ratio" };

describe("the shape of an answer", () => {
  it("puts time along the axis whatever the order, with its gaps", () => {
    const data: Answer = {
      columns: [region, month, revenue],
      rows: [
        ["东", "2026-01-01", 1],
        ["东", "2026-03-01", 3],
        [null, "2026-01-01", 5],
      ],
    };
    const shape = shapeOf(data, "zh");
    expect(shape.names).toEqual(["2026年1月", "2026年2月", "2026年3月"]);
    expect(shape.series.map((series) => [series.name, series.values])).toEqual([
      ["东", [1, null, 3]],
      ["（空）", [5, null, null]],
    ]);
  });

  it("keeps a comparison with its metric", () => {
    const data: Answer = { columns: [month, revenue, before], rows: [["2026-01-01", 2, 1]] };
    const shape = shapeOf(data, "en");
    expect(shape.series.map((series) => [series.column.name, series.behind, series.tint])).toEqual([
      ["revenue", false, 0],
      ["revenue__previous", true, 0],
    ]);
  });

  it("shows the greatest series and says how many it hides", () => {
    const rows = ["a", "b", "c", "d"].map((name, index) => ["2026-01-01", name, index]);
    const shape = shapeOf({ columns: [month, region, revenue], rows }, "zh", { top: 2 });
    expect(shape.series.map((series) => series.name)).toEqual(["c", "d"]);
    expect(shape.hidden).toBe(2);
  });

  it("tells apart a group named null from NULL, and 1 from '1'", () => {
    const shape = shapeOf(
      {
        columns: [region, revenue],
        rows: [
          ["null", 1],
          [null, 2],
          ["1", 3],
          [1, 4],
        ],
      },
      "en",
    );
    expect(shape.series[0]?.values).toEqual([1, 2, 3, 4]);
  });

  it("stacks only what adds up", () => {
    expect(mayStack({ columns: [region, revenue], rows: [] }, 1)).toBe(true);
    expect(mayStack({ columns: [region, margin], rows: [] }, 1)).toBe(false);
    const buyers: Column = { ...revenue, name: "buyers" };
    delete buyers.additive;
    expect(
      mayStack(
        {
          columns: [region, buyers],
          rows: [
            ["a", 2],
            ["b", 2],
          ],
          totals: [null, 3],
        },
        1,
      ),
    ).toBe(false);
    expect(
      mayStack(
        {
          columns: [region, buyers],
          rows: [
            ["a", 2],
            ["b", 1],
          ],
          totals: [null, 3],
        },
        1,
      ),
    ).toBe(true);
  });
});

describe("totals", () => {
  const parts = [
    ["a", 60],
    ["b", 60],
  ] as (string | number)[][];

  it("are found with and without the places of the dimensions", () => {
    expect(totalAt({ columns: [region, revenue], rows: [], totals: [null, 7] }, 1)).toBe(7);
    expect(totalAt({ columns: [region, revenue], rows: [], totals: [7] }, 1)).toBe(7);
    expect(totalAt({ columns: [region, revenue], rows: [] }, 1)).toBeNull();
  });

  it("deny stacking where groups overlap, not where rows were cut off", () => {
    expect(mayStack({ columns: [region, revenue], rows: parts, totals: [100] }, 1)).toBe(false);
    expect(mayStack({ columns: [region, revenue], rows: parts, totals: [500] }, 1)).toBe(true);
  });
});

describe("what data reach", () => {
  it("is the day of the newest load, and never the future", () => {
    const answer = (at: string): Answer => ({
      columns: [],
      rows: [],
      receipt: { watermarks: { a: "2020-01-01T08:00:00", b: at } },
    });
    expect(knownUntil(answer("2026-06-30T18:20:00+08:00"))).toBe("2026-06-30");
    expect(knownUntil(answer("9999-01-01")) <= "9000").toBe(true);
  });
});

describe("a table", () => {
  const data: Answer = {
    columns: [region, revenue],
    rows: [
      ["b", 2],
      ["a", null],
      [null, 10],
      ["c", 1],
    ],
  };

  it("sorts with NULL last both ways", () => {
    expect(sortRows(data, { column: 1, descending: true }).map((row) => row[1])).toEqual([10, 2, 1, null]);
    expect(sortRows(data, { column: 1, descending: false }).map((row) => row[1])).toEqual([1, 2, 10, null]);
    expect(sortRows(data, { column: 0, descending: true }).map((row) => row[0])).toEqual(["c", "b", "a", null]);
  });

  it("leaves as CSV with whole numbers, quoted texts and no formulas", () => {
    const csv = toCsv(
      {
        columns: [region, revenue],
        rows: [
          ['say "hi", then', 1234.5],
          ["=cmd()", null],
          [null, -1],
        ],
      },
      "zh",
    );
    expect(csv).toBe('区域,收入 (元)\r\n"say ""hi"", then",1234.5\r\n\'=cmd(),\r\n（空）,-1\r\n');
    const named = {
      columns: [
        { ...region, label: "＝1+1" },
        { ...revenue, label: "@x" },
      ],
      rows: [["\n=1", "-x"]],
    };
    expect(toCsv(named, "zh")).toBe("'＝1+1,'@x (元)\r\n\"'\n=1\",'-x\r\n");
  });
});

describe("a change", () => {
  it("is good or bad by the metric's direction", () => {
    expect(favour("up", 1)).toBe("good");
    expect(favour("down", 1)).toBe("bad");
    expect(favour("down", -1)).toBe("good");
    expect(favour("none", 1)).toBe("none");
    expect(favour("up", 0)).toBe("none");
  });
});
