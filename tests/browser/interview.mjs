// A candidate in a browser, whose microphone plays a recording: node interview.mjs '{"address", "interview", "token", "wav", ...}'; a line of JSON for each thing that came about.
import chromium from "@sparticuz/chromium";
import { chromium as playwright } from "playwright-core";

const options = JSON.parse(process.argv[2]);
const tell = (name, values = {}) => console.log(JSON.stringify({ name, ...values }));

const browser = await playwright.launch({
  executablePath: await chromium.executablePath(),
  headless: true,
  ignoreDefaultArgs: ["--mute-audio"],
  args: [
    "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--no-zygote", "--headless=shell", "--autoplay-policy=no-user-gesture-required",
    "--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream", `--use-file-for-fake-audio-capture=${options.wav}`,
  ],
});
try {
  const context = await browser.newContext({ permissions: ["microphone", "camera"] });
  const page = await context.newPage();
  page.setDefaultTimeout(options.patience);
  page.on("console", (message) => message.type() === "error" && tell("console", { text: message.text() }));
  page.on("pageerror", (problem) => tell("pageerror", { text: String(problem) }));
  await page.goto(`${options.address}/static/interview/?interview=${options.interview}#token=${options.token}`);

  await page.waitForFunction(() => document.getElementById("level").value > 0.02);
  tell("level");
  const spoke = Date.now(); // the recording begins with speech, which a muted microphone keeps to itself until the question was heard
  await page.check("#consent");
  await page.click("#enter");
  await page.click("#mute");
  await page.waitForSelector("#people li[data-kind=interviewer]");
  await page.waitForSelector("#transcript li");
  tell("question", { text: await page.textContent("#transcript li:last-child") });
  const until = async (condition) => {
    for (const end = Date.now() + options.patience; !(await page.evaluate(condition)); await page.waitForTimeout(50))
      if (Date.now() > end) throw new Error(`not in time: ${condition}; ${JSON.stringify(await page.evaluate(() => room.states()))} ${await page.textContent("#activity")} ${await page.innerHTML("#pictures")}`);
  };
  await until(async () => (await room.energy()) > 0.001); // comfort noise has less than a millionth
  tell("voice", { energy: await page.evaluate(() => room.energy()) });
  const into = () => (Date.now() - spoke) % options.period;
  while (into() < 8000 || into() > options.period - 3000) await page.waitForTimeout(50);
  await page.click("#mute");

  await page.waitForFunction(() => document.getElementById("caption").dataset.last);
  tell("caption");
  await page.waitForSelector("#transcript li:nth-of-type(3)");
  tell("answer", { text: await page.textContent("#transcript li:nth-of-type(2)") });
  tell("next", { text: await page.textContent("#transcript li:nth-of-type(3)") });
  await page.click("#mute");

  // The rest in writing, until there is code to write.
  for (let count = 3; await page.isHidden("#coding"); ) {
    await page.fill("#words", options.words);
    await page.click("#say button");
    await page.waitForFunction((known) => document.querySelectorAll("#transcript li").length >= known + 2, count);
    count = await page.locator("#transcript li").count();
    if (/last question/.test(await page.textContent("#transcript li:last-child"))) break;
  }
  if (await page.isVisible("#coding")) {
    await page.fill("#code", options.code);
    await page.click("#run");
    await page.waitForFunction(() => !["", "Running…"].includes(document.getElementById("output").textContent));
    tell("run", { text: await page.textContent("#output") });
  }
  await page.click("#end");
  await page.waitForFunction(() => document.getElementById("overall").textContent);
  tell("report", { text: await page.textContent("#overall") });
} catch (problem) {
  tell("problem", { text: String(problem) });
  process.exitCode = 1;
} finally {
  await browser.close();
}
