import { describe, expect, it } from "vitest";
import { timeTicks } from "../src/chart/ticks";
import { unbroken } from "../src/text/time";

const months = unbroken(["2023-12-01", "2026-10-01"], "month");

function named(width: number): string[] {
  const ticks = timeTicks(months, "month", "zh", width);
  return months.flatMap((_, index) => (ticks.shows(index) ? [ticks.label(index)] : []));
}

describe("a time axis", () => {
  it("names each year where its first shown period stands", () => {
    expect(named(600).filter((text) => text.includes("年"))).toEqual(["1月\n2024年", "1月\n2025年", "1月\n2026年"]);
    expect(named(600)).toContain("10月");
  });

  it("shows no more names than fit, and some even when few do", () => {
    expect(named(600).length).toBeLessThanOrEqual(13);
    expect(named(100)).toHaveLength(2);
    expect(named(10).length).toBeGreaterThan(0);
  });

  it("follows what is in view", () => {
    const ticks = timeTicks(months, "month", "en", 600);
    ticks.view(2, 6);
    expect(months.flatMap((_, index) => (ticks.shows(index) ? [ticks.label(index)] : []))).toEqual([
      "Feb\n2024",
      "Mar",
      "Apr",
      "May",
      "Jun",
    ]);
  });
});
