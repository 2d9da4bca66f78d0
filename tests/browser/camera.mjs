// A candidate with a camera in a browser, who agrees to being recorded, changes their mind, and agrees again: node camera.mjs '{"address", "interview", "token", "patience", "seconds"}'.
import { mkdirSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { chromium as playwright } from "playwright-core";

process.env.TMPDIR = join(tmpdir(), `einstellen-browser-${userInfo().uid}`);
mkdirSync(process.env.TMPDIR, { recursive: true });
const { default: chromium } = await import("@sparticuz/chromium");

const options = JSON.parse(process.argv[2]);
const tell = (name, values = {}) => console.log(JSON.stringify({ name, at: Date.now(), ...values }));

const browser = await playwright.launch({
  executablePath: await chromium.executablePath(),
  headless: true,
  args: [
    "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--no-zygote", "--headless=shell", "--autoplay-policy=no-user-gesture-required",
    "--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream",
  ],
});

try {
  const context = await browser.newContext({ permissions: ["microphone", "camera"] });
  const page = await context.newPage();
  page.setDefaultTimeout(options.patience);
  page.on("console", (message) => message.type() === "error" && tell("console", { text: message.text() }));
  page.on("pageerror", (problem) => tell("pageerror", { text: String(problem) }));
  await page.addInitScript(() => {
    const Connection = RTCPeerConnection;
    window.connections = [];
    window.RTCPeerConnection = class extends Connection {
      constructor(...values) {
        super(...values);
        window.connections.push(this);
      }
    };
  });
  // Frames of pictures that have been sent to anybody.
  const sent = () =>
    page.evaluate(async () => {
      let frames = 0;
      for (const connection of connections) for (const one of (await connection.getStats()).values()) if (one.type === "outbound-rtp" && one.kind === "video") frames += one.framesSent ?? 0;
      return frames;
    });
  const recording = (on) => page.waitForFunction((wanted) => document.getElementById("activity").dataset.recording === wanted, String(on));
  const pass = async (frames) => {
    for (const [before, end] = [await sent(), Date.now() + options.patience]; (await sent()) < before + frames; await page.waitForTimeout(200))
      if (Date.now() > end) throw new Error(`no pictures are sent: ${await sent()}`);
  };
  await page.goto(`${options.address}/static/interview/?interview=${options.interview}#token=${options.token}`);
  await page.check("#use-camera");
  await page.waitForSelector("#preview", { state: "visible" });
  await page.click("#enter");
  await page.waitForSelector("#people li[data-kind=interviewer]");
  await page.waitForFunction(() => connections.some((one) => one.connectionState === "connected"));
  await page.waitForTimeout(2000);
  tell("before", { frames: await sent() });
  for (const name of ["first", "again"]) {
    await page.check("#consent-here");
    await recording(true);
    tell(`${name} on`);
    await pass(options.frames);
    await page.uncheck("#consent-here");
    await recording(false);
    tell(`${name} off`, { frames: await sent() });
    await page.waitForTimeout(1000);
    const still = await sent();
    await page.waitForTimeout(1000);
    tell(`${name} still`, { frames: (await sent()) - still });
  }
} catch (problem) {
  tell("problem", { text: String(problem) });
  process.exitCode = 1;
} finally {
  await browser.close();
}
