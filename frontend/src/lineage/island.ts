/** Island `lineage`: from columns to dashboards, left to right, with the path through one node lit. */

import { html, nothing, render, svg, type TemplateResult } from "lit-html";
import type { Island } from "../mount";
import { icon } from "../shell/icon";
import { say, type MessageKey } from "../text/language";
import {
  asEdges,
  pathThrough,
  placeNodes,
  type LineageEdge,
  type LineageNode,
  type Placed,
  type Route,
  PASSING,
} from "./layers";

interface Props {
  nodes?: LineageNode[];
  edges?: unknown[];
  focus?: string;
}

interface Box {
  width: number;
  height: number;
  gapX: number;
  gapY: number;
}
const ROOMY: Box = { width: 176, height: 40, gapX: 72, gapY: 14 };
const LEAST = { width: 132, gapX: 32 };

/** The gaps give way first, then the boxes, so that a graph fits its page as long as it can be read. */
function boxFor(room: number, layers: number): Box {
  const over = layers * (ROOMY.width + ROOMY.gapX) - ROOMY.gapX + 8 - room;
  if (over <= 0 || layers < 2) return ROOMY;
  const gapX = Math.max(LEAST.gapX, ROOMY.gapX - over / (layers - 1));
  const rest = over - (ROOMY.gapX - gapX) * (layers - 1);
  return { ...ROOMY, gapX, width: Math.max(LEAST.width, ROOMY.width - Math.max(0, rest) / layers) };
}
const ICONS: Record<string, string> = {
  column: "columns",
  dataset: "database",
  metric: "ruler-2",
  dashboard: "layout-dashboard",
  view: "bookmark",
  goal: "target-arrow",
};
const MANY = 120;

export function mount(host: HTMLElement, given: unknown): Island {
  const props = given as Props;
  const nodes = props.nodes ?? [];
  const edges = asEdges(props.edges ?? [], new Set(nodes.map((node) => node.id)));
  const { layers, routes } = placeNodes(nodes, edges);
  let lit: string | null = props.focus ?? null;
  let asList = nodes.length > MANY || window.matchMedia("(max-width: 575px)").matches;
  host.classList.add("hedu-lineage");
  const light = (id: string | null) => {
    const next = id ?? props.focus ?? null;
    if (next === lit) return;
    lit = next;
    paint();
  };
  const paint = () => {
    if (!nodes.length)
      return render(
        html`<div class="hedu-chart-empty text-secondary">
          ${icon("sitemap")}
          <div>${say("noLineage")}</div>
        </div>`,
        host,
      );
    const box = boxFor(host.clientWidth || 1200, layers.length);
    const name = say(asList ? "showGraph" : "showList");
    render(
      html`<div class="hedu-chart-bar">
          <div class="hedu-legend">
            ${Object.keys(ICONS).map((kind) => (nodes.some((node) => node.kind === kind) ? html`<span class="hedu-kind-${kind}">${icon(ICONS[kind] ?? "point", "icon-sm")}${say(`node_${kind}` as MessageKey)}</span>` : nothing))}
          </div>
          <div class="hedu-chart-tools">
            <button type="button" class="btn btn-sm" @click=${() => ((asList = !asList), paint())}>
              ${icon(asList ? "sitemap" : "list", "icon-sm")}${name}
            </button>
          </div>
        </div>
        ${asList ? list(nodes, edges) : graph(layers, routes, box, lit, light)}`,
      host,
    );
    if (!asList) place(host, layers, box);
  };
  paint();
  show(host);
  let width = host.clientWidth;
  const sized = new ResizeObserver(() => {
    if (Math.abs(host.clientWidth - width) < 8) return;
    width = host.clientWidth;
    paint();
    show(host);
  });
  sized.observe(host);
  return {
    destroy() {
      sized.disconnect();
      render(nothing, host);
      host.classList.remove("hedu-lineage");
    },
  };
}

function at(node: Placed, layers: Placed[][], box: Box): { x: number; y: number } {
  const tallest = Math.max(...layers.map((column) => column.length));
  const room = (tallest - (layers[node.layer]?.length ?? 0)) / 2;
  return { x: node.layer * (box.width + box.gapX), y: (node.row + room) * (box.height + box.gapY) + 4 };
}

function graph(
  layers: Placed[][],
  edges: Route[],
  box: Box,
  lit: string | null,
  light: (id: string | null) => void,
): TemplateResult {
  const all = layers.flat().filter((node) => node.kind !== PASSING);
  const path = lit ? pathThrough(lit, edges) : null;
  const width = layers.length * (box.width + box.gapX) - box.gapX;
  const height = Math.max(...layers.map((column) => column.length)) * (box.height + box.gapY) + 4;
  const line = ({ from, to, through }: Route) => {
    const on = path?.has(from) && path.has(to);
    return svg`<path class=${on ? "is-lit" : ""} d=${curve(through, layers, box)} />`;
  };
  const drawn = (node: Placed) => {
    const state = `hedu-node hedu-kind-${node.kind} ${node.id === lit ? "is-focus" : ""} ${path && !path.has(node.id) ? "is-dim" : ""}`;
    const inner = html`${icon(ICONS[node.kind] ?? "point", "icon-sm")}<span>${node.label}</span>`;
    const enter = () => light(node.id);
    const leave = () => light(null);
    const label = `${say(`node_${node.kind}` as MessageKey)}: ${node.label}`;
    return node.href
      ? html`<a
          class=${state}
          href=${node.href}
          data-node=${node.id}
          title=${node.label}
          aria-label=${label}
          @mouseenter=${enter}
          @mouseleave=${leave}
          @focus=${enter}
          @blur=${leave}
          >${inner}</a
        >`
      : html`<span
          class=${state}
          tabindex="0"
          role="note"
          data-node=${node.id}
          title=${node.label}
          aria-label=${label}
          @mouseenter=${enter}
          @mouseleave=${leave}
          @focus=${enter}
          @blur=${leave}
          >${inner}</span
        >`;
  };
  return html`<div class="hedu-lineage-scroll" tabindex="0" role="region" aria-label=${say("lineage")}>
    <div class="hedu-lineage-plane" data-width=${width} data-height=${height}>
      <svg width=${width} height=${height} viewBox="0 0 ${width} ${height}" aria-hidden="true">${edges.map(line)}</svg>
      ${all.map(drawn)}
    </div>
  </div>`;
}

/** From the right of the first node to the left of the last, straight through the places between. */
function curve(through: readonly Placed[], layers: Placed[][], box: Box): string {
  let path = "";
  let from: { x: number; y: number } | null = null;
  for (const node of through) {
    const { x, y } = at(node, layers, box);
    const middle = y + box.height / 2;
    const bend = box.gapX / 2;
    if (from) path += `C${from.x + bend} ${from.y} ${x - bend} ${middle} ${x} ${middle}`;
    else path += `M${x + box.width} ${middle}`;
    if (from && node.kind === PASSING) path += `L${x + box.width} ${middle}`;
    from = { x: x + box.width, y: middle };
  }
  return path;
}

/** Places are set through the object model: the page's policy refuses style attributes. */
function place(host: HTMLElement, layers: Placed[][], box: Box): void {
  const plane = host.querySelector<HTMLElement>(".hedu-lineage-plane");
  if (!plane) return;
  plane.style.width = `${plane.dataset["width"]}px`;
  plane.style.height = `${plane.dataset["height"]}px`;
  const known = new Map(layers.flat().map((node) => [node.id, node]));
  for (const element of plane.querySelectorAll<HTMLElement>("[data-node]")) {
    const node = known.get(element.dataset["node"] ?? "");
    if (!node) continue;
    const { x, y } = at(node, layers, box);
    element.style.left = `${x}px`;
    element.style.top = `${y}px`;
    element.style.width = `${box.width}px`;
  }
}

/** Where a graph is wider than its page, it opens on the node it is about. */
function show(host: HTMLElement): void {
  const frame = host.querySelector<HTMLElement>(".hedu-lineage-scroll");
  const focus = host.querySelector<HTMLElement>(".hedu-node.is-focus");
  if (frame && focus) frame.scrollLeft = focus.offsetLeft + focus.offsetWidth / 2 - frame.clientWidth / 2;
}

function list(nodes: LineageNode[], edges: LineageEdge[]): TemplateResult {
  const known = new Map(nodes.map((node) => [node.id, node]));
  const link = (node: LineageNode | undefined) =>
    node ? (node.href ? html`<a href=${node.href}>${node.label}</a>` : html`<span>${node.label}</span>`) : nothing;
  const row = (node: LineageNode) => {
    const sources = edges.filter((edge) => edge.to === node.id).map((edge) => known.get(edge.from));
    const uses = edges.filter((edge) => edge.from === node.id).map((edge) => known.get(edge.to));
    return html`<li>
      <div class="fw-medium">${link(node)}</div>
      ${sources.length ? html`<div class="small text-secondary">${say("comesFrom")} ${sources.map((each, index) => html`${index ? " · " : ""}${link(each)}`)}</div>` : nothing}
      ${uses.length ? html`<div class="small text-secondary">${say("goesInto")} ${uses.map((each, index) => html`${index ? " · " : ""}${link(each)}`)}</div>` : nothing}
    </li>`;
  };
  return html`${Object.keys(ICONS).map((kind) => {
    const members = nodes.filter((node) => node.kind === kind);
    return members.length
      ? html`<h4 class="hedu-panel-title mt-3">${say(`node_${kind}` as MessageKey)}</h4>
          <ul class="hedu-lineage-list">
            ${members.map(row)}
          </ul>`
      : nothing;
  })}`;
}
