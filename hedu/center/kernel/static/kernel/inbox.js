// The inbox by keyboard: j and k move, Enter opens, x ticks, s does the first deed; the button of what is ticked.
const box = document.querySelector("[data-inbox]");
const tasks = [...document.querySelectorAll("[data-task]")];
let at = -1;

function go(step) {
  if (!tasks.length) return;
  at = Math.min(Math.max(at + step, 0), tasks.length - 1);
  tasks.forEach((task, place) => task.classList.toggle("is-at", place === at));
  tasks[at].querySelector("[data-task-link]").focus();
}

function ticks() {
  return [...document.querySelectorAll('[data-task] input[name="task"]')];
}

function showButtons() {
  const some = ticks().some((tick) => tick.checked);
  document.querySelector("[data-inbox-ticked]")?.toggleAttribute("hidden", !some);
  document.querySelector("[data-inbox-all]")?.toggleAttribute("hidden", some);
}

box?.addEventListener("focusin", (event) => {
  const place = tasks.indexOf(event.target.closest("[data-task]"));
  if (place >= 0) at = place;
});
box?.addEventListener("change", showButtons);
box?.addEventListener("click", (event) => {
  if (event.target.closest("[data-inbox-all]")) for (const tick of ticks()) tick.checked = true;
});

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input:not([type=checkbox]), textarea, select, [contenteditable]")) return;
  const task = tasks[at];
  if (event.key === "j") go(1);
  else if (event.key === "k") go(-1);
  else if (event.key === "x" && task) {
    const tick = task.querySelector('input[name="task"]');
    if (tick) tick.checked = !tick.checked;
    showButtons();
  } else if (event.key === "s" && task) task.querySelector(".inbox-deeds form")?.requestSubmit();
  else return;
  event.preventDefault();
});
showButtons();
