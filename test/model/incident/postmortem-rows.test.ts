import { expect, test } from 'vitest';
import type { TimelineEntry } from '#model/incident/incident.ts';
import { rowsOf } from '#model/incident/postmortem-rows.ts';

const entry = (at: number, more: Partial<TimelineEntry>): TimelineEntry => ({
  id: `e${at}`,
  atUs: at,
  notedUs: at,
  kind: 'note',
  text: '',
  source: 'U0BOT0001',
  link: '',
  value: '',
  ...more,
});
const counted = (many: number, more: Partial<TimelineEntry> = {}) =>
  Array.from({ length: many }, (_, at) => entry(2 * at, { text: `partition ${at + 1} of ${many} moved`, ...more }));

test('ten entries of one source that differ only in numbers are one row, and what people wrote between them stays', () => {
  const bot = counted(10);
  const person = entry(5, { text: 'lag is 41 million', source: 'U0KIM0001' });
  const rows = rowsOf([...bot.slice(0, 3), person, ...bot.slice(3)]);
  expect(rows).toEqual([bot, [person]]);
});

test('fewer, those of several sources, and those with other words stay apart', () => {
  expect(rowsOf(counted(9))).toHaveLength(9);
  const sources = counted(20).map((one, at) => ({ ...one, source: `U0BOT000${at % 4}` }));
  expect(rowsOf(sources)).toHaveLength(20);
  const words = counted(12).map((one, at) => ({ ...one, text: 'moved'.repeat(at + 1) }));
  expect(rowsOf(words)).toHaveLength(12);
});

test('a status, what was tried, an answer and a link never fold', () => {
  for (const more of [{ kind: 'status' }, { value: 'tried=none' }, { value: 'answer:luck' }] as const)
    expect(rowsOf(counted(30, more))).toHaveLength(30);
});

test('alerts that fire again and again are one row, and their ends another one', () => {
  const fired = counted(24, { kind: 'alert' }).map((one, at) => ({ ...one, value: at % 2 ? 'resolved' : 'triggered' }));
  expect(rowsOf(fired).map(({ length }) => length)).toEqual([12, 12]);
});
