// An ear in a page: whose tone the operator hears, window by window and at each change; and a whistle beside it, which tells how late that ear is.

/** In the page, before its own script. `tones` are names with their frequencies; a window of `every` ms is told when it is over. */
export function listen({ tones, window: every }) {
  const STEP = 25; // ms between two looks
  const tell = (what) => globalThis.overheard?.(what);
  const whom = (samples, rate) => {
    let power = 0;
    for (const x of samples) power += x * x;
    if (Math.sqrt(power / samples.length) < 0.004) return ['silence'];
    const heard = [];
    let all = 0;
    for (const [name, hertz] of tones) {
      const k = 2 * Math.cos((2 * Math.PI * hertz) / rate);
      let a = 0, b = 0;
      for (const x of samples) { const c = x + k * a - b; b = a; a = c; }
      const share = (2 * (a * a + b * b - k * a * b)) / (samples.length * power);
      if (share > 0.2) { heard.push([name, share]); all += share; }
    }
    return all > 0.6 ? heard.sort((x, y) => y[1] - x[1]).map(([name]) => name) : ['sound'];
  };

  let context, analyser, samples, source, stream, whistled, was = '', looks = 0;
  /** The newest samples, so many ms of them: an analyser fills a short array with its oldest. */
  const newest = (ms) => {
    analyser.getFloatTimeDomainData(samples);
    return samples.subarray(-Math.floor((context.sampleRate * ms) / 1000));
  };
  const attend = (now) => {
    stream = now;
    source?.disconnect();
    if (!stream) return;
    context ??= new AudioContext();
    if (!analyser) {
      analyser = context.createAnalyser();
      analyser.fftSize = 8192; // 170 ms at 48 kHz, more than a window
      samples = new Float32Array(analyser.fftSize);
    }
    source = context.createMediaStreamSource(stream);
    source.connect(analyser);
  };
  /** A page whose own work is timed is not listened to meanwhile. */
  globalThis.listening = true;
  setInterval(() => {
    if (!globalThis.listening) return;
    const now = whistled ?? document.getElementById('ear')?.srcObject ?? null;
    if (now !== stream) attend(now);
    if (!stream || context.state !== 'running') return;
    const who = whom(newest(30), context.sampleRate).join('+');
    if (who !== was) tell({ t: 'edge', who: (was = who), at: Date.now() });
    if ((looks += 1) % Math.round(every / STEP) === 0) tell({ t: 'ear', who: whom(newest(every), context.sampleRate), at: Date.now() - every });
  }, STEP);

  /** The ear hears this whistle of so many Hz instead of the page, until it is given back. `on` and `off` give the moment, ms since 1970. */
  globalThis.whistle = (hertz) => {
    context ??= new AudioContext();
    const tone = new OscillatorNode(context, { frequency: hertz }), mouth = new GainNode(context, { gain: 0 }), out = context.createMediaStreamDestination();
    tone.connect(mouth).connect(out);
    tone.start();
    whistled = out.stream;
    const blow = (gain) => {
      mouth.gain.value = gain;
      return Date.now();
    };
    globalThis.whistling = {
      on: () => blow(0.3), off: () => blow(0),
      end() {
        whistled = undefined;
        tone.stop();
      },
    };
  };
}
