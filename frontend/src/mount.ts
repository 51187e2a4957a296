/** `data-island` elements -> living islands: mounted once, re-mounted after swaps, destroyed on removal. */

export interface Island {
  destroy(): void;
}
export type Mount = (host: HTMLElement, props: unknown) => Island | Promise<Island>;
export type Loader = () => Promise<{ mount: Mount }>;

interface Life {
  island: Island | null;
  gone: boolean;
}

const lives = new Map<HTMLElement, Life>();

function propsOf(host: HTMLElement): unknown {
  const id = host.dataset["props"];
  const holder = id ? document.getElementById(id) : host.querySelector('script[type="application/json"]');
  const text = holder?.textContent ?? "";
  return text.trim() ? (JSON.parse(text) as unknown) : {};
}

async function begin(host: HTMLElement, load: Loader): Promise<void> {
  const life: Life = { island: null, gone: false };
  lives.set(host, life);
  try {
    const props = propsOf(host);
    const { mount } = await load();
    if (life.gone) return;
    const island = await mount(host, props);
    if (life.gone) island.destroy();
    else life.island = island;
    host.dataset["ready"] = "true";
  } catch (error) {
    host.dataset["ready"] = "failed";
    host.textContent = document.documentElement.lang.startsWith("en")
      ? "This part of the page could not be shown. Reload the page."
      : "此部分未能显示，请刷新页面。";
    host.setAttribute("role", "alert");
    host.classList.add("text-secondary", "p-3");
    console.error(error);
  }
}

function end(host: HTMLElement): void {
  const life = lives.get(host);
  if (!life) return;
  life.gone = true;
  life.island?.destroy();
  lives.delete(host);
}

/** Mount every island below `root` that is not alive, and end those no longer in the page. */
export function mountIslands(islands: Record<string, Loader>, root: ParentNode = document): void {
  for (const host of [...lives.keys()]) if (!host.isConnected) end(host);
  for (const host of root.querySelectorAll<HTMLElement>("[data-island]")) {
    const load = islands[host.dataset["island"] ?? ""];
    if (load && !lives.has(host)) void begin(host, load);
  }
}

/** Mount now and keep following the document, whoever changes it (htmx, history, other islands). */
export function followIslands(islands: Record<string, Loader>): void {
  mountIslands(islands);
  let due = false;
  new MutationObserver((records) => {
    const matters = records.some((record) => [...record.addedNodes, ...record.removedNodes].some(holdsIsland));
    if (!matters || due) return;
    due = true;
    queueMicrotask(() => {
      due = false;
      mountIslands(islands);
    });
  }).observe(document.body, { childList: true, subtree: true });
}

function holdsIsland(node: Node): boolean {
  return node instanceof HTMLElement && (node.matches("[data-island]") || node.querySelector("[data-island]") !== null);
}
