// Windows that the operator opened, one at a time. Nothing from outside ever opens one.
import { render, html } from './view.js';
import { placed } from './keys.js';
import { live } from './reducer.js';
import { highlighted } from './search.js';
import { away, closure, commands, help, keypad, misses, palette, terms } from './view/palette.js';
import { settings } from './view/audio_setup.js';

/** Louder than this is heard. */
const HEARD = 0.06;
/** One hears oneself for so long, ms. */
const ECHO = 5000;
const EMPTY = { service: '', text: '', until: '', when: '', error: '' };

export class Windows {
  /** @param {Rooms} house */
  constructor(house) {
    this.house = house;
    this.element = /** @type {HTMLDialogElement} */ (document.getElementById('window'));
    this.at = { typed: '', index: 0 };
    this.form = { ...EMPTY };
    /** @type {Sound} */
    this.sound = { devices: [], level: 0, heard: false, step: '', quality: null };
    /** @type {ReturnType<Rooms['media']['meter']>} */
    this.meter = null;
    this.timer = 0;
    /** @type {import('../types/protocol.js').MissView[]} */
    this.missed = [];
    this.element.addEventListener('cancel', (e) => {
      e.preventDefault();
      this.open(null);
    });
    this.element.addEventListener('click', (e) => e.target === this.element && this.open(null));
    this.deeds = this.actions();
  }

  /** @param {string|null} name */
  open(name) {
    const { store, media } = this.house;
    if (store.state.dialog === name) return;
    this.at = { typed: '', index: 0 };
    this.form = { ...EMPTY, ...(name === 'words' && { text: (highlighted(store.state)?.words ?? []).join(', ') }) };
    store.dispatch({ t: 'set', set: { dialog: name } });
    clearInterval(this.timer);
    this.meter?.close();
    this.meter = null;
    if (name === 'settings') {
      media.enumerate();
      this.timer = setInterval(() => this.listen(), 150);
    }
    if (name) {
      this.paint(this.house.desk());
      if (!this.element.open) this.element.showModal();
      /** @type {HTMLElement|null} */ (this.element.querySelector('input, select, textarea, .pad button') ?? this.element.querySelector('button'))?.focus();
    } else if (this.element.open) {
      this.element.close();
    }
  }

  listen() {
    const { media } = this.house;
    // Another microphone has to be heard anew.
    const same = this.meter && this.meter.track === media.track;
    if (!same) {
      this.meter?.close();
      this.meter = media.meter();
    }
    const level = this.meter?.level() ?? 0;
    this.sound = { ...this.sound, level, heard: (same && this.sound.heard) || level > HEARD };
    this.paint(this.house.desk());
  }

  /** @param {MediaDeviceInfo[]} devices */
  devices(devices) {
    this.sound = { ...this.sound, devices };
  }

  /** @param {Desk} desk */
  paint(desk) {
    const name = desk.state.dialog;
    render(name === 'palette' ? palette(desk, this.at) : name === 'help' ? help(desk) : name === 'settings' ? settings(desk, this.sound, this.house.media.used)
      : name === 'closure' ? closure(desk, this.form) : name === 'away' ? away(desk, this.form) : name === 'keypad' ? keypad(desk, this.form) : name === 'words' ? terms(desk, this.form) : name === 'misses' ? misses(desk, this.missed) : html``, this.element);
  }

  /** @param {KeyboardEvent} e @param {string} key @param {HTMLElement} element */
  key(e, key, element) {
    const { dialog } = this.house.store.state;
    if (!dialog) return false;
    if (!this.house.desk().prefs.pad) key = key.replace('NumpadEnter', 'Enter');
    if (dialog === 'palette' && element.id === 'p') {
      const list = commands(this.house.desk(), this.at.typed);
      const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 }[key];
      if (step) {
        this.at.index = Math.max(0, Math.min(this.at.index + step, list.length - 1));
        this.paint(this.house.desk());
        document.getElementById(`p${this.at.index}`)?.scrollIntoView({ block: 'nearest' });
      } else if (key === 'Enter') {
        const command = list[this.at.index];
        if (command) this.deeds.palette_do?.(command);
      } else {
        return false;
      }
      e.preventDefault();
      return true;
    }
    // Enter in a field of date and time would not send the form by itself.
    if ((dialog === 'closure' || dialog === 'away') && key === 'Enter' && element instanceof HTMLInputElement) {
      element.form?.requestSubmit();
      e.preventDefault();
      return true;
    }
    if (dialog === 'keypad' && /^(Digit|Numpad)\d$/.test(key)) {
      this.deeds.digit?.(key.slice(-1));
      return true;
    }
    // The same key closes what it opened.
    if ((key === placed('F1') && dialog === 'help') || (key === 'Ctrl+KeyK' && dialog === 'palette')) {
      this.open(null);
      e.preventDefault();
      return true;
    }
    return false;
  }

  /** @returns {Record<string, (arg?: any) => void>} */
  actions() {
    const { order, complain, media, ring, store } = this.house;
    const repaint = () => this.paint(this.house.desk());
    return {
      palette_type: (text) => {
        this.at = { typed: text, index: 0 };
        repaint();
      },
      palette_do: (command) => {
        this.open(null);
        this.house.desk().run(command);
      },
      form: (patch) => {
        this.form = { ...this.form, ...patch, error: '' };
        repaint();
      },
      closure_do: () => {
        const { service, text, until } = this.form;
        const until_ms = new Date(until).getTime();
        if (!(until_ms > this.house.desk().now)) {
          this.form.error = 'closure.past';
          repaint();
          return;
        }
        order({ cmd: 'closure', ...(service && { service }), text, until_ms });
        this.open(null);
      },
      away_do: () => {
        const { service, text, until, when } = this.form;
        const until_ms = new Date(until).getTime();
        const account = highlighted(store.state)?.account;
        const to = text.trim();
        if (!account || !(when ? to : until_ms > this.house.desk().now)) {
          this.form.error = when ? 'away.must_go' : 'closure.past';
          repaint();
          return;
        }
        order(/** @type {any} */ (when ? { cmd: 'forward', account, when, to } : { cmd: 'away', account, until_ms, ...(service && { all: service }), ...(to && { to }) }));
        this.open(null);
      },
      away_end: () => {
        const { service, when } = this.form;
        const account = highlighted(store.state)?.account;
        if (account) order(/** @type {any} */ (when ? { cmd: 'forward', account, when } : { cmd: 'away', account, ...(service && { all: service }) }));
        this.open(null);
      },
      words_do: () => {
        const service = highlighted(store.state)?.id;
        if (service) order({ cmd: 'words', service, words: this.form.text.split(/[,\n]/).map((word) => word.trim()).filter(Boolean) });
        this.open(null);
      },
      digit: (digit) => {
        if (!live(store.state)) {
          complain('task.no_call');
          return;
        }
        order({ cmd: 'dtmf', digit });
        this.form = { ...this.form, text: (this.form.text + digit).slice(-16) };
        repaint();
      },
      sound_ring: () => ring.chime(),
      sound_playback: async () => {
        this.sound = { ...this.sound, step: 'playback' };
        repaint();
        await media.playback(3000);
        this.sound = { ...this.sound, step: '' };
        repaint();
      },
      sound_path: async () => {
        // Nobody is to hear themselves in a conversation.
        let back = true;
        if (!live(store.state) && store.state.media === 'up') {
          this.sound = { ...this.sound, step: 'echo', quality: null };
          repaint();
          back = (await media.echo(ECHO)) > HEARD;
        }
        const quality = await media.quality();
        this.sound = { ...this.sound, step: '', quality: quality && { ...quality, back } };
        if (quality) media.report(this.sound.heard, { back, delay: quality.delay, loss: Math.round(quality.loss * 10), jitter: quality.jitter });
        repaint();
      },
    };
  }
}
