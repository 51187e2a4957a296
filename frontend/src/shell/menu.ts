/** A small menu at a point: arrows move, Enter chooses, Escape leaves. */

export interface MenuItem {
  label: string;
  run: () => void;
  /** A heading or a disabled line. */
  quiet?: boolean;
  danger?: boolean;
}

let open: (() => void) | null = null;

/** Show `items` near (x, y); focus returns to where it was. */
export function showMenu(items: readonly MenuItem[], at: { x: number; y: number }, label: string): void {
  open?.();
  const before = document.activeElement as HTMLElement | null;
  const menu = document.createElement("div");
  menu.className = "hedu-menu";
  menu.setAttribute("role", "menu");
  menu.setAttribute("aria-label", label);
  for (const item of items) menu.append(lineOf(item, () => close()));
  (document.querySelector("main") ?? document.body).append(menu);
  place(menu, at);
  const choices = [...menu.querySelectorAll<HTMLElement>("[role=menuitem]")];
  const close = () => {
    menu.remove();
    open = null;
    document.removeEventListener("pointerdown", outside, true);
    window.removeEventListener("resize", close);
    if (before?.isConnected) before.focus();
  };
  const outside = (event: PointerEvent) => {
    if (!menu.contains(event.target as Node)) close();
  };
  menu.addEventListener("keydown", (event) => {
    const index = choices.indexOf(document.activeElement as HTMLElement);
    const to = { ArrowDown: index + 1, ArrowUp: index - 1, Home: 0, End: choices.length - 1 }[event.key];
    if (to !== undefined) choices[(to + choices.length) % choices.length]?.focus();
    else if (event.key === "Escape" || event.key === "Tab") close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  document.addEventListener("pointerdown", outside, true);
  window.addEventListener("resize", close);
  open = close;
  choices[0]?.focus();
}

function lineOf(item: MenuItem, close: () => void): HTMLElement {
  if (item.quiet) {
    const heading = document.createElement("div");
    heading.className = "dropdown-header";
    heading.textContent = item.label;
    return heading;
  }
  const button = document.createElement("button");
  button.type = "button";
  button.className = `dropdown-item${item.danger ? " text-danger" : ""}`;
  button.setAttribute("role", "menuitem");
  button.textContent = item.label;
  button.addEventListener("click", () => {
    close();
    item.run();
  });
  return button;
}

function place(menu: HTMLElement, at: { x: number; y: number }): void {
  const box = menu.getBoundingClientRect();
  menu.style.left = `${Math.max(8, Math.min(at.x, window.innerWidth - box.width - 8))}px`;
  menu.style.top = `${Math.max(8, Math.min(at.y, window.innerHeight - box.height - 8))}px`;
}

/** The point just below an element, for menus opened by a button. */
export function below(event: Event): { x: number; y: number } {
  const box = (event.currentTarget as HTMLElement).getBoundingClientRect();
  return { x: box.left, y: box.bottom + 4 };
}
