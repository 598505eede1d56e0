// Navigation drawer, menus, loading line, tooltips, copy buttons, focus after errors.
const body = document.body;
const opener = document.querySelector("[data-nav-open]");
const nav = document.getElementById("nav");

function drawer(open) {
  body.classList.toggle("nav-open-state", open);
  opener?.setAttribute("aria-expanded", String(open));
  if (open) nav.querySelector("a, button")?.focus();
  else if (nav?.contains(document.activeElement)) opener?.focus();
}

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-nav-open]")) drawer(true);
  if (event.target.closest("[data-nav-close]")) drawer(false);
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") {
    hideTip();
    if (body.classList.contains("nav-open-state")) drawer(false);
  }
});

// Menus: a button with popovertarget and data-menu. Placed under the button, arrows move inside.
document.addEventListener(
  "toggle",
  (event) => {
    const menu = event.target;
    if (!menu.matches?.(".menu[popover]")) return;
    const button = document.querySelector(`[popovertarget="${menu.id}"]`);
    const open = event.newState === "open";
    button?.setAttribute("aria-expanded", String(open));
    if (!open || !button) return;
    const box = button.getBoundingClientRect();
    const left = Math.min(box.right - menu.offsetWidth, innerWidth - menu.offsetWidth - 8);
    const below = box.bottom + 4 + menu.offsetHeight <= innerHeight;
    menu.style.left = `${Math.max(8, left)}px`;
    menu.style.top = `${below ? box.bottom + 4 : Math.max(8, box.top - menu.offsetHeight - 4)}px`;
    menu.querySelector(".menu-item")?.focus();
  },
  true,
);

document.addEventListener("keydown", (event) => {
  const menu = event.target.closest?.(".menu[popover]");
  if (!menu || !["ArrowDown", "ArrowUp", "Home", "End"].includes(event.key)) return;
  const items = [...menu.querySelectorAll(".menu-item")].filter((item) => item.offsetParent);
  const at = items.indexOf(document.activeElement);
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 }[event.key];
  items[(to + items.length) % items.length]?.focus();
  event.preventDefault();
});

// Loading line and disabled submit while htmx waits.
let waiting = 0;
const busy = (step) => {
  waiting = Math.max(0, waiting + step);
  body.classList.toggle("is-loading", waiting > 0);
};
const isPoll = (event) => event.target.getAttribute?.("hx-trigger")?.includes("every");
body.addEventListener("htmx:beforeRequest", (event) => isPoll(event) || busy(1));
body.addEventListener("htmx:afterRequest", (event) => isPoll(event) || busy(-1));

// Tooltips: any [data-tip], on hover and on focus; they stay while hovered and leave on Escape.
const tip = document.getElementById("tip");
let tipTimer = 0;
let tipped = null;

function showTip(target) {
  if (!tip?.showPopover || !target.dataset.tip) return;
  tipped = target;
  tip.textContent = target.dataset.tip;
  if (!tip.matches(":popover-open")) tip.showPopover();
  const box = target.getBoundingClientRect();
  const left = box.left + box.width / 2 - tip.offsetWidth / 2;
  const above = box.top - tip.offsetHeight - 6;
  tip.style.left = `${Math.min(Math.max(6, left), innerWidth - tip.offsetWidth - 6)}px`;
  tip.style.top = `${above > 4 ? above : box.bottom + 6}px`;
}

function hideTip() {
  clearTimeout(tipTimer);
  tipped = null;
  if (tip?.matches(":popover-open")) tip.hidePopover();
}

document.addEventListener("pointerover", (event) => {
  const target = event.target.closest?.("[data-tip]");
  if (target === tipped) return;
  hideTip();
  if (target) tipTimer = setTimeout(() => showTip(target), 250);
});
document.addEventListener("focusin", (event) => {
  const target = event.target.closest?.("[data-tip]");
  if (target?.matches(":focus-visible")) showTip(target);
});
document.addEventListener("focusout", hideTip);
document.addEventListener("scroll", hideTip, { capture: true, passive: true });

// Copy to the clipboard, print.
document.addEventListener("click", async (event) => {
  if (event.target.closest("[data-print]")) window.print();
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  event.stopPropagation();
  const say = (text, tone) =>
    document.dispatchEvent(new CustomEvent("toasts", { detail: { value: [{ text, tone }] } }));
  try {
    await navigator.clipboard.writeText(button.dataset.copy);
    say(`Copied ${button.dataset.copy}`, "success");
  } catch {
    say("The browser did not allow copying. Select the text and press Ctrl+C.", "warn");
  }
});

// ARIA tabs inside a page: .tabs[role=tablist] with buttons that name their panels.
function selectTab(tab) {
  for (const other of tab.closest('[role="tablist"]').querySelectorAll('[role="tab"]')) {
    const chosen = other === tab;
    other.setAttribute("aria-selected", String(chosen));
    other.tabIndex = chosen ? 0 : -1;
    document.getElementById(other.getAttribute("aria-controls")).hidden = !chosen;
  }
}

document.addEventListener("click", (event) => {
  const tab = event.target.closest('[role="tab"]');
  if (tab) selectTab(tab);
});
document.addEventListener("keydown", (event) => {
  const tab = event.target.closest?.('[role="tab"]');
  if (!tab || !["ArrowLeft", "ArrowRight", "Home", "End"].includes(event.key)) return;
  const tabs = [...tab.closest('[role="tablist"]').querySelectorAll('[role="tab"]')];
  const at = tabs.indexOf(tab);
  const to = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: tabs.length - 1 }[event.key];
  const next = tabs[(to + tabs.length) % tabs.length];
  selectTab(next);
  next.focus();
  event.preventDefault();
});

// On a narrow screen a row of tabs scrolls: begin at the one that is shown.
for (const tab of document.querySelectorAll(".tabs [aria-current]")) {
  const row = tab.closest(".tabs");
  row.scrollLeft = tab.offsetLeft - row.offsetLeft - (row.clientWidth - tab.offsetWidth) / 2;
}

// What must be read first: an error summary, also after htmx swapped it in.
const focusNow = (root) => root.querySelector?.("[data-focus-now]:not([data-quiet] *)")?.focus();
focusNow(document);
body.addEventListener("htmx:afterSwap", (event) => focusNow(event.detail.target));
