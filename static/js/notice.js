// Says above the page what went wrong when no part of the page can be shown for it.
(() => {
  const place = document.getElementById("notice");
  let asker; // had the focus before somebody came here
  const close = () => {
    const isHere = place.contains(document.activeElement);
    place.replaceChildren();
    if (isHere && asker?.isConnected) asker.focus({ preventScroll: true });
  };
  // Whatever is said there, by this script or by the server, can be put away.
  const addClose = () => {
    const box = place.querySelector(".notice__box");
    if (!box || box.querySelector("button")) return;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button button--quiet";
    button.textContent = document.body.dataset.noticeClose;
    button.addEventListener("click", close);
    box.append(button);
  };
  // The session is another one than that of this page: what is sent again has the new token.
  const renew = () => {
    const token = place.querySelector("[data-token]")?.dataset.token;
    for (const form of token ? document.querySelectorAll('form[method="post"]') : []) {
      const field = form.elements.csrf_token || document.createElement("input");
      Object.assign(field, { type: "hidden", name: "csrf_token", value: token });
      form.append(field);
    }
  };
  document.addEventListener("htmx:after:swap", () => {
    addClose();
    renew();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") close();
  });

  const say = (words) => {
    const { activeElement } = document;
    const isElsewhere = activeElement !== document.body && !place.contains(activeElement);
    if (isElsewhere) asker = activeElement;
    const box = document.createElement("div");
    box.className = "notice__box";
    box.textContent = words;
    place.replaceChildren(box);
    addClose();
  };
  // Other scripts say something here, too.
  document.addEventListener("notice", ({ detail }) => say(detail));

  // What is asked now and then by itself is asked again: nobody has to know that it failed.
  const isAsked = (ctx) => ctx && !ctx.sourceElement.matches?.("[data-look]");
  // A part of the page may have sentences of its own, for example about a decision.
  const show = (ctx, name) => {
    const source = ctx.sourceElement.closest?.(`[data-${name}]`) || document.body;
    say(source.getAttribute(`data-${name}`));
  };
  document.addEventListener("htmx:response:error", ({ detail: { ctx } }) => {
    if (isAsked(ctx) && ctx.response.status >= 500) show(ctx, "notice-fault");
  });
  document.addEventListener("htmx:error", ({ detail: { ctx } }) => {
    if (isAsked(ctx)) show(ctx, "notice-offline");
  });
  document.addEventListener("htmx:before:request", ({ detail: { ctx } }) => {
    if (!isAsked(ctx)) return;
    close();
    asker = document.activeElement;
  });

  // Nor does it put anything on the page that was not asked for.
  document.addEventListener("htmx:before:response", (event) => {
    const { ctx } = event.detail;
    if (!isAsked(ctx) && ctx.response.status >= 400) event.preventDefault();
  });

  // What is typed while a text is on its way would be in no answer and in no form.
  const hold = ({ detail: { ctx } }, isHeld) => {
    const fields = ctx.sourceElement.matches?.("form") ? ctx.sourceElement.elements : [];
    for (const field of fields) if (field.matches("textarea")) field.readOnly = isHeld;
  };
  document.addEventListener("htmx:before:request", (event) => hold(event, true));
  document.addEventListener("htmx:finally:request", (event) => hold(event, false));

  // A button that waits for an answer loses the focus; where nothing took it, it is given back.
  const focused = new WeakMap();
  document.addEventListener("htmx:before:request", ({ detail: { ctx } }) => {
    const { activeElement } = document;
    if (isAsked(ctx) && ctx.sourceElement.contains(activeElement)) focused.set(ctx, activeElement);
  });
  document.addEventListener("htmx:finally:request", ({ detail: { ctx } }) => {
    const element = focused.get(ctx);
    if (!element) return;
    setTimeout(() => {
      const isLost = document.activeElement === document.body;
      if (isLost && element.isConnected) element.focus({ preventScroll: true });
    }); // then it is enabled again
  });
})();
