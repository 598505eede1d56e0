// Lists that are worked with the keyboard: table[data-rows], rows with data-href.
// j/k (or arrows, once a row is current) move, Enter opens, x selects. Ctrl-click opens a new tab.
const off = () => {
  try {
    return localStorage.getItem("shortcuts") === "off";
  } catch {
    return false;
  }
};
const rowsOf = (table) => [...table.querySelectorAll("tbody tr[data-href], tbody tr[data-row]")];
const linkOf = (row) => row.querySelector("a.row-link, a[href]");

function open(row, newTab) {
  const href = row.dataset.href ?? linkOf(row)?.href;
  if (!href) return;
  if (newTab) window.open(href, "_blank", "noopener");
  else location.assign(href);
}

document.addEventListener("click", (event) => {
  const row = event.target.closest("tr[data-href]");
  if (!row || event.target.closest("a, button, input, select, label, summary, [data-tip]:not(tr)")) return;
  if (String(getSelection())) return;
  open(row, event.ctrlKey || event.metaKey);
});
document.addEventListener("auxclick", (event) => {
  const row = event.target.closest("tr[data-href]");
  if (row && event.button === 1 && !event.target.closest("a, button, input")) open(row, true);
});

function move(table, step) {
  const rows = rowsOf(table);
  if (!rows.length) return;
  const at = rows.findIndex((row) => row.classList.contains("cursor"));
  const to = at < 0 ? (step > 0 ? 0 : rows.length - 1) : Math.min(Math.max(at + step, 0), rows.length - 1);
  rows[at]?.classList.remove("cursor");
  const row = rows[to];
  row.classList.add("cursor");
  (linkOf(row) ?? row).focus({ preventScroll: true });
  row.scrollIntoView({ block: "nearest" });
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.matches?.("input:not([type=checkbox]), select, textarea") || document.querySelector("dialog[open]")) return;
  const table = event.target.closest?.("table[data-rows]") ?? document.querySelector("table[data-rows]");
  if (!table) return;
  const current = table.querySelector("tr.cursor");
  const step = { j: 1, k: -1 }[event.key] ?? (current ? { ArrowDown: 1, ArrowUp: -1 }[event.key] : 0);
  if (step && !(event.key.length === 1 && off())) {
    event.preventDefault();
    move(table, step);
  } else if (event.key === "Enter" && current && event.target === document.body) {
    open(current, false);
  } else if (event.key === "x" && current && !off()) {
    current.querySelector("[data-select-row]")?.click();
  }
});

// Selecting rows for work on several at once: [data-select-all], [data-select-row], [data-bulk].
function count(form) {
  const boxes = [...form.querySelectorAll("[data-select-row]")];
  const chosen = boxes.filter((box) => box.checked).length;
  const all = form.querySelector("[data-select-all]");
  if (all) {
    all.checked = chosen > 0 && chosen === boxes.length;
    all.indeterminate = chosen > 0 && chosen < boxes.length;
  }
  for (const bar of form.querySelectorAll("[data-bulk]")) bar.hidden = chosen === 0;
  for (const place of form.querySelectorAll("[data-bulk-count]")) place.textContent = String(chosen);
}

document.addEventListener("change", (event) => {
  const form = event.target.closest("form");
  if (!form || !event.target.matches("[data-select-row], [data-select-all]")) return;
  if (event.target.matches("[data-select-all]")) {
    for (const box of form.querySelectorAll("[data-select-row]")) box.checked = event.target.checked;
  }
  count(form);
});
document.querySelectorAll("form:has([data-select-row])").forEach(count);

// A table that fits its container has its head stick to the page; one that does not is scrolled in
// its container, also with the keyboard.
const observer = new ResizeObserver((entries) => {
  for (const { target: wrap } of entries) {
    wrap.classList.remove("fits");
    const scrolls = wrap.scrollWidth > wrap.clientWidth + 1 || wrap.scrollHeight > wrap.clientHeight + 1;
    wrap.classList.toggle("fits", !scrolls);
    if (scrolls) {
      wrap.tabIndex = 0;
      wrap.setAttribute("role", "region");
      if (!wrap.hasAttribute("aria-label")) {
        wrap.setAttribute("aria-label", wrap.querySelector("caption")?.textContent.trim() || "Table");
      }
    } else if (wrap.getAttribute("role") === "region") {
      wrap.removeAttribute("tabindex");
      wrap.removeAttribute("role");
    }
  }
});
const watch = (root) => root.querySelectorAll(".table-wrap").forEach((wrap) => observer.observe(wrap));
watch(document);
document.addEventListener("htmx:load", (event) => watch(event.detail.elt));
