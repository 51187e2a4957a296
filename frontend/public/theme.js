// Loaded in <head> before the style sheet, so that a dark page never flashes white.
(function () {
  var chosen = (document.cookie.match(/(?:^|; )hedu_theme=(light|dark)/) || [])[1];
  var dark = chosen ? chosen === "dark" : window.matchMedia("(prefers-color-scheme: dark)").matches;
  document.documentElement.setAttribute("data-bs-theme", dark ? "dark" : "light");
})();
