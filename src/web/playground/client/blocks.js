/** Block Kit as elements. A note replaces a block that this page cannot show. */
import { confirmed, showPicture } from './dialogs.js';
import { element } from './dom.js';
import { inputBlock } from './inputs.js';
import { markdownNodes } from './markdown.js';
import { ask, fileAddress } from './server.js';
import { richText, textNodes } from './text.js';

/**
 * @typedef {object} Around the context of the blocks
 * @property {import('./text.js').Names} names
 * @property {object} place their place, as the server names it
 * @property {(text: string) => void} typeCommand puts a command into the composer and sends it
 * @property {() => Promise<void>} sendAlert makes PagerDuty post its alert
 * @property {() => Promise<void>} playP0 lets the colleagues play a P0
 * @property {(problem: string) => void} complain
 */

/** The page itself handles these buttons; no app has them. */
const OWN_BUTTONS = {
  playground_type_command: (one, around) => around.typeCommand(one.value),
  playground_send_alert: (_one, around) => around.sendAlert(),
  playground_play_p0: (_one, around) => around.playP0(),
};

/** @param {readonly object[]} blocks @param {Around} around */
export function blockNodes(blocks, around) {
  return blocks.map((block) => (DRAWN[block.type] ?? unknown)(block, around));
}

const DRAWN = {
  section,
  header: (block) => element('h3', { class: 'block header' }, ...textNodes(block.text)),
  divider: () => element('hr', { class: 'block' }),
  context: (block, around) =>
    element('div', { class: 'block context' }, ...block.elements.map((one) => contextPart(one, around))),
  actions: (block, around) =>
    element('div', { class: 'block actions' }, ...block.elements.map((one) => interactive(one, block, around))),
  image: imageBlock,
  rich_text: (block, around) => element('div', { class: 'block' }, richText(block, around.names)),
  markdown: (block) => element('div', { class: 'block markdown' }, ...markdownNodes(block.text)),
  input: inputBlock,
};

function section(block, around) {
  const { names } = around;
  return element(
    'div',
    { class: 'block section' },
    element(
      'div',
      { class: 'section-text' },
      block.text && element('div', { class: 'words' }, ...textNodes(block.text, names)),
      block.fields &&
        element(
          'div',
          { class: 'fields' },
          ...block.fields.map((field) => element('div', {}, ...textNodes(field, names))),
        ),
    ),
    block.accessory && element('div', { class: 'accessory' }, accessory(block.accessory, block, around)),
  );
}

function accessory(one, block, around) {
  return one.type === 'image' ? picture(one, 'thumbnail') : interactive(one, block, around);
}

function contextPart(one, { names }) {
  return one.type === 'image' ? picture(one, 'context-image') : element('span', {}, ...textNodes(one, names));
}

function imageBlock(block) {
  const title = block.title && element('figcaption', {}, ...textNodes(block.title));
  return element('figure', { class: 'block picture' }, title, picture(block, 'large'));
}

/** A picture of this workspace opens large. An external picture is only linked, because the page calls no other server. */
function picture(one, size) {
  const id = one.slack_file?.id;
  if (id === undefined) {
    const address = one.image_url ?? one.slack_file?.url ?? '';
    return element('span', { class: 'unknown' }, `Picture: ${one.alt_text} (${address}, not loaded here)`);
  }
  const source = fileAddress(id);
  const image = element('img', { src: source, alt: one.alt_text, class: size });
  if (size !== 'large') return image;
  const open = () => showPicture(source, one.alt_text);
  return element('button', { type: 'button', class: 'open-picture', title: 'Show large', onclick: open }, image);
}

function interactive(one, block, around) {
  const draw = { button, overflow, static_select: select }[one.type];
  return draw ? draw(one, block, around) : unknown(one);
}

function button(one, block, around) {
  const run = async (event) => {
    const pressed = event.currentTarget;
    if (one.confirm && !(await confirmed(one.confirm, around.names))) return;
    const own = OWN_BUTTONS[one.action_id];
    const work = own ?? (() => ask('press', { place: around.place, blockId: block.block_id, actionId: one.action_id }));
    await whileBusy(pressed, around, () => work(one, around));
  };
  const properties = {
    class: `button ${one.style ?? ''}`,
    'aria-label': one.accessibility_label,
    'data-focus': keyOf(block, one),
  };
  const label = textNodes(one.text);
  if (!one.url) return element('button', { type: 'button', ...properties, onclick: run }, ...label);
  const safe = /^https?:/i.test(one.url);
  return element(
    'a',
    { ...properties, href: safe ? one.url : undefined, target: '_blank', rel: 'noopener noreferrer', onclick: run },
    ...label,
  );
}

/** A native menu: it works by keyboard and on a phone without extra code. */
function overflow(one, block, around) {
  return chooser(one, block, around, 'More choices', 'overflow', '⋯');
}

function select(one, block, around) {
  const placeholder = one.placeholder?.text ?? 'Choose';
  return chooser(one, block, around, one.accessibility_label ?? placeholder, 'select', placeholder);
}

function chooser(one, block, around, name, kind, first) {
  const options = one.options ?? one.option_groups?.flatMap((group) => group.options) ?? [];
  const change = async (event) => {
    const chosen = event.currentTarget;
    const option = chosen.value;
    if (option === '' || (one.confirm && !(await confirmed(one.confirm, around.names)))) return;
    const pressed = { place: around.place, blockId: block.block_id, actionId: one.action_id, option };
    await whileBusy(chosen, around, () => ask('press', pressed));
    if (kind === 'overflow') chosen.value = '';
  };
  const initial = one.initial_option?.value;
  return element(
    'select',
    { class: kind, 'aria-label': name, onchange: change, 'data-focus': keyOf(block, one) },
    element('option', { value: '' }, first),
    ...options.map(({ text, value }) => element('option', { value, selected: value === initial }, ...textNodes(text))),
  );
}

async function whileBusy(control, { complain }, work) {
  control.setAttribute('aria-busy', 'true');
  try {
    await work();
  } catch (error) {
    complain(`The action failed: ${error.message}`);
  } finally {
    control.removeAttribute('aria-busy');
  }
}

function unknown({ type }) {
  return element('p', { class: 'block unknown' }, `(this page cannot show a block of type ${type})`);
}

/** Finds the control again after its message was redrawn. */
function keyOf(block, one) {
  return `${block.block_id}/${one.action_id}`;
}
