import { describe, expect, it } from "vitest";
import {
  datePart,
  isOpen,
  nextPeriod,
  periodEnd,
  periodName,
  periodText,
  periodTick,
  siteClock,
  siteDay,
  siteMoment,
  unbroken,
} from "../src/text/time";
import { dayOf, presetOf, rangeOf } from "../src/explorer/periods";

describe("names of periods", () => {
  it.each([
    ["2026-03-01", "month", "2026年3月", "Mar 2026"],
    ["2026-04-01", "quarter", "2026年二季度", "Q2 2026"],
    ["2026-01-01", "year", "2026年", "2026"],
    ["2026-03-02", "week", "2026年3月2日当周", "Week of Mar 2, 2026"],
    ["2026-03-05", "day", "2026年3月5日", "Mar 5, 2026"],
    ["2026-03-05T14:00:00", "hour", "2026年3月5日 14:00", "Mar 5, 2026 14:00"],
    ["not a time", "month", "not a time", "not a time"],
  ])("%s by %s", (iso, grain, zh, en) => {
    expect(periodName(iso, grain, "zh")).toBe(zh);
    expect(periodName(iso, grain, "en")).toBe(en);
  });

  it("gives ticks their year only where it turns", () => {
    expect(periodTick("2026-01-01", "month", "zh", true)).toBe("1月\n2026年");
    expect(periodTick("2026-02-01", "month", "zh", false)).toBe("2月");
    expect(periodTick("2026-04-01", "quarter", "en", true)).toBe("Q2\n2026");
  });

  it("reads parts of dates", () => {
    expect(datePart("metric_time.extract_dow", 1, "zh")).toBe("周一");
    expect(datePart("metric_time.extract_dow", 7, "en")).toBe("Sun");
    expect(datePart("metric_time__extract_month", 3, "zh")).toBe("3月");
    expect(datePart("customer.age", 3, "zh")).toBeNull();
  });
});

describe("an unbroken axis", () => {
  it("holds the months that have no row", () => {
    expect(unbroken(["2026-01-01", "2026-04-01"], "month")).toEqual([
      "2026-01-01",
      "2026-02-01",
      "2026-03-01",
      "2026-04-01",
    ]);
    expect(unbroken(["2025-12-29", "2026-01-12"], "week")).toEqual(["2025-12-29", "2026-01-05", "2026-01-12"]);
    expect(unbroken(["2025-10-01", "2026-04-01"], "quarter")).toHaveLength(3);
  });

  it("keeps what does not fall on the steps, and what would be endless", () => {
    expect(unbroken(["2026-01-26", "2026-03-01"], "month")).toEqual(["2026-01-26", "2026-03-01"]);
    expect(unbroken(["0001-01-01", "2026-01-01"], "day")).toEqual(["0001-01-01", "2026-01-01"]);
    expect(nextPeriod("2026-12-01", "month")).toBe("2027-01-01");
    expect(nextPeriod("2026-12-01T10:00", "hour")).toBeNull();
  });
});

describe("periods in questions", () => {
  it("are written at their grain", () => {
    expect(periodText("2026-04-01", "quarter")).toBe("2026-Q2");
    expect(periodText("2026-04-01", "month")).toBe("2026-04");
    expect(periodText("2026-04-01", "day")).toBe("2026-04-01");
    expect(periodEnd("2026-03-30", "week")).toBe("2026-04-05");
  });

  it("come from presets and go back to them", () => {
    const today = "2026-06-30";
    expect(rangeOf("last12", today)).toEqual({ since: "2025-07", until: "2026-06" });
    expect(rangeOf("last12", "2026-01-15")).toEqual({ since: "2025-02", until: "2026-01" });
    expect(rangeOf("last30", "2026-03-01")).toEqual({ since: "2026-01-31", until: "2026-03-01" });
    expect(presetOf({ since: "2025", until: "2025" }, today)).toBe("lastYear");
    expect(presetOf({ since: null, until: null }, today)).toBe("all");
    expect(presetOf({ since: "2024-02", until: null }, today)).toBe("custom");
  });

  it("open into days for date inputs", () => {
    expect(dayOf("2026-Q1", true)).toBe("2026-03-31");
    expect(dayOf("2024-02", true)).toBe("2024-02-29");
    expect(dayOf("2026", false)).toBe("2026-01-01");
    expect(dayOf("2026-03-05", true)).toBe("2026-03-05");
    expect(dayOf(null, true)).toBe("");
  });
});

describe("a running period", () => {
  it("runs until its last day is over", () => {
    expect(isOpen("2026-06-01", "month", "2026-06-30")).toBe(true);
    expect(isOpen("2026-06-01", "month", "2026-07-01")).toBe(false);
    expect(isOpen("2026-04-01", "quarter", "2026-06-30")).toBe(true);
    expect(isOpen("2026-05-26", "month", "2026-06-25")).toBe(true);
    expect(isOpen("2026-06-30", "day", "2026-06-30")).toBe(true);
    expect(isOpen("2026-06-30", null, "2026-06-30")).toBe(false);
  });
});

describe("the site's clock", () => {
  const late = new Date("2026-03-05T16:05:00Z");
  it("is told whatever the browser's zone", () => {
    expect([siteClock(late, "Asia/Shanghai"), siteDay(late, "Asia/Shanghai")]).toEqual(["00:05", "2026-03-06"]);
    expect(siteMoment("2026-03-05T16:05:09.12+00:00", "Asia/Shanghai")).toBe("2026-03-06 00:05");
    expect(siteMoment("2026-03-05T16:05:09")).toBe("2026-03-05 16:05");
    expect(siteMoment("")).toBe("");
    expect([siteClock(late, "UTC"), siteDay(late, "UTC")]).toEqual(["16:05", "2026-03-05"]);
  });
});
