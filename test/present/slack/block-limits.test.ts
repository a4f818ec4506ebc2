import { describe, expect, it } from 'vitest';
import { blockProblems } from '#present/slack/block-limits.ts';
import { times } from '#test/trace.ts';

const plain = (length: number) => ({ type: 'plain_text', text: 'x'.repeat(length) });
const mrkdwn = (length: number) => ({ type: 'mrkdwn', text: 'x'.repeat(length) });
const section = (length: number) => ({ type: 'section', text: mrkdwn(length) });
const button = (fields: object = {}) => ({ type: 'button', action_id: 'a', text: plain(5), ...fields });
const actions = (...elements: object[]) => ({ type: 'actions', elements });

describe('at the limit Slack takes it, one beyond it does not', () => {
  it.each<[string, (n: number) => object[], number]>([
    ['blocks in a message', (n) => times(n, () => ({ type: 'divider' })), 50],
    ['characters in a section', (n) => [section(n)], 3000],
    ['fields of a section', (n) => [{ type: 'section', fields: times(n, () => mrkdwn(3)) }], 10],
    ['characters in a field', (n) => [{ type: 'section', fields: [mrkdwn(n)] }], 2000],
    ['characters in a header', (n) => [{ type: 'header', text: plain(n) }], 150],
    ['elements of a context', (n) => [{ type: 'context', elements: times(n, () => plain(3)) }], 10],
    ['buttons in a row', (n) => [actions(...times(n, (i) => button({ action_id: `a${i}` })))], 25],
    ['characters on a button', (n) => [actions(button({ text: plain(n) }))], 75],
    ['characters of its value', (n) => [actions(button({ value: 'v'.repeat(n) }))], 2000],
    ['characters of its spoken name', (n) => [actions(button({ accessibility_label: 'v'.repeat(n) }))], 75],
    ['characters of its address', (n) => [actions(button({ url: 'u'.repeat(n) }))], 3000],
    ['characters of its action', (n) => [actions(button({ action_id: 'v'.repeat(n) }))], 255],
    ['characters of a block id', (n) => [{ ...section(3), block_id: 'b'.repeat(n) }], 255],
    [
      'characters of an alternative text',
      (n) => [{ type: 'image', image_url: 'https://x', alt_text: 'a'.repeat(n) }],
      2000,
    ],
    [
      'options of an overflow',
      (n) => [actions({ type: 'overflow', options: times(n, () => ({ text: plain(3), value: 'v' })) })],
      5,
    ],
    ['characters in all blocks', (n) => [...times(4, () => section(2400)), section(n - 9600)], 12_000],
  ])('%s', (_, blocks, limit) => {
    expect(blockProblems(blocks(limit))).toEqual([]);
    expect(blockProblems(blocks(limit + 1))).toHaveLength(1);
  });
});

describe('names the place of', () => {
  it.each<[string, object, string]>([
    ['a block of an unknown type', { type: 'banner' }, 'blocks[0]: unknown type banner'],
    ['a type that every object inherits', { type: 'toString' }, 'blocks[0]: unknown type toString'],
    ['a section without text', { type: 'section' }, 'blocks[0]: a section needs text or fields'],
    ['an empty text', section(0), 'blocks[0].text.text: no text'],
    ['a header with markup', { type: 'header', text: mrkdwn(3) }, 'blocks[0].text.type: must be plain_text'],
    ['an image without alternative text', { type: 'image', image_url: 'https://x' }, 'blocks[0].alt_text: no text'],
    [
      'an image from nowhere',
      { type: 'image', alt_text: 'a' },
      'blocks[0]: an image needs an image_url or a slack_file',
    ],
    ['one action twice', actions(button(), button()), 'blocks[0].elements[1].action_id: a appears twice'],
    ['a row without buttons', actions(), 'blocks[0].elements: empty'],
    ['an unknown element', actions({ type: 'lever' }), 'blocks[0].elements[0]: unknown element lever'],
    [
      'an empty text in rich text',
      { type: 'rich_text', elements: [{ type: 'rich_text_section', elements: [{ type: 'text', text: '' }] }] },
      'blocks[0].elements[0].elements[0].text: no text',
    ],
  ])('%s', (_, block, problem) => {
    expect(blockProblems([block])).toEqual([problem]);
  });
});

it('refuses one block id for two blocks', () => {
  expect(
    blockProblems([
      { ...section(1), block_id: 'b' },
      { ...section(1), block_id: 'b' },
    ]),
  ).toEqual(['blocks[1].block_id: b appears twice']);
});
