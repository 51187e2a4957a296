/** Message key + facts -> wording in the language of the page. */

import { en } from "./messages.en";
import { zh } from "./messages.zh";

export type Lang = "zh" | "en";
export type MessageKey = keyof typeof zh;
export type Facts = Record<string, string | number>;

const TABLES: Record<Lang, Record<MessageKey, string>> = { zh, en };

/** The page's language: whatever is not English is read as Chinese. */
export function pageLanguage(): Lang {
  return document.documentElement.lang.toLowerCase().startsWith("en") ? "en" : "zh";
}

export function wording(lang: Lang, key: MessageKey, facts: Facts = {}): string {
  return TABLES[lang][key].replace(/\{(\w+)\}/g, (place, name: string) => String(facts[name] ?? place));
}

/** `say("empty")` in the page's language. */
export function say(key: MessageKey, facts: Facts = {}): string {
  return wording(pageLanguage(), key, facts);
}
