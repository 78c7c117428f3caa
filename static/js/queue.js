// The queue by keyboard. Everything here can be done with the buttons alone.
(() => {
  const DECISIONS = { a: "published", r: "rejected", s: "spam", t: "trashed" };
  const DECIDES = "form.decisions, form.why";
  const OPEN = "[data-row]"; // rows that are still to be decided
  const rows = () => [...document.querySelectorAll(OPEN)].filter((row) => !row.dataset.sent);
  const rowOf = (element) => element?.closest?.(OPEN);

  // The row that keys act upon: the one with the focus, else the first.
  const current = () => {
    const row = rowOf(document.activeElement);
    return row && !row.dataset.sent ? row : rows()[0];
  };
  const show = (row) => {
    if (!row) return;
    row.focus({ preventScroll: true });
    row.scrollIntoView({ block: "nearest" });
  };
  const step = (by) => {
    const all = rows();
    const at = all.indexOf(rowOf(document.activeElement));
    show(at < 0 ? all[0] : all[Math.min(Math.max(at + by, 0), all.length - 1)]);
  };

  // The focus goes on before the answer has arrived; a decided row waits for it in the background.
  const goOn = (row) => {
    const all = rows();
    const at = all.indexOf(row);
    row.dataset.sent = "yes";
    const next = all[at + 1] || all[at - 1];
    if (next) show(next);
    if (rows().length < 12) more()?.click();
  };
  document.addEventListener("htmx:before:request", (event) => {
    const source = event.detail.ctx.sourceElement;
    const row = rowOf(source);
    if (row && source.matches?.(DECIDES)) goOn(row);
  });
  // A decision that was not taken, or could not be sent, stands where it stood.
  document.addEventListener("htmx:response:error", ({ detail: { ctx } }) => {
    delete rowOf(ctx.sourceElement)?.dataset.sent;
  });
  document.addEventListener("htmx:error", (event) => {
    delete rowOf(event.detail.ctx?.sourceElement)?.dataset.sent;
  });
  // The focus was in what was replaced and nothing else took it: it goes to what stands there now.
  let lost = "";
  document.addEventListener("htmx:before:swap", (event) => {
    const row = event.target.closest?.(".row");
    lost = row?.contains(document.activeElement) ? row.id : "";
  });
  document.addEventListener("htmx:after:swap", () => {
    if (lost && document.activeElement === document.body) {
      const row = document.getElementById(lost);
      (row?.querySelector("[id^=decided-]") || row)?.focus();
    }
    lost = "";
  });

  const decide = (status) =>
    current()?.querySelector(`.decisions button[name=status][value=${status}]`)?.click();
  const undo = () => {
    const row = document.getElementById(decided.at(-1));
    (row || document).querySelector("[data-undo] button")?.click();
  };
  const decided = []; // the rows in the order of the decisions: undo takes back the newest
  document.addEventListener("htmx:before:request", (event) => {
    const source = event.detail.ctx.sourceElement;
    const row = source.closest?.(".row");
    if (!row) return;
    const at = decided.indexOf(row.id);
    if (at >= 0) decided.splice(at, 1);
    if (source.matches(DECIDES)) decided.push(row.id);
  });

  const keys = {
    j: () => step(1),
    k: () => step(-1),
    u: undo,
    x: () => current()?.querySelector(".row__tick")?.click(),
    R: () => {
      const row = current();
      const field = row?.querySelector("input[name=note]");
      if (!field) return;
      field.closest("details").open = true;
      field.focus();
    },
    e: () => current()?.querySelector("[data-key=e]")?.click(),
    "/": () => document.getElementById("q")?.select(),
    "?": () => {
      const legend = document.getElementById("keys");
      legend.open = !legend.open;
      if (legend.open) legend.scrollIntoView({ block: "nearest" });
    },
  };
  for (const [key, status] of Object.entries(DECISIONS)) keys[key] = () => decide(status);
  // A key waits while htmx has not yet taken over its row, or the page would be left; and while
  // the rows that follow are on their way, or it would be lost.
  const typed = [];
  const more = () => document.querySelector("#more a");
  const isReady = () => {
    const row = current();
    if (!row) return !more();
    const form = row.querySelector("form.decisions");
    return !window.htmx || !form || Boolean(form.dataset.htmxPowered);
  };
  const forget = (event) => {
    if (event.detail.ctx?.sourceElement?.closest?.("#more")) typed.length = 0;
  };
  document.addEventListener("htmx:response:error", forget);
  document.addEventListener("htmx:error", forget);
  const work = () => {
    while (typed.length && isReady()) keys[typed.shift()]();
    if (typed.length) setTimeout(work, 10);
  };
  document.addEventListener("keydown", (event) => {
    const types = event.target.matches("input:not([type=checkbox]), textarea, select");
    if (event.key === "Escape" && types) {
      event.target.blur();
      show(rowOf(event.target));
    }
    if (types || event.ctrlKey || event.metaKey || event.altKey || !keys[event.key]) return;
    event.preventDefault();
    typed.push(event.key);
    if (typed.length === 1) work();
  });

  // How many are ticked. One tick means these, not all that the filter finds.
  const countTicks = () => {
    const ticked = document.querySelectorAll(".row__tick:checked").length;
    const count = document.querySelector(".bulk__count");
    if (!count) return;
    count.hidden = !ticked;
    count.textContent =
      ticked === 1 ? count.dataset.one : count.dataset.many.replace("{}", String(ticked));
    if (ticked) document.getElementById("all").checked = false;
  };
  document.addEventListener("change", (event) => {
    if (event.target.matches(".row__tick")) countTicks();
  });

  // "12 new": asked now and then while somebody looks.
  const EVERY = 20_000;
  const look = () => document.querySelector("[data-look]")?.dispatchEvent(new Event("look"));
  setInterval(() => {
    if (!document.hidden) look();
  }, EVERY);
  // Answers to several decisions at once may overtake each other, and the counts in them are then
  // older than what is shown: when the last one is there, the counts are asked for once more.
  let underway = 0;
  let overlapped = false;
  const isDecision = (event) => Boolean(event.detail.ctx.sourceElement.closest?.(".row"));
  document.addEventListener("htmx:before:request", (event) => {
    if (!isDecision(event)) return;
    underway += 1;
    overlapped ||= underway > 1;
  });
  document.addEventListener("htmx:finally:request", (event) => {
    if (!isDecision(event)) return;
    underway -= 1;
    if (underway || !overlapped) return;
    overlapped = false;
    look();
  });
})();
