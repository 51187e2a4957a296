import { describe, expect, it } from "vitest";
import { drawCartesian } from "../src/chart/cartesian";
import type { Scene } from "../src/chart/drawing";
import type { Look } from "../src/chart/look";
import type { Cell, Column } from "../src/data/result";

const look: Look = {
  dark: false,
  text: "#000",
  muted: "#555",
  line: "#ddd",
  surface: "#fff",
  palette: ["#111", "#222"],
  good: "#0a0",
  bad: "#a00",
  still: true,
  font: "sans",
  ramp: ["#fff", "#000"],
  diverging: ["#a00", "#fff", "#00a"],
};
const quarter: Column = { name: "metric_time.quarter", role: "dimension", label: "季", type: "date", grain: "quarter" };
const product: Column = { name: "product", role: "dimension", label: "产品", type: "text" };
const revenue: Column = { name: "revenue", role: "metric", label: "收入", type: "number", unit: "CNY", additive: true };
const margin: Column = {
  name: "margin",
  role: "metric",
  label: "利润率",
  type: "number",
  unit: "ratio",
  additive: false,
};

function scene(columns: Column[], rows: Cell[][], width = 900): Scene {
  return { data: { columns, rows }, options: { brush: true }, look, lang: "zh", width, height: 320 };
}

type Axis = { data: string[]; axisLabel: { formatter: (id: string, index: number) => string } };

describe("axis labels", () => {
  it("name the value they stand at, wherever a zoom begins to count", () => {
    const rows = ["2024-07-01", "2024-10-01", "2025-01-01", "2025-04-01"].map((day, index) => [day, index + 1]);
    const axis = drawCartesian(scene([quarter, revenue], rows), "line").option.xAxis as Axis;
    expect(axis.axisLabel.formatter("2025-04-01", 0)).toBe("2季度");
    expect(axis.axisLabel.formatter("2025-01-01", 0)).toBe("2025年\n1季度");
  });

  it("hold for many bars, scrolled", () => {
    const rows = Array.from({ length: 50 }, (_, index) => [`产品 ${index}`, 100 - index]);
    const drawing = drawCartesian(scene([product, revenue], rows), "bar");
    const axis = drawing.option.yAxis as Axis;
    expect(axis.axisLabel.formatter(axis.data[40] ?? "", 3)).toBe("产品 40");
    expect(drawing.picksAt(0, 40)).toEqual([{ column: product, value: "产品 40" }]);
  });
});

describe("stacks", () => {
  it("are refused to what does not add up, and the note says so", () => {
    const rows = [
      ["2024-07-01", "a", 0.2],
      ["2024-07-01", "b", 0.3],
    ];
    const drawing = drawCartesian(scene([quarter, product, margin], rows), "stacked");
    expect(drawing.notes.join()).toContain("不可相加");
    for (const series of drawing.option.series as { stack?: string }[]) expect(series.stack).toBeUndefined();
  });

  it("are drawn for what does", () => {
    const rows = [
      ["2024-07-01", "a", 2],
      ["2024-07-01", "b", 3],
    ];
    const drawing = drawCartesian(scene([quarter, product, revenue], rows), "stacked");
    expect(drawing.notes).toEqual([]);
    for (const series of drawing.option.series as { stack?: string }[]) expect(series.stack).toBe("all");
  });
});

describe("two units", () => {
  it("have an axis each", () => {
    const option = drawCartesian(scene([quarter, revenue, margin], [["2024-07-01", 5, 0.2]]), "line").option;
    expect((option.yAxis as unknown[]).length).toBe(2);
    expect((option.series as { yAxisIndex?: number }[]).map((series) => series.yAxisIndex)).toEqual([0, 1]);
  });

  it("never leave a third on an axis that is not its own", () => {
    const orders: Column = { ...revenue, name: "orders", label: "订单数", unit: "单" };
    const drawing = drawCartesian(scene([quarter, revenue, margin, orders], [["2024-07-01", 5, 0.2, 7]]), "line");
    expect((drawing.option.series as { name: string }[]).map((series) => series.name)).toEqual(["收入", "利润率"]);
    expect(drawing.notes.join()).toContain("订单数");
  });
});
