/** YAML text <-> the form's fields. Comments, order and what the form does not know stay as written. */

import { Document, isMap, isScalar, isSeq, parseAllDocuments } from "yaml";

export interface Definition {
  docs: Document.Parsed[];
  /** Which document is the metric. */
  at: number;
}

export type Read = { definition: Definition } | { broken: true } | { other: true };

/** The metric in a text; `broken` for bad syntax, `other` when no document is a metric. */
export function readText(text: string): Read {
  const docs = parseAllDocuments(text, { prettyErrors: false });
  if (!Array.isArray(docs) || !docs.length) return { other: true };
  if (docs.some((doc) => doc.errors.length)) return { broken: true };
  const at = docs.findIndex((doc) => isMap(doc.contents) && doc.has("metric"));
  return at < 0 ? { other: true } : { definition: { docs: docs as Document.Parsed[], at } };
}

export function writeText({ docs }: Definition): string {
  return docs
    .map((doc, index) => {
      if (index > 0) doc.directives.docStart = true;
      return doc.toString({ lineWidth: 0, flowCollectionPadding: false });
    })
    .join("");
}

function doc(definition: Definition): Document.Parsed {
  return definition.docs[definition.at] as Document.Parsed;
}

/** The text at a path, "" when absent; lists joined by commas. */
export function fieldOf(definition: Definition, path: readonly string[]): string {
  const parent = path.length > 1 ? doc(definition).getIn(path.slice(0, -1), true) : null;
  // A label written as one bare text is the Chinese one.
  const node = isScalar(parent) ? (path.at(-1) === "zh" ? parent : null) : doc(definition).getIn(path, true);
  if (isScalar(node)) return node.value === null || node.value === undefined ? "" : String(node.value);
  if (isSeq(node)) return node.items.map((item) => (isScalar(item) ? String(item.value) : String(item))).join(", ");
  return node === null || node === undefined || isMap(node) ? "" : String(node);
}

export function listOf(definition: Definition, path: readonly string[]): string[] {
  return fieldOf(definition, path)
    .split(/\s*[,，、]\s*/)
    .filter(Boolean);
}

export function has(definition: Definition, path: readonly string[]): boolean {
  return doc(definition).hasIn(path);
}

/** Set a text or a list; an empty one is taken out. A word standing for a whole map grows into one. */
export function setField(definition: Definition, path: readonly string[], value: string | readonly string[]): void {
  const target = doc(definition);
  const empty = value.length === 0;
  const parents = path.slice(0, -1);
  if (empty) {
    if (isScalar(target.getIn(parents, true))) return;
    if (target.hasIn(path)) target.deleteIn(path);
    const left = parents.length ? target.getIn(parents, true) : null;
    if (isMap(left) && !left.items.length) target.deleteIn(parents);
    return;
  }
  parents.forEach((_, index) => {
    const parent = path.slice(0, index + 1);
    const node = target.getIn(parent, true);
    if (node === undefined || isScalar(node)) {
      const map = target.createNode(
        isScalar(node) && node.value !== null && path[index + 1] !== "zh" ? { zh: node.value } : {},
      );
      map.flow = true;
      target.setIn(parent, map);
    }
  });
  const held = typeof value === "string" ? value : target.createNode([...value]);
  if (typeof held !== "string" && isSeq(held)) held.flow = true;
  const old = target.getIn(path, true);
  // Setting the scalar's value keeps the comment that stands beside it.
  if (typeof held === "string" && isScalar(old)) old.value = held;
  else target.setIn(path, held);
}

export const TYPES = ["simple", "ratio", "derived", "reported"] as const;
export type MetricType = (typeof TYPES)[number];

export function typeOf(definition: Definition): MetricType | "" {
  return TYPES.find((type) => has(definition, [type])) ?? "";
}

export function setType(definition: Definition, type: MetricType): void {
  const target = doc(definition);
  for (const each of TYPES) if (each !== type && target.has(each)) target.delete(each);
  if (target.has(type)) return;
  const body = type === "reported" ? { grain: "month", agg: "sum" } : {};
  const map = target.createNode(body);
  map.flow = true;
  target.set(type, map);
}
