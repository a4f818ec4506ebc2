/** What people write for the check of an action item. */
import { expect, test } from 'vitest';
import { PROBE_KINDS, probeText, probeWritten, readProbe } from '#model/incident/item-probe.ts';

test.each([
  ['rule', '“CheckoutErrors”', 'the alert rule “CheckoutErrors” exists and is active'],
  ['attribute', 'tenant.id on POST /pay of checkout', 'spans of “POST /pay” in checkout carry tenant.id'],
  ['p99', 'POST /pay of checkout below 500 ms', 'p99 of “POST /pay” in checkout is below 500 ms over 24 h'],
  ['p99', 'p99 of List of orders of shop < 1.5s', 'p99 of “List of orders” in shop is below 1.5 s over 24 h'],
] as const)('%s: %s', (kind, written, text) => {
  const read = readProbe(kind, written);
  if ('problem' in read) throw new Error(read.problem);
  expect(probeText(read.probe)).toBe(text);
  expect(readProbe(kind, probeWritten(read.probe))).toEqual(read);
});

test.each([
  ['rule', ' '],
  ['attribute', 'tenant.id of checkout'],
  ['attribute', 'tenant id on POST /pay of checkout'],
  ['p99', 'POST /pay of checkout'],
  ['p99', 'POST /pay below 500 ms'],
  ['p99', 'POST /pay of checkout below 0 ms'],
  ['p99', 'POST /pay of checkout below 2 h'],
  ['p99', `${'x'.repeat(300)} of checkout below 2 s`],
] as const)('%s: %j is refused with an example of its form', (kind, written) => {
  const read = readProbe(kind, written);
  expect('problem' in read && read.problem).toMatch(/^Write the .*: \S/);
});

test('each example in an error can be read', () => {
  for (const kind of PROBE_KINDS) {
    const read = readProbe(kind, '');
    const example = 'problem' in read ? read.problem.slice(read.problem.indexOf(': ') + 2) : '';
    expect(readProbe(kind, example)).toHaveProperty('probe');
  }
});
