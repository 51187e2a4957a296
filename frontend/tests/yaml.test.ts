import { describe, expect, it } from "vitest";
import { fieldOf, listOf, readText, setField, setType, typeOf, writeText, type Definition } from "../src/editor/yaml";

const TEXT = `version: 1
metric: net_revenue   # the name
label: {zh: 净销售额, en: Net revenue}
synonyms: [销售额, 营收]
direction: up   # 越高越好
x: {tool: kept}
simple: {measure: orders.amount, where: "orders.status = 'paid'"}
`;

function read(text: string): Definition {
  const held = readText(text);
  if (!("definition" in held)) throw new Error(JSON.stringify(held));
  return held.definition;
}

describe("the form over a text", () => {
  it("changes nothing it was not told to", () => {
    expect(writeText(read(TEXT)).replace("   #", " #").replace("   #", " #")).toBe(
      TEXT.replace("   #", " #").replace("   #", " #"),
    );
  });

  it("reads fields and lists", () => {
    const definition = read(TEXT);
    expect(fieldOf(definition, ["label", "en"])).toBe("Net revenue");
    expect(listOf(definition, ["synonyms"])).toEqual(["销售额", "营收"]);
    expect(fieldOf(definition, ["owner"])).toBe("");
    expect(typeOf(definition)).toBe("simple");
  });

  it("sets a field and keeps the comment beside it", () => {
    const definition = read(TEXT);
    setField(definition, ["direction"], "down");
    setField(definition, ["raci", "R"], ["sales", "ops"]);
    const text = writeText(definition);
    expect(text).toMatch(/direction: down +# 越高越好/);
    expect(text).toContain("raci: {R: [sales, ops]}");
    expect(text).toContain("x: {tool: kept}");
  });

  it("takes out what is emptied, with its empty parent", () => {
    const definition = read(TEXT);
    setField(definition, ["raci", "A"], "finance");
    setField(definition, ["raci", "A"], "");
    setField(definition, ["synonyms"], []);
    const text = writeText(definition);
    expect(text).not.toContain("raci");
    expect(text).not.toContain("synonyms");
  });

  it("grows a bare label into both languages", () => {
    const definition = read("version: 1\nmetric: a\nlabel: 收入\n");
    expect(fieldOf(definition, ["label", "zh"])).toBe("收入");
    setField(definition, ["label", "en"], "Revenue");
    expect(writeText(definition)).toContain("label: {zh: 收入, en: Revenue}");
  });

  it("has one way of computing at a time", () => {
    const definition = read(TEXT);
    setType(definition, "reported");
    expect(writeText(definition)).toContain("reported: {grain: month, agg: sum}");
    expect(writeText(definition)).not.toContain("simple");
  });

  it("finds the metric among several documents and keeps the others", () => {
    const definition = read("version: 1\ndataset: d\nsource: t\n---\nversion: 1\nmetric: m\n");
    setField(definition, ["unit"], "CNY");
    expect(writeText(definition)).toBe("version: 1\ndataset: d\nsource: t\n---\nversion: 1\nmetric: m\nunit: CNY\n");
  });

  it("says when it cannot read", () => {
    expect(readText("metric: [a")).toEqual({ broken: true });
    expect(readText("version: 1\ndataset: d\n")).toEqual({ other: true });
    expect(readText("")).toEqual({ other: true });
  });
});
