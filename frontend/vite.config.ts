import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";
import { icons } from "./icons.mjs";
import { licenses } from "./licenses.mjs";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

// Nothing may come from another host, and nothing inline may run: the harness is served under the same policy.
const POLICY =
  "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; connect-src 'self'";

export default defineConfig(({ mode }) => {
  const harness = mode === "harness";
  return {
    root: here("."),
    base: "./",
    plugins: [icons(here("icons.json")), licenses(here("."))],
    build: {
      outDir: harness ? here("harness/built") : here("../hedu/center/static/built"),
      emptyOutDir: true,
      manifest: harness ? false : "manifest.json",
      target: "es2022",
      chunkSizeWarningLimit: 900,
      rolldownOptions: {
        input: harness ? here("harness.html") : here("src/main.ts"),
        output: {
          // Islands share code through this chunk, never through the entry: a server that serves the entry
          // under a second name (hashed static files) would otherwise run it twice.
          codeSplitting: {
            groups: [{ name: "shared", test: /src\/(shell|data|text)\/|lit-html|preload-helper|rolldown.runtime/ }],
          },
        },
        checks: { eval: false },
      },
    },
    preview: { headers: { "Content-Security-Policy": POLICY } },
  };
});
