// "@" in a text that takes mentions -> a list of colleagues; arrows and Enter choose, Escape closes.
const START = /(?:^|[^\w@.])@([\w.+\-\u4e00-\u9fff]{1,30})$/;
let list = null;
let field = null;
let people = [];
let at = 0;
let asked = 0;
let shownFor = "";
let isWanted = false;

function close() {
  list?.remove();
  list = null;
  field?.removeAttribute("aria-activedescendant");
  field?.removeAttribute("aria-controls");
}

function begun(text) {
  return START.exec(text.value.slice(0, text.selectionStart))?.[1] ?? "";
}

function choose(index) {
  const name = begun(field);
  const end = field.selectionStart;
  const username = people[index].username;
  field.setRangeText(`${username} `, end - name.length, end, "end");
  close();
  field.focus();
}

function show() {
  close();
  if (!people.length) return;
  list = document.createElement("ul");
  list.className = "dropdown-menu show house-mentions";
  list.id = "mentions";
  list.setAttribute("role", "listbox");
  people.forEach((person, index) => {
    const item = document.createElement("li");
    item.id = `mention-${index}`;
    item.className = "dropdown-item";
    item.setAttribute("role", "option");
    const small = document.createElement("small");
    small.className = "text-secondary ms-2";
    small.append(person.username);
    item.append(person.name, small);
    item.addEventListener("mousedown", (event) => {
      event.preventDefault();
      choose(index);
    });
    list.append(item);
  });
  field.after(list);
  field.setAttribute("aria-controls", "mentions");
  mark(0);
}

function mark(index) {
  at = (index + people.length) % people.length;
  [...list.children].forEach((item, place) => {
    item.classList.toggle("active", place === at);
    item.setAttribute("aria-selected", String(place === at));
  });
  field.setAttribute("aria-activedescendant", `mention-${at}`);
}

document.addEventListener("input", async (event) => {
  if (!event.target.matches?.("[data-mentions]")) return;
  field = event.target;
  const name = begun(field);
  const mine = ++asked;
  isWanted = false;
  if (!name) return close();
  const answer = await fetch(`${field.dataset.mentions}?q=${encodeURIComponent(name)}`);
  if (!answer.ok || mine !== asked) return;
  const found = (await answer.json()).people;
  if (mine !== asked) return;
  people = found;
  shownFor = name;
  if (isWanted && people.length) choose(0);
  else show();
});

// A list of what was typed before must not choose for what is typed now: the choice waits for its own.
function chooseShown() {
  if (shownFor === begun(field)) choose(at);
  else isWanted = true;
}

document.addEventListener(
  "keydown",
  (event) => {
    if (!list || event.target !== field) return;
    const deed = { ArrowDown: () => mark(at + 1), ArrowUp: () => mark(at - 1), Enter: chooseShown, Tab: chooseShown, Escape: close }[event.key];
    if (!deed) return;
    event.preventDefault();
    event.stopPropagation();
    deed();
  },
  true,
);
document.addEventListener("focusout", (event) => event.target === field && close());
