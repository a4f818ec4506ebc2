import { expect, test } from 'vitest';
import { alertFirstLine } from '#present/slack/alert-messages.ts';
import { notAnswered } from '#present/slack/quiet-messages.ts';
import { bold, quoted, timed, words } from '#present/slack/rich-text.ts';

const at = (iso: string) => Date.parse(iso) / 1_000;

test('an instant in a sentence is on the reader’s own clock, and its text stays for notifications', () => {
  expect(timed('moved at 2026-03-04 07:05:09 UTC, back until 2026-03-04 08:00 UTC.')).toEqual([
    words('moved at '),
    {
      type: 'date',
      timestamp: at('2026-03-04T07:05:09Z'),
      format: '{date_short_pretty} {time_secs}',
      fallback: '2026-03-04 07:05:09 UTC',
    },
    words(', back until '),
    {
      type: 'date',
      timestamp: at('2026-03-04T08:00:00Z'),
      format: '{date_short_pretty} {time}',
      fallback: '2026-03-04 08:00 UTC',
    },
    words('.'),
  ]);
  expect(quoted('since 2026-03-04 08:00 UTC in `2026-03-04 08:00 UTC`').map(({ type }) => type)).toEqual([
    'text',
    'date',
    'text',
    'text',
    'text',
  ]);
});

test.each(['', 'no time', '2026-03-04T08:00Z', '2026-99-04 08:00 UTC', '12026-03-04 08:00 UTC', '08:00 UTC'])(
  '%j stays text',
  (text) => {
    expect(timed(text, bold)).toEqual([bold(text)]);
  },
);

test('the first line of a question and the reason of a rule show no UTC', () => {
  const asked = alertFirstLine('cart, 2026-03-04 07:05 UTC to 2026-03-04 08:00 UTC', { from: [], thisWeek: undefined });
  const quiet = notAnswered('Cart is slow', 'rule 2 (move until 2026-03-04 08:00 UTC)');
  for (const { blocks } of [asked, quiet]) {
    const shown = JSON.stringify(blocks).replaceAll(/"fallback":"[^"]*"/g, '');
    expect(shown).toContain('"type":"date"');
    expect(shown).not.toContain('UTC');
  }
});
