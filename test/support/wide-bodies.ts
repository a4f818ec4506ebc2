/** Bodies with many of one thing, and the report as text that a session makes of them. */
import { openSession } from '#analyse/open-session.ts';
import type { BodyHead, SessionSettings } from '#analyse/session.ts';
import type { WindowSubject } from '#model/finding/analysis.ts';
import { MAX_CLOCK_SKEW_US } from '#model/trace/build/clock-skew.ts';
import { numbersTo, type WideSpan, wideTrace } from '#test/wide-traces.ts';

const SETTINGS: SessionSettings = {
  thresholds: {},
  links: { trace: '', span: '', logs: '', runbooks: '' },
  maxClockSkewUs: MAX_CLOCK_SKEW_US,
};

export type Drawn = Readonly<{
  head: Pick<BodyHead, 'kind' | 'format'>;
  content: object;
  log?: string;
  window?: WindowSubject;
}>;

export function ofTrace(spans: readonly WideSpan[]): Drawn {
  return { head: { kind: 'trace', format: 'otlp-json' }, content: wideTrace(spans) };
}

/** Below one root, one after another. */
export function below(draw: (number: number) => WideSpan): (count: number) => Drawn {
  return (count) => ofTrace([{}, ...numbersTo(count).map(draw)]);
}

export const PAY: WideSpan = { name: 'GET /pay', kind: 3, attributes: { 'url.full': 'http://pay/x' } };
export const calls = below(() => PAY);
export const failedCalls = below(() => ({ ...PAY, failure: 'connection refused' }));

type Body = Readonly<{ head: Drawn['head']; bytes: Uint8Array }>;

export function bodiesOf({ head, content, log }: Drawn): Body[] {
  const encoder = new TextEncoder();
  const body = { head, bytes: encoder.encode(JSON.stringify(content)) };
  return log === undefined ? [body] : [body, { head: { kind: 'logs', format: 'auto' }, bytes: encoder.encode(log) }];
}

export async function textOf({ window }: Drawn, bodies: readonly Body[]): Promise<string> {
  const session = openSession(SETTINGS);
  for (const [place, { head, bytes }] of bodies.entries()) {
    session.body(`${place}`, { ...head, source: 'drawn', file: '', query: { text: '', url: '' } });
    await session.bytes(`${place}`, bytes);
    await session.end(`${place}`);
  }
  const text = { width: 100, colour: false };
  const analysed = await session.reports(window === undefined ? { text } : { text, window });
  await session.close();
  return `${analysed[0]?.text ?? ''}`;
}
