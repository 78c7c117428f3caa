// The queue by keyboard. Everything here can be done with the buttons alone.
(() => {
  const DECISIONS = { a: "published", r: "rejected", s: "spam", t: "trashed" };
  const DECIDES = "form.decisions, form.why";
  const OPEN = "[data-row]"; // rows that are still to be decided
  const byId = (id) => document.getElementById(id);
  const rows = () => [...document.querySelectorAll(OPEN)].filter((row) => !row.dataset.sent);
  const rowOf = (element) => element?.closest?.(OPEN);
  const isNowhere = () => !document.activeElement || document.activeElement === document.body;

  let leaves = false; // the page that says what was done is on its way
  // An answer that was begun below a row is lost with the row, with what takes its place, and with
  // the page: nothing of that happens before it was sent or put away.
  const begun = (row) => {
    const field = row?.querySelector(".row__slot textarea");
    return field?.value.trim() ? field : undefined;
  };
  const guard = (event) => {
    const source = event.detail.ctx.sourceElement;
    const field = source.closest?.(".row__slot") ? undefined : begun(source.closest?.(OPEN));
    if (!field) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    field.focus();
    document.dispatchEvent(new CustomEvent("notice", { detail: byId("queue").dataset.begun }));
  };
  document.addEventListener("htmx:before:request", guard);
  addEventListener("beforeunload", (event) => {
    if (![...document.querySelectorAll(OPEN)].some(begun)) return;
    event.preventDefault();
    leaves = false; // whoever stays goes on by keyboard
  });

  // The row that keys act upon: the one with the focus. Out of sight it is none: nobody decides
  // about what they do not see.
  const SEEN = 60; // pixels of a row; a few at the edge of the window are nothing to read
  const isAbove = (row) => row.getBoundingClientRect().bottom < SEEN;
  const isBelow = (row) => row.getBoundingClientRect().top > innerHeight - SEEN;
  const current = () => {
    const row = rowOf(document.activeElement);
    return row && !row.dataset.sent && !isAbove(row) && !isBelow(row) ? row : undefined;
  };
  const firstInSight = () => rows().find((row) => !isAbove(row)) || rows().at(-1);
  const show = (row) => {
    if (!row) return;
    row.focus({ preventScroll: true });
    row.scrollIntoView({ block: "nearest" });
  };
  const step = (by) => {
    const all = rows();
    const at = all.indexOf(current());
    show(at < 0 ? firstInSight() : all[Math.min(Math.max(at + by, 0), all.length - 1)]);
  };
  // A key that finds no row with the frame puts it on one; the next key does something.
  const onRow = (act) => {
    const row = current();
    if (row) act(row);
    else show(firstInSight());
  };
  // The row where the focus is, or was before it left for a field or was lost with a button.
  let last = "";
  document.addEventListener("focusin", (event) => {
    last = event.target.closest(".row")?.id || last;
  });
  const goBack = () => show(rowOf(byId(last)) || firstInSight());

  // The focus goes on before the answer has arrived; a decided row waits for it in the background.
  const more = () => document.querySelector("#more a");
  let placed; // the row that has the frame because the one before was decided
  let ranOut = false; // no row was left: the first that comes has the frame
  const goOn = (row) => {
    const all = rows();
    const at = all.indexOf(row);
    row.dataset.sent = "yes";
    row.querySelector(".row__tick").checked = false;
    count();
    const next = all[at + 1] || all[at - 1];
    if (next) show(next);
    placed = next?.id;
    ranOut = !next;
    if (rows().length < 12) more()?.click();
  };
  // A decided row shrinks after the next one was shown, and takes its beginning out of the window.
  // It comes back, below the line with Undo. What can be read from its beginning does not move.
  const keep = (row) => {
    if (!row || row !== document.activeElement) return;
    row.scrollIntoView({ block: "nearest" });
    const above = row.previousElementSibling;
    const first = above?.matches(".row--decided") ? above : row;
    if (first.getBoundingClientRect().top < 0) first.scrollIntoView();
  };
  const takeUp = () => {
    if (!ranOut || !rows().length) return;
    ranOut = false;
    const isLeft = isNowhere() || document.activeElement.closest(".row--decided, [data-sent]");
    if (isLeft) show(rows()[0]);
  };
  const decided = []; // the rows in the order of the decisions: undo takes back the newest
  const forget = (row) => {
    if (decided.includes(row.id)) decided.splice(decided.indexOf(row.id), 1);
  };
  document.addEventListener("htmx:before:request", (event) => {
    const source = event.detail.ctx.sourceElement;
    const row = source.closest?.(".row");
    if (!row) return;
    const isDecision = source.matches(DECIDES);
    if (isDecision || source.matches("[data-undo]")) forget(row);
    if (!isDecision) return;
    decided.push(row.id);
    if (rowOf(row)) goOn(row);
  });
  // A decision that was not taken, or could not be sent, stands where it stood, and whoever presses
  // the key again means that one: unless they went elsewhere meanwhile, the first of them has the
  // frame.
  const isBefore = (row, other) =>
    Boolean(row.compareDocumentPosition(other) & Node.DOCUMENT_POSITION_FOLLOWING);
  const takeBack = (event) => {
    const source = event.detail.ctx?.sourceElement;
    if (source?.closest?.("#more")) typed.length = 0;
    const row = rowOf(source);
    if (!row?.dataset.sent) return;
    delete row.dataset.sent;
    forget(row);
    const active = document.activeElement;
    if (isNowhere() || (active.id === placed && isBefore(row, active))) {
      show(row);
      placed = row.id;
    }
  };
  document.addEventListener("htmx:response:error", takeBack);
  document.addEventListener("htmx:error", takeBack);

  // The focus was in what was replaced and nothing else took it: it goes to what stands there now,
  // and from "More" to the first row that came.
  let lost;
  let read; // the row with the frame, as far as somebody looks at it
  document.addEventListener("htmx:before:swap", (event) => {
    const row = event.target.closest?.(".row");
    read = row && current();
    const isLost = row?.contains(document.activeElement) || (row?.id === last && isNowhere());
    lost = isLost ? { id: row.id, above: row.previousElementSibling } : undefined;
  });
  document.addEventListener("htmx:after:swap", () => {
    if (lost && isNowhere()) {
      const row = lost.id === "more" ? lost.above.nextElementSibling : byId(lost.id);
      (row?.querySelector("[id^=decided-]") || row)?.focus();
    }
    lost = undefined;
    keep(read);
    takeUp();
    count();
  });

  // The next row's buttons have just come to where the finger is, and a second tap on the same spot
  // would decide about the next person. For a moment it does nothing. To keep every row where it
  // is would need a gap of the height of each decided one. A key has no place on the page (its
  // click has no `detail`), so it never waits.
  const SETTLES = 700; // milliseconds
  let movedAt = -SETTLES;
  const moves = (event) => {
    const source = event.detail.ctx.sourceElement;
    if (source.closest?.(".row:not(#more)")) movedAt = performance.now();
  };
  document.addEventListener("htmx:before:request", moves);
  document.addEventListener("htmx:after:swap", moves);
  const isTooSoon = ({ detail, target }) =>
    detail > 0 &&
    target.closest(".row button[name=status]") &&
    performance.now() - movedAt < SETTLES;
  document.addEventListener("click", (event) => {
    if (isTooSoon(event)) event.preventDefault();
  });

  // What a link has opened below a row is closed again, and the row has the focus.
  document.addEventListener("click", (event) => {
    const slot = event.target.closest("[data-close]")?.closest(".row__slot");
    if (!slot) return; // a page of its own: the link leads back
    event.preventDefault();
    slot.replaceChildren();
    show(rowOf(slot));
  });

  // One selection: these rows, or all that the filter finds.
  const all = byId("all");
  const ticks = () => [...document.querySelectorAll(".row__tick:checked")];
  const number = new Intl.NumberFormat(document.documentElement.lang);
  const words = (data, value) =>
    value === 1 ? data.one : data.many.replace("{}", number.format(value));
  const count = () => {
    if (!all) return;
    const label = all.labels[0];
    const gone = document.querySelectorAll("#queue .row--decided").length;
    if (label.dataset.found) label.textContent = words(label.dataset, label.dataset.found - gone);
    const said = document.querySelector(".bulk__count");
    said.textContent = all.checked ? label.textContent : words(said.dataset, ticks().length);
  };
  document.addEventListener("change", ({ target }) => {
    if (target === all) for (const tick of ticks()) tick.checked = false;
    else if (target.matches(".row__tick") && target.checked) all.checked = false;
    count();
  });
  document.addEventListener("reset", goBack);
  // The page that says what was done is on its way: no key decides about anything until then.
  document.addEventListener("submit", (event) => {
    leaves ||= event.target.id === "bulk";
  });
  addEventListener("pageshow", () => {
    leaves = false;
    count();
  });

  const decide = (status) => {
    const press = (form) => form.querySelector(`button[name=status][value=${status}]`)?.click();
    if (all?.checked || ticks().length) press(byId("bulk"));
    else onRow((row) => press(row.querySelector(".decisions")));
  };
  const undo = () => {
    const row = byId(decided.at(-1));
    const button = (row || document).querySelector("[data-undo] button");
    if (button) return button.click();
    document.dispatchEvent(new CustomEvent("notice", { detail: byId("queue").dataset.noUndo }));
  };
  const sayWhy = (row) => {
    const field = row.querySelector("input[name=note]");
    if (!field) return;
    field.closest("details").open = true;
    field.focus();
  };
  const find = byId("find");
  let opened = false; // by its key, and so closed by the other one
  const keys = {
    j: () => step(1),
    k: () => step(-1),
    u: undo,
    x: () =>
      onRow((row) => {
        show(row);
        row.querySelector(".row__tick").click();
      }),
    R: () => onRow(sayWhy),
    e: () => onRow((row) => row.querySelector("[data-key=e]").click()),
    "/": () => {
      opened ||= !find.open;
      find.open = true;
      byId("q").focus();
      byId("q").select();
      byId("q").scrollIntoView({ block: "nearest" });
    },
    "?": () => {
      const legend = byId("keys");
      if (!legend) return;
      legend.open = !legend.open;
      if (legend.open) legend.scrollIntoView({ block: "nearest" });
    },
  };
  for (const [key, status] of Object.entries(DECISIONS)) keys[key] = () => decide(status);
  const leaveField = (field) => {
    field.blur();
    if (opened && find.contains(field)) find.open = opened = false;
    goBack();
  };

  // A key waits while htmx has not yet taken over its row, or the page would be left; while the
  // rows that follow are on their way, or it would be lost; and undo for the answer to a decision.
  const typed = [];
  const isReady = (key) => {
    if (key === "u") return !byId(decided.at(-1))?.dataset.sent;
    const row = current();
    if (!row) return Boolean(rows().length) || !more();
    const form = row.querySelector("form.decisions");
    return !window.htmx || !form || Boolean(form.dataset.htmxPowered);
  };
  const work = () => {
    while (typed.length && isReady(typed[0])) keys[typed.shift()]();
    if (typed.length) setTimeout(work, 10);
  };
  // Caps Lock changes no key; Shift does.
  const keyOf = ({ key, shiftKey }) => {
    if (!/^[a-z]$/i.test(key)) return key;
    return shiftKey ? key.toUpperCase() : key.toLowerCase();
  };
  document.addEventListener("keydown", (event) => {
    const key = keyOf(event);
    const types = event.target.matches("input:not([type=checkbox]), textarea, select");
    if (event.key === "Escape" && types) leaveField(event.target);
    if (types || event.ctrlKey || event.metaKey || event.altKey || !keys[key]) return;
    event.preventDefault();
    if (leaves) return;
    typed.push(key);
    if (typed.length === 1) work();
  });

  // The first key decides about the first row, unless the address or the page asks for something else.
  const isAsked = byId(location.hash.slice(1)) || document.querySelector("[autofocus]");
  if (isNowhere() && !isAsked) rows()[0]?.focus({ preventScroll: true });

  // "12 new": asked now and then while somebody looks.
  const EVERY = 20_000;
  const look = () => document.querySelector("[data-look]")?.dispatchEvent(new Event("look"));
  setInterval(() => {
    if (!document.hidden) look();
  }, EVERY);
  // Answers to several decisions at once may overtake each other, and the counts in them are then
  // older than what is shown: when the last one is there, the counts are asked for once more.
  let underway = 0;
  const counted = new WeakSet(); // not what was held back before it was sent
  let overlapped = false;
  const isDecision = (event) => Boolean(event.detail.ctx.sourceElement.closest?.(".row"));
  document.addEventListener("htmx:before:request", (event) => {
    if (!isDecision(event)) return;
    counted.add(event.detail.ctx);
    underway += 1;
    overlapped ||= underway > 1;
  });
  document.addEventListener("htmx:finally:request", (event) => {
    if (!counted.has(event.detail.ctx)) return;
    underway -= 1;
    if (underway || !overlapped) return;
    overlapped = false;
    look();
  });
})();
