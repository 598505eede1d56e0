// Toasts: from Django messages in the page, and from the HX-Trigger event "toasts".
const region = document.getElementById("toasts");
const template = document.getElementById("toast-template");
const ICONS = { success: "check-circle", warn: "alert", danger: "alert-circle", info: "info" };

function arm(toast) {
  // What went wrong stays until it is dismissed.
  if (toast.dataset.tone === "danger" || toast.dataset.tone === "warn") return;
  let timer = setTimeout(() => toast.remove(), 7000);
  toast.addEventListener("pointerenter", () => clearTimeout(timer));
  toast.addEventListener("focusin", () => clearTimeout(timer));
  toast.addEventListener("pointerleave", () => {
    timer = setTimeout(() => toast.remove(), 3000);
  });
}

export function show(text, tone = "info") {
  const toast = template.content.firstElementChild.cloneNode(true);
  toast.dataset.tone = tone;
  toast.setAttribute("role", tone === "danger" ? "alert" : "status");
  toast.querySelector("div").textContent = text;
  const use = toast.querySelector(":scope > .icon use");
  use.setAttribute("href", use.getAttribute("href").replace(/#.*/, `#${ICONS[tone] ?? "info"}`));
  region.append(toast);
  while (region.children.length > 4) region.firstElementChild.remove();
  arm(toast);
}

region?.querySelectorAll(".toast").forEach(arm);

document.addEventListener("click", (event) => {
  event.target.closest("[data-dismiss]")?.closest(".toast, .alert")?.remove();
});

document.addEventListener("toasts", (event) => {
  for (const { text, tone } of event.detail.value ?? []) show(text, tone);
});

document.addEventListener("htmx:responseError", (event) => {
  const status = event.detail.xhr.status;
  const text =
    {
      403: "Your role does not allow this. Ask your administrator if it should.",
      404: "This no longer exists. Reload the page to see what is there now.",
      429: "Too many requests. Wait a moment, then try again.",
    }[status] ?? `This did not work (error ${status}). Nothing was changed. Try again, or reload the page.`;
  show(text, "danger");
});

document.addEventListener("htmx:sendError", () => {
  show("The server cannot be reached. Check the connection, then try again.", "danger");
});
