// What every room of the dashboard gains from scripts.
(() => {
  // A narrow screen's rail and tabs are pushed sideways: where one is comes into view.
  for (const item of document.querySelectorAll(":is(.rail, .tabs) [aria-current]")) {
    const bar = item.closest(".rail, .tabs");
    const [inner, outer] = [item.getBoundingClientRect(), bar.getBoundingClientRect()];
    bar.scrollLeft += inner.left + inner.width / 2 - outer.left - outer.width / 2;
  }
  // A field that is only there to be copied.
  for (const button of document.querySelectorAll("[data-copy]")) {
    const field = document.getElementById(button.dataset.copy);
    field.addEventListener("focus", () => field.select());
    if (!navigator.clipboard) continue; // without TLS: the field is copied by hand
    button.hidden = false;
    button.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(field.value);
        button.textContent = button.dataset.copied;
      } catch {
        field.focus(); // not allowed: what is selected can be copied by hand
      }
    });
  }
})();
