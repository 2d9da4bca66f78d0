// Puts Yjs and its client into the one module that the page of an interview loads, under their licences: node bundle.mjs FILE.
import { readFileSync } from "node:fs";
import { build } from "esbuild";

const lock = JSON.parse(readFileSync(new URL("package-lock.json", import.meta.url)));
const packages = ["yjs", "lib0", "y-protocols", "y-websocket"];
const named = packages.map((name) => `${name} ${lock.packages[`node_modules/${name}`].version}`).join(", ");
const licence = (name) => readFileSync(new URL(`node_modules/${name}/LICENSE`, import.meta.url), "utf8").trim();
const licences = [...new Set(packages.map(licence))].join("\n\n");

await build({
  stdin: { contents: 'export { Doc } from "yjs"; export { WebsocketProvider } from "y-websocket";', resolveDir: import.meta.dirname },
  bundle: true,
  format: "esm",
  minify: true,
  target: "es2022",
  legalComments: "none",
  banner: { js: `/* ${named}, made by tests/yjs/bundle.mjs.\n\n${licences}\n*/` },
  outfile: process.argv[2],
});
