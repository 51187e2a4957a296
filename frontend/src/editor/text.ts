/** CodeMirror for YAML, in a shadow root: its styles are adopted there, so no style element enters the page. */

import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { yaml } from "@codemirror/lang-yaml";
import { bracketMatching, HighlightStyle, indentUnit, syntaxHighlighting } from "@codemirror/language";
import { lintGutter, lintKeymap, setDiagnostics, type Diagnostic } from "@codemirror/lint";
import { EditorState } from "@codemirror/state";
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  keymap,
  lineNumbers,
} from "@codemirror/view";
import { tags } from "@lezer/highlight";

export interface Mark {
  line: number;
  col: number;
  text: string;
}

export interface TextEditor {
  read(): string;
  write(text: string): void;
  mark(marks: readonly Mark[]): void;
  goTo(line: number, col: number): void;
  destroy(): void;
}

const THEME = EditorView.theme({
  "&": {
    color: "var(--tblr-body-color)",
    backgroundColor: "var(--tblr-bg-forms, var(--tblr-bg-surface))",
    fontSize: "0.8125rem",
    height: "100%",
  },
  "&.cm-focused": { outline: "2px solid var(--tblr-primary)", outlineOffset: "-1px" },
  ".cm-scroller": {
    fontFamily: "ui-monospace, 'SFMono-Regular', Menlo, Consolas, 'Noto Sans Mono CJK SC', monospace",
    lineHeight: "1.6",
  },
  ".cm-gutters": { backgroundColor: "transparent", color: "var(--tblr-secondary)", border: "none" },
  ".cm-activeLine, .cm-activeLineGutter": {
    backgroundColor: "color-mix(in srgb, var(--tblr-primary) 7%, transparent)",
  },
  ".cm-cursor": { borderLeftColor: "var(--tblr-body-color)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": {
    backgroundColor: "color-mix(in srgb, var(--tblr-primary) 25%, transparent)",
  },
  ".cm-tooltip": {
    backgroundColor: "var(--tblr-bg-surface)",
    color: "var(--tblr-body-color)",
    border: "1px solid var(--tblr-border-color)",
    maxWidth: "28rem",
    fontFamily: "var(--tblr-body-font-family)",
  },
  ".cm-content": { padding: "8px 0" },
});

const COLOURS = syntaxHighlighting(
  HighlightStyle.define([
    { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: "var(--hedu-code-key)" },
    { tag: [tags.string, tags.special(tags.string)], color: "var(--hedu-code-text)" },
    { tag: [tags.number, tags.bool, tags.null, tags.atom], color: "var(--hedu-code-number)" },
    { tag: tags.comment, color: "var(--tblr-secondary)", fontStyle: "italic" },
    {
      tag: [tags.separator, tags.punctuation, tags.bracket, tags.squareBracket, tags.brace],
      color: "var(--tblr-secondary)",
    },
  ]),
);

export function startText(host: HTMLElement, text: string, label: string, changed: () => void): TextEditor {
  const root = host.shadowRoot ?? host.attachShadow({ mode: "open" });
  const frame = document.createElement("div");
  frame.style.height = "100%";
  root.replaceChildren(frame);
  let quiet = false;
  const view = new EditorView({
    parent: frame,
    root,
    state: EditorState.create({
      doc: text,
      extensions: [
        lineNumbers(),
        highlightActiveLineGutter(),
        highlightActiveLine(),
        history(),
        drawSelection(),
        bracketMatching(),
        indentUnit.of("  "),
        yaml(),
        lintGutter(),
        COLOURS,
        THEME,
        keymap.of([...defaultKeymap, ...historyKeymap, ...lintKeymap]),
        EditorView.lineWrapping,
        EditorView.contentAttributes.of({ "aria-label": label }),
        EditorView.updateListener.of((update) => {
          if (update.docChanged && !quiet) changed();
        }),
      ],
    }),
  });
  return {
    read: () => view.state.doc.toString(),
    write(next) {
      const now = view.state.doc.toString();
      if (next === now) return;
      quiet = true;
      view.dispatch({ changes: difference(now, next) });
      quiet = false;
    },
    mark(marks) {
      view.dispatch(
        setDiagnostics(
          view.state,
          marks.map((mark) => diagnostic(view, mark)),
        ),
      );
    },
    goTo(line, col) {
      const at = placeOf(view, line, col);
      view.dispatch({ selection: { anchor: at }, effects: EditorView.scrollIntoView(at, { y: "center" }) });
      view.focus();
    },
    destroy: () => view.destroy(),
  };
}

/** Only what differs is replaced, so that the caret and the undo history stay. */
function difference(now: string, next: string): { from: number; to: number; insert: string } {
  let start = 0;
  while (start < now.length && start < next.length && now[start] === next[start]) start += 1;
  let end = 0;
  while (
    end < now.length - start &&
    end < next.length - start &&
    now[now.length - 1 - end] === next[next.length - 1 - end]
  )
    end += 1;
  return { from: start, to: now.length - end, insert: next.slice(start, next.length - end) };
}

function placeOf(view: EditorView, line: number, col: number): number {
  const held = view.state.doc.line(Math.min(Math.max(1, line), view.state.doc.lines));
  return Math.min(held.from + Math.max(0, col - 1), held.to);
}

function diagnostic(view: EditorView, mark: Mark): Diagnostic {
  const from = placeOf(view, mark.line, mark.col);
  const line = view.state.doc.lineAt(from);
  // The word that begins there; a mark at the end of a line takes the whole line.
  const word = /^[^\s,{}\[\]]+/.exec(line.text.slice(from - line.from))?.[0].length ?? 0;
  return word
    ? { from, to: from + word, severity: "error", message: mark.text }
    : { from: line.from, to: line.to, severity: "error", message: mark.text };
}
