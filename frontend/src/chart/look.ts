/** The page's theme -> the colours a chart draws with. */

export interface Look {
  dark: boolean;
  text: string;
  muted: string;
  line: string;
  surface: string;
  palette: readonly string[];
  good: string;
  bad: string;
  still: boolean;
  font: string;
  ramp: readonly string[];
  diverging: readonly string[];
}

// Ten hues apart in lightness as well, so that they stay apart for people who do not see red and green.
const LIGHT = [
  "#2563c9",
  "#e07b00",
  "#0b8f7f",
  "#a83f95",
  "#5a6b82",
  "#c2371f",
  "#3aa0d8",
  "#8a6a12",
  "#6b4fc4",
  "#4c8c2b",
];
const DARK = [
  "#6ea8fe",
  "#ffab4a",
  "#37c9b4",
  "#e38bd2",
  "#9fb1c8",
  "#ff8368",
  "#7fd0f7",
  "#d9b64a",
  "#b19bff",
  "#93cf6f",
];

export function pageLook(): Look {
  const root = document.documentElement;
  const style = getComputedStyle(document.body);
  const dark = root.getAttribute("data-bs-theme") === "dark";
  const value = (name: string, fallback: string) => style.getPropertyValue(name).trim() || fallback;
  return {
    dark,
    text: value("--tblr-body-color", dark ? "#dce1e7" : "#182433"),
    muted: dark ? "#9aa8ba" : "#5b6778",
    line: dark ? "#2c3a4d" : "#e3e8ee",
    surface: value("--tblr-bg-surface", dark ? "#182433" : "#ffffff"),
    palette: dark ? DARK : LIGHT,
    good: dark ? "#3fcf9f" : "#08775a",
    bad: dark ? "#ff8d70" : "#b8321a",
    still: window.matchMedia("(prefers-reduced-motion: reduce)").matches,
    font: style.fontFamily,
    ramp: dark ? ["#17304f", "#2563c9", "#8fc0ff"] : ["#eaf2fd", "#7fb0ee", "#1c4f9f"],
    diverging: dark ? ["#ff8d70", "#3a4656", "#6ea8fe"] : ["#c2371f", "#f1f3f5", "#2563c9"],
  };
}

/** Colour and stroke of the n-th series: beyond ten, the stroke tells colours apart. */
export function strokeOf(look: Look, index: number): { color: string; dash: "solid" | "dashed" | "dotted" } {
  const size = look.palette.length;
  const dash = (["solid", "dashed", "dotted"] as const)[Math.floor(index / size) % 3] ?? "solid";
  return { color: look.palette[index % size] ?? look.text, dash };
}

/** Good, bad or neither, for a change in a metric of this direction. */
export function favour(direction: string | undefined, change: number | null): "good" | "bad" | "none" {
  if (change === null || change === 0 || (direction !== "up" && direction !== "down")) return "none";
  return change > 0 === (direction === "up") ? "good" : "bad";
}

/** Call back whenever the theme or the wish for less motion changes; returns the way to stop. */
export function followLook(changed: () => void): () => void {
  const watch = new MutationObserver(changed);
  watch.observe(document.documentElement, { attributes: true, attributeFilter: ["data-bs-theme", "lang"] });
  const motion = window.matchMedia("(prefers-reduced-motion: reduce)");
  motion.addEventListener("change", changed);
  return () => {
    watch.disconnect();
    motion.removeEventListener("change", changed);
  };
}
