// Colours: like the device, light or dark. FIRST_SCRIPT in blog/web/headers.py has set them before the
// page was drawn, so that nothing flashes; here they are chosen.
(() => {
  const root = document.documentElement;
  const STATES = ["auto", "light", "dark"];
  const apply = (state) => {
    if (state === "auto") root.removeAttribute("data-theme");
    else root.setAttribute("data-theme", state);
  };

  const button = document.querySelector("[data-theme-switch]");
  const label = button.querySelector("[data-theme-label]");
  const say = (state) => {
    label.textContent = button.dataset[state];
    button.title = button.dataset[state];
  };
  let state = root.dataset.theme || "auto";
  say(state);
  button.hidden = false;
  button.addEventListener("click", () => {
    state = STATES[(STATES.indexOf(state) + 1) % STATES.length];
    try {
      localStorage.setItem("theme", state);
    } catch {
      // storage is forbidden: the choice lasts for this page only
    }
    apply(state);
    say(state);
  });
})();
