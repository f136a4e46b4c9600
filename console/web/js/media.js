// The person's sound: one peer connection for the whole shift; answering a caller is a bridge on the server. A headset that disappears
// is replaced on its sender, never by a new negotiation.

/** Candidates are waited for so long, ms. */
const GATHERING = 500;
/** "Disconnected" for so long is tried anew, ms. */
const SHAKY = 700;
/** Not healed by a restart in so long is begun anew, ms: Firefox restarts with its first addresses. */
const ANEW = 4000;

/** How loud, 0 to 1. @param {Float32Array} samples */
const level = (samples) => Math.min(1, Math.sqrt(samples.reduce((sum, s) => sum + s * s, 0) / samples.length) * 4);

/** The loudest in so many ms. @param {number} ms @param {() => number} loud */
async function peak(ms, loud) {
  let loudest = 0;
  for (const end = Date.now() + ms; Date.now() < end; await new Promise((done) => setTimeout(done, 50))) loudest = Math.max(loudest, loud());
  return loudest;
}

export class Media {
  /** @param {MediaDesk} desk @param {HTMLAudioElement} audio */
  constructor(desk, audio) {
    this.desk = desk;
    this.audio = audio;
    /** @type {RTCPeerConnection|null} */
    this.pc = null;
    /** @type {MediaStreamTrack|null} */
    this.track = null;
    this.wanted = { mic: '', speaker: '' };
    this.muted = false;
    this.shaky = this.anew = this.n = 0;
    /** @type {MediaDeviceInfo[]} */
    this.list = [];
    /** @type {Promise<void>|undefined} */
    this.starting = undefined;
    /** The wanted microphone is not there: the system's speaks, until somebody chooses. */
    this.fallen = false;
    /** @type {string|undefined} label of a microphone that went away */
    this.missing = undefined;
    navigator.mediaDevices?.addEventListener('devicechange', () => this.changed());
  }

  /** Asked twice meanwhile, it begins once. */
  start() {
    return (this.starting ??= this.begin().finally(() => (this.starting = undefined)));
  }

  async begin() {
    this.close();
    const { fallen } = this;
    const track = await this.open();
    if (!track) return;
    if (this.fallen && !fallen) this.desk.fault({ kind: 'lost', label: track.label });
    const pc = new RTCPeerConnection({ bundlePolicy: 'max-bundle' });
    this.pc = pc;
    pc.addTransceiver(track, { direction: 'sendrecv' });
    pc.ontrack = ({ track: theirs }) => this.play(theirs);
    pc.onconnectionstatechange = () => this.watch();
    await this.offer('offer');
  }

  /** @param {'offer'|'restart'} how */
  async offer(how) {
    const pc = this.pc;
    if (!pc) return;
    const n = (this.n += 1);
    if (how === 'restart') pc.restartIce();
    // One step: a recovery that crosses the first offer must not set an older one.
    await pc.setLocalDescription();
    await gathered(pc);
    if (n === this.n && pc === this.pc && pc.localDescription) this.desk.send({ media: how, n, sdp: pc.localDescription.sdp });
  }

  /** @param {Extract<ServerMsg, {t: 'media'}>} msg */
  async hear(msg) {
    const pc = this.pc;
    // An answer to an earlier offer would lead this one astray.
    if (msg.media === 'answer' && msg.n === this.n && pc?.signalingState === 'have-local-offer') await pc.setRemoteDescription({ type: 'answer', sdp: msg.sdp });
    if (msg.media === 'up' || msg.media === 'lost') clearInterval(this.anew);
    if (msg.media === 'lost' && pc) {
      this.anew = setInterval(() => this.start(), ANEW);
      await this.recover();
    }
  }

  async recover() {
    if (this.starting) return this.starting;
    const { pc } = this;
    if (!pc) return;
    // An offer that was never answered went down with the line.
    if (pc.signalingState !== 'stable' || pc.connectionState === 'failed' || pc.connectionState === 'closed' || this.track?.readyState === 'ended') await this.start();
    else await this.offer('restart');
  }

  watch() {
    clearTimeout(this.shaky);
    const state = this.pc?.connectionState;
    if (state === 'connected') this.desk.connected();
    if (state === 'failed') this.recover();
    if (state === 'disconnected') this.shaky = setTimeout(() => this.pc?.connectionState === 'disconnected' && this.recover(), SHAKY);
  }

  /** @param {MediaStreamTrack} theirs */
  async play(theirs) {
    this.audio.srcObject = new MediaStream([theirs]);
    await this.output();
    try {
      await this.audio.play();
    } catch {
      this.desk.fault({ kind: 'silent_output' });
    }
  }

  /** What is really open, whatever was wanted. */
  get used() {
    const { wanted, track, audio } = this;
    const mic = this.fallen ? track?.getSettings().deviceId ?? '' : wanted.mic;
    return { mic: mic === 'default' ? '' : mic, speaker: audio.srcObject ? audio.sinkId ?? '' : wanted.speaker };
  }

  async output() {
    try {
      await this.audio.setSinkId?.(this.wanted.speaker);
    } catch {
      await this.audio.setSinkId?.('').catch(() => {});
    }
  }

  /** @returns {Promise<MediaStreamTrack|null>} */
  async open() {
    const sound = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };
    const { mic } = this.wanted;
    // A microphone that came back waits until it is chosen.
    for (const deviceId of mic && !this.fallen ? [{ exact: mic }, undefined] : [undefined]) {
      try {
        const stream = await navigator.mediaDevices.getUserMedia({ audio: { ...sound, ...(deviceId && { deviceId }) } });
        const track = stream.getAudioTracks()[0] ?? null;
        this.fallen = Boolean(mic && !deviceId);
        if (track) this.keep(track);
        await this.enumerate();
        return track;
      } catch (e) {
        if (/** @type {Error} */ (e).name === 'NotAllowedError') {
          this.desk.fault({ kind: 'denied' });
          return null;
        }
      }
    }
    this.desk.fault({ kind: 'none' });
    return null;
  }

  /** @param {MediaStreamTrack} track */
  keep(track) {
    const old = this.track;
    this.track = track;
    track.enabled = !this.muted;
    track.onended = () => this.track === track && this.replace(true);
    if (old && old !== track) {
      old.onended = null;
      old.stop();
    }
  }

  /** Another microphone on the same sender. @param {boolean} [lost] the old one went away by itself */
  async replace(lost = false) {
    const label = this.track?.label;
    if (lost && this.track) this.track.onended = null;
    const track = await this.open();
    const sender = this.pc?.getSenders()[0];
    if (!track || !sender) return;
    await sender.replaceTrack(track);
    this.desk.fault({ kind: lost || this.fallen ? 'lost' : 'changed', label: track.label });
    if (lost) this.missing ??= label;
  }

  async changed() {
    const before = new Set(this.list.map((d) => d.deviceId));
    await this.enumerate();
    const here = new Set(this.list.map((d) => d.deviceId));
    const { mic, speaker } = this.used;
    const gone = (/** @type {string} */ id) => id && before.has(id) && !here.has(id);
    if (gone(mic) && this.track?.onended) await this.replace(true);
    if (gone(speaker)) await this.output();
    // A headset that comes back is offered, not jumped to.
    const back = this.list.find((d) => d.kind === 'audioinput' && !before.has(d.deviceId) && ((this.fallen && d.deviceId === this.wanted.mic) || d.label === this.missing));
    if (back) this.desk.returned(back);
  }

  async enumerate() {
    this.list = (await navigator.mediaDevices.enumerateDevices()).filter((d) => d.kind !== 'videoinput');
    this.desk.devices();
  }

  /** @param {{mic?: string, speaker?: string}} chosen */
  async choose({ mic, speaker }) {
    if (speaker !== undefined) {
      this.wanted.speaker = speaker;
      await this.output();
    }
    if (mic === undefined) return;
    const other = mic !== this.used.mic;
    this.wanted.mic = mic;
    this.fallen = false;
    this.missing = undefined;
    if (other && this.pc) await this.replace();
  }

  /** @param {boolean} muted */
  mute(muted) {
    this.muted = muted;
    if (this.track) this.track.enabled = !muted;
  }

  /** How loud the microphone is, as often as asked. */
  meter() {
    const { track } = this;
    if (!track) return null;
    const context = new AudioContext();
    const analyser = context.createAnalyser();
    context.createMediaStreamSource(new MediaStream([track])).connect(analyser);
    const samples = new Float32Array(analyser.fftSize);
    return {
      track,
      level: () => {
        analyser.getFloatTimeDomainData(samples);
        return level(samples);
      },
      close: () => context.close(),
    };
  }

  /** Records the microphone and plays it in the chosen ear. @param {number} ms */
  async playback(ms) {
    if (!this.track) return;
    const recorder = new MediaRecorder(new MediaStream([this.track]));
    /** @type {Blob[]} */
    const pieces = [];
    recorder.ondataavailable = ({ data }) => pieces.push(data);
    recorder.start();
    await new Promise((done) => setTimeout(done, ms));
    await new Promise((done) => {
      recorder.onstop = done;
      recorder.stop();
    });
    const context = new AudioContext();
    await /** @type {any} */ (context).setSinkId?.(this.wanted.speaker).catch(() => {});
    const source = context.createBufferSource();
    source.buffer = await context.decodeAudioData(await new Blob(pieces).arrayBuffer());
    source.connect(context.destination);
    source.start();
    await new Promise((done) => (source.onended = done));
    await context.close();
  }

  /** Speaks to itself by way of the exchange: how loud at most it comes back, 0 to 1. @param {number} ms */
  async echo(ms) {
    const heard = this.audio.srcObject;
    if (!(heard instanceof MediaStream)) return 0;
    const context = new AudioContext();
    const analyser = context.createAnalyser();
    context.createMediaStreamSource(heard).connect(analyser);
    const samples = new Float32Array(analyser.fftSize);
    this.desk.send({ media: 'echo', on: true });
    const loudest = await peak(ms, () => {
      analyser.getFloatTimeDomainData(samples);
      return level(samples);
    });
    this.desk.send({ media: 'echo', on: false });
    await context.close();
    return loudest;
  }

  /** Listens to the microphone without a sound and tells who looks after the machines. A quiet room is never quite still; a microphone that is
   * switched off is. @param {number} ms */
  async check(ms) {
    const meter = this.meter();
    const loudest = meter ? await peak(ms, meter.level) : 0;
    meter?.close();
    this.report(loudest > 0);
    return loudest > 0;
  }

  /** @param {boolean} heard @param {import('../types/protocol.js').PathView} [path] */
  report(heard, path) {
    this.desk.send({ media: 'tested', mic: this.track?.label ?? '', heard, ...(path && { path }) });
  }

  /** There and back and jitter in ms, loss in percent. */
  async quality() {
    if (!this.pc) return null;
    let delay = 0, lost = 0, received = 0, jitter = 0;
    for (const s of (await this.pc.getStats()).values()) {
      if (s.type === 'candidate-pair' && s.nominated) delay = (s.currentRoundTripTime ?? 0) * 1000;
      if (s.type === 'inbound-rtp') ({ packetsLost: lost, packetsReceived: received, jitter } = s);
    }
    return { delay: Math.round(delay), loss: received + lost > 0 ? Math.round((1000 * lost) / (received + lost)) / 10 : 0, jitter: Math.round(jitter * 1000), received };
  }

  close() {
    clearTimeout(this.shaky);
    this.pc?.close();
    this.pc = null;
  }

  /** The microphone's light goes out. */
  stop() {
    clearInterval(this.anew);
    this.close();
    if (this.track) this.track.onended = null;
    this.track?.stop();
    this.track = null;
    this.fallen = false;
  }
}

/** Waits until the description holds its candidates. @param {RTCPeerConnection} pc */
export function gathered(pc) {
  if (pc.iceGatheringState === 'complete') return Promise.resolve();
  return new Promise((done) => {
    const end = () => (pc.iceGatheringState === 'complete' ? done(undefined) : undefined);
    pc.addEventListener('icegatheringstatechange', end);
    setTimeout(done, GATHERING);
  });
}
