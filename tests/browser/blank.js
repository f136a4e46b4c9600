// The modules under test, within reach of the tests.
import * as view from '/js/view.js';
Object.assign(globalThis, view, { root: document.getElementById('root') });
