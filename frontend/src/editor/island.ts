/** Island `editor`: one definition as form and as text, checked and previewed while it is written. */

import { html, nothing, render } from "lit-html";
import { startChart, type Chart } from "../chart/draw";
import { asKind, suitingKind } from "../chart/spec";
import { asFault, camelKeys, Fault, isAbort, sendJson, type ProblemShape } from "../data/http";
import { asAnswer, type Answer } from "../data/result";
import type { Island } from "../mount";
import { confirmed } from "../shell/confirm";
import { faultPanel } from "../shell/fault";
import { icon } from "../shell/icon";
import { toast } from "../shell/toast";
import { pageLanguage, say } from "../text/language";
import { form, type FormProps } from "./form";
import { startText } from "./text";
import { readText, writeText, type Read } from "./yaml";

interface Props {
  yaml?: string;
  checkUrl: string;
  previewUrl?: string;
  saveUrl?: string;
  form?: FormProps;
  version?: number | string | null;
  /** Id of a form's textarea that carries the text, when the page saves by itself. */
  field?: string;
}

interface Preview {
  kind: string | undefined;
  data: Answer;
  title: string;
}

const CHECK_AFTER = 350;
const PREVIEW_AFTER = 700;

export function mount(host: HTMLElement, given: unknown): Island {
  const props = camelKeys<Props>(given);
  const field = props.field ? document.getElementById(props.field) : null;
  const start = props.yaml ?? (field instanceof HTMLTextAreaElement ? field.value : "");
  const parts = skeleton(host);
  let read: Read = readText(start);
  let kept = start;
  let problems: ProblemShape[] | null = null;
  let fault: Fault | null = null;
  let preview: Preview | null = null;
  let drawn: Preview | null = null;
  let previewFault: Fault | null = null;
  let checking: AbortController | null = null;
  let previewing: AbortController | null = null;
  let chart: Chart | null = null;
  let timer = 0;
  let previewTimer = 0;
  let saving = false;
  let version = props.version;

  const changed = () => {
    read = readText(text.read());
    carry();
    later();
    paint();
  };
  const carry = () => {
    if (!(field instanceof HTMLTextAreaElement)) return;
    field.value = text.read();
    field.dispatchEvent(new Event("input", { bubbles: true }));
  };
  const later = () => {
    clearTimeout(timer);
    timer = window.setTimeout(() => void check(), CHECK_AFTER);
  };
  const text = startText(parts.text, start, say("definitionText"), changed);

  const check = async () => {
    checking?.abort();
    const mine = (checking = new AbortController());
    fault = null;
    paint();
    try {
      const body = await sendJson<{ problems?: ProblemShape[] }>(
        "POST",
        props.checkUrl,
        { yaml: text.read() },
        mine.signal,
      );
      problems = (body.problems ?? []).map(placed);
    } catch (error) {
      if (isAbort(error)) return;
      fault = asFault(error);
      problems = fault.problems.length ? fault.problems.map(placed) : null;
      if (problems) fault = null;
    } finally {
      if (checking === mine) checking = null;
    }
    text.mark(
      (problems ?? []).map((problem) => ({
        line: problem.line ?? 1,
        col: problem.col ?? 1,
        text: [problem.what, problem.hint].filter(Boolean).join("\n"),
      })),
    );
    paint();
    clearTimeout(previewTimer);
    if (problems?.length === 0 && props.previewUrl) previewTimer = window.setTimeout(() => void show(), PREVIEW_AFTER);
  };
  const show = async () => {
    previewing?.abort();
    const mine = (previewing = new AbortController());
    paint();
    try {
      const body = await sendJson<{ kind?: string; data?: unknown; title?: string }>(
        "POST",
        props.previewUrl ?? "",
        { yaml: text.read() },
        mine.signal,
      );
      preview = { kind: body.kind, data: asAnswer(body.data ?? body), title: body.title ?? "" };
      previewFault = null;
    } catch (error) {
      if (isAbort(error)) return;
      previewFault = asFault(error);
    } finally {
      if (previewing === mine) previewing = null;
    }
    paint();
  };
  const save = async () => {
    if (!props.saveUrl || saving) return;
    saving = true;
    paint();
    try {
      const sent = text.read();
      const body = await sendJson<{ url?: string; version?: number | string }>("POST", props.saveUrl, {
        yaml: sent,
        version,
      });
      kept = sent;
      version = body.version ?? version;
      toast(say("draftSaved"));
      if (body.url) window.location.assign(body.url);
    } catch (error) {
      await tell(asFault(error));
    } finally {
      saving = false;
      paint();
    }
  };
  const tell = async (failed: Fault) => {
    if (failed.status === 409) {
      if (await confirmed(failed.what, failed.hint || say("layoutConflictText"), say("reload")))
        window.location.reload();
      return;
    }
    if (failed.problems.length) problems = failed.problems.map(placed);
    toast(`${failed.what} ${failed.hint}`.trim(), "danger");
  };

  const paint = () => {
    const dirty = text.read() !== kept;
    render(formPart(), parts.form);
    render(
      html`<div class="hedu-editor-bar">
        <h3 class="hedu-panel-title m-0">${say("definitionText")}</h3>
        ${dirty ? html`<span class="badge bg-warning-lt">${say("unsaved")}</span>` : nothing}
        ${props.saveUrl ? html`<button type="button" class="btn btn-sm btn-primary ms-auto" ?disabled=${saving || !dirty} @click=${() => void save()}>${icon("device-floppy", "icon-sm")}${say("saveDraft")}</button>` : nothing}
      </div>`,
      parts.bar,
    );
    render(
      html`${problemList()}
        <p class="visually-hidden">${say("editorHelp")}</p>`,
      parts.problems,
    );
    paintPreview();
  };
  const formPart = () => {
    if ("definition" in read) {
      const definition = read.definition;
      return form({
        definition,
        choices: props.form ?? {},
        changed() {
          text.write(writeText(definition));
          changed();
        },
      });
    }
    return html`<div class="hedu-chart-empty text-secondary">
      ${icon("file-text")}
      <div>${say("broken" in read ? "yamlBroken" : "yamlNotMetric")}</div>
    </div>`;
  };
  const problemList = () => {
    if (fault) return faultPanel(fault, () => void check());
    if (problems === null) return html`<div class="text-secondary small" role="status">${say("checking")}</div>`;
    if (!problems.length)
      return html`<div class="hedu-good small" role="status">
        ${icon("circle-check", "icon-sm")} ${say("noProblems")}
      </div>`;
    return html`<ol class="hedu-problems" aria-label=${say("problems")}>
      ${problems.map(
        (problem) =>
          html`<li>
            <button
              type="button"
              class="hedu-problem"
              title=${say("goToLine", { line: problem.line ?? 1 })}
              @click=${() => text.goTo(problem.line ?? 1, problem.col ?? 1)}
            >
              ${icon("alert-circle", "icon-sm")}<span
                ><span class="fw-medium">${say("problemAt", { line: problem.line ?? 1 })}</span>
                ${problem.what}${problem.hint ? html`<span class="text-secondary d-block">${problem.hint}</span>` : nothing}</span
              >
            </button>
          </li>`,
      )}
    </ol>`;
  };
  const paintPreview = () => {
    if (!props.previewUrl) return;
    const waits = !preview && !previewFault;
    render(
      html`<div class="hedu-editor-bar">
          <h3 class="hedu-panel-title m-0">${preview?.title || say("preview")}</h3>
          ${previewing ? html`<span class="text-secondary small">${say("previewing")}</span>` : nothing}
        </div>
        ${previewFault ? faultPanel(previewFault, () => void show()) : waits ? html`<div class="text-secondary small">${say(previewing ? "previewing" : "previewWaits")}</div>` : nothing}`,
      parts.previewHead,
    );
    parts.previewBody.classList.toggle("d-none", !preview || previewFault !== null);
    parts.previewBody.classList.toggle("hedu-busy", previewing !== null || (problems?.length ?? 0) > 0);
    if (!preview || drawn === preview) return;
    drawn = preview;
    chart ??= startChart(parts.previewBody, pageLanguage());
    void chart.update({
      kind: preview.kind ? asKind(preview.kind) : suitingKind(preview.data),
      data: preview.data,
      options: { height: 240 },
    });
  };

  const leaving = (event: BeforeUnloadEvent) => {
    if (text.read() !== kept) event.preventDefault();
  };
  const keys = (event: KeyboardEvent) => {
    if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "s" || !props.saveUrl) return;
    event.preventDefault();
    void save();
  };
  const submitted = () => {
    kept = text.read();
  };
  window.addEventListener("beforeunload", leaving);
  host.addEventListener("keydown", keys);
  const owner = field?.closest("form");
  owner?.addEventListener("submit", submitted);
  paint();
  void check();
  return {
    destroy() {
      window.removeEventListener("beforeunload", leaving);
      host.removeEventListener("keydown", keys);
      owner?.removeEventListener("submit", submitted);
      clearTimeout(timer);
      clearTimeout(previewTimer);
      checking?.abort();
      previewing?.abort();
      chart?.destroy();
      text.destroy();
      host.replaceChildren();
    },
  };
}

/** A problem with its line: given, or in its `where` ("file:line:col"). */
function placed(problem: ProblemShape): ProblemShape {
  const found = /:(\d+):(\d+)$/.exec(problem.where ?? "");
  return { ...problem, line: problem.line ?? Number(found?.[1] ?? 1), col: problem.col ?? Number(found?.[2] ?? 1) };
}

function skeleton(host: HTMLElement) {
  const part = (name: string, tag = "div") => {
    const element = document.createElement(tag);
    element.className = name;
    return element;
  };
  const parts = {
    form: part("hedu-editor-form card card-body"),
    bar: part(""),
    text: part("hedu-editor-text"),
    problems: part("hedu-editor-problems"),
    previewHead: part(""),
    previewBody: part(""),
  };
  const side = part("hedu-editor-side");
  const code = part("card card-body hedu-editor-code");
  const shown = part("card card-body");
  code.append(parts.bar, parts.text, parts.problems);
  shown.append(parts.previewHead, parts.previewBody);
  side.append(code, shown);
  const grid = part("hedu-editor");
  grid.append(parts.form, side);
  host.replaceChildren(grid);
  return parts;
}
