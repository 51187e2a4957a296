/** htmx's settings, in the page before htmx looks for them: no eval, no injected styles (the policy forbids both). */

if (!document.querySelector('meta[name="htmx-config"]')) {
  const meta = document.createElement("meta");
  meta.name = "htmx-config";
  meta.content = JSON.stringify({ allowEval: false, includeIndicatorStyles: false, selfRequestsOnly: true });
  document.head.append(meta);
}
