// Microphones that can be unplugged, on the PulseAudio that `run` begins for Firefox. Each speaks a tone of its own: that of a sink which nobody hears.
import { execFileSync } from 'node:child_process';
import { TONES } from './sound.mjs';

const pactl = (...words) => execFileSync('pactl', words, { encoding: 'utf8' }).trim();
const load = (module, ...how) => pactl('load-module', `module-${module}`, ...how);

export class Microphone {
  /** It speaks the tone of this person, and has a name for people, of one word. */
  constructor(person, label) {
    Object.assign(this, { person, label, name: `${person}_speaks` });
    this.tone = [load('null-sink', `sink_name=${person}`), load('sine', `sink=${person}`, `frequency=${TONES[person]}`)];
  }
  plug() {
    this.plugged ??= load('remap-source', `master=${this.person}.monitor`, `source_name=${this.name}`, `source_properties=device.description=${this.label}`);
    return this;
  }
  unplug() {
    if (this.plugged) pactl('unload-module', this.plugged);
    this.plugged = undefined;
  }
  /** The computer takes it when nobody chooses. */
  preferred() {
    pactl('set-default-source', this.name);
    return this;
  }
  close() {
    this.unplug();
    for (const module of this.tone.reverse()) pactl('unload-module', module);
  }
}
