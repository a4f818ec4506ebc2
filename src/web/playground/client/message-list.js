/** The messages of the channel or of a thread: redraws changed ones and keeps the reader's position. */
import { element, icon } from './dom.js';

/** Within this distance of its resting place, the list counts as being there. */
const NEAR_PX = 80;

/**
 * A scrolling list that keeps unchanged elements. It follows new messages while the reader is at the newest message, at its
 * beginning or at the very end of the list. Otherwise it keeps its position.
 *
 * @param {HTMLElement} container
 * @param {(item: object) => HTMLElement[]} elementsOf
 * @param {boolean} [readFromTop] the list is read from its beginning, so it follows only from its very end
 */
export function messageList(container, elementsOf, readFromTop = false) {
  let drawn = new Map();
  let resting = readFromTop ? undefined : 'newest';
  const below = element('button', { type: 'button', class: 'below', hidden: true, onclick: () => toNewest() });
  below.append('New messages ', icon('down'));
  container.after(below);
  let width = container.clientWidth;
  container.addEventListener('scroll', () => {
    // The browser's scroll correction after a width change is not the reader's action.
    if (container.clientWidth !== width) return;
    resting = restingPlace();
    if (resting) below.hidden = true;
  });
  // A thread that opens beside the list makes it narrower and its messages longer.
  new ResizeObserver(() => {
    width = container.clientWidth;
    follow(false);
  }).observe(container);
  // Pictures have no height before they are loaded.
  container.addEventListener('load', () => follow(false), true);

  return { draw: drawAll, toNewest, forget: () => drawn.clear() };

  function drawAll(items) {
    const focused = focusKey(container);
    const newest = items.at(-1)?.message.ts;
    const arrived = drawn.size > 0 && newest !== undefined && !drawn.has(newest);
    const kept = new Map();
    const elements = items.flatMap((item) => {
      const key = item.message.ts;
      const state = JSON.stringify([item.compact, item.above, item.replies.map(({ ts }) => ts)]);
      const before = drawn.get(key);
      const same = before?.message === item.message && before.state === state;
      const entry = same ? before : { message: item.message, state, elements: elementsOf(item) };
      if (before && !same) keepPictures(before.elements, entry.elements);
      kept.set(key, entry);
      return entry.elements;
    });
    drawn = kept;
    if (sameChildren(container, elements)) return;
    container.replaceChildren(...elements);
    if (focused) container.querySelector(focused)?.focus({ preventScroll: true });
    follow(arrived);
    if (resting) below.hidden = true;
    else if (arrived && container.scrollHeight > container.clientHeight + NEAR_PX) below.hidden = false;
  }

  function follow(arrived) {
    if (resting === 'end' && !arrived) container.scrollTop = container.scrollHeight;
    else if (resting) toNewest();
  }

  function toNewest() {
    resting = 'newest';
    below.hidden = true;
    container.scrollTop = newestTop();
  }

  /** The end of the list, but never past the beginning of the newest message: its first sentence is what matters. */
  function newestTop() {
    const newest = container.lastElementChild;
    const end = container.scrollHeight - container.clientHeight;
    return newest === null ? end : Math.max(0, Math.min(end, newest.offsetTop - container.offsetTop - 12));
  }

  function restingPlace() {
    const end = container.scrollHeight - container.clientHeight;
    if (readFromTop && end < NEAR_PX) return undefined; // nobody came here by scrolling
    if (!readFromTop && Math.abs(container.scrollTop - newestTop()) < NEAR_PX) return 'newest';
    return end - container.scrollTop < NEAR_PX ? 'end' : undefined;
  }
}

/** A new picture has no height before it is loaded: what stands below would jump away under the mouse. */
function keepPictures(before, now) {
  const loaded = picturesIn(before);
  for (const picture of picturesIn(now)) {
    const at = loaded.findIndex(({ outerHTML }) => outerHTML === picture.outerHTML);
    if (at >= 0) picture.replaceWith(...loaded.splice(at, 1));
  }
}

function picturesIn(elements) {
  return elements.flatMap((one) => [...one.querySelectorAll('img')]);
}

function sameChildren(container, elements) {
  return container.children.length === elements.length && elements.every((one, at) => container.children[at] === one);
}

/** A selector for the focused element inside a message, so that redrawing keeps the focus. */
function focusKey(container) {
  const focused = document.activeElement;
  if (!container.contains(focused)) return undefined;
  const ts = focused.closest('[data-ts]')?.dataset.ts;
  const key = focused.dataset.focus;
  return ts && key ? `[data-ts="${ts}"] [data-focus="${CSS.escape(key)}"]` : undefined;
}
