// Icon names -> one SVG sprite, served offline as built/icons.svg#NAME.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);

function symbol(name) {
    const [family, plain] = name.endsWith("-filled") ? ["filled", name.slice(0, -7)] : ["outline", name];
    const text = readFileSync(require.resolve(`@tabler/icons/${family}/${plain}.svg`), "utf8");
    const inner = text.slice(text.indexOf(">", text.indexOf("<svg")) + 1, text.lastIndexOf("</svg>"));
    const paint =
        family === "filled"
            ? 'fill="currentColor"'
            : 'fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"';
    return `<symbol id="${name}" viewBox="0 0 24 24" ${paint}>${inner.replace(/\s*\n\s*/g, "")}</symbol>`;
}

/** A Vite plugin that emits the sprite and refuses a name that has no icon. */
export function icons(file) {
    const sprite = () => {
        const names = JSON.parse(readFileSync(file, "utf8"));
        return `<svg xmlns="http://www.w3.org/2000/svg">${names.map(symbol).join("\n")}</svg>\n`;
    };
    return {
        name: "hedu-icons",
        generateBundle() {
            this.emitFile({ type: "asset", fileName: "icons.svg", source: sprite() });
        },
    };
}
