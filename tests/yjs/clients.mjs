// Clients of y-websocket as browsers have them, told what to do by lines of JSON: {id, client, what, ...}; each line is answered by one with its id.
import { createInterface } from "node:readline";
import WebSocket from "ws";
import { WebsocketProvider } from "y-websocket";
import * as Y from "yjs";

const clients = new Map();

const until = (client, holds) =>
  new Promise((resolve) => {
    const look = () => holds() && (client.doc.off("update", look), client.provider.awareness.off("change", look), client.provider.off("sync", look), client.provider.off("status", look), resolve());
    client.doc.on("update", look);
    client.provider.awareness.on("change", look);
    client.provider.on("sync", look);
    client.provider.on("status", look);
    look();
  });

const acts = {
  open: async (client, { url, room, text, params, protocols }) => {
    client.doc = new Y.Doc();
    client.text = client.doc.getText(text);
    client.statuses = [];
    client.provider = new WebsocketProvider(url, room, client.doc, { WebSocketPolyfill: WebSocket, params, protocols, disableBc: true, connect: false });
    client.provider.on("status", ({ status }) => client.statuses.push(status));
    client.provider.on("connection-close", (event) => client.statuses.push(event?.code ?? 0));
    client.provider.connect();
  },
  synced: async (client) => until(client, () => client.provider.synced),
  // One edit for each character, at places that follow from the seed; with `pause`, other work goes on in between.
  type: async (client, { letters, seed = 1, pause = 0 }) => {
    for (const letter of letters) {
      seed = (seed * 48271) % 2147483647;
      client.text.insert(seed % (client.text.length + 1), letter);
      if (pause) await new Promise((resolve) => setTimeout(resolve, pause));
    }
  },
  remove: async (client, { at, length }) => client.text.delete(at, length),
  text: async (client) => client.text.toString(),
  length: async (client, { length }) => (await until(client, () => client.text.length >= length), client.text.toString()),
  has: async (client, { words }) => (await until(client, () => client.text.toString().includes(words)), client.text.toString()),
  leave: async (client) => client.provider.disconnect(),
  back: async (client) => client.provider.connect(),
  point: async (client, { cursor }) => client.provider.awareness.setLocalStateField("cursor", cursor),
  cursors: async (client, { count }) => {
    const found = () => [...client.provider.awareness.getStates().values()].map((state) => state.cursor).filter((cursor) => cursor);
    await until(client, () => found().length === count);
    return found().sort();
  },
  statuses: async (client) => client.statuses,
  status: async (client, { status }) => until(client, () => client.statuses.includes(status)),
  close: async (client) => client.provider.destroy(),
};

for await (const line of createInterface({ input: process.stdin })) {
  const { id, client, what, ...rest } = JSON.parse(line);
  if (!clients.has(client)) clients.set(client, {});
  acts[what](clients.get(client), rest).then(
    (answer) => console.log(JSON.stringify({ id, answer })),
    (problem) => console.log(JSON.stringify({ id, problem: String(problem) })),
  );
}
process.exit(0);
