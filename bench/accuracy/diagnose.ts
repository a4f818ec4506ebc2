/** A drawn trace through the real pipeline: bytes in, the report of `--json` out. */
import { openSession } from '#analyse/open-session.ts';
import type { Report } from '#present/json/report.ts';
import { DEFAULT_SETTINGS } from '../settings.ts';
import type { DrawnTrace } from './draw.ts';
import { jaegerJson } from './wire/jaeger.ts';
import { logLines } from './wire/log-lines.ts';
import { otlpJson } from './wire/otlp.ts';
import { zipkinJson } from './wire/zipkin.ts';

const written = { jaeger: jaegerJson, otlp: otlpJson, zipkin: zipkinJson };

export function bytesOf(trace: DrawnTrace): Uint8Array {
  return new TextEncoder().encode(written[trace.format](trace));
}

export function logBytesOf(trace: DrawnTrace): Uint8Array {
  return new TextEncoder().encode(logLines(trace));
}

export async function diagnosed(trace: DrawnTrace): Promise<Report> {
  return await diagnosedBytes(bytesOf(trace), trace.logs.length > 0 ? logBytesOf(trace) : undefined);
}

/** Of one trace, in any format that is recognised, with the lines of a log. */
export async function diagnosedBytes(trace: Uint8Array, logs?: Uint8Array): Promise<Report> {
  const session = openSession(DEFAULT_SETTINGS);
  session.body('trace', { kind: 'trace', format: 'auto', source: 'file', file: '', query: { text: '', url: '' } });
  await session.bytes('trace', trace);
  await session.end('trace');
  if (logs !== undefined) {
    session.body('logs', { kind: 'logs', format: 'log-jsonl', source: 'file', file: '', query: { text: '', url: '' } });
    await session.bytes('logs', logs);
    await session.end('logs');
  }
  const [analysed, ...more] = await session.reports({});
  await session.close();
  if (analysed === undefined || more.length > 0) throw new Error(`${more.length + 1} reports of one trace`);
  return analysed.report;
}
