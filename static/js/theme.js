// Colours: like the device, light or dark. Runs before the page is drawn, so nothing flashes.
(() => {
  const root = document.documentElement;
  const STATES = ["auto", "light", "dark"];
  const read = () => {
    try {
      return localStorage.getItem("theme") || "auto";
    } catch {
      return "auto"; // storage is forbidden in this browser
    }
  };
  const apply = (state) => {
    if (state === "auto") root.removeAttribute("data-theme");
    else root.setAttribute("data-theme", state);
  };
  apply(read());

  document.addEventListener("DOMContentLoaded", () => {
    const button = document.querySelector("[data-theme-switch]");
    const label = button.querySelector("[data-theme-label]");
    const say = (state) => {
      label.textContent = button.dataset[state];
      button.title = button.dataset[state];
    };
    let state = read();
    say(state);
    button.hidden = false;
    button.addEventListener("click", () => {
      state = STATES[(STATES.indexOf(state) + 1) % STATES.length];
      try {
        localStorage.setItem("theme", state);
      } catch {
        // the choice then lasts for this page only
      }
      apply(state);
      say(state);
    });
  });
})();
