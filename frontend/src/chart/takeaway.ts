/** Answer -> CSV, clipboard, file. */

import { groupName, unitOf, type Answer, type Cell, type Column } from "../data/result";
import type { Lang } from "../text/language";
import { unitName } from "../text/numbers";

// A cell a spreadsheet would run as a formula is written as text.
const FORMULA = /^[=+\-@＝＋－＠\t\r\n]/;

function harmless(text: string): string {
  return FORMULA.test(text) ? `'${text}` : text;
}

function written(column: Column, cell: Cell | undefined, lang: Lang): string {
  if (column.role === "dimension") {
    const text = groupName(column, cell, lang);
    return typeof cell === "number" ? text : harmless(text);
  }
  // Fifteen digits are what a sum of decimals truly holds: 0.1 + 0.2 leaves as 0.3.
  if (typeof cell === "number") return String(Number(cell.toPrecision(15)));
  return cell === null || cell === undefined ? "" : harmless(String(cell));
}

function heading(column: Column, lang: Lang): string {
  const unit = column.role === "dimension" ? "" : unitName(unitOf(column), lang);
  return harmless(unit ? `${column.label} (${unit})` : column.label);
}

export function toCsv(data: Answer, lang: Lang): string {
  const field = (text: string) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  const lines = [data.columns.map((column) => field(heading(column, lang)))];
  for (const row of data.rows)
    lines.push(data.columns.map((column, index) => field(written(column, row[index], lang))));
  return lines.map((line) => line.join(",")).join("\r\n") + "\r\n";
}

/** Tab-separated, as spreadsheets take it from the clipboard. */
export async function copyRows(data: Answer, lang: Lang): Promise<void> {
  const plain = (text: string) => text.replace(/[\t\r\n]+/g, " ");
  const lines = [data.columns.map((column) => plain(heading(column, lang)))];
  for (const row of data.rows)
    lines.push(data.columns.map((column, index) => plain(written(column, row[index], lang))));
  await navigator.clipboard.writeText(lines.map((line) => line.join("\t")).join("\n"));
}

export function saveBlob(blob: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

export function saveCsv(data: Answer, title: string, lang: Lang): void {
  // The mark in front lets Excel read the file as UTF-8.
  saveBlob(new Blob(["\ufeff", toCsv(data, lang)], { type: "text/csv;charset=utf-8" }), `${fileName(title)}.csv`);
}

/** A title as a file name that every system takes. */
export function fileName(title: string): string {
  return (
    title
      .replace(/[\\/:*?"<>|\u0000-\u001f]+/g, " ")
      .replace(/\s+/g, " ")
      .trim()
      .slice(0, 80) || "hedu"
  );
}
