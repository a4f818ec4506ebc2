/** What a page looks like to a reader: texts that are too pale, and elements that are too wide. Scripts of the page, as text. */
import type { Page } from 'playwright-core';

const LIGHT = `
  const canvas = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true });
  // A page has few colours on thousands of elements.
  const known = new Map();
  const channels = (colour) => {
    if (!known.has(colour)) {
      canvas.clearRect(0, 0, 1, 1);
      canvas.fillStyle = colour;
      canvas.fillRect(0, 0, 1, 1);
      const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
      known.set(colour, [r, g, b, a / 255]);
    }
    return known.get(colour);
  };
  const over = ([r, g, b, a], below) => [r, g, b].map((one, at) => one * a + below[at] * (1 - a)).concat(1);
  const light = ([r, g, b]) => {
    const [x, y, z] = [r, g, b].map((one) => {
      const share = one / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  };
  const contrastOf = (one, other) => (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);`;

/** WCAG's contrast of normal text, and of large text. */
const PALE_TEXTS = `(() => {${LIGHT}
  const behind = (element) => {
    if (element === null) return channels(getComputedStyle(document.body).backgroundColor);
    const own = channels(getComputedStyle(element).backgroundColor);
    return own[3] === 1 ? own : over(own, behind(element.parentElement));
  };
  const pale = [];
  for (const element of document.querySelectorAll('body *')) {
    const words = [...element.childNodes].filter(({ nodeType }) => nodeType === 3).map(({ data }) => data.trim()).join('');
    if (words === '' || element.closest('svg, option, .unseen, [hidden]') || !element.checkVisibility()) continue;
    const { color, fontSize, fontWeight } = getComputedStyle(element);
    const ground = behind(element);
    const contrast = contrastOf(light(over(channels(color), ground)), light(ground));
    const size = Number.parseFloat(fontSize);
    const isLarge = size >= 24 || (size >= 18.66 && Number(fontWeight) >= 700);
    if (contrast < (isLarge ? 3 : 4.5)) pale.push(contrast.toFixed(2) + ' ' + words.slice(0, 60));
  }
  return pale;
})()`;

/** The same in drawn pictures: a text on the last rectangle below its middle. */
const PALE_IN_PICTURES = `(() => {${LIGHT}
  const fillOf = (element) => channels(getComputedStyle(element).fill);
  const pale = [];
  for (const element of document.querySelectorAll('svg text')) {
    if (!element.checkVisibility()) continue;
    const { left, right, top, bottom } = element.getBoundingClientRect();
    const [x, y] = [(left + right) / 2, (top + bottom) / 2];
    const below = [...element.ownerSVGElement.querySelectorAll('rect')].filter((rect) => {
      const box = rect.getBoundingClientRect();
      const isBelow = rect.compareDocumentPosition(element) & Node.DOCUMENT_POSITION_FOLLOWING;
      return isBelow && box.left <= x && x <= box.right && box.top <= y && y <= box.bottom;
    });
    const ground = below.reduce((colour, rect) => over(fillOf(rect), colour), [255, 255, 255, 1]);
    for (const part of element.children.length === 0 ? [element] : element.children) {
      const contrast = contrastOf(light(fillOf(part)), light(ground));
      if (contrast < 4.5) pale.push(contrast.toFixed(2) + ' ' + part.textContent.slice(0, 60));
    }
  }
  return pale;
})()`;

/** Letters of drawn pictures below a size in pixels, and texts that are drawn beyond the edge or over each other. */
const SMALL_IN_PICTURES = (leastPx: number) => `(() => {
  const small = [];
  for (const element of document.querySelectorAll('svg text')) {
    if (!element.checkVisibility()) continue;
    const svg = element.ownerSVGElement;
    const px = Number.parseFloat(getComputedStyle(element).fontSize) * (svg.clientWidth / svg.viewBox.baseVal.width);
    if (px < ${leastPx}) small.push(px.toFixed(1) + ' ' + element.textContent.slice(0, 60));
  }
  return small;
})()`;

const CROWDED_IN_PICTURES = `(() => {
  const crowded = [];
  for (const svg of document.querySelectorAll('svg')) {
    if (!svg.checkVisibility()) continue;
    const edge = svg.getBoundingClientRect();
    const boxes = [...svg.querySelectorAll('text')].map((text) => [text.textContent, text.getBoundingClientRect()]);
    for (const [words, box] of boxes) {
      if (box.left < edge.left || box.right > edge.right) crowded.push('beyond the edge: ' + words);
      for (const [other, beside] of boxes) {
        const apart = box.right <= beside.left || box.left >= beside.right;
        const onOneLine = Math.abs((box.top + box.bottom - beside.top - beside.bottom) / 2) < box.height / 3;
        if (other > words && onOneLine && !apart) crowded.push(words + ' | ' + other);
      }
    }
  }
  return crowded;
})()`;

/** How light the ground of each visible picture is: 0 to 1. */
const GROUNDS = `(() => {${LIGHT}
  const grounds = [];
  for (const svg of document.querySelectorAll('svg')) {
    const ground = svg.querySelector(':scope > rect');
    if (svg.checkVisibility() && ground !== null) grounds.push(light(channels(getComputedStyle(ground).fill)));
  }
  return grounds;
})()`;

/** Beyond the page or beyond the form that it stands in, and what scrolls sideways. Tables may. */
const TOO_WIDE = `(() => {
  const wide = [];
  const named = (element) => element.tagName + '.' + element.className + ' ' + element.textContent.slice(0, 40);
  for (const element of document.querySelectorAll('body *')) {
    if (!element.checkVisibility() || element.closest('svg, .unseen, .skip, .wide')) continue;
    const { overflowX } = getComputedStyle(element);
    const scrolls = overflowX === 'auto' || overflowX === 'scroll';
    if (scrolls && element.scrollWidth > element.clientWidth + 1) wide.push('scrolls: ' + named(element));
    const { right, width } = element.getBoundingClientRect();
    if (width > 0 && right > innerWidth + 1) wide.push('beyond the page: ' + named(element));
    const around = element.matches('select, button, input, textarea') && element.closest('article, form');
    if (around && right > around.getBoundingClientRect().right + 1) wide.push('beyond its message: ' + named(element));
  }
  return wide;
})()`;

/** Words of at most this many letters, which every column has room for, that stand on two lines. Only letters: a path may break. */
const SHORT_WORD = 14;
const BROKEN_WORDS = (selector: string) => `(() => {
  const broken = [];
  for (const element of document.querySelectorAll(${JSON.stringify(selector)})) {
    if (!element.checkVisibility()) continue;
    const texts = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
    for (let node = texts.nextNode(); node !== null; node = texts.nextNode()) {
      for (const { 0: word, index } of node.data.matchAll(/(?<![^\\s])\\p{L}{2,${SHORT_WORD}}(?![^\\s])/gu)) {
        const range = document.createRange();
        range.setStart(node, index);
        range.setEnd(node, index + word.length);
        if (new Set([...range.getClientRects()].map(({ top }) => Math.round(top))).size > 1) broken.push(word);
      }
    }
  }
  return broken;
})()`;

/** Colours that are changing have reached their end. */
const SETTLED = `new Promise((done) => requestAnimationFrame(done))
  .then(() => Promise.allSettled(document.getAnimations().map(({ finished }) => finished)))
  .then(() => undefined)`;

export async function paleTexts(page: Page): Promise<readonly string[]> {
  await page.evaluate(SETTLED);
  return await page.evaluate(PALE_TEXTS);
}

export async function paleInPictures(page: Page): Promise<readonly string[]> {
  return await page.evaluate(PALE_IN_PICTURES);
}

export async function groundsOfPictures(page: Page): Promise<readonly number[]> {
  return await page.evaluate(GROUNDS);
}

export async function smallInPictures(page: Page, leastPx: number): Promise<readonly string[]> {
  return await page.evaluate(SMALL_IN_PICTURES(leastPx));
}

export async function crowdedInPictures(page: Page): Promise<readonly string[]> {
  return await page.evaluate(CROWDED_IN_PICTURES);
}

export async function tooWide(page: Page): Promise<readonly string[]> {
  return await page.evaluate(TOO_WIDE);
}

export async function brokenWords(page: Page, selector: string): Promise<readonly string[]> {
  return await page.evaluate(BROKEN_WORDS(selector));
}
