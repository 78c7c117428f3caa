// What the conversation gains from scripts. Everything works without this file.
(() => {
  const PERSON = ["name", "email", "website"];
  const STORE = "commenter";

  const saved = () => {
    try {
      return JSON.parse(localStorage.getItem(STORE)) || {};
    } catch {
      return {};
    }
  };

  // "Save my name…": the browser's own storage, by the reader's choice, never sent by itself.
  const keepPerson = (form) => {
    if (!form.elements.remember) return;
    try {
      if (!form.elements.remember.checked) {
        localStorage.removeItem(STORE);
        return;
      }
      const person = Object.fromEntries(PERSON.map((name) => [name, form.elements[name].value]));
      localStorage.setItem(STORE, JSON.stringify(person));
    } catch {
      // storage is forbidden or full: the comment is posted all the same
    }
  };

  const randomKey = () =>
    Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
      byte.toString(16).padStart(2, "0"),
    ).join("");

  // Cancel empties the place below a comment; the link that filled it gets the focus back.
  const openers = new WeakMap();
  document.addEventListener("htmx:before:request", (event) => {
    const { target: slot, sourceElement: link } = event.detail.ctx;
    if (!slot?.id?.startsWith("reply-slot-") || !link.matches("a")) return;
    const field = slot.querySelector("textarea");
    const isOpen = field && openers.get(slot) === link;
    // An answer is kept as a draft; any other text would be lost with its form.
    const isKept = field?.value === field?.defaultValue || field.form.matches("[data-comment-form]");
    if (isOpen || !isKept) {
      event.preventDefault();
      field.focus();
    } else {
      openers.set(slot, link);
    }
  });
  document.addEventListener("click", (event) => {
    const slot = event.target.closest("[data-close-reply]")?.closest("[id^=reply-slot-]");
    if (!slot) return; // a page of its own: the link leads back
    event.preventDefault();
    slot.replaceChildren();
    openers.get(slot)?.focus();
  });

  // A draft: kept in this browser while typing, offered again, gone after posting.
  const draftName = (form) => `draft:${form.action}`; // which says where on the page it stands
  const keepDraft = (form) => {
    try {
      const text = form.elements.body.value;
      if (text.trim()) localStorage.setItem(draftName(form), text);
      else localStorage.removeItem(draftName(form));
    } catch {
      // storage is forbidden or full: the text is still in the form
    }
  };
  const offerDraft = (form) => {
    try {
      form.elements.body.value ||= localStorage.getItem(draftName(form)) || "";
    } catch {
      // storage is forbidden: there is no draft
    }
  };
  document.addEventListener("htmx:after:request", (event) => {
    const { ctx } = event.detail;
    if (ctx.response.status === 201 && ctx.sourceElement.matches?.("[data-comment-form]")) {
      ctx.sourceElement.elements.body.value = "";
      keepDraft(ctx.sourceElement);
    }
  });

  const prepareForm = (form) => {
    if (form.dataset.prepared) return;
    form.dataset.prepared = "yes";
    // One key a form: a second click on the button is the same comment, not another one.
    form.elements.key.value = randomKey();
    if (form.elements.remember) {
      const person = saved();
      for (const name of PERSON) form.elements[name].value ||= person[name] || "";
      form.elements.remember.checked ||= Boolean(person.name);
    }
    offerDraft(form);
    form.addEventListener("input", () => keepDraft(form));
    form.addEventListener("submit", () => keepPerson(form));
  };

  // "4 new comments": asked once a minute while somebody looks, and when the page is looked at again.
  const EVERY = 60_000;
  let looked = Date.now();
  const look = () => {
    if (document.hidden || Date.now() - looked < EVERY) return;
    looked = Date.now();
    document.getElementById("newer")?.dispatchEvent(new Event("look"));
  };
  setInterval(look, EVERY / 4);
  document.addEventListener("visibilitychange", look);
  addEventListener("pageshow", look);

  // A comment that was put on the page before its place in a long thread was unfolded moves there.
  const dropDoubles = () => {
    const seen = new Map();
    for (const each of document.querySelectorAll("article.comment")) {
      const other = seen.get(each.id);
      if (other) (other.contains(document.activeElement) ? each : other).closest("li").remove();
      seen.set(each.id, each);
    }
  };
  document.addEventListener("htmx:after:swap", dropDoubles);

  const prepare = () => document.querySelectorAll("[data-comment-form]").forEach(prepareForm);
  prepare();
  document.addEventListener("htmx:after:swap", prepare);
})();
