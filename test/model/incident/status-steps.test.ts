import { expect, test } from 'vitest';
import type { Status } from '#model/incident/incident.ts';
import { placeOfStatus } from '#model/incident/status-steps.ts';

/** `fixed 20, resolved 30`: the minutes of the steps. */
const steps = (text: string) =>
  text.split(', ').flatMap((one) => {
    const [value = '', at = ''] = one.split(' ');
    return value === '' ? [] : [{ value, atUs: Number(at) }];
  });

test.each<[text: string, status: Status, atUs: number, place: string]>([
  ['', 'identified', 10, 'new from investigating, newest'],
  ['identified 10', 'fixed', 20, 'new from identified, newest'],
  ['fixed 20', 'identified', 10, 'new from investigating'],
  ['identified 10, fixed 20', 'identified', 30, 'new from fixed, newest'],
  ['identified 10', 'identified', 5, 'moves identified 10'],
  ['identified 10, fixed 20', 'identified', 15, 'moves identified 10'],
  ['identified 10, fixed 20, resolved 30', 'resolved', 40, 'moves resolved 30'],
  ['identified 10, fixed 20, resolved 30', 'resolved', 25, 'moves resolved 30'],
  ['identified 10, fixed 20, resolved 30', 'resolved', 15, 'moves resolved 30 and fixed 20'],
  ['identified 10, fixed 20, resolved 30', 'resolved', 5, 'moves resolved 30 and identified 10, fixed 20'],
  // An end that was forgotten, between two times that it was open.
  ['resolved 10, investigating 20, resolved 30', 'resolved', 25, 'moves resolved 30'],
  ['resolved 10, investigating 20, resolved 30', 'resolved', 15, 'moves resolved 10'],
  ['fixed 10, investigating 20, resolved 30', 'resolved', 15, 'new from fixed'],
  ['identified 10, fixed 20', 'resolved', 15, 'new from identified'],
  ['identified 10, mitigated 20, fixed 30', 'fixed', 15, 'new from identified'],
])('of “%s”, %s at %d: %s', (text, status, atUs, expected) => {
  const place = placeOfStatus(steps(text), { status, atUs });
  const said = ({ value, atUs: at }: { value: string; atUs: number }) => `${value} ${at}`;
  if (place.kind === 'new') return expect(`new from ${place.from}${place.isNewest ? ', newest' : ''}`).toBe(expected);
  const taken = place.taken.map(said).join(', ');
  expect(`moves ${said(place.step)}${taken === '' ? '' : ` and ${taken}`}`).toBe(expected);
});
