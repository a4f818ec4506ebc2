import { expect, test } from 'vitest';
import { withLazyProperties } from '#core/lazy-properties.ts';
import { type TraceRow, traceTable } from '#present/documents/trace-table.ts';

test('asks for the headline of the worst trace of each problem alone, because thousands may be alike', () => {
  let asked = 0;
  const table = traceTable();
  for (let number = 0; number < 1_000; number += 1) {
    const row = {
      traceId: `${number}`,
      symptom: 'failed',
      trouble: number % 2 === 0 ? 'slow query' : 'full pool',
      status: 'Likely',
      // The longest of each problem comes first.
      tookUs: 1_000_000 - number,
    } as const;
    table.add(
      withLazyProperties<typeof row, Pick<TraceRow, 'headline'>>(row, {
        headline: () => {
          asked += 1;
          return `Trace ${number} fails`;
        },
      }),
    );
  }
  const text = table.text(100);
  expect(text).toMatch(/^1,000 of 1,000 traces have a problem/);
  expect(text).toMatch(/500 × .*Trace 0 fails/);
  expect(text).toMatch(/500 × .*Trace 1 fails/);
  expect(asked).toBe(2);
});
