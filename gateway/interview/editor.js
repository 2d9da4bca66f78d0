// The shared editor: a textarea bound to a Yjs text, so that what several people type at the same time is merged.
import { Doc, WebsocketProvider } from "./yjs.js";

const REFUSED = [4401, 4403, 4404];
const SECOND_HALF = /^[\udc00-\udfff]/; // of a character that takes two places: it must not be torn apart

export class Editor {
  #doc = new Doc();
  #text = null;
  #area;
  #provider;
  #merge = (event) => event.transaction.origin !== this && this.#show(event.delta);

  constructor(area, interview, token) {
    this.#area = area;
    area.addEventListener("input", () => this.#take());
    const address = `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/ws/code`;
    this.#provider = new WebsocketProvider(address, interview, this.#doc, { protocols: ["yjs", `bearer.${token}`], disableBc: true });
    this.#provider.on("connection-close", (event) => REFUSED.includes(event?.code) && this.#provider.disconnect());
  }

  // Shows the text of one question.
  open(question) {
    const text = this.#doc.getText(question);
    if (text === this.#text) return;
    this.#text?.unobserve(this.#merge);
    this.#text = text;
    text.observe(this.#merge);
    this.#area.value = text.toString();
    this.#clean();
  }

  close() {
    this.#provider.destroy();
  }

  // What was typed: all that differs, which ends where the caret stands.
  #take() {
    const before = this.#text?.toString() ?? "", after = this.#area.value;
    const least = Math.min(before.length, after.length);
    let end = 0, start = 0;
    while (end < Math.min(least, after.length - this.#area.selectionEnd) && before.at(-1 - end) === after.at(-1 - end)) end++;
    while (start < least - end && before[start] === after[start]) start++;
    if (start && (SECOND_HALF.test(before.slice(start)) || SECOND_HALF.test(after.slice(start)))) start--;
    if (end && SECOND_HALF.test(before.slice(before.length - end))) end--;
    this.#doc.transact(() => {
      if (before.length > start + end) this.#text?.delete(start, before.length - start - end);
      if (after.length > start + end) this.#text?.insert(start, after.slice(start, after.length - end));
    }, this);
  }

  // What others typed; selection and caret stay with the words that they are at.
  #show(delta) {
    let at = 0;
    for (const { retain, insert, delete: gone } of delta) {
      if (retain) at += retain;
      else if (gone) this.#area.setRangeText("", at, at + gone, "preserve");
      else if (typeof insert === "string") {
        this.#area.setRangeText(insert, at, at, "preserve");
        at += insert.length;
      }
    }
    this.#clean();
  }

  // A textarea knows no carriage returns, so the places in it would not be those in the text.
  #clean() {
    const found = this.#text.toString();
    if (!found.includes("\r")) return;
    this.#doc.transact(() => {
      for (let at = found.length - 1; at >= 0; at--) if (found[at] === "\r") this.#text.delete(at, 1);
    }, this);
    this.#area.value = this.#text.toString();
  }
}
