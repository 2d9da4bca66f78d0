// The page of an interview: signing in, the device check, the room, the end.
import { Devices } from "./devices.js";
import { Editor } from "./editor.js";
import { Room } from "./room.js";

const $ = (id) => document.getElementById(id);
const devices = new Devices();
let token = new URLSearchParams(location.hash.slice(1)).get("token") ?? "";
let interview = new URLSearchParams(location.search).get("interview") ?? "";
let room = null;
let editor = null;
let question = null;
history.replaceState(null, "", location.pathname + location.search); // a token does not stay in the address

const status = (words) => ($("status").textContent = words);

async function call(method, path, body) {
  const headers = { "Content-Type": "application/json", ...(token ? { Authorization: `Bearer ${token}` } : {}) };
  const answer = await fetch(`/api/v1${path}`, { method, headers, body: body ? JSON.stringify(body) : undefined });
  const found = await answer.json().catch(() => ({}));
  if (!answer.ok) throw Object.assign(new Error(found.message ?? `error ${answer.status}`), { status: answer.status });
  return found;
}

function show(...sections) {
  for (const id of ["sign-in", "check", "room", "report"]) $(id).hidden = !sections.includes(id);
}

function choices(select, found) {
  select.replaceChildren(...found.map((one, place) => new Option(one.label || `${place + 1}`, one.deviceId)));
}

async function openDevices() {
  try {
    const stream = await devices.open({ microphone: $("microphones").value, camera: $("use-camera").checked ? $("cameras").value : undefined });
    const found = await devices.list();
    if (!$("microphones").options.length) choices($("microphones"), found.microphones);
    if (!$("cameras").options.length) choices($("cameras"), found.cameras);
    devices.meter((level) => ($("level").value = level));
    $("preview").hidden = !stream.getVideoTracks().length;
    $("preview").srcObject = stream;
    status("");
  } catch (problem) {
    status(`The microphone cannot be used (${problem.name}). You can enter without it and type.`);
  }
}

async function check() {
  show("check");
  $("check-title").focus();
  await openDevices();
}

function line(message) {
  const item = document.createElement("li");
  item.dataset.seq = message.seq;
  const name = document.createElement("b");
  name.textContent = message.sender_name;
  item.append(name, message.content);
  $("transcript").append(item);
  item.scrollIntoView({ block: "nearest" });
}

async function look() {
  const found = await call("GET", `/interviews/${interview}`);
  question = found.open_question ?? null;
  $("room").dataset.question = question?.id ?? "";
  $("coding").hidden = !question?.asks_for_code;
  $("task").textContent = question?.asks_for_code ? question.text : "";
  if (question?.asks_for_code) {
    editor ??= new Editor($("code"), interview, token);
    editor.open(question.id);
  }
  $("consent-here").checked = $("consent").checked || found.is_recording_allowed;
  if (["scoring", "ended", "cancelled"].includes(found.status)) await finish();
}

function enter(stream) {
  devices.endMeter();
  show("room");
  room = new Room(interview, token, stream);
  window.room = room;
  const on = (name, act) => room.addEventListener(name, ({ detail }) => act(detail));
  const captions = new Map();
  on("welcome", ({ may, lead_user_id: lead }) => {
    status("");
    $("lead").hidden = !may.includes("lead");
    $("lead").setAttribute("aria-pressed", String(Boolean(lead)));
    if ($("consent").checked) room.consent(true);
    look().catch((problem) => status(problem.message));
  });
  on("message", (message) => {
    $("caption").textContent = "";
    line(message);
    if (!message.sender_id) look().catch((problem) => status(problem.message));
  });
  on("participants", ({ participants }) => {
    const words = { candidate: "candidate", colleague: "interviewer's colleague", interviewer: "AI interviewer" };
    $("people").replaceChildren(
      ...participants.map((one) => {
        const item = document.createElement("li");
        item.dataset.kind = one.kind;
        item.textContent = `${one.display_name} (${words[one.kind] ?? one.kind})${one.agrees ? ", agrees to being recorded" : ""}`;
        return item;
      }),
    );
  });
  on("activity", ({ state, is_recording: recording }) => {
    const words = { listening: "The interviewer is listening", thinking: "The interviewer is thinking", speaking: "The interviewer is speaking", silent: "A person leads the interview" };
    $("activity").textContent = `${words[state] ?? ""}${recording ? " · recording" : ""}`;
    $("activity").dataset.recording = String(recording);
  });
  on("caption", ({ participant_id: who, text, utterance_id: id }) => {
    if (who !== room.me) return;
    captions.set(id, text);
    $("caption").textContent = text;
    $("caption").dataset.last = text;
  });
  on("lead", ({ user_id: lead }) => $("lead").setAttribute("aria-pressed", String(Boolean(lead))));
  on("track", ({ id, track, stream: sound }) => {
    const element = document.createElement(track.kind);
    Object.assign(element, { autoplay: true, playsInline: true, srcObject: sound });
    element.dataset.of = id;
    $("pictures").append(element);
  });
  on("gone", ({ id }) => document.querySelectorAll(`#pictures [data-of="${id}"]`).forEach((element) => element.remove()));
  on("away", () => status("The connection was lost. Connecting again; nothing that was said is lost."));
  on("refused", ({ reason }) => status(`This room cannot be entered (${reason}).`));
  on("error", ({ message }) => status(message));
  room.enter();
}

async function finish() {
  room?.leave();
  editor?.close();
  devices.close();
  show("report");
  status("");
  // The end and its report come at once: whoever asked for the report just before looks once more.
  for (let tries = 0, over = false; tries < 30; tries++) {
    try {
      const report = await call("GET", `/interviews/${interview}/report`);
      $("overall").textContent = `Overall: ${report.overall_score.toFixed(1)} of 10. ${report.comments}`;
      const points = [...report.strengths.map((text) => `+ ${text}`), ...report.gaps.map((text) => `- ${text}`)];
      $("points").replaceChildren(...points.map((text) => Object.assign(document.createElement("li"), { textContent: text })));
      return;
    } catch (problem) {
      if (problem.status !== 404) return;
      if (over) break;
      const found = await call("GET", `/interviews/${interview}`);
      over = found.status === "ended" || found.status === "cancelled";
      if (!over) await new Promise((resolve) => setTimeout(resolve, 1000));
    }
  }
  $("overall").textContent = "The interview is over. The organization will be in touch with you.";
}

$("sign-in").onsubmit = async (event) => {
  event.preventDefault();
  try {
    token = (await call("POST", "/auth/login", { email: $("email").value, password: $("password").value })).access_token;
    interview = $("interview-id").value;
    await check();
  } catch (problem) {
    status(problem.message);
  }
};
$("microphones").onchange = $("cameras").onchange = $("use-camera").onchange = openDevices;
$("beep").onclick = () => devices.beep();
$("enter").onclick = () => (devices.stream ? enter(devices.stream) : status("There is no microphone. You can enter without one and type."));
$("enter-typing").onclick = () => (devices.close(), enter(null));
$("consent-here").onchange = () => room.consent($("consent-here").checked);
$("mute").onclick = () => {
  const muted = $("mute").getAttribute("aria-pressed") !== "true";
  $("mute").setAttribute("aria-pressed", String(muted));
  devices.stream?.getAudioTracks().forEach((track) => (track.enabled = !muted));
};
$("lead").onclick = () => room.lead($("lead").getAttribute("aria-pressed") !== "true");
$("say").onsubmit = (event) => {
  event.preventDefault();
  const words = $("words").value.trim();
  if (words) room.say(words);
  $("words").value = "";
};
$("run").onclick = async () => {
  $("output").textContent = "Running…";
  try {
    const run = await call("POST", `/interviews/${interview}/questions/${question.id}/run`, { code: $("code").value, language: $("language").value });
    const lines = run.results.map((one) => `${one.passed ? "passed" : one.state}: ${one.arguments || "hidden"} ${one.error || one.value}\n${one.output}`.trim());
    $("output").textContent = [`${run.passed_count} of ${run.results.length} passed ${run.problem}`, ...lines].join("\n");
  } catch (problem) {
    $("output").textContent = problem.message;
  }
};
$("answer").onclick = async () => {
  try {
    await call("POST", `/interviews/${interview}/questions/${question.id}/answer`, { text: $("words").value, code: $("code").value, language: $("language").value });
    $("output").textContent = "";
  } catch (problem) {
    status(problem.message);
  }
};
$("end").onclick = async () => {
  await call("POST", `/interviews/${interview}/end`, {}).catch((problem) => status(problem.message));
  await finish();
};
// What happens beside the answers is noted as evidence, with its time, and judged by people.
const notice = (kind, amount) => room && call("POST", `/interviews/${interview}/signals`, { signals: [{ kind, amount, time: new Date().toISOString() }] }).catch(() => {});
document.addEventListener("visibilitychange", () => notice(document.hidden ? "tab_left" : "tab_returned", 0));
document.addEventListener("paste", (event) => notice("pasted", event.clipboardData?.getData("text").length ?? 0));

if (token && interview) check();
else {
  show("sign-in");
  $("interview-id").value = interview;
}
