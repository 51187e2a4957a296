// The frame's small behaviours: side bar on narrow screens, "/" to search, toasts for messages and errors.
const shelf = document.getElementById("toasts");
const root = document.documentElement;

function side(open) {
  root.classList.toggle("side-open", open);
  const opener = document.querySelector("[data-side-open]");
  opener?.setAttribute("aria-expanded", String(open));
  if (open) document.querySelector("#side a")?.focus();
  else if (document.activeElement?.closest("#side")) opener?.focus();
}

function toast(what, hint, tone) {
  const box = document.createElement("div");
  box.className = `house-toast house-toast-${tone}`;
  box.dataset.toast = "";
  if (tone === "error") box.setAttribute("role", "alert");
  const text = document.createElement("span");
  text.className = "house-toast-text";
  text.append(what);
  if (hint) {
    const small = document.createElement("small");
    small.append(hint);
    text.append(small);
  }
  const close = document.createElement("button");
  close.type = "button";
  close.className = "btn-close";
  close.dataset.toastClose = "";
  close.setAttribute("aria-label", shelf.dataset.close);
  box.append(text, close);
  shelf.append(box);
}

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-side-open]")) side(true);
  else if (event.target.closest("[data-side-close]")) side(false);
  else if (event.target.closest("[data-toast-close]")) event.target.closest("[data-toast]").remove();
});

// Back from a refusal to the form as it was filled in, not to an empty one.
document.addEventListener("click", (event) => {
  if (!event.target.closest("[data-back]") || event.ctrlKey || event.metaKey || history.length < 2) return;
  event.preventDefault();
  history.back();
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && root.classList.contains("side-open")) side(false);
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input, textarea, select, [contenteditable]")) return;
  event.preventDefault();
  document.querySelector("[data-search]")?.focus();
});

// Two clicks are one deed: a form just sent is not sent again while its answer is under way, however slow the line.
const SENDING = 20000;
const sent = new Map();
function rest(form) {
  clearTimeout(sent.get(form));
  sent.delete(form);
  form.removeAttribute("aria-busy");
}
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.getAttribute("method")?.toLowerCase() !== "post") return;
  if (sent.has(form)) return event.preventDefault();
  form.setAttribute("aria-busy", "true");
  sent.set(form, setTimeout(rest, SENDING, form));
});
addEventListener("pageshow", () => [...sent.keys()].forEach(rest));

// What belongs to some choices of a form is shown, and asked for, with them alone.
function suit(form) {
  for (const box of form.querySelectorAll("[data-with]")) {
    const wanted = box.dataset.choices.split(" ").includes(new FormData(form).get(box.dataset.with));
    box.hidden = !wanted;
    for (const input of box.querySelectorAll("input")) input.required = wanted;
  }
}
document.addEventListener("input", (event) => {
  const choice = document.getElementById(event.target.dataset?.chooses ?? "");
  if (choice) choice.checked = true;
});
document.addEventListener("change", (event) => event.target.form && suit(event.target.form));
const suited = new Set([...document.querySelectorAll("form [data-with]")].map((box) => box.closest("form")));
suited.forEach(suit);
addEventListener("pageshow", () => suited.forEach(suit)); // by now the browser has filled a form in again

document.addEventListener("hedu:error", (event) => {
  for (const problem of event.detail.problems ?? []) toast(problem.what, problem.hint, "error");
});
document.addEventListener("htmx:responseError", (event) => {
  if (!event.detail.xhr.getResponseHeader("HX-Trigger")) toast(shelf.dataset.undone, "", "error");
});
document.addEventListener("htmx:sendError", () => toast(shelf.dataset.offline, "", "error"));

for (const box of shelf.querySelectorAll("[data-toast]:not(.house-toast-error)")) setTimeout(() => box.remove(), 6000);

// Paper is light: a dark page prints as the light one.
let shown = "";
addEventListener("beforeprint", () => {
  shown = root.dataset.bsTheme;
  root.dataset.bsTheme = "light";
});
addEventListener("afterprint", () => {
  if (shown) root.dataset.bsTheme = shown;
});

// A row of tabs wider than a phone opens on the tab one is at.
for (const tab of document.querySelectorAll(".house-tabs [aria-current]")) {
  const row = tab.parentElement;
  row.scrollLeft = tab.offsetLeft - row.offsetLeft - (row.clientWidth - tab.offsetWidth) / 2;
}
