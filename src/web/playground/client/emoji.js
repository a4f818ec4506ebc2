import { element, icon } from './dom.js';

/** The emoji that the bot and people use here. Other names stay as typed, between colons. */
const EMOJI = new Map(
  Object.entries({
    rotating_light: '🚨',
    warning: '⚠️',
    large_yellow_circle: '🟡',
    large_green_circle: '🟢',
    large_orange_circle: '🟠',
    large_blue_circle: '🔵',
    red_circle: '🔴',
    white_circle: '⚪',
    information_source: 'ℹ️',
    white_check_mark: '✅',
    heavy_check_mark: '✔️',
    x: '❌',
    no_entry: '⛔',
    question: '❓',
    grey_question: '❔',
    mag: '🔍',
    mag_right: '🔎',
    hourglass: '⌛',
    hourglass_flowing_sand: '⏳',
    eyes: '👀',
    bulb: '💡',
    wrench: '🔧',
    hammer_and_wrench: '🛠️',
    books: '📚',
    book: '📖',
    page_facing_up: '📄',
    scroll: '📜',
    link: '🔗',
    memo: '📝',
    pushpin: '📌',
    chart_with_upwards_trend: '📈',
    bar_chart: '📊',
    stopwatch: '⏱️',
    clock3: '🕒',
    fire: '🔥',
    dart: '🎯',
    dog: '🐶',
    feet: '🐾',
    thumbsup: '👍',
    '+1': '👍',
    thumbsdown: '👎',
    '-1': '👎',
    wave: '👋',
    tada: '🎉',
    rocket: '🚀',
    lock: '🔒',
    zzz: '💤',
    bug: '🐛',
    arrow_right: '➡️',
    point_right: '👉',
    small_red_triangle: '🔺',
  }),
);

/** Status emoji are drawn, because not every machine has a font with them. */
const DOTS = new Map([
  ['red_circle', 'red'],
  ['large_orange_circle', 'orange'],
  ['large_yellow_circle', 'yellow'],
  ['large_green_circle', 'green'],
  ['large_blue_circle', 'blue'],
]);

/** @param {string} name @returns {Node | string | undefined} */
export function emoji(name) {
  const drawn = { role: 'img', 'aria-label': name.replaceAll('_', ' ') };
  if (DOTS.has(name)) return element('span', { class: `dot ${DOTS.get(name)}`, ...drawn });
  if (name === 'pushpin') return element('span', { class: 'pushpin', ...drawn }, icon('pin'));
  return EMOJI.get(name);
}
