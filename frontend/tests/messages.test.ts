import { describe, expect, it } from "vitest";
import { wording } from "../src/text/language";
import { en } from "../src/text/messages.en";
import { zh } from "../src/text/messages.zh";

describe("wordings", () => {
  it("exist in both languages", () => {
    expect(Object.keys(en).sort()).toEqual(Object.keys(zh).sort());
    for (const [key, text] of [...Object.entries(zh), ...Object.entries(en)]) expect(text.trim(), key).not.toBe("");
  });

  it("name the same facts", () => {
    const places = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((found) => found[1]).sort();
    for (const key of Object.keys(zh) as (keyof typeof zh)[]) expect(places(en[key]), key).toEqual(places(zh[key]));
  });

  it("are written in their language", () => {
    for (const [key, text] of Object.entries(en)) expect(text, key).not.toMatch(/[\u4e00-\u9fff]/);
  });

  it("fill in what they are told", () => {
    expect(wording("zh", "topOnly", { all: 40, shown: 12 })).toBe("共 40 个系列，仅显示数值最大的 12 个");
  });
});
