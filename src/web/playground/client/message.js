/** One message of the channel or of a thread. */
import { blockNodes } from './blocks.js';
import { briefTimeOf, isoOf, timeOf, wholeTimeOf } from './dates.js';
import { showMenu, showText } from './dialogs.js';
import { element, icon, iconButton } from './dom.js';
import { emoji } from './emoji.js';
import { markdownNodes } from './markdown.js';
import { fileAddress } from './server.js';
import { mrkdwnNodes } from './text.js';

/**
 * @param {object} message
 * @param {object} shown how to show it here
 * @param {object} shown.person who wrote it
 * @param {boolean} shown.compact it follows a message of the same person, so it has no name
 * @param {readonly object[]} shown.replies of its thread, where the thread is not open here
 * @param {boolean} shown.inThread
 * @param {{ label: string, run: () => void }[]} shown.menu
 * @param {string} shown.you
 * @param {(name: string, on: boolean) => void} shown.react
 * @param {() => void} shown.openThread
 * @param {import('./blocks.js').Around} shown.around
 */
export function messageElement(message, shown) {
  const { person, compact, around, replies } = shown;
  const name = element('span', { class: 'person' }, person.realName);
  const time = element(
    'time',
    { datetime: isoOf(message.ts), title: wholeTimeOf(message.ts) },
    (compact ? briefTimeOf : timeOf)(message.ts),
  );
  return element(
    'article',
    {
      class: ['message', compact && 'compact', message.ephemeral && 'ephemeral'].filter(Boolean).join(' '),
      'aria-label': `${person.realName}, ${timeOf(message.ts)}`,
      'data-ts': message.ts,
    },
    compact ? element('span', { class: 'gutter' }, time) : avatar(person),
    element(
      'div',
      { class: 'message-body' },
      message.ephemeral && element('p', { class: 'note' }, icon('eye'), 'Only visible to you'),
      message.pinned &&
        element('p', { class: 'note' }, icon('pin'), `Pinned by ${around.names.personName(message.pinned.by)}`),
      message.isBroadcast &&
        element(
          'p',
          { class: 'note' },
          icon('reply'),
          shown.inThread ? 'Also sent to the channel' : 'Replied to a thread',
        ),
      !compact &&
        element(
          'div',
          { class: 'message-head' },
          name,
          person.isBot && element('span', { class: 'app-mark' }, 'APP'),
          time,
        ),
      ...content(message, around),
      ...message.files.map((file) => fileCard(file)),
      message.reactions.length > 0 &&
        element('div', { class: 'reactions' }, ...message.reactions.map((one) => reaction(one, shown))),
      replies.length > 0 && threadLink(replies, shown.openThread),
      message.isBroadcast && !shown.inThread && wholeThreadLink(shown.openThread),
    ),
    tools(message, shown),
  );
}

/** The blocks, or the text where there are none. Notifications and screen readers get only the text. */
function content(message, around) {
  if (message.blocks.length > 0) return blockNodes(message.blocks, around);
  if (message.text === '') return [];
  const edited = message.editedTs && element('small', { class: 'edited' }, ' (edited)');
  return [element('div', { class: 'words' }, ...mrkdwnNodes(message.text, around.names), edited)];
}

export function avatar({ name, isBot, realName }) {
  if (name === 'spanhound') return element('img', { class: 'avatar', src: '/playground/spanhound.svg', alt: '' });
  return element('span', { class: `avatar ${isBot ? 'bot' : ''}`, 'aria-hidden': 'true' }, realName[0]);
}

/** A second press removes the reaction. */
function reaction({ name, users }, { you, react, around }) {
  const own = users.includes(you);
  return element(
    'button',
    {
      type: 'button',
      class: 'reaction',
      'aria-label': `${name}, ${users.length}`,
      'aria-pressed': String(own),
      title: users.map(around.names.personName).join(', '),
      onclick: () => react(name, !own),
      'data-focus': `reaction/${name}`,
    },
    emoji(name) ?? `:${name}:`,
    ` ${users.length}`,
  );
}

function threadLink(replies, openThread) {
  const count = `${replies.length} ${replies.length === 1 ? 'reply' : 'replies'}`;
  const last = replies.at(-1);
  return element(
    'button',
    { type: 'button', class: 'thread-link', onclick: openThread, 'data-focus': 'thread' },
    element('strong', {}, count),
    element('span', {}, ` Last at ${timeOf(last.ts)}`),
  );
}

/** Under a reply that also stands in the channel. */
function wholeThreadLink(openThread) {
  return element(
    'button',
    { type: 'button', class: 'thread-link', onclick: openThread, 'data-focus': 'thread' },
    element('strong', {}, 'Open the thread'),
  );
}

/** The actions of a message. */
function tools(message, { inThread, menu, openThread }) {
  const openMenu = (event) => showMenu(event.currentTarget, menu);
  return element(
    'div',
    { class: 'tools' },
    !inThread && !message.ephemeral && iconButton('reply', 'Reply in thread', openThread),
    iconButton('more', 'More actions', openMenu, { 'aria-haspopup': 'menu', 'aria-expanded': 'false' }),
  );
}

const KIBIBYTE = 1024;

function fileCard({ id, name, title, mimetype, size, alt }) {
  const address = fileAddress(id);
  if (mimetype.startsWith('image/')) {
    return element(
      'figure',
      { class: 'picture' },
      element('figcaption', {}, title),
      element('img', { src: address, alt, class: 'large' }),
    );
  }
  const preview = element('div', { class: 'preview' }, 'Loading…');
  const read = async () => {
    const text = await (await fetch(address)).text();
    return name.endsWith('.md') ? markdownNodes(text) : [element('pre', { tabindex: 0 }, text)];
  };
  const show = async (event) => {
    if (!event.currentTarget.open || preview.dataset.shown) return;
    preview.dataset.shown = 'yes';
    preview.replaceChildren(...(await read()));
  };
  const kilobytes = `${Math.max(1, Math.round(size / KIBIBYTE))} kB`;
  return element(
    'div',
    { class: 'file' },
    element(
      'details',
      { ontoggle: show },
      element(
        'summary',
        {},
        icon('file'),
        element('span', {}, element('strong', {}, title), element('small', {}, `${name} · ${kilobytes}`)),
      ),
      preview,
    ),
    element(
      'div',
      { class: 'file-tools' },
      element(
        'button',
        {
          type: 'button',
          class: 'link',
          'aria-label': `Read ${name}`,
          onclick: async () => showText(title, await read()),
          'data-focus': `read/${id}`,
        },
        'Read',
      ),
      element('a', { href: address, download: name, 'aria-label': `Download ${name}` }, 'Download'),
    ),
  );
}
