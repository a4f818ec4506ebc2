/**
 * Checks a message's blocks against Slack's limits before it is sent. Slack refuses a whole message for one violation and
 * says little about it.
 */
import { isObject } from '#model/text/json-object.ts';

/** The violations in the blocks of a message, each with its place; empty where Slack would accept them. */
export function blockProblems(blocks: readonly unknown[]): string[] {
  const problems: string[] = [];
  if (blocks.length > 50) problems.push(`${blocks.length} blocks, at most 50 in a message`);
  const total = blocks.reduce<number>((sum, block) => sum + charactersIn(block), 0);
  if (total > TOTAL) problems.push(`${total} characters in all blocks, at most ${TOTAL}`);

  const blockIds = new Set<unknown>();
  blocks.forEach((block, index) => {
    const say: Say = (at, problem) => problems.push(`blocks[${index}]${at}: ${problem}`);
    if (!isObject(block)) {
      say('', 'not a block');
      return;
    }
    blockId(block.block_id, blockIds, say);
    const { type } = block;
    const check = typeof type === 'string' && Object.hasOwn(BLOCKS, type) ? BLOCKS[type] : undefined;
    if (check === undefined) say('', `unknown type ${String(type)}`);
    else check(block, say);
  });
  return problems;
}

function blockId(id: unknown, seen: Set<unknown>, say: Say): void {
  if (id === undefined) return;
  string(id, '.block_id', 255, say);
  if (seen.has(id)) say('.block_id', `${String(id)} appears twice`);
  seen.add(id);
}

/** Undocumented: a message with some 13,200 characters is refused though each block is legal. */
const TOTAL = 12_000;

type Fields = Readonly<Record<string, unknown>>;
type Say = (at: string, problem: string) => void;

const BLOCKS: Readonly<Record<string, (block: Fields, say: Say) => void>> = {
  section(block, say) {
    if (block.text === undefined && block.fields === undefined) say('', 'a section needs text or fields');
    if (block.text !== undefined) textObject(block.text, '.text', 3000, say);
    list(block.fields, '.fields', 10, say).forEach((field, i) => {
      textObject(field, `.fields[${i}]`, 2000, say);
    });
    if (block.accessory !== undefined) element(block.accessory, '.accessory', say);
  },
  header(block, say) {
    textObject(block.text, '.text', 150, say, ['plain_text']);
  },
  divider() {},
  context(block, say) {
    needed(block.elements, '.elements', 10, say).forEach((item, i) => {
      if (isObject(item) && item.type === 'image') image(item, `.elements[${i}]`, say);
      else textObject(item, `.elements[${i}]`, 3000, say);
    });
  },
  actions(block, say) {
    const seen = new Set<unknown>();
    needed(block.elements, '.elements', 25, say).forEach((item, i) => {
      element(item, `.elements[${i}]`, say);
      const id = isObject(item) ? item.action_id : undefined;
      if (id !== undefined && seen.has(id)) say(`.elements[${i}].action_id`, `${String(id)} appears twice`);
      seen.add(id);
    });
  },
  image(block, say) {
    image(block, '', say);
    if (block.title !== undefined) textObject(block.title, '.title', 2000, say, ['plain_text']);
  },
  rich_text(block, say) {
    needed(block.elements, '.elements', Number.POSITIVE_INFINITY, say).forEach((part, i) => {
      richPart(part, `.elements[${i}]`, say);
    });
  },
  markdown(block, say) {
    string(block.text, '.text', 12_000, say);
  },
};

function image(fields: Fields, at: string, say: Say): void {
  string(fields.alt_text, `${at}.alt_text`, 2000, say);
  const { image_url: url, slack_file: file } = fields;
  if ((url === undefined) === (file === undefined)) say(at, 'an image needs an image_url or a slack_file');
  if (url !== undefined) string(url, `${at}.image_url`, 3000, say);
}

const ELEMENTS: Readonly<Record<string, (item: Fields, at: string, say: Say) => void>> = {
  button(item, at, say) {
    textObject(item.text, `${at}.text`, 75, say, ['plain_text']);
    if (item.value !== undefined) string(item.value, `${at}.value`, 2000, say);
    if (item.url !== undefined) string(item.url, `${at}.url`, 3000, say);
    if (item.accessibility_label !== undefined) string(item.accessibility_label, `${at}.accessibility_label`, 75, say);
    if (item.confirm !== undefined) confirm(item.confirm, `${at}.confirm`, say);
  },
  overflow(item, at, say) {
    options(item.options, `${at}.options`, 5, say);
  },
  static_select(item, at, say) {
    if (item.placeholder !== undefined) textObject(item.placeholder, `${at}.placeholder`, 150, say, ['plain_text']);
    options(item.options, `${at}.options`, 100, say);
  },
  checkboxes(item, at, say) {
    options(item.options, `${at}.options`, 10, say);
  },
  radio_buttons(item, at, say) {
    options(item.options, `${at}.options`, 10, say);
  },
  image,
};

function element(item: unknown, at: string, say: Say): void {
  if (!isObject(item)) {
    say(at, 'not an element');
    return;
  }
  const { type, action_id: actionId } = item;
  if (actionId !== undefined) string(actionId, `${at}.action_id`, 255, say);
  const check = typeof type === 'string' && Object.hasOwn(ELEMENTS, type) ? ELEMENTS[type] : undefined;
  if (check === undefined) say(at, `unknown element ${String(type)}`);
  else check(item, at, say);
}

function confirm(value: unknown, at: string, say: Say): void {
  if (!isObject(value)) {
    say(at, 'not a confirmation');
    return;
  }
  textObject(value.title, `${at}.title`, 100, say, ['plain_text']);
  textObject(value.text, `${at}.text`, 300, say);
  textObject(value.confirm, `${at}.confirm`, 30, say, ['plain_text']);
  textObject(value.deny, `${at}.deny`, 30, say, ['plain_text']);
}

function options(value: unknown, at: string, most: number, say: Say): void {
  needed(value, at, most, say).forEach((option, i) => {
    if (!isObject(option)) {
      say(`${at}[${i}]`, 'not an option');
      return;
    }
    textObject(option.text, `${at}[${i}].text`, 75, say);
    // Slack's own sources disagree on 75 or 150: the smaller is always right.
    if (option.value !== undefined) string(option.value, `${at}[${i}].value`, 75, say);
    if (option.description !== undefined) textObject(option.description, `${at}[${i}].description`, 75, say);
  });
}

const RICH_PARTS = new Set(['rich_text_section', 'rich_text_preformatted', 'rich_text_quote', 'rich_text_list']);
const RICH_ELEMENTS = new Set([
  'text',
  'link',
  'emoji',
  'date',
  'user',
  'usergroup',
  'channel',
  'broadcast',
  'team',
  'color',
]);

function richPart(part: unknown, at: string, say: Say): void {
  if (!isObject(part) || typeof part.type !== 'string' || !RICH_PARTS.has(part.type)) {
    say(at, 'unknown part of rich text');
    return;
  }
  needed(part.elements, `${at}.elements`, Number.POSITIVE_INFINITY, say).forEach((item, i) => {
    const place = `${at}.elements[${i}]`;
    if (part.type === 'rich_text_list') richPart(item, place, say);
    else if (!isObject(item) || typeof item.type !== 'string' || !RICH_ELEMENTS.has(item.type)) {
      say(place, 'unknown element of rich text');
    } else if (item.type === 'text') string(item.text, `${place}.text`, Number.POSITIVE_INFINITY, say);
    else if (item.type === 'link') string(item.url, `${place}.url`, 3000, say);
  });
}

function textObject(value: unknown, at: string, most: number, say: Say, types = ['plain_text', 'mrkdwn']): void {
  if (!isObject(value)) {
    say(at, 'not a text object');
    return;
  }
  if (typeof value.type !== 'string' || !types.includes(value.type)) say(`${at}.type`, `must be ${types.join(' or ')}`);
  string(value.text, `${at}.text`, most, say);
}

function string(value: unknown, at: string, most: number, say: Say): void {
  if (typeof value !== 'string' || value === '') {
    say(at, 'no text');
    return;
  }
  if (value.length > most) say(at, `${value.length} characters, at most ${most}`);
}

function needed(value: unknown, at: string, most: number, say: Say): readonly unknown[] {
  if (!Array.isArray(value) || value.length === 0) say(at, 'empty');
  return list(value, at, most, say);
}

function list(value: unknown, at: string, most: number, say: Say): readonly unknown[] {
  if (!Array.isArray(value)) return [];
  if (value.length > most) say(at, `${value.length} elements, at most ${most}`);
  return value;
}

/** Every text in a block but the names of its types. */
function charactersIn(value: unknown): number {
  if (typeof value === 'string') return value.length;
  if (Array.isArray(value)) return value.reduce<number>((sum, item) => sum + charactersIn(item), 0);
  if (!isObject(value)) return 0;
  let sum = 0;
  for (const [key, inner] of Object.entries(value)) if (key !== 'type') sum += charactersIn(inner);
  return sum;
}
