/** Value + unit -> text people read: 12.3万, 4.56亿元, ¥1.2M, 12.5%. */

import type { Lang } from "./language";

export interface NumberStyle {
  unit?: string | null | undefined;
  /** Decimals of a full number; short numbers choose their own. */
  decimals?: number | undefined;
}

const CURRENCY: Record<string, { sign: string; zh: string }> = {
  CNY: { sign: "¥", zh: "元" },
  RMB: { sign: "¥", zh: "元" },
  USD: { sign: "$", zh: "美元" },
  EUR: { sign: "€", zh: "欧元" },
  GBP: { sign: "£", zh: "英镑" },
  JPY: { sign: "JP¥", zh: "日元" },
  HKD: { sign: "HK$", zh: "港元" },
};
const SCALES: Record<Lang, readonly [number, string][]> = {
  zh: [
    [1e12, "万亿"],
    [1e8, "亿"],
    [1e4, "万"],
  ],
  en: [
    [1e12, "T"],
    [1e9, "B"],
    [1e6, "M"],
    [1e3, "K"],
  ],
};

/** Fractions shown as percent: a unit `ratio` or `percent` holds 0.125 and reads 12.5%. */
export function isFraction(unit: string | null | undefined): boolean {
  return unit === "ratio" || unit === "percent";
}

/** Money, plain (`CNY`) or per something (`CNY/单`). */
function moneyOf(unit: string | null | undefined): { sign: string; zh: string; per: string } | null {
  const [head = "", ...tail] = (unit ?? "").split("/");
  const money = CURRENCY[head.trim().toUpperCase()];
  return money ? { ...money, per: tail.length ? `/${tail.join("/").trim()}` : "" } : null;
}

export function isCurrency(unit: string | null | undefined): boolean {
  return moneyOf(unit) !== null;
}

/** Units that would crowd an axis: "items/hour", not "¥", "%" or "件". */
export function hasLongName(unit: string | null | undefined): boolean {
  return !!unit && unit.length > 2 && !isFraction(unit) && !isCurrency(unit);
}

/** The unit as a table header shows it, "" for none. */
export function unitName(unit: string | null | undefined, lang: Lang): string {
  if (!unit || unit === "1" || isFraction(unit)) return "";
  const money = moneyOf(unit);
  if (money) return (lang === "zh" ? money.zh : money.sign) + money.per;
  return unit;
}

/** From which size on a column of money is shown in which multiple, so that no digit that matters is lost. */
const COLUMN_SCALES: Record<Lang, readonly [from: number, scale: number, mark: string][]> = {
  zh: [
    [1e10, 1e8, "亿"],
    [1e6, 1e4, "万"],
  ],
  en: [
    [1e11, 1e9, "B"],
    [1e8, 1e6, "M"],
    [1e6, 1e3, "K"],
  ],
};

/** The one multiple that all numbers of a column of money are shown in, and the unit its header then names. */
export function columnScale(
  values: readonly number[],
  unit: string | null | undefined,
  lang: Lang,
): { scale: number; unit: string } {
  const money = moneyOf(unit);
  const most = values.reduce((so, value) => (Number.isFinite(value) ? Math.max(so, Math.abs(value)) : so), 0);
  const found = money ? COLUMN_SCALES[lang].find(([from]) => most >= from) : undefined;
  if (!money || !found) return { scale: 1, unit: unitName(unit, lang) };
  const [, scale, mark] = found;
  return { scale, unit: (lang === "zh" ? mark + money.zh : money.sign + mark) + money.per };
}

function grouped(value: number, least: number, most: number, lang: Lang): string {
  const locale = lang === "zh" ? "zh-CN" : "en-US";
  const text = new Intl.NumberFormat(locale, { minimumFractionDigits: least, maximumFractionDigits: most }).format(
    value,
  );
  return text === "-0" ? "0" : text.replace(/^-/, "−");
}

function significant(value: number, lang: Lang): string {
  const size = Math.abs(value);
  return grouped(value, 0, size >= 100 ? 1 : size >= 1 ? 2 : 3, lang);
}

function scaled(value: number, lang: Lang): string {
  const size = Math.abs(value);
  for (const [index, [scale, mark]] of SCALES[lang].entries()) {
    // 9,999.96万 rounds to a full 亿: compare what will be shown, not what is held.
    const shown = value / scale;
    if (Math.abs(shown) < (mark === "K" ? 10 : 0.99995)) continue;
    const digits = Math.abs(shown) >= 100 ? 0 : Math.abs(shown) >= 10 ? 1 : 2;
    const text = grouped(shown, 0, index > 0 && Math.abs(shown) >= 1000 ? 0 : digits, lang);
    return text + mark;
  }
  return size >= 1000 ? grouped(value, 0, 0, lang) : significant(value, lang);
}

function dressed(text: string, unit: string | null | undefined, lang: Lang, long: boolean): string {
  if (!unit || unit === "1") return text;
  const money = moneyOf(unit);
  if (!money) return /^[%‰°\u4e00-\u9fff]/.test(unit) ? text + unit : `${text} ${unit}`;
  if (lang === "zh" && !long) return text + money.zh + money.per;
  return (text.startsWith("−") ? `−${money.sign}${text.slice(1)}` : money.sign + text) + money.per;
}

/** Compact, with its unit: for axes, cards and tooltips' first glance. */
export function shortNumber(value: number, style: NumberStyle, lang: Lang): string {
  if (!Number.isFinite(value)) return "–";
  if (isFraction(style.unit)) return percent(value, lang, 1, Math.abs(value) < 1 && value !== 0 ? 1 : 0);
  return dressed(scaled(value, lang), style.unit, lang, false);
}

/** Ticks of one axis share the scale of its greatest value: 0.5亿 under 2亿, never 5,000万. */
export function tickNumber(value: number, most: number, style: NumberStyle, lang: Lang): string {
  if (isFraction(style.unit)) return percent(value, lang, most < 0.05 ? 2 : 1);
  if (value === 0) return "0";
  const [scale, mark] = SCALES[lang].find(([each]) => most >= each) ?? [1, ""];
  return dressed(grouped(value / scale, 0, scale === 1 ? 4 : 3, lang) + mark, style.unit, lang, false);
}

/** Every digit that matters, grouped, with its unit. */
export function fullNumber(value: number, style: NumberStyle, lang: Lang): string {
  if (!Number.isFinite(value)) return "–";
  if (isFraction(style.unit)) return percent(value, lang, 2);
  return dressed(plainNumber(value, style, lang), style.unit, lang, true);
}

/** As `fullNumber` without the unit: a table names the unit once, in its header. */
export function plainNumber(value: number, style: NumberStyle, lang: Lang): string {
  if (!Number.isFinite(value)) return "–";
  if (isFraction(style.unit)) return percent(value, lang, style.decimals ?? 1, style.decimals ?? 1);
  const most = style.decimals ?? (Math.abs(value) >= 10_000 ? 0 : 2);
  return grouped(value, style.decimals ?? 0, most, lang);
}

/** A fraction as percent: 0.1234 -> 12.3%. */
export function percent(value: number, lang: Lang, most = 1, least = 0): string {
  if (!Number.isFinite(value)) return "–";
  return `${grouped(value * 100, least, most, lang)}%`;
}

/** A change with its sign: +12.3%, −0.5个百分点, +3.2万元. */
export function signed(value: number, style: NumberStyle, lang: Lang): string {
  if (isFraction(style.unit)) {
    const points =
      grouped(Math.abs(value) * 100, 0, changeDecimals(value), lang) + (lang === "zh" ? "个百分点" : " pp");
    return changeSign(value) + points;
  }
  return sign(value) + shortNumber(Math.abs(value), style, lang);
}

export function signedPercent(value: number, lang: Lang): string {
  return changeSign(value) + percent(Math.abs(value), lang, changeDecimals(value));
}

/** A change too small for one decimal of a percent shows two, rather than −0. */
function changeDecimals(value: number): number {
  return Math.abs(value) < 0.001 ? 2 : 1;
}

/** What rounds to nothing is neither up nor down. */
function changeSign(value: number): string {
  return Math.abs(value) < 0.00005 ? "±" : sign(value);
}

function sign(value: number): string {
  return value > 0 ? "+" : value < 0 ? "−" : "±";
}

/** Decimals that suit a whole column, so that its cells line up. */
export function columnDecimals(values: readonly number[], unit: string | null | undefined): number {
  const sizes = values.filter(Number.isFinite).map(Math.abs);
  const most = Math.max(0, ...sizes.slice(0, 5000));
  if (isFraction(unit)) return most > 0 && most < 0.02 ? 2 : 1;
  if (sizes.every(Number.isInteger)) return 0;
  if (isCurrency(unit)) return most >= 100_000 ? 0 : 2;
  return most >= 10_000 ? 0 : most >= 100 ? 1 : most >= 1 ? 2 : 4;
}
