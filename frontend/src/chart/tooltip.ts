/** Tooltips as elements: under the page's policy no inline style may arrive as text. */

export interface TipLine {
  color: string | null;
  name: string;
  value: string;
  note?: string;
  tone?: "good" | "bad" | "none";
}

export function tipBox(title: string, lines: readonly TipLine[], foot = ""): HTMLElement {
  const box = document.createElement("div");
  box.className = "hedu-tip";
  if (title) box.append(textElement("div", "hedu-tip-title", title));
  const table = document.createElement("div");
  table.className = "hedu-tip-lines";
  for (const line of lines) {
    const dot = document.createElement("span");
    dot.className = "hedu-tip-dot";
    if (line.color) dot.style.backgroundColor = line.color;
    else dot.style.visibility = "hidden";
    const value = textElement("span", "hedu-tip-value", line.value);
    if (line.note) value.append(textElement("span", `hedu-tip-note hedu-${line.tone ?? "none"}`, line.note));
    table.append(dot, textElement("span", "hedu-tip-name", line.name), value);
  }
  box.append(table);
  if (foot) box.append(textElement("div", "hedu-tip-foot", foot));
  return box;
}

function textElement(tag: string, name: string, text: string): HTMLElement {
  const element = document.createElement(tag);
  element.className = name;
  element.textContent = text;
  return element;
}
