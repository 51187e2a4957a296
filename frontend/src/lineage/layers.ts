/** Nodes and edges -> places in layers, left to right, with few crossings. Pure. */

export interface LineageNode {
  id: string;
  kind: "column" | "dataset" | "metric" | "dashboard" | "view" | "goal" | string;
  label: string;
  href?: string | null;
}

export interface LineageEdge {
  from: string;
  to: string;
}

export interface Placed extends LineageNode {
  layer: number;
  row: number;
}

/** Edges between known nodes only, whichever way the ends are named. */
export function asEdges(given: readonly unknown[], nodes: ReadonlySet<string>): LineageEdge[] {
  return given.flatMap((item) => {
    const held = item as Record<string, unknown>;
    const from = String(held["from"] ?? held["source"] ?? "");
    const to = String(held["to"] ?? held["target"] ?? "");
    return nodes.has(from) && nodes.has(to) && from !== to ? [{ from, to }] : [];
  });
}

const LEAST: Record<string, number> = { column: 0, dataset: 1, metric: 2 };
const LAST = 3;

/** Each node one layer right of its farthest source; kinds never stand left of where their kind begins. */
function layersOf(nodes: readonly LineageNode[], edges: readonly LineageEdge[]): Map<string, number> {
  const layer = new Map(nodes.map((node) => [node.id, LEAST[node.kind] ?? LAST]));
  // A cycle would climb for ever: no path is longer than the number of nodes.
  for (let round = 0; round < nodes.length; round += 1) {
    let moved = false;
    for (const { from, to } of edges) {
      const next = (layer.get(from) ?? 0) + 1;
      if (next <= (layer.get(to) ?? 0) || next > nodes.length) continue;
      layer.set(to, next);
      moved = true;
    }
    if (!moved) break;
  }
  const last = Math.max(0, ...layer.values());
  for (const node of nodes) if (!(node.kind in LEAST)) layer.set(node.id, Math.max(last, layer.get(node.id) ?? 0));
  const used = [...new Set(layer.values())].sort((one, other) => one - other);
  for (const [id, at] of layer) layer.set(id, used.indexOf(at));
  return layer;
}

/** A link drawn through every layer it passes, so that it never runs behind a node. */
export interface Route extends LineageEdge {
  through: Placed[];
}

/** Rows by the mean row of the neighbours, swept a few times both ways; long links hold a row of their own. */
export function placeNodes(
  nodes: readonly LineageNode[],
  edges: readonly LineageEdge[],
): { layers: Placed[][]; routes: Route[] } {
  const layer = layersOf(nodes, edges);
  const layers: Placed[][] = [];
  const all = new Map<string, Placed>();
  const put = (node: LineageNode, at: number): Placed => {
    const column = (layers[at] ??= []);
    const placed = { ...node, layer: at, row: column.length };
    column.push(placed);
    all.set(node.id, placed);
    return placed;
  };
  for (const node of nodes) put(node, layer.get(node.id) ?? 0);
  const steps: LineageEdge[] = [];
  const routes = edges.flatMap((edge): Route[] => {
    const [from, to] = [all.get(edge.from), all.get(edge.to)];
    if (!from || !to) return [];
    const through = [from];
    for (let at = from.layer + 1; at < to.layer; at += 1)
      through.push(put({ id: `${edge.from}\u0000${edge.to}\u0000${at}`, kind: PASSING, label: "" }, at));
    through.push(to);
    through.slice(1).forEach((node, index) => steps.push({ from: through[index]?.id ?? "", to: node.id }));
    return [{ ...edge, through }];
  });
  const near = (id: string, side: "from" | "to") =>
    steps.filter((edge) => edge[side === "from" ? "to" : "from"] === id).map((edge) => all.get(edge[side])?.row ?? 0);
  const sweep = (column: Placed[], side: "from" | "to") => {
    const wish = new Map(column.map((node) => [node.id, mean(near(node.id, side), node.row)]));
    column.sort((one, other) => (wish.get(one.id) ?? 0) - (wish.get(other.id) ?? 0));
    column.forEach((node, row) => (node.row = row));
  };
  for (let round = 0; round < 4; round += 1) {
    for (const column of layers) sweep(column, "from");
    for (const column of [...layers].reverse()) sweep(column, "to");
  }
  return { layers, routes };
}

/** The kind of a place a link passes through. */
export const PASSING = "passing";

function mean(values: readonly number[], otherwise: number): number {
  return values.length ? values.reduce((sum, value) => sum + value, 0) / values.length : otherwise;
}

/** Everything upstream and downstream of a node, itself included. */
export function pathThrough(id: string, edges: readonly LineageEdge[]): Set<string> {
  const walk = (from: "from" | "to", to: "from" | "to") => {
    const seen = new Set([id]);
    const open = [id];
    for (let next = open.pop(); next !== undefined; next = open.pop())
      for (const edge of edges)
        if (edge[from] === next && !seen.has(edge[to])) {
          seen.add(edge[to]);
          open.push(edge[to]);
        }
    return seen;
  };
  return new Set([...walk("from", "to"), ...walk("to", "from")]);
}
