// Holds the state: one paint for all that changed since the last frame.

/** @template S, A */
export class Store {
  /** @param {(state: S, action: A) => S} reduce @param {S} state */
  constructor(reduce, state) {
    this.reduce = reduce;
    this.state = state;
    /** @type {((state: S, before: S, action: A) => void)[]} */
    this.watchers = [];
    /** @type {((state: S) => void)|null} */
    this.paint = null;
    this.due = false;
  }

  /** Told at once, also while the page is hidden. @param {(state: S, before: S, action: A) => void} watcher */
  watch(watcher) {
    this.watchers.push(watcher);
  }

  /** @param {A} action */
  dispatch(action) {
    const before = this.state;
    this.state = this.reduce(before, action);
    if (this.state === before) return;
    for (const watcher of this.watchers) watcher(this.state, before, action);
    this.repaint();
  }

  /** A hidden page has no frames: it is painted by a timer. */
  repaint() {
    if (this.due) return;
    this.due = true;
    const go = () => {
      this.due = false;
      this.paint?.(this.state);
    };
    if (document.hidden) setTimeout(go, 0);
    else requestAnimationFrame(go);
  }
}
