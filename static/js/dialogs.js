// Native <dialog>: data-dialog-open="id", data-dialog-close; data-confirm="text" on a button.
const confirmBox = document.getElementById("confirm-dialog");
const yes = confirmBox.querySelector("[data-confirm-yes]");

function ask(source, text) {
  confirmBox.querySelector("#confirm-title").textContent = source?.dataset.confirmTitle ?? "Are you sure?";
  confirmBox.querySelector("[data-confirm-text]").textContent = text;
  yes.textContent = source?.dataset.confirmVerb ?? "Continue";
  yes.className = `btn ${source?.dataset.confirmTone === "danger" ? "btn-danger" : "btn-primary"}`;
  confirmBox.returnValue = "no";
  confirmBox.showModal();
  return new Promise((resolve) => {
    confirmBox.addEventListener("close", () => resolve(confirmBox.returnValue === "yes"), { once: true });
  });
}

document.addEventListener("click", async (event) => {
  const opener = event.target.closest("[data-dialog-open]");
  if (opener) document.getElementById(opener.dataset.dialogOpen)?.showModal();
  const dialog = event.target.closest("dialog");
  if (event.target.closest("[data-dialog-close]") || (dialog && event.target === dialog)) dialog?.close("no");

  const source = event.target.closest("[data-confirm]");
  if (!source || source.dataset.confirmed) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  if (!(await ask(source, source.dataset.confirm))) return;
  source.dataset.confirmed = "yes";
  source.click();
  delete source.dataset.confirmed;
}, true);

document.body.addEventListener("htmx:confirm", async (event) => {
  if (!event.detail.question) return;
  event.preventDefault();
  if (await ask(event.detail.elt, event.detail.question)) event.detail.issueRequest(true);
});
