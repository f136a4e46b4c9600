// Tagged templates that patch the page in place: what stays is the same node, so focus, selection and live regions survive. Values are
// text or attributes, never markup: nothing the network sends can become an element.

/** A row that stands in the page. @typedef {{child: Child, node: Node}} Row */

const CHILD = 'child';
/** @type {Map<TemplateStringsArray, Blueprint>} */
const blueprints = new Map();
/** @type {WeakMap<Element, Child>} */
const roots = new WeakMap();

/** Trusted Types: our own templates are the only markup this page may parse. */
const policy = /** @type {any} */ (globalThis).trustedTypes?.createPolicy('view', { createHTML: (/** @type {string} */ s) => s });

/** @param {TemplateStringsArray} strings @param {...unknown} values @returns {Template} */
export const html = (strings, ...values) => ({ strings, values });

/** Rows of one element each that keep their nodes by key. @template T @param {readonly T[]} items
 * @param {(item: T) => string|number} key @param {(item: T, index: number) => Template} each @returns {Keyed} */
export const keyed = (items, key, each) => ({ items, key, each });

/** @param {Template} value @param {Element} into */
export function render(value, into) {
  let child = roots.get(into);
  if (!child) {
    const end = document.createComment('');
    into.replaceChildren(end);
    roots.set(into, (child = new Child(end)));
  }
  child.set(value);
}

/** @param {unknown} v @returns {v is Template} */
const isTemplate = (v) => typeof v === 'object' && v !== null && 'strings' in v;
/** @param {unknown} v @returns {v is Keyed} */
const isKeyed = (v) => typeof v === 'object' && v !== null && 'each' in v;

/** A parsed template. */
class Blueprint {
  /** @param {TemplateStringsArray} strings */
  constructor(strings) {
    let text = '';
    strings.forEach((s, i) => {
      text += s;
      if (i === strings.length - 1) return;
      const attribute = /[\s]([@.?]?[\w:-]+)=(["']?)([^"'<>]*)$/.exec(s) ?? null;
      const inTag = text.lastIndexOf('<') > text.lastIndexOf('>');
      text += inTag && (attribute || /=["'][^"']*$/.test(text)) ? `{${i}}` : `<!--${CHILD}${i}-->`;
    });
    this.template = document.createElement('template');
    const markup = text.replace(/^\s*\n\s*|\s*\n\s*$/g, '');
    this.template.innerHTML = policy ? policy.createHTML(markup) : markup;
    /** @type {Part[]} */
    this.parts = [];
    this.scan(this.template.content, []);
  }

  /** @param {Node} node @param {number[]} path */
  scan(node, path) {
    if (node instanceof Element) {
      for (const { name, value } of [...node.attributes]) {
        const found = value.match(/\{\d+\}/g);
        if (!found) continue;
        this.parts.push({ path, name, pieces: value.split(/\{\d+\}/), first: Number(found[0].slice(1, -1)) });
        node.removeAttribute(name);
      }
    } else if (node instanceof Comment && node.data.startsWith(CHILD)) {
      this.parts.push({ path, name: '', pieces: [], first: Number(node.data.slice(CHILD.length)) });
      node.data = '';
    }
    node.childNodes.forEach((child, i) => this.scan(child, [...path, i]));
  }
}

/** One template that stands in the page. */
class Instance {
  /** @param {Template} value */
  constructor(value) {
    this.strings = value.strings;
    let blueprint = blueprints.get(value.strings);
    if (!blueprint) blueprints.set(value.strings, (blueprint = new Blueprint(value.strings)));
    this.fragment = document.importNode(blueprint.template.content, true);
    // Looked up first: filling moves them.
    this.parts = blueprint.parts.map((part) => {
      /** @type {Node} */
      let node = this.fragment;
      for (const i of part.path) node = /** @type {Node} */ (node.childNodes[i]);
      return part.name ? new Attribute(/** @type {Element} */ (node), part) : new Child(/** @type {Comment} */ (node), part.first);
    });
    this.patch(value);
  }

  /** @param {Template} value */
  patch(value) {
    for (const part of this.parts) {
      if (part instanceof Child) part.set(value.values[part.first]);
      else if (part.kind !== '.') part.set(value.values);
    }
    // Properties come last: a select takes a value only when the option stands in it.
    for (const part of this.parts) if (part instanceof Attribute && part.kind === '.') part.set(value.values);
  }
}

/** An attribute (`a=${x}`), a property (`.a=`), a switch (`?a=`) or a listener (`@a=`). */
class Attribute {
  /** @param {Element} element @param {Part} part */
  constructor(element, part) {
    this.element = element;
    this.kind = /^[@.?]/.test(part.name) ? part.name[0] : '';
    this.name = this.kind ? part.name.slice(1) : part.name;
    this.pieces = part.pieces;
    this.first = part.first;
    /** @type {unknown} */
    this.last = undefined;
    if (this.kind === '@') element.addEventListener(this.name, this);
  }

  /** @param {Event} event */
  handleEvent(event) {
    if (typeof this.last === 'function') this.last.call(this.element, event);
  }

  /** @param {unknown[]} values */
  set(values) {
    const { element, name, kind, pieces, first } = this;
    /** @type {unknown} */
    let value = values[first];
    const whole = pieces.length === 2 && !pieces[0] && !pieces[1];
    if (!whole) value = pieces.reduce((text, piece, i) => text + piece + (i < pieces.length - 1 ? String(values[first + i] ?? '') : ''), '');
    const target = /** @type {any} */ (element);
    if (kind === '.') {
      // Compared with the page: the operator may have typed meanwhile.
      const wanted = name === 'value' ? String(value ?? '') : value;
      if (target[name] !== wanted) target[name] = wanted;
      return;
    }
    if (value === this.last) return;
    this.last = value;
    if (kind === '@') return;
    if (kind === '?') element.toggleAttribute(name, Boolean(value));
    else if (value === null || value === undefined || value === false) element.removeAttribute(name);
    else element.setAttribute(name, String(value));
  }
}

/** What stands in front of an end mark: text, a template, or rows. */
class Child {
  /** @param {Comment} end @param {number} first index of its value in the template */
  constructor(end, first = 0) {
    this.end = end;
    this.first = first;
    /** @type {Text|null} */
    this.text = null;
    /** @type {Instance|null} */
    this.instance = null;
    /** @type {Map<string|number, Row>|null} */
    this.rows = null;
    /** First node that is ours; the end mark when empty. @type {ChildNode} */
    this.start = end;
  }

  clear() {
    for (let node = this.start; node !== this.end; ) {
      const next = /** @type {ChildNode} */ (node.nextSibling);
      node.remove();
      node = next;
    }
    this.start = this.end;
    this.text = this.instance = this.rows = null;
  }

  /** @param {unknown} value */
  set(value) {
    if (isTemplate(value)) this.setTemplate(value);
    else if (isKeyed(value)) this.setRows(value);
    else if (Array.isArray(value)) this.setRows({ items: value, key: (item) => value.indexOf(item), each: (item) => item });
    else this.setText(value === null || value === undefined || value === false ? '' : String(value));
  }

  /** @param {string} value */
  setText(value) {
    if (this.text) {
      if (this.text.data !== value) this.text.data = value;
      return;
    }
    if (this.start !== this.end || this.instance) this.clear();
    if (!value) return;
    this.text = document.createTextNode(value);
    this.end.before(this.text);
    this.start = this.text;
  }

  /** @param {Template} value */
  setTemplate(value) {
    if (this.instance?.strings === value.strings) {
      this.instance.patch(value);
      return;
    }
    this.clear();
    const instance = new Instance(value);
    // A mark keeps the place of a first node that comes and goes.
    const mark = document.createComment('');
    this.end.before(mark, instance.fragment);
    this.start = mark;
    this.instance = instance;
  }

  /** @param {Keyed} value */
  setRows({ items, key, each }) {
    if (!this.rows) {
      this.clear();
      this.rows = new Map();
      const mark = document.createComment('');
      this.end.before(mark);
      this.start = mark;
    }
    const old = this.rows;
    /** @type {Map<string|number, Row>} */
    const rows = new Map();
    items.forEach((item, i) => {
      const k = key(item);
      if (rows.has(k)) return;
      rows.set(k, row(old.get(k), each(item, i)));
    });
    for (const [k, { node }] of old) if (rows.get(k)?.node !== node) node.parentNode?.removeChild(node);
    this.rows = rows;
    this.arrange();
  }

  /** The row with the focus is never taken out: the others move around it. */
  arrange() {
    const parent = /** @type {Node} */ (this.end.parentNode);
    const focused = document.activeElement;
    /** @type {Node|null} */
    let place = this.start.nextSibling;
    for (const { node } of this.rows?.values() ?? []) {
      if (node === place) {
        place = node.nextSibling;
      } else if (focused && node.parentNode === parent && node.contains(focused)) {
        while (place && place !== node) {
          const next = place.nextSibling;
          parent.insertBefore(place, this.end);
          place = next;
        }
        place = node.nextSibling;
      } else {
        parent.insertBefore(node, place);
      }
    }
  }
}

/** @param {Row|undefined} known @param {Template} template @returns {Row} */
function row(known, template) {
  if (known && known.child.instance?.strings === template.strings) {
    known.child.instance.patch(template);
    return known;
  }
  const child = new Child(document.createComment(''));
  child.instance = new Instance(template);
  return { child, node: /** @type {Node} */ (child.instance.fragment.firstElementChild) };
}
