// Before the first paint: dark or light as chosen, or as the system says. Small and blocking on purpose.
(function () {
  var root = document.documentElement;
  var system = window.matchMedia("(prefers-color-scheme: dark)");
  function apply() {
    var chosen = root.dataset.theme || "auto";
    var dark = chosen === "dark" || (chosen === "auto" && system.matches);
    root.dataset.bsTheme = dark ? "dark" : "light";
  }
  apply();
  system.addEventListener("change", apply);
})();
