// A candidate in a browser, whose microphone plays a recording, and a colleague in another: node interview.mjs '{"address", "interview", "token", "colleague", ...}'; a line of JSON for each thing that came about.
import { mkdirSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { chromium as playwright } from "playwright-core";

// The package unpacks the browser where only its owner may run it: so each user has a place of their own. It looks at the variable when it is loaded.
process.env.TMPDIR = join(tmpdir(), `einstellen-browser-${userInfo().uid}`);
mkdirSync(process.env.TMPDIR, { recursive: true });
const { default: chromium } = await import("@sparticuz/chromium");

const options = JSON.parse(process.argv[2]);
const tell = (name, values = {}) => console.log(JSON.stringify({ name, at: Math.round(performance.now()), ...values }));

const browser = await playwright.launch({
  executablePath: await chromium.executablePath(),
  headless: true,
  ignoreDefaultArgs: ["--mute-audio"],
  args: [
    "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--no-zygote", "--headless=shell", "--autoplay-policy=no-user-gesture-required",
    "--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream", `--use-file-for-fake-audio-capture=${options.wav}`,
  ],
});

const open = async (token, who) => {
  const context = await browser.newContext({ permissions: ["microphone", "camera"] });
  const page = await context.newPage();
  page.setDefaultTimeout(options.patience);
  page.on("console", (message) => message.type() === "error" && tell("console", { who, text: message.text() }));
  page.on("pageerror", (problem) => tell("pageerror", { who, text: String(problem) }));
  await page.goto(`${options.address}/static/interview/?interview=${options.interview}#token=${token}`);
  return page;
};

try {
  const page = await open(options.token, "candidate");
  const until = async (condition, argument) => {
    for (const end = Date.now() + options.patience; !(await page.evaluate(condition, argument)); await page.waitForTimeout(50))
      if (Date.now() > end) throw new Error(`not in time: ${condition}; ${JSON.stringify(await page.evaluate(() => room.states()))} ${await page.textContent("#activity")}`);
  };
  const lines = () => page.locator("#transcript li").count();
  const asked = () => page.getAttribute("#room", "data-question");
  const next = (known) => page.waitForFunction((before) => (document.getElementById("room").dataset.question ?? null) !== before, known);
  const last = () => page.textContent("#transcript li:last-child");

  await page.waitForFunction(() => document.getElementById("level").value > 0.02);
  tell("level");
  const spoke = Date.now(); // the recording begins with speech, and is played over and over; what is said while the microphone is muted nobody hears
  const into = () => (Date.now() - spoke) % options.period;
  const quiet = () => into() > options.speech + 300 && into() < options.period - 300;
  const say = async () => {
    const [known, question] = [await lines(), await asked()];
    while (!quiet()) await page.waitForTimeout(50);
    await page.click("#mute");
    while (quiet()) await page.waitForTimeout(50);
    while (!quiet()) await page.waitForTimeout(50);
    await page.click("#mute");
    tell("spoken");
    await page.waitForFunction((count) => document.querySelectorAll("#transcript li").length >= count + 2, known);
    tell("answer", { text: await page.textContent(`#transcript li:nth-of-type(${known + 1})`) });
    await next(question);
    tell("next", { text: await last() });
  };
  const type = async () => {
    const question = await asked();
    await page.fill("#words", options.words);
    await page.click("#say button");
    await next(question);
    tell("typed", { text: await last() });
  };

  await page.check("#consent");
  await page.click("#enter");
  await page.click("#mute");
  await page.waitForSelector("#people li[data-kind=interviewer]");
  await page.waitForSelector("#transcript li");
  tell("question", { text: await last() });
  let heard = 0;
  await next(null);
  for (let count = 0; await page.isHidden("#coding"); count++) {
    if (!(await asked())) throw new Error("no question asked for code");
    await until(async (before) => (await room.energy()) > before + 0.001, heard); // comfort noise has less than a millionth
    heard = await page.evaluate(() => room.energy());
    tell("voice", { energy: heard });
    await (count < options.spoken ? say() : type());
  }
  tell("caption", { text: await page.getAttribute("#caption", "data-last") });

  const colleague = await open(options.colleague, "colleague");
  await colleague.click("#enter-typing");
  await colleague.waitForSelector("#coding", { state: "visible" });
  await page.focus("#code");
  const end = options.code.indexOf("\n") + 1;
  const [first, rest] = [options.code.slice(0, end), options.code.slice(end)];
  await page.keyboard.type(first);
  await colleague.waitForFunction((code) => document.getElementById("code").value === code, first);
  // Both at once, each in a line of their own.
  await colleague.evaluate(() => document.getElementById("code").setSelectionRange(0, 0));
  await Promise.all([page.keyboard.type(rest), colleague.locator("#code").pressSequentially(options.remark)]);
  const merged = (code) => document.getElementById("code").value === code;
  for (const one of [page, colleague]) await one.waitForFunction(merged, options.remark + first + rest);
  tell("merged", { text: await colleague.inputValue("#code") });
  await colleague.close();
  await page.click("#run");
  await page.waitForFunction(() => !["", "Running…"].includes(document.getElementById("output").textContent));
  tell("run", { text: await page.textContent("#output") });
  await page.click("#answer");
  await page.waitForFunction(() => document.getElementById("coding").hidden);
  tell("answered", { text: await last() });
  await page.click("#end");
  await page.waitForFunction(() => document.getElementById("overall").textContent);
  tell("report", { text: await page.textContent("#overall") });
} catch (problem) {
  tell("problem", { text: String(problem) });
  process.exitCode = 1;
} finally {
  await browser.close();
}
