import { expect, it } from "vitest";
import { wrongAddress } from "../src/shell/wrong";

it("takes the question along, without what it leaves open", () => {
  const asked = { metrics: ["revenue"], by: [], where: ["region = '华东'"], since: null };
  const address = wrongAddress("/conflicts/raise/", asked, "/metrics/revenue/");
  const search = new URLSearchParams(address.split("?")[1]);
  expect(address.startsWith("/conflicts/raise/?")).toBe(true);
  expect(JSON.parse(search.get("question") ?? "")).toEqual({ metrics: ["revenue"], where: ["region = '华东'"] });
  expect(search.get("place")).toBe("/metrics/revenue/");
});
