// ARIA combobox with a server-rendered listbox (templates/_components/combobox.html).
// The choice is announced as the event "combobox:select" {value, label}; data-on-select says what
// else happens: "submit" sends the form, "go" opens the option's address, "clear" empties the input.
let serial = 0;

function setUp(root) {
  if (root.dataset.ready) return;
  root.dataset.ready = "yes";
  const input = root.querySelector('[role="combobox"]');
  const list = root.querySelector('[role="listbox"]');
  const hidden = root.querySelector("[data-combobox-value]");
  const status = root.querySelector("[data-combobox-count]");
  const action = root.dataset.onSelect;
  let chosenLabel = input.value;

  // With a script the hidden field carries the value; without one the typed text does.
  if (hidden) {
    hidden.name = input.name;
    input.removeAttribute("name");
  }

  const options = () => [...list.querySelectorAll('[role="option"]:not([aria-disabled="true"])')];
  const active = () => list.querySelector('[aria-selected="true"]');

  function mark(option) {
    active()?.setAttribute("aria-selected", "false");
    if (option) {
      option.setAttribute("aria-selected", "true");
      input.setAttribute("aria-activedescendant", option.id);
      option.scrollIntoView({ block: "nearest" });
    } else {
      input.removeAttribute("aria-activedescendant");
    }
  }

  function show(open) {
    list.hidden = !open || !list.children.length;
    input.setAttribute("aria-expanded", String(!list.hidden));
    if (list.hidden) mark(null);
  }

  function choose(option) {
    const { value, label, href } = option.dataset;
    show(false);
    if (action === "go" && href) {
      location.assign(href);
      return;
    }
    input.value = action === "clear" ? "" : label;
    chosenLabel = input.value;
    if (hidden) hidden.value = value;
    list.replaceChildren();
    root.dispatchEvent(new CustomEvent("combobox:select", { bubbles: true, detail: { value, label } }));
    if (action === "clear" && hidden) hidden.value = "";
    if (action === "submit") input.form?.requestSubmit();
  }

  input.addEventListener("htmx:configRequest", (event) => {
    if (!input.value.trim()) {
      event.preventDefault();
      list.replaceChildren();
      show(false);
      return;
    }
    event.detail.parameters.q = input.value.trim();
    for (const name of (root.dataset.with ?? "").split(" ").filter(Boolean)) {
      const other = input.form?.elements[name];
      if (other) event.detail.parameters[name] = other.value;
    }
  });
  list.addEventListener("htmx:afterSwap", () => {
    for (const option of list.querySelectorAll('[role="option"]')) {
      option.id ||= `option-${(serial += 1)}`;
      option.setAttribute("aria-selected", "false");
    }
    const many = options().length;
    if (status) status.textContent = many ? `${many} choice${many === 1 ? "" : "s"}` : "Nothing found";
    show(document.activeElement === input);
    if (action !== "go") mark(options()[0]);
  });

  input.addEventListener("input", () => {
    if (hidden) hidden.value = input.value === chosenLabel ? hidden.value : "";
  });

  input.addEventListener("keydown", (event) => {
    const all = options();
    const at = all.indexOf(active());
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (list.hidden) {
        if (list.children.length) show(true);
        else input.dispatchEvent(new Event("combobox:ask"));
        return;
      }
      const step = event.key === "ArrowDown" ? 1 : -1;
      if (all.length) mark(all[(at + step + all.length) % all.length]);
    } else if (event.key === "Enter" && !list.hidden && active()) {
      event.preventDefault();
      choose(active());
    } else if (event.key === "Escape" && !list.hidden) {
      event.preventDefault();
      event.stopPropagation();
      show(false);
    } else if (event.key === "Tab") {
      if (!list.hidden && active() && action !== "go") choose(active());
      show(false);
    }
  });

  // Clicking an option must not take the focus away before the choice is made.
  list.addEventListener("pointerdown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const option = event.target.closest('[role="option"]:not([aria-disabled="true"])');
    if (option) choose(option);
  });
  input.addEventListener("blur", () => show(false));
  input.addEventListener("focus", () => show(list.children.length > 0));
}

const all = (root) => root.querySelectorAll("[data-combobox]").forEach(setUp);
all(document);
document.addEventListener("htmx:load", (event) => {
  const root = event.detail.elt;
  if (root.matches?.("[data-combobox]")) setUp(root);
  all(root);
});
