/** Light or dark: chosen by `[data-theme-toggle]`, kept in a cookie that the server reads too. */

const YEAR = 31_536_000;

export function followTheme(): void {
  const root = document.documentElement;
  if (!root.hasAttribute("data-bs-theme")) set(window.matchMedia("(prefers-color-scheme: dark)").matches, false);
  document.addEventListener("click", (event) => {
    if ((event.target as Element).closest("[data-theme-toggle]"))
      set(root.getAttribute("data-bs-theme") !== "dark", true);
  });
  tell();
}

function set(dark: boolean, keep: boolean): void {
  const name = dark ? "dark" : "light";
  document.documentElement.setAttribute("data-bs-theme", name);
  if (keep) document.cookie = `hedu_theme=${name}; path=/; max-age=${YEAR}; samesite=lax`;
  tell();
}

function tell(): void {
  const dark = document.documentElement.getAttribute("data-bs-theme") === "dark";
  for (const toggle of document.querySelectorAll("[data-theme-toggle]"))
    toggle.setAttribute("aria-pressed", String(dark));
}
