/** A status names the one that happened before it, whatever was known when somebody noted it. */
import { expect, test } from 'vitest';
import type { TimelineEntry } from '#model/incident/incident.ts';
import { inStatusOrder } from '#model/incident/status-steps.ts';

const step = (value: string, text: string, kind: TimelineEntry['kind'] = 'status'): TimelineEntry => {
  return { id: text, atUs: 1, notedUs: 1, kind, text, source: 'U1', link: '', value };
};
const texts = (...entries: TimelineEntry[]) => inStatusOrder(entries).map(({ text }) => text);

test('steps that were noted in another order say how it went', () => {
  expect(
    texts(
      step('identified', 'fixed → identified: it is → the pool'),
      step('investigating', 'Declared P1, investigating'),
      step('', 'investigating → fixed: as text', 'note'),
      step('fixed', 'investigating → fixed'),
      step('merged', 'investigating → merged: into INC-2'),
      step('investigating', 'merged → investigating'),
    ),
  ).toEqual([
    'investigating → identified: it is → the pool',
    'Declared P1, investigating',
    'investigating → fixed: as text',
    'identified → fixed',
    'fixed → merged: into INC-2',
    'merged → investigating',
  ]);
});

test('a text that has no status before it stays', () => {
  expect(texts(step('fixed', '[deleted]'), step('resolved', 'somebody → resolved'))).toEqual([
    '[deleted]',
    'somebody → resolved',
  ]);
});
