/** Taking the view away: save, put on a dashboard, export, copy the link. */

import { asFault, getJson, sendJson } from "../data/http";
import { askText } from "../shell/confirm";
import { below, showMenu, type MenuItem } from "../shell/menu";
import { wrongItem } from "../shell/wrong";
import { toast } from "../shell/toast";
import { say } from "../text/language";
import { excel, picture } from "../chart/island";
import { copyRows, fileName, saveCsv } from "../chart/takeaway";
import type { Chart } from "../chart/draw";
import { labelBy } from "./asking";
import { kindOf, type Desk } from "./desk";
import { labelOf } from "./shelf";

/** A name for the view until someone gives it one: what is measured, by what. */
export function titleOf(desk: Desk): string {
  if (desk.props.title) return desk.props.title;
  const listed = (names: string[]) => names.join(desk.lang === "zh" ? "、" : ", ");
  const metrics = listed(desk.question.metrics.map((name) => labelOf(desk, name)));
  const by = listed(desk.question.by.map((each) => labelBy(desk, each)));
  return by ? say("titleBy", { metrics, by }) : metrics;
}

function viewOf(desk: Desk) {
  return { question: desk.question, chart: { kind: kindOf(desk) } };
}

export async function saveView(desk: Desk): Promise<void> {
  const title = await askText(say("saveView"), say("viewTitle"), titleOf(desk), say("save"));
  if (!title || !desk.props.saveUrl) return;
  try {
    const id = desk.props.viewId;
    const kept = await sendJson<{ url?: string; saveUrl?: string }>("POST", desk.props.saveUrl, {
      title,
      ...viewOf(desk),
      ...(id ? { id } : {}),
    });
    if (id && kept.saveUrl) desk.props.saveUrl = kept.saveUrl;
    toast(say("savedAs", { title }), "success", kept.url ? { href: kept.url, label: say("open") } : undefined);
  } catch (error) {
    tellFault(error);
  }
}

export async function addToBoard(desk: Desk, event: Event): Promise<void> {
  const at = below(event);
  try {
    const body = await getJson<{ boards?: Board[] } | Board[]>(desk.props.boardsUrl ?? "");
    const boards = Array.isArray(body) ? body : (body.boards ?? []);
    const items = boards.map((board): MenuItem => ({ label: board.title, run: () => void add(desk, board) }));
    if (!items.length) items.push({ label: say("noBoards"), run: () => undefined, quiet: true });
    showMenu(items, at, say("addToBoard"));
  } catch (error) {
    tellFault(error);
  }
}

interface Board {
  id: number | string;
  title: string;
  addUrl?: string;
  add_url?: string;
}

async function add(desk: Desk, board: Board): Promise<void> {
  const title = await askText(say("addToBoard"), say("viewTitle"), titleOf(desk), say("add"));
  if (!title) return;
  try {
    const kept = await sendJson<{ url?: string }>("POST", board.addUrl ?? board.add_url ?? "", {
      title,
      view: viewOf(desk),
    });
    toast(
      say("addedTo", { title: board.id === "new" ? title : board.title }),
      "success",
      kept.url ? { href: kept.url, label: say("open") } : undefined,
    );
  } catch (error) {
    tellFault(error);
  }
}

export function exportMenu(desk: Desk, chart: Chart | null, event: Event): void {
  const name = fileName(titleOf(desk));
  const data = desk.answer;
  if (!data) return;
  const url = desk.props.exportUrl;
  showMenu(
    [
      { label: say("exportCsv"), run: () => saveCsv(data, name, desk.lang) },
      ...(url ? [{ label: say("exportExcel"), run: () => void excel(url, desk.question, name) }] : []),
      { label: say("exportPng"), run: () => picture(chart?.png() ?? null, name) },
      {
        label: say("copyTable"),
        run: () =>
          void copyRows(data, desk.lang).then(
            () => toast(say("copied")),
            () => toast(say("copyFailed"), "danger"),
          ),
      },
      ...wrongItem(desk.question),
    ],
    below(event),
    say("export"),
  );
}

export function copyLink(): void {
  void navigator.clipboard.writeText(location.href).then(
    () => toast(say("linkCopied")),
    () => toast(say("copyFailed"), "danger"),
  );
}

function tellFault(error: unknown): void {
  const fault = asFault(error);
  toast(`${fault.what} ${fault.hint}`.trim(), "danger");
}
