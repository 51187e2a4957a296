/** htmx's settings, in the page before htmx looks for them: no eval, no injected styles (the policy forbids both). */

if (!document.querySelector('meta[name="htmx-config"]')) {
  const meta = document.createElement("meta");
  meta.name = "htmx-config";
  meta.content = JSON.stringify({ allowEval: false, includeIndicatorStyles: false, selfRequestsOnly: true });
  document.head.append(meta);
}

/** An answer that comes when the page no longer shows what asked for it is put nowhere: its parts have no places. */
document.addEventListener("htmx:beforeRequest", (event) => {
  const { target, xhr } = (event as CustomEvent<{ target: Element; xhr: XMLHttpRequest }>).detail;
  const waiting = new AbortController();
  const judge = (swap: Event) => {
    if ((swap as CustomEvent<{ xhr: XMLHttpRequest }>).detail.xhr !== xhr) return;
    waiting.abort();
    if (!target.isConnected) swap.preventDefault();
  };
  target.addEventListener("htmx:beforeSwap", judge, { signal: waiting.signal });
});
