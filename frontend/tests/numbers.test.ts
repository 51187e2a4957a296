import { describe, expect, it } from "vitest";
import {
  columnDecimals,
  fullNumber,
  percent,
  columnScale,
  plainNumber,
  shortNumber,
  signed,
  signedPercent,
  tickNumber,
  unitName,
} from "../src/text/numbers";

describe("short numbers", () => {
  it.each([
    [123_456, "CNY", "12.3万元", "¥123K"],
    [456_000_000, "CNY", "4.56亿元", "¥456M"],
    [2_332_275_675, "CNY", "23.3亿元", "¥2.33B"],
    [1_234_567_890_123, "CNY", "1.23万亿元", "¥1.23T"],
    [8_667, "CNY", "8,667元", "¥8,667"],
    [99_999.96, null, "10万", "100K"],
    [99_999_999, null, "1亿", "100M"],
    [-56_789, "单", "−5.68万单", "−56.8K单"],
    [0, "CNY", "0元", "¥0"],
    [0.125, "ratio", "12.5%", "12.5%"],
    [0.3, "percent", "30.0%", "30.0%"],
    [85, "%", "85%", "85%"],
    [3.5, "天", "3.5天", "3.5天"],
    [14_200, "CNY/单", "1.42万元/单", "¥14.2K/单"],
    [12, "件/小时", "12件/小时", "12件/小时"],
  ])("%s %s", (value, unit, zh, en) => {
    expect(shortNumber(value, { unit }, "zh")).toBe(zh);
    expect(shortNumber(value, { unit }, "en")).toBe(en);
  });

  it("shows no number that is none", () => {
    expect(shortNumber(Number.NaN, {}, "zh")).toBe("–");
    expect(fullNumber(Number.POSITIVE_INFINITY, {}, "en")).toBe("–");
  });
});

describe("full numbers", () => {
  it("keeps what matters and the unit's place", () => {
    expect(fullNumber(1_234_567.891, { unit: "CNY" }, "zh")).toBe("¥1,234,568");
    expect(fullNumber(1_234.5, { unit: "CNY" }, "en")).toBe("¥1,234.5");
    expect(fullNumber(-1_234.5, { unit: "USD" }, "en")).toBe("−$1,234.5");
    expect(fullNumber(0.12345, { unit: "ratio" }, "en")).toBe("12.35%");
    expect(plainNumber(12, { unit: "CNY", decimals: 2 }, "zh")).toBe("12.00");
    expect(columnScale([2.5e6, 3], "CNY/单", "zh")).toEqual({ scale: 1e4, unit: "万元/单" });
    expect(columnScale([3e10], "CNY", "zh")).toEqual({ scale: 1e8, unit: "亿元" });
    expect(columnScale([2.5e6], "USD", "en")).toEqual({ scale: 1e3, unit: "$K" });
    expect(columnScale([2.5e9], "件", "zh")).toEqual({ scale: 1, unit: "件" });
    expect(columnScale([999, NaN], "CNY", "zh")).toEqual({ scale: 1, unit: "元" });
  });

  it("names the unit for a header", () => {
    expect(unitName("CNY", "zh")).toBe("元");
    expect(unitName("cny", "en")).toBe("¥");
    expect(unitName("ratio", "zh")).toBe("");
    expect(unitName("件", "en")).toBe("件");
    expect(unitName(null, "en")).toBe("");
  });
});

describe("changes", () => {
  it("carries its sign and counts fractions in points", () => {
    expect(signed(-0.005, { unit: "ratio" }, "zh")).toBe("−0.5个百分点");
    expect(signed(0.02, { unit: "ratio" }, "en")).toBe("+2 pp");
    expect(signed(32_000, { unit: "CNY" }, "zh")).toBe("+3.2万元");
    expect(signedPercent(0.1234, "zh")).toBe("+12.3%");
    expect(signedPercent(0.0004, "zh")).toBe("+0.04%");
    expect(signedPercent(0, "en")).toBe("±0%");
    expect(signed(-0.0003, { unit: "ratio" }, "en")).toBe("−0.03 pp");
    expect(signed(-0.000004, { unit: "ratio" }, "en")).toBe("±0 pp");
    expect(percent(0, "en")).toBe("0%");
  });
});

describe("ticks of an axis", () => {
  it("share the scale of the greatest", () => {
    expect(tickNumber(50_000_000, 230_000_000, { unit: "CNY" }, "zh")).toBe("0.5亿元");
    expect(tickNumber(0, 230_000_000, { unit: "CNY" }, "zh")).toBe("0");
    expect(tickNumber(1_500, 9_000, { unit: null }, "en")).toBe("1.5K");
    expect(tickNumber(0.25, 0.4, { unit: "ratio" }, "en")).toBe("25%");
  });
});

describe("a column's decimals", () => {
  it("suit all its cells", () => {
    expect(columnDecimals([1, 20, 300], null)).toBe(0);
    expect(columnDecimals([1.5, 20_000], null)).toBe(0);
    expect(columnDecimals([12.345, 99.9], "CNY")).toBe(2);
    expect(columnDecimals([0.12, 0.5], "ratio")).toBe(1);
    expect(columnDecimals([0.001, 0.0123], "ratio")).toBe(2);
    expect(columnDecimals([], null)).toBe(0);
  });
});
