// "@" in a text that takes mentions -> a list of colleagues; arrows and Enter choose, Escape closes.
const START = /(?:^|[^\w@.])@([\w.+\-\u4e00-\u9fff]{1,30})$/;
let list = null;
let field = null;
let people = [];
let at = 0;
let asked = 0;
let shownFor = "";
let wanted = null;

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
  field.setRangeText(`${people[index].username} `, end - name.length, end, "end");
  close();
  field.focus();
}

// Words typed after a choice whose list had not come yet stay behind the name.
function chooseWanted(found) {
  const { text, start, name } = wanted;
  wanted = null;
  if (!found.length || text.value.slice(start, start + name.length) !== name) return;
  const after = text.value.length - text.selectionEnd;
  text.setRangeText(`${found[0].username} `, start, start + name.length);
  text.selectionStart = text.selectionEnd = text.value.length - after;
}

// What is shown holds for more letters too; whether there are others, the server says.
function narrow(name) {
  if (!list || !name.startsWith(shownFor)) return;
  const begins = (word) => word.toLowerCase().startsWith(name.toLowerCase());
  const still = people.filter((person) => begins(person.username) || begins(person.name));
  if (!still.length) return;
  people = still;
  shownFor = name;
  show();
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
  if (!name) return close();
  narrow(name);
  const answer = await fetch(`${field.dataset.mentions}?q=${encodeURIComponent(name)}`);
  if (!answer.ok) return;
  const found = (await answer.json()).people;
  if (mine === wanted?.asked) return chooseWanted(found);
  if (mine !== asked) return;
  people = found;
  shownFor = name;
  show();
});

// A list of what was typed before must not choose for what is typed now: the choice waits for its own.
function chooseShown() {
  const name = begun(field);
  if (shownFor === name) return choose(at);
  wanted = { asked, text: field, start: field.selectionStart - name.length, name };
  close();
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
