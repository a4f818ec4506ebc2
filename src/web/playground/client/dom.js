/** Elements without HTML strings. A string child is always a text node, so the bot's texts cannot become markup. */

/**
 * @param {string} tag
 * @param {Record<string, unknown>} [properties] `class`, `on…` handlers, `hidden` and the like, or attributes
 * @param {...(Node | string | null | undefined | false)} children
 */
export function element(tag, properties = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith('on')) made.addEventListener(name.slice(2), value);
    else if (value === true) made.setAttribute(name, '');
    else made.setAttribute(name, String(value));
  }
  made.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return made;
}

/** @param {string} id */
export function byId(id) {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`the page has no #${id}`);
  return found;
}

const ICONS = {
  reply: 'M3 4h14v9H9l-4 3v-3H3z',
  more: 'M4 9h1v1h-1zM9.500 9h1v1h-1zM15 9h1v1h-1z',
  close: 'M5 5l10 10M15 5L5 15',
  send: 'M3 4l14 6-14 6 2.5-6zM5.500 10H11',
  menu: 'M3 5h14M3 10h14M3 15h14',
  eye: 'M2 10s3-5 8-5 8 5 8 5-3 5-8 5-8-5-8-5zM10 8a2 2 0 100 4 2 2 0 000-4z',
  file: 'M5 2h7l4 4v12H5zM12 2v4h4',
  down: 'M10 4v11M5 10l5 5 5-5',
  pin: 'M10 12v6M6 3h8l-1 6 2 3H5l2-3z',
  search: 'M9 3a6 6 0 100 12A6 6 0 009 3zM13.500 13.500L18 18',
};

/** @param {keyof typeof ICONS} name */
export function icon(name) {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('viewBox', '0 0 20 20');
  svg.setAttribute('class', 'icon');
  svg.setAttribute('aria-hidden', 'true');
  const path = document.createElementNS('http://www.w3.org/2000/svg', 'path');
  path.setAttribute('d', ICONS[name]);
  svg.append(path);
  return svg;
}

/** A button with an icon; its label is for screen readers and the tooltip. */
export function iconButton(name, label, onclick, properties = {}) {
  return element(
    'button',
    { type: 'button', class: 'plain', 'aria-label': label, title: label, onclick, ...properties },
    icon(name),
  );
}
