// The room: its socket, which comes back by itself with what was missed, and a peer connection with everybody in it.
const PAUSES = [200, 500, 1000, 2000, 5000];
const TRIES = 10;

export class Room extends EventTarget {
  participants = new Map();
  me = "";
  #socket = null;
  #seq = -1;
  #unsent = new Map();
  #peers = new Map();
  #servers = [];
  #failures = 0;
  #left = false;
  #number = 0;
  #recording = false;

  constructor(interview, token, stream) {
    super();
    this.interview = interview;
    this.token = token;
    this.stream = stream;
  }

  enter() {
    const after = this.#seq >= 0 ? `?after=${this.#seq}` : "";
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    const socket = new WebSocket(`${scheme}://${location.host}/ws/interview/${this.interview}${after}`, ["einstellen.v1", `bearer.${this.token}`]);
    this.#socket = socket;
    socket.onmessage = ({ data }) => this.#take(JSON.parse(data));
    socket.onclose = ({ code, reason }) => {
      this.#socket = null;
      if (this.#left) return;
      if ([4401, 4403, 4404].includes(code)) return this.#tell("refused", { code, reason });
      this.#tell("away", {});
      setTimeout(() => this.enter(), PAUSES[Math.min(this.#failures++, PAUSES.length - 1)] * (0.5 + Math.random()));
    };
  }

  leave() {
    this.#left = true;
    for (const id of [...this.#peers.keys()]) this.#drop(id);
    this.#socket?.close();
  }

  // Said again after a reconnect, and where a part of the house was away, until the room has it: the client_id keeps it from being there twice.
  say(content) {
    const client_id = `${Date.now()}-${++this.#number}`;
    this.#unsent.set(client_id, { frame: { say: { content, client_id } }, tries: 0 });
    this.#resend(client_id);
  }

  #resend(client_id) {
    const unsent = this.#unsent.get(client_id);
    if (unsent) this.#send(unsent.frame);
  }

  consent(agrees) {
    this.#send({ consent: { agrees } });
  }

  lead(active) {
    this.#send({ lead: { active } });
  }

  // The energy of all that was to be heard here so far, as WebRTC counts it.
  async energy() {
    let sum = 0;
    for (const { connection } of this.#peers.values())
      for (const one of (await connection.getStats()).values()) if (one.type === "inbound-rtp" && one.kind === "audio") sum += one.totalAudioEnergy ?? 0;
    return sum;
  }

  // How the connections stand, for whoever looks for what is wrong.
  async states() {
    const found = [];
    for (const { connection } of this.#peers.values()) {
      const received = [...(await connection.getStats()).values()].find((one) => one.type === "inbound-rtp" && one.kind === "audio");
      const { packetsReceived, totalAudioEnergy, totalSamplesReceived, audioLevel } = received ?? {};
      found.push({ state: connection.connectionState, packetsReceived, totalAudioEnergy, totalSamplesReceived, audioLevel });
    }
    return found;
  }

  #send(frame) {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(frame));
  }

  #tell(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }

  #take(frame) {
    const [kind] = Object.keys(frame);
    const value = frame[kind];
    if (kind === "welcome") {
      this.#failures = 0;
      for (const id of [...this.#peers.keys()]) this.#drop(id); // this socket is another participant than the one before
      this.me = value.participant_id;
      this.#servers = value.ice_servers;
      for (const client_id of this.#unsent.keys()) this.#resend(client_id);
    } else if (kind === "message") {
      this.#seq = Math.max(this.#seq, Number(value.seq));
      this.#unsent.delete(value.client_id);
    } else if (kind === "error" && this.#unsent.has(value.client_id)) {
      const tries = ++this.#unsent.get(value.client_id).tries;
      if (tries < TRIES) setTimeout(() => this.#resend(value.client_id), PAUSES[Math.min(tries, PAUSES.length - 1)]);
      else this.#unsent.delete(value.client_id);
    } else if (kind === "participants") {
      this.participants = new Map(value.participants.map((one) => [one.participant_id, one]));
      this.#meet();
    } else if (kind === "activity") {
      this.#recording = Boolean(value.is_recording);
      for (const peer of this.#peers.values()) this.#film(peer);
    } else if (kind === "signal") {
      this.#signal(value);
    }
    this.#tell(kind, value);
  }

  // Everybody calls the interviewer, and of two people the one whose id comes first calls the other.
  #meet() {
    for (const id of [...this.#peers.keys()]) if (!this.participants.has(id)) this.#drop(id);
    for (const [id, one] of this.participants)
      if (id !== this.me && !this.#peers.has(id) && (one.kind === "interviewer" || this.me < id)) this.#call(id, one);
  }

  #open(id, session, picture) {
    this.#drop(id);
    const connection = new RTCPeerConnection({ iceServers: this.#servers.map(({ urls, username, credential }) => ({ urls, ...(username ? { username, credential } : {}) })), bundlePolicy: "max-bundle" });
    const peer = { connection, session };
    this.#peers.set(id, peer);
    for (const track of this.stream?.getTracks() ?? []) if (track.kind === "audio" || picture) connection.addTrack(track, this.stream);
    if (!picture && this.stream?.getVideoTracks().length) {
      peer.camera = connection.addTransceiver("video", { direction: "sendonly" }).sender;
      this.#film(peer);
    }
    connection.onicecandidate = ({ candidate }) => {
      if (!candidate) return;
      const { sdpMid, sdpMLineIndex } = candidate;
      this.#send({ signal: { to: id, session, candidate: { candidate: candidate.candidate, sdp_mid: sdpMid ?? "", sdp_m_line_index: sdpMLineIndex ?? 0 } } });
    };
    connection.ontrack = ({ track, streams }) => this.#tell("track", { id, track, stream: streams[0] ?? new MediaStream([track]) });
    connection.onconnectionstatechange = () => {
      if (connection.connectionState !== "failed" || this.#peers.get(id)?.connection !== connection) return;
      this.#drop(id);
      this.#meet();
    };
    return connection;
  }

  // The interviewer only records pictures, so none is sent to it while it does not.
  #film({ camera }) {
    const [track] = this.#recording ? this.stream.getVideoTracks() : [];
    camera?.replaceTrack(track ?? null).catch(() => {}); // of a connection that is closed by now
  }

  async #call(id, one) {
    const session = crypto.randomUUID();
    const connection = this.#open(id, session, one.kind !== "interviewer");
    if (!this.stream) connection.addTransceiver("audio", { direction: "recvonly" });
    await connection.setLocalDescription();
    this.#send({ signal: { to: id, session, description: { type: "offer", sdp: connection.localDescription.sdp } } });
  }

  async #signal({ sender_id: id, session, description, candidate }) {
    if (description?.type === "offer") {
      const connection = this.#open(id, session, true);
      await connection.setRemoteDescription(description);
      await connection.setLocalDescription();
      this.#send({ signal: { to: id, session, description: { type: "answer", sdp: connection.localDescription.sdp } } });
      return;
    }
    const peer = this.#peers.get(id);
    if (peer?.session !== session) return;
    if (description) await peer.connection.setRemoteDescription(description);
    else if (candidate) await peer.connection.addIceCandidate({ candidate: candidate.candidate, sdpMid: candidate.sdp_mid, sdpMLineIndex: candidate.sdp_m_line_index });
    else this.#drop(id);
  }

  #drop(id) {
    this.#peers.get(id)?.connection.close();
    if (this.#peers.delete(id)) this.#tell("gone", { id });
  }
}
