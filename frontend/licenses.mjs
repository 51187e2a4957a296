// What the built files contain of others -> built/licenses.txt, with their licences in full.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

function entry(root, path) {
  const folder = join(root, path);
  const { name, version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const texts = readdirSync(folder, { withFileTypes: true })
    .filter((file) => file.isFile() && /^(licen[cs]e|notice)/i.test(file.name))
    .map((file) => readFileSync(join(folder, file.name), "utf8").trim());
  return [`${name} ${version} (${license})`, ...texts].join("\n\n");
}

/** A Vite plugin: every package of the lock file that is not only for development. */
export function licenses(root) {
  return {
    name: "hedu-licenses",
    generateBundle() {
      const { packages } = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8"));
      const used = Object.entries(packages)
        .filter(([path, told]) => path && !told.dev && existsSync(join(root, path, "package.json")))
        // The sprite is drawn from the icons, though they serve only while building.
        .map(([path]) => path)
        .concat("node_modules/@tabler/icons");
      const source = used.map((path) => entry(root, path)).join(`\n\n${"-".repeat(80)}\n\n`) + "\n";
      this.emitFile({ type: "asset", fileName: "licenses.txt", source });
    },
  };
}
