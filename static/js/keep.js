// What was typed survives a session that ended: it is kept in this tab while it is sent, and put
// back when the answer was the sign-in page. Any other page forgets it.
const KEY = "firstpass.typed";
const FORMS = "form[data-guard], form[data-keep]";
const forms = () => [...document.querySelectorAll(FORMS)];
const here = () => location.pathname + location.search;

function keep(form) {
  const fields = [...form.elements]
    .filter((one) => one.name && !["password", "file", "submit", "button"].includes(one.type))
    .filter((one) => one.name !== "csrfmiddlewaretoken")
    .filter((one) => !["checkbox", "radio"].includes(one.type) || one.checked)
    .map((one) => [one.name, one.value]);
  const kept = { user: document.body.dataset.user, page: here(), form: forms().indexOf(form), fields };
  try {
    sessionStorage.setItem(KEY, JSON.stringify(kept));
  } catch {
    // A full or forbidden store keeps nothing; sending goes on.
  }
}

document.addEventListener("submit", (event) => {
  if (event.target.matches(FORMS) && event.target.method === "post") keep(event.target);
});
document.addEventListener("htmx:beforeRequest", (event) => {
  const form = event.target.closest?.("form[data-keep]");
  if (form) keep(form);
});

// Rows of a table that were added while typing are added again.
function controls(form, name, wanted) {
  const found = () => [...form.querySelectorAll(`[name="${CSS.escape(name)}"]`)];
  while (found().length && found().length < wanted && found().at(-1).closest("tr")) {
    const row = found().at(-1).closest("tr");
    row.after(row.cloneNode(true));
  }
  return found();
}

function fill(form, fields) {
  const values = Object.groupBy(fields, ([name]) => name);
  for (const box of form.querySelectorAll("input[type=checkbox]")) box.checked = false;
  for (const [name, pairs] of Object.entries(values)) {
    const boxes = form.querySelectorAll(`[name="${CSS.escape(name)}"]:is([type=checkbox], [type=radio])`);
    if (boxes.length) continue;
    controls(form, name, pairs.length).forEach((one, index) => {
      if (index < pairs.length) one.value = pairs[index][1];
    });
  }
  for (const box of form.querySelectorAll("input:is([type=checkbox], [type=radio])")) {
    const key = box.closest("tr")?.querySelector("input[type=hidden][name$=_key]");
    if (key) box.value = key.value;
    if (values[box.name]) box.checked = values[box.name].some(([, value]) => value === box.value);
  }
  form.dataset.dirty = "yes";
}

function redraw(form, fields) {
  const values = {};
  for (const [name, value] of fields) (values[name] ??= []).push(value);
  // form.action would be the button of that name.
  window.htmx.ajax("POST", form.getAttribute("action"), { target: form, swap: "outerHTML", values: { ...values, action: "update" } });
}

function restore() {
  const text = sessionStorage.getItem(KEY);
  if (!text) return;
  const kept = JSON.parse(text);
  if (document.querySelector(".sign-in")) {
    sessionStorage.setItem(KEY, JSON.stringify({ ...kept, bounced: true }));
    return;
  }
  sessionStorage.removeItem(KEY);
  const form = forms()[kept.form];
  if (!kept.bounced || !form || kept.user !== document.body.dataset.user || kept.page !== here()) return;
  if (form.matches("[data-keep]")) redraw(form, kept.fields);
  else fill(form, kept.fields);
  const value = [{ text: "Your session had ended. What you typed is back: save it now.", tone: "warn" }];
  document.dispatchEvent(new CustomEvent("toasts", { detail: { value } }));
}

restore();
