// Says above the page what went wrong when no part of the page can be shown for it.
(() => {
  const show = (sentence) => {
    const box = document.createElement("div");
    box.className = "notice__box";
    box.textContent = sentence;
    document.getElementById("notice").replaceChildren(box);
  };
  document.addEventListener("htmx:response:error", (event) => {
    if (event.detail.ctx.response.status >= 500) show(document.body.dataset.noticeFault);
  });
  document.addEventListener("htmx:error", (event) => {
    if (event.detail.ctx) show(document.body.dataset.noticeOffline);
  });
  document.addEventListener("htmx:before:request", () => {
    document.getElementById("notice").replaceChildren();
  });
})();
