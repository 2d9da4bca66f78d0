// The device check: which microphone and camera, how loud one is, whether the speaker works.
export class Devices {
  stream = null;
  #context = null;
  #timer = 0;

  async open({ microphone, camera } = {}) {
    this.close();
    const audio = { deviceId: microphone ? { exact: microphone } : undefined, echoCancellation: true, noiseSuppression: true, autoGainControl: true };
    const video = camera === undefined ? false : { deviceId: camera ? { exact: camera } : undefined, width: 640, height: 360, frameRate: 15 };
    this.stream = await navigator.mediaDevices.getUserMedia({ audio, video });
    return this.stream;
  }

  async list() {
    const found = await navigator.mediaDevices.enumerateDevices();
    return { microphones: found.filter((one) => one.kind === "audioinput"), cameras: found.filter((one) => one.kind === "videoinput") };
  }

  // Tells `show` ten times a second how loud the microphone is, 0 to 1.
  meter(show) {
    this.#context ??= new AudioContext();
    const analyser = this.#context.createAnalyser();
    this.#context.createMediaStreamSource(this.stream).connect(analyser);
    const samples = new Float32Array(analyser.fftSize);
    clearInterval(this.#timer);
    this.#timer = setInterval(() => {
      analyser.getFloatTimeDomainData(samples);
      show(Math.min(1, 3 * Math.sqrt(samples.reduce((sum, one) => sum + one * one, 0) / samples.length)));
    }, 100);
  }

  beep() {
    const context = (this.#context ??= new AudioContext());
    const [tone, volume] = [context.createOscillator(), context.createGain()];
    tone.frequency.value = 440;
    volume.gain.setValueAtTime(0.2, context.currentTime);
    volume.gain.exponentialRampToValueAtTime(0.001, context.currentTime + 1);
    tone.connect(volume).connect(context.destination);
    tone.start();
    tone.stop(context.currentTime + 1);
  }

  endMeter() {
    clearInterval(this.#timer);
  }

  close() {
    this.endMeter();
    this.stream?.getTracks().forEach((track) => track.stop());
    this.stream = null;
  }
}
