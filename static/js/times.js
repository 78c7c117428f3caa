// "3 hours ago" is made here, so that a page stays the same bytes for everybody and all day.
(() => {
  const UNITS = [
    ["year", 31536000],
    ["month", 2592000],
    ["week", 604800],
    ["day", 86400],
    ["hour", 3600],
    ["minute", 60],
    ["second", 1],
  ];
  const words = new Intl.RelativeTimeFormat(document.documentElement.lang, { numeric: "auto" });

  const say = (time) => {
    if (time.title) return;
    const seconds = Math.min((new Date(time.dateTime) - Date.now()) / 1000, 0);
    const [unit, size] = UNITS.find(([, length]) => -seconds >= length) || UNITS.at(-1);
    time.title = time.textContent;
    time.textContent = words.format(Math.round(seconds / size), unit);
  };

  const sayAll = () => document.querySelectorAll("time[data-relative]").forEach(say);
  sayAll();
  document.addEventListener("htmx:after:swap", sayAll);
})();
