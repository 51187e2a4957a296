/** A filter as parts <-> the expression the question holds. */

export type Operator =
  "=" | "!=" | ">" | ">=" | "<" | "<=" | "in" | "not in" | "contains" | "between" | "is null" | "is not null";
export interface Filter {
  path: string;
  operator: Operator;
  values: string[];
  /** How the values are written: text and dates are quoted, numbers and booleans are not. */
  type: string;
}

const TEXT: Operator[] = ["in", "not in", "contains", "=", "!=", "is null", "is not null"];
const NUMBER: Operator[] = ["=", "!=", ">", ">=", "<", "<=", "between", "is null", "is not null"];
const DATE: Operator[] = ["between", ">=", "<=", "=", "is null", "is not null"];
const TRUTH: Operator[] = ["=", "is null", "is not null"];

export function operatorsFor(type: string): Operator[] {
  if (type === "number") return NUMBER;
  if (type === "date" || type === "timestamp") return DATE;
  return type === "boolean" ? TRUTH : TEXT;
}

export function needsValue(operator: Operator): boolean {
  return operator !== "is null" && operator !== "is not null";
}

export function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

function literal(value: string, type: string): string {
  if (type === "number") return Number.isFinite(Number(value)) && value.trim() !== "" ? value.trim() : quoted(value);
  if (type === "boolean") return value === "true" ? "true" : "false";
  return quoted(value);
}

/** The percent signs and underscores people type are meant as themselves. */
function likePattern(text: string): string {
  return text.replace(/[\\%_]/g, (mark) => `\\${mark}`);
}

/** `customer.region IN ('华东', '华南')`; "" while the filter has no value yet. */
export function toExpression(filter: Filter): string {
  const { path, operator, type } = filter;
  const values = filter.values.filter((value) => value !== "");
  if (!needsValue(operator)) return `${path} ${operator.toUpperCase()}`;
  const [first, second] = values;
  if (first === undefined) return "";
  switch (operator) {
    case "in":
    case "not in": {
      if (values.length === 1) return `${path} ${operator === "in" ? "=" : "!="} ${literal(first, type)}`;
      return `${path} ${operator.toUpperCase()} (${values.map((value) => literal(value, type)).join(", ")})`;
    }
    case "contains": {
      const pattern = likePattern(first);
      return `${path} LIKE ${quoted(`%${pattern}%`)}${pattern === first ? "" : " ESCAPE '\\'"}`;
    }
    case "between":
      if (second === undefined) return `${path} >= ${literal(first, type)}`;
      return `${path} BETWEEN ${literal(first, type)} AND ${literal(second, type)}`;
    default:
      return `${path} ${operator} ${literal(first, type)}`;
  }
}

const PATH = "([A-Za-z_\\u4e00-\\u9fff][\\w\\u4e00-\\u9fff]*(?:\\.[A-Za-z_\\u4e00-\\u9fff][\\w\\u4e00-\\u9fff]*)*)";
const VALUE = "('(?:[^']|'')*'|-?\\d+(?:\\.\\d+)?|true|false)";
const SHAPES: [RegExp, (found: RegExpExecArray) => Omit<Filter, "path" | "type"> | null][] = [
  [new RegExp(`^${PATH}\\s+IS\\s+NULL$`, "i"), () => ({ operator: "is null", values: [] })],
  [new RegExp(`^${PATH}\\s+IS\\s+NOT\\s+NULL$`, "i"), () => ({ operator: "is not null", values: [] })],
  [
    new RegExp(`^${PATH}\\s+BETWEEN\\s+${VALUE}\\s+AND\\s+${VALUE}$`, "i"),
    (found) => ({ operator: "between", values: [found[2] ?? "", found[3] ?? ""] }),
  ],
  [
    new RegExp(`^${PATH}\\s+(NOT\\s+)?IN\\s*\\(\\s*(${VALUE}(?:\\s*,\\s*${VALUE})*)\\s*\\)$`, "i"),
    (found) => ({
      operator: found[2] ? "not in" : "in",
      values: (found[3] ?? "").match(new RegExp(VALUE, "gi")) ?? [],
    }),
  ],
  [
    new RegExp(`^${PATH}\\s+LIKE\\s+'%((?:[^']|'')*)%'(?:\\s+ESCAPE\\s+'\\\\')?$`, "i"),
    (found) => {
      const inner = (found[2] ?? "").replace(/\\([\\%_])/g, "$1");
      return { operator: "contains", values: [`'${inner}'`] };
    },
  ],
  [
    new RegExp(`^${PATH}\\s*(=|!=|<>|>=|<=|>|<)\\s*${VALUE}$`, "i"),
    (found) => ({ operator: (found[2] === "<>" ? "!=" : found[2]) as Operator, values: [found[3] ?? ""] }),
  ],
];

function bare(value: string): string {
  return value.startsWith("'") ? value.slice(1, -1).replaceAll("''", "'") : value;
}

/** An expression back as parts; null when it is richer than the form can show. */
export function fromExpression(
  text: string,
  typeOf: (path: string) => string | undefined = () => undefined,
): Filter | null {
  for (const [shape, read] of SHAPES) {
    const found = shape.exec(text.trim());
    const parts = found && read(found);
    if (!found || !parts) continue;
    const written = parts.values[0] ?? "";
    const guess =
      written.startsWith("'") || written === "" ? "text" : /^(true|false)$/i.test(written) ? "boolean" : "number";
    const path = found[1] ?? "";
    const type = typeOf(path) ?? guess;
    const lists = type === "text" && (parts.operator === "=" || parts.operator === "!=");
    const operator = lists ? (parts.operator === "=" ? "in" : "not in") : parts.operator;
    return { path, operator, values: parts.values.map(bare), type };
  }
  return null;
}

/** The filter that keeps one group of a dimension; NULL is asked for as NULL. */
export function equals(path: string, cell: string | number | boolean | null, type: string): string {
  if (cell === null) return `${path} IS NULL`;
  return `${path} = ${literal(String(cell), typeof cell === "string" ? (type === "number" ? "text" : type) : typeof cell)}`;
}
