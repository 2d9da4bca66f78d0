// Runs inside the sandbox (QuickJS), or under Node with another runner: reads the code and then each call from its input, and tells what came of it.
(function () {
  "use strict";
  const quick = typeof std !== "undefined" ? std : null;
  const node = quick ? null : { fs: require("fs"), vm: require("vm") };
  const stringify = JSON.stringify, parse = JSON.parse;
  let rest = quick ? null : node.fs.readFileSync(0, "utf8").split("\n").filter((line) => line);
  const read = () => (quick ? quick.in.getline() : rest.shift()) || "";
  const write = (to, text) => {
    if (quick) { const file = to === 1 ? quick.out : quick.err; file.puts(text); file.flush(); }
    else node.fs.writeSync(to, text);
  };
  const tell = (said) => write(2, "\x1e" + stringify(said) + "\n");
  const evaluate = quick ? quick.evalScript : (code) => node.vm.runInThisContext(code, { filename: "<evalScript>" });
  const show = (value) => {
    if (typeof value === "string") return value;
    try { return value !== null && typeof value === "object" ? stringify(value) : String(value); } catch (problem) { return "?"; }
  };
  const say = (...parts) => write(1, parts.map(show).join(" ") + "\n");
  globalThis.console = { log: say, info: say, debug: say, warn: say, error: say };
  globalThis.module = { exports: {} };
  globalThis.exports = globalThis.module.exports;
  const words = (problem) => {
    if (!(problem instanceof Error)) return "thrown: " + show(problem);
    const line = /<evalScript>:(\d+)/.exec(String(problem.stack || ""));
    return problem.name + (problem.message ? ": " + String(problem.message).slice(0, 400) : "") + (line ? " (line " + line[1] + ")" : "");
  };
  const plain = (key, value) => {
    if (value instanceof Map) return Object.fromEntries(value);
    if (value instanceof Set) return [...value];
    if (typeof value === "number" && !isFinite(value)) throw new RangeError(value + " is no JSON");
    return value;
  };
  const find = (name) => {
    for (const one of [name, name.replace(/_([a-z])/g, (_, letter) => letter.toUpperCase())]) {
      const found = evaluate("typeof " + one + " === 'undefined' ? undefined : " + one) || module.exports[one];
      if (typeof found === "function") return found;
    }
    return typeof module.exports === "function" ? module.exports : null;
  };
  try { evaluate(parse(read()).code); } catch (problem) { tell({ broken: words(problem) }); return; }
  for (let line = read(); line; line = read()) {
    const call = parse(line);
    try {
      const wanted = find(call.function);
      if (!wanted) { tell({ error: "the code does not define " + call.function }); continue; }
      const value = wanted(...call.arguments);
      tell({ value: value === undefined ? null : parse(stringify(value, plain) || "null") });
    } catch (problem) { tell({ error: words(problem) }); }
  }
})();
