import { openSession } from '#analyse/open-session.ts';
import type { BodyHead } from '#analyse/session.ts';
import { MAX_CLOCK_SKEW_US } from '#model/trace/build/clock-skew.ts';
import type { Report } from '#present/json/report.ts';

export type Body = string | Uint8Array;

/** From a trace as bytes, the lines beside it and a healthy trace to the report, as the command line makes it. */
export async function reportOf(trace: Body, { logs = '', baseline = '' }: { logs?: Body; baseline?: Body } = {}) {
  const session = openSession({
    thresholds: {},
    links: { trace: '', span: '', logs: '', runbooks: '' },
    maxClockSkewUs: MAX_CLOCK_SKEW_US,
  });
  const bodies: readonly (readonly [BodyHead['kind'], Body])[] = [
    ['trace', trace],
    ['logs', logs],
    ['baseline', baseline],
  ];
  for (const [kind, body] of bodies.filter(([, { length }]) => length > 0)) {
    session.body(kind, { kind, format: 'auto', source: kind, file: '', query: { text: '', url: '' } });
    await session.bytes(kind, typeof body === 'string' ? new TextEncoder().encode(body) : body);
    await session.end(kind);
  }
  const reports = await session.reports({});
  await session.close();
  const [only] = reports;
  if (only === undefined || reports.length > 1) throw new Error(`one trace gave ${reports.length} reports`);
  return only.report satisfies Report;
}
