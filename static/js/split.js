// Split view: the separator is dragged or moved with the arrow keys; its place is kept by name.
for (const split of document.querySelectorAll("[data-split]")) {
  const handle = split.querySelector(".split-handle");
  const key = `split:${split.dataset.split}`;
  if (!handle) continue;

  const place = (share, keep) => {
    const value = Math.min(Math.max(share, 25), 75);
    split.style.setProperty("--split", `${value}%`);
    handle.setAttribute("aria-valuenow", String(Math.round(value)));
    try {
      if (keep) localStorage.setItem(key, String(value));
    } catch {
      // Not stored: it holds for this page.
    }
  };

  let start = Number(handle.getAttribute("aria-valuenow")) || 50;
  try {
    start = Number(localStorage.getItem(key)) || start;
  } catch {
    // The default place stands.
  }
  place(start, false);

  handle.addEventListener("pointerdown", (event) => {
    handle.setPointerCapture(event.pointerId);
    handle.classList.add("dragging");
    event.preventDefault();
  });
  handle.addEventListener("pointermove", (event) => {
    if (!handle.hasPointerCapture(event.pointerId)) return;
    const box = split.getBoundingClientRect();
    place(((event.clientX - box.left) / box.width) * 100, true);
  });
  handle.addEventListener("pointerup", () => handle.classList.remove("dragging"));
  handle.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -2, ArrowRight: 2 }[event.key];
    const now = Number(handle.getAttribute("aria-valuenow"));
    if (step) place(now + step, true);
    else if (event.key === "Home") place(25, true);
    else if (event.key === "End") place(75, true);
    else return;
    event.preventDefault();
  });
}
