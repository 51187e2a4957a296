// Prints a board once every tile has its answer: tiles ask only when seen, so each is shown to the page first.
const PATIENCE = 8000;

async function settled(tiles) {
  const top = window.scrollY;
  for (const tile of tiles) {
    tile.scrollIntoView({ block: "center" });
    await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 60)));
  }
  window.scrollTo(0, top);
  const until = Date.now() + PATIENCE;
  while (Date.now() < until && document.querySelector(".hedu-tile .hedu-loading, .hedu-tile .hedu-busy"))
    await new Promise((resolve) => setTimeout(resolve, 100));
}

document.addEventListener("click", (event) => {
  if (!event.target.closest("[data-print]")) return;
  void settled(document.querySelectorAll(".hedu-tile")).then(() => window.print());
});
