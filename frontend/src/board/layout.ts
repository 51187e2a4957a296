/** Where tiles stand: a plain CSS grid to look at, gridstack (loaded then) to rearrange. */

import type { GridStack } from "gridstack";
import { say } from "../text/language";
import type { Tile } from "./tile";

const ROW = 84;

export interface Arranging {
  /** Take the places over into the tiles' data and go back to the plain grid. */
  end(): void;
  remove(tile: Tile): void;
}

/** Place tiles without any library; one column on a phone is the style sheet's business. */
export function lay(tiles: readonly Tile[]): void {
  for (const { data, element } of tiles) {
    element.style.gridColumn = `${data.x + 1} / span ${data.w}`;
    element.style.gridRow = `${data.y + 1} / span ${data.h}`;
  }
}

/** Drag, resize and arrow keys, until ended. `moved` hears of every change, in words. */
export async function arrange(
  frame: HTMLElement,
  tiles: readonly Tile[],
  moved: (news: string) => void,
): Promise<Arranging> {
  const [{ GridStack: Stack }] = await Promise.all([import("gridstack"), import("gridstack/dist/gridstack.min.css")]);
  for (const { data, element } of tiles) {
    element.style.gridColumn = element.style.gridRow = "";
    for (const key of ["x", "y", "w", "h"] as const) element.setAttribute(`gs-${key}`, String(data[key]));
    element.setAttribute("gs-min-w", "2");
    element.setAttribute("gs-min-h", "1");
  }
  frame.classList.add("grid-stack");
  const grid = Stack.init(
    {
      column: 12,
      cellHeight: ROW,
      margin: 6,
      animate: !window.matchMedia("(prefers-reduced-motion: reduce)").matches,
      handle: ".hedu-tile-head",
      resizable: { handles: "e,se,s,sw,w" },
    },
    frame,
  );
  if (!grid) throw new Error("gridstack did not start");
  let ended = false;
  const take = () => {
    for (const { data, element } of tiles) {
      const node = grid.engine.nodes.find((each) => each.el === element);
      if (node)
        Object.assign(data, { x: node.x ?? data.x, y: node.y ?? data.y, w: node.w ?? data.w, h: node.h ?? data.h });
    }
  };
  const tell = (tile: Tile) => {
    take();
    const { title, x, y, w, h } = tile.data;
    moved(say("tileMoved", { title, row: y + 1, column: x + 1, w, h }));
  };
  grid.on("change", (_event, nodes) => {
    const tile = tiles.find((each) => each.element === nodes[0]?.el);
    if (tile) tell(tile);
  });
  const keys = (event: KeyboardEvent) => steer(grid, tiles, event, tell);
  frame.addEventListener("keydown", keys);
  return {
    end() {
      if (ended) return;
      ended = true;
      take();
      frame.removeEventListener("keydown", keys);
      grid.destroy(false);
      frame.classList.remove("grid-stack", "grid-stack-animate");
      for (const { element } of tiles)
        for (const name of ["top", "left", "width", "height"] as const) element.style[name] = "";
      lay(tiles);
    },
    remove(tile) {
      grid.removeWidget(tile.element, false);
      take();
    },
  };
}

const WAYS: Record<string, [number, number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

function steer(grid: GridStack, tiles: readonly Tile[], event: KeyboardEvent, tell: (tile: Tile) => void): void {
  const way = WAYS[event.key];
  const card = (event.target as HTMLElement).closest(".hedu-tile-card");
  const tile = tiles.find((each) => each.element.firstElementChild === card);
  if (!way || !tile || event.target !== card) return;
  event.preventDefault();
  const { x, y, w, h } = tile.data;
  const [across, down] = way;
  if (event.shiftKey)
    grid.update(tile.element, { w: Math.min(12 - x, Math.max(2, w + across)), h: Math.max(1, h + down) });
  else grid.update(tile.element, { x: Math.min(12 - w, Math.max(0, x + across)), y: Math.max(0, y + down) });
  tell(tile);
}
