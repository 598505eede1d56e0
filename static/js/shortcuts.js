// Keyboard shortcuts. Pages register them with attributes:
//   data-shortcut="n"  data-shortcut-label="Next item"  data-shortcut-group="This page"
// One key, or two keys one after the other ("g c"), or with Ctrl ("mod+Enter", also while typing).
// "?" shows them all; single keys can be turned off (WCAG 2.1.4).
const dialog = document.getElementById("shortcuts-dialog");
const box = dialog.querySelector("[data-shortcuts-on]");
const list = dialog.querySelector("[data-shortcut-list]");
const STORE = "shortcuts";
let first = "";
let timer = 0;

const stored = () => {
  try {
    return localStorage.getItem(STORE) !== "off";
  } catch {
    return true;
  }
};
let on = stored();
box.checked = on;
box.addEventListener("change", () => {
  on = box.checked;
  try {
    localStorage.setItem(STORE, on ? "on" : "off");
  } catch {
    // Not stored: it holds for this page.
  }
});

const typing = (element) =>
  element.matches?.("input:not([type=checkbox]):not([type=radio]), select, textarea, [contenteditable=true]");
const visible = (element) => element.checkVisibility?.({ visibilityProperty: false }) ?? true;

function find(keys) {
  const scope = document.querySelector("dialog[open]") ?? document;
  return [...scope.querySelectorAll("[data-shortcut]")].find(
    (element) => element.dataset.shortcut === keys && !element.disabled && (element.matches(".nav-link") || visible(element)),
  );
}

function run(element) {
  if (element.matches("input:not([type=checkbox]):not([type=radio]):not([type=submit]), select, textarea")) {
    element.focus();
    element.select?.();
  } else {
    element.click();
  }
}

const BUILT_IN = [
  ["Everywhere", "?", "Show these shortcuts"],
  ["Lists", "j", "Next row"],
  ["Lists", "k", "Previous row"],
  ["Lists", "Enter", "Open the row"],
  ["Lists", "x", "Select the row"],
];

function openList() {
  const groups = new Map();
  const add = (group, keys, label) => {
    if (!groups.has(group)) groups.set(group, new Map());
    groups.get(group).set(keys, label);
  };
  const lists = document.querySelector("table[data-rows]");
  for (const [group, keys, label] of BUILT_IN) if (group !== "Lists" || lists) add(group, keys, label);
  for (const element of document.querySelectorAll("[data-shortcut]")) {
    const isSearch = element.dataset.shortcut === "/";
    const label = element.dataset.shortcutLabel || element.textContent.trim();
    add(element.dataset.shortcutGroup ?? (isSearch ? "Everywhere" : "This page"), element.dataset.shortcut, label);
  }
  const order = ["This page", "Lists", "Go to", "Everywhere"];
  list.replaceChildren(
    ...[...groups].sort((a, b) => order.indexOf(a[0]) - order.indexOf(b[0])).map(([group, entries]) => {
      const section = document.createElement("section");
      const head = document.createElement("h3");
      head.textContent = group;
      const rows = document.createElement("dl");
      for (const [keys, label] of entries) {
        const row = document.createElement("div");
        const what = document.createElement("dt");
        what.textContent = label;
        const which = document.createElement("dd");
        for (const part of keys.split(/[ +]/)) {
          const key = document.createElement("kbd");
          key.textContent = part === "mod" ? "Ctrl" : part;
          which.append(key, " ");
        }
        row.append(what, which);
        rows.append(row);
      }
      section.append(head, rows);
      return section;
    }),
  );
  dialog.showModal();
}

document.addEventListener("click", (event) => {
  if (!event.target.closest("[data-shortcuts-open]")) return;
  event.target.closest("[popover]")?.hidePopover();
  openList();
});

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.isComposing) return;
  if (event.ctrlKey || event.metaKey) {
    const element = find(`mod+${event.key}`);
    if (element) {
      event.preventDefault();
      run(element);
    }
    return;
  }
  if (event.altKey || !on || typing(event.target)) return;
  if (event.key === "?") {
    event.preventDefault();
    if (!dialog.open) openList();
    return;
  }
  const pair = first ? `${first} ${event.key}` : "";
  clearTimeout(timer);
  first = "";
  const element = (pair && find(pair)) || find(event.key);
  if (element) {
    event.preventDefault();
    run(element);
  } else if (event.key.length === 1) {
    first = event.key;
    timer = setTimeout(() => {
      first = "";
    }, 1200);
  }
});
