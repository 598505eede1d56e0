// Forms: filters that send themselves, one submit only, demo sign-in, leaving unsaved work.
document.addEventListener("change", (event) => {
  const form = event.target.form;
  if (!form?.matches("[data-autosubmit]") || event.target.matches("[type=search], [type=text]")) return;
  form.requestSubmit();
});

// A filter form sends only what is set, so its address stays short.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.matches("[data-autosubmit]")) {
    for (const control of form.elements) {
      if (control.name && !control.value) control.disabled = true;
    }
    return;
  }
  if (form.method !== "post" || form.hasAttribute("hx-post")) return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
  form.dataset.clean = "yes";
  setTimeout(() => {
    for (const button of form.querySelectorAll("button:not([type=button])")) button.setAttribute("aria-disabled", "true");
  });
});

// Coming back by the Back button: everything can be sent again.
addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  for (const form of document.querySelectorAll("form[data-sent]")) {
    delete form.dataset.sent;
    for (const button of form.querySelectorAll("[aria-disabled]")) button.removeAttribute("aria-disabled");
  }
  for (const control of document.querySelectorAll("[data-autosubmit] :disabled")) control.disabled = false;
});

// A control that was refused and is changed now no longer says that it is wrong.
document.addEventListener("input", (event) => {
  const field = event.target.closest(".field.has-error");
  if (!field) return;
  field.classList.remove("has-error");
  event.target.removeAttribute("aria-invalid");
  field.querySelector(".field-error")?.remove();
});

// [data-guard]: asks before unsaved typing is lost.
document.addEventListener("input", (event) => {
  const form = event.target.closest("form[data-guard]");
  if (form) form.dataset.dirty = "yes";
});
addEventListener("beforeunload", (event) => {
  if (document.querySelector("form[data-guard][data-dirty]:not([data-clean])")) event.preventDefault();
});

// [data-reveal="id"]: shows what is typed into a password field.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-reveal]");
  if (!button) return;
  const input = document.getElementById(button.dataset.reveal);
  const shown = input.type === "text";
  input.type = shown ? "password" : "text";
  button.setAttribute("aria-pressed", String(!shown));
});
