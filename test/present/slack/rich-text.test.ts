import { describe, expect, test } from 'vitest';
import { alertFirstLine } from '#present/slack/alert-messages.ts';
import { notAnswered } from '#present/slack/quiet-messages.ts';
import {
  bold,
  bullets,
  code,
  onOwnClock,
  paragraph,
  preformatted,
  quoted,
  richText,
  timed,
  words,
} from '#present/slack/rich-text.ts';

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

describe('a clock without a day is on the reader’s own clock where the message is about a known time', () => {
  const nearUs = Date.parse('2026-03-04T00:10:00Z') * 1_000;
  const clock = (iso: string, format: string, fallback: string) => ({
    type: 'date',
    timestamp: at(iso),
    format,
    fallback,
  });

  test('it is that of the nearest day', () => {
    expect(timed('slow since 23:58 UTC, the deploy at 00:05:09 UTC', words, nearUs)).toEqual([
      words('slow since '),
      clock('2026-03-03T23:58:00Z', '{time}', '23:58 UTC'),
      words(', the deploy at '),
      clock('2026-03-04T00:05:09Z', '{time_secs}', '00:05:09 UTC'),
    ]);
  });

  test('both ends of a span of time are', () => {
    expect(timed('from 00:01 to 00:04 UTC', words, nearUs).map(({ type }) => type)).toEqual([
      'text',
      'date',
      'text',
      'date',
    ]);
  });

  test.each(['the line “began 00:01 UTC”', '12:60 UTC', '1.00:01 UTC', '00:01 CET', '00:01'])('%j stays', (text) => {
    expect(timed(text, words, nearUs)).toEqual([words(text)]);
  });

  test('a whole message keeps its code and what it quotes from a program', () => {
    const blocks = [
      richText(paragraph(bold('since 00:01 UTC'), code('00:01 UTC')), preformatted('00:01 UTC')),
      richText(bullets([paragraph(words('at 00:02 UTC'))])),
    ];
    expect(onOwnClock(blocks, nearUs)).toEqual([
      richText(
        paragraph(bold('since '), clock('2026-03-04T00:01:00Z', '{time}', '00:01 UTC') as never, code('00:01 UTC')),
        preformatted('00:01 UTC'),
      ),
      richText(bullets([paragraph(words('at '), clock('2026-03-04T00:02:00Z', '{time}', '00:02 UTC') as never)])),
    ]);
    expect(onOwnClock(blocks, undefined)).toEqual(blocks);
  });
});
