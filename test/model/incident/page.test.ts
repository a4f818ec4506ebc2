import { expect, test } from 'vitest';
import type { TimelineEntry } from '#model/incident/incident.ts';
import { acknowledgedValue, callValue, endedValue, isWaiting, pagesOf } from '#model/incident/page.ts';

const entry = (atUs: number, value: string, more: Partial<TimelineEntry> = {}): TimelineEntry => ({
  id: `${atUs}`,
  atUs,
  notedUs: atUs,
  kind: 'message',
  text: '',
  source: 'U1',
  link: '',
  value,
  ...more,
});

test('a page waits until somebody has it, or it has ended', () => {
  const called = [entry(1, callValue('p', 'U2')), entry(2, callValue('p', 'S3'))];
  const waiting = (...more: TimelineEntry[]) => pagesOf([...called, ...more]).map(isWaiting);
  expect(waiting()).toEqual([true]);
  expect(waiting(entry(3, acknowledgedValue('p')))).toEqual([false]);
  expect(waiting(entry(3, endedValue('p')))).toEqual([false]);
  expect(waiting(entry(3, endedValue('q')), entry(4, callValue('r', 'U2')))).toEqual([true, false, true]);
});

test('its calls are in order, and the first who acknowledges has it', () => {
  const pages = pagesOf([
    entry(1, callValue('p', 'U2')),
    entry(2, callValue('p', 'S3')),
    entry(3, acknowledgedValue('p'), { source: 'U4' }),
    entry(4, acknowledgedValue('p'), { source: 'U5' }),
  ]);
  expect(pages).toEqual([
    {
      id: 'p',
      calls: [
        { who: 'U2', atUs: 1 },
        { who: 'S3', atUs: 2 },
      ],
      acknowledged: { by: 'U4', atUs: 3 },
      isEnded: false,
    },
  ]);
});

test('other entries are no pages', () => {
  expect(pagesOf([entry(1, ''), entry(2, 'link'), entry(3, callValue('p', 'U2'), { kind: 'note' })])).toEqual([]);
});
