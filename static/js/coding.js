// The coding workspace: when units or modifiers change, the charge of the list changes with them.
// It stands as the placeholder of an empty charge field, which must not be redrawn while one types.
document.addEventListener("htmx:oobAfterSwap", (event) => {
  const price = event.detail.target?.id?.startsWith("price-") ? document.getElementById(event.detail.target.id) : null;
  const input = price && document.getElementById(price.dataset.for);
  if (input) input.placeholder = price.dataset.listCharge;
});
