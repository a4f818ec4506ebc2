/**
 * Draws `samples/`: the drawn scenarios and four recordings of HotROD, Jaeger's demo, each as the folder of a case,
 * the outage with its alert, and `index.json` for the playground. The same sources give the same bytes. `npm run generate`
 * writes them.
 */
import { createHash } from 'node:crypto';
import { globSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isoFromUs } from '#core/clock.ts';
import { happening, logsJsonlOf, otlpOf } from '#test/otlp.ts';
import { OUTAGE, outageAlert, outageAround } from '#test/outage.ts';
import { type Scenario, scenarios } from '#test/scenarios.ts';
import { DRAWN_AT_US } from '#test/trace.ts';
import type { Generated } from './generated.ts';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const WIRE = fileURLToPath(new URL('../test/fixtures/wire/', import.meta.url));

/** Drawn traces begin some minutes apart, so that their lists read like a morning's. */
const APART_US = 7 * 60 * 1_000_000;

const RECORDINGS = [
  {
    name: 'serial-01',
    folder: 'hotrod-slow-query',
    title: 'HotROD: one ride, slow query',
    what: 'Recorded from Jaeger’s demo: MySQL answers one query after 272 ms of 685 ms.',
  },
  {
    name: 'mutex12-05',
    folder: 'hotrod-lock',
    title: 'HotROD: twelve rides at once',
    what: 'Recorded from Jaeger’s demo: the query waits for a lock behind other requests.',
  },
  {
    name: 'routepool1-01',
    folder: 'hotrod-one-worker',
    title: 'HotROD: a pool of one worker',
    what: 'Recorded from Jaeger’s demo: ten route calls run one after another.',
  },
  {
    name: 'fixed-01',
    folder: 'hotrod-redis-timeouts',
    title: 'HotROD: Redis times out',
    what: 'Recorded from Jaeger’s demo: time-outs use up the retries and the ride fails with 500.',
  },
] as const;

type Sample = Readonly<{ id: string; title: string; what: string; folder: string }>;

type Files = Map<string, string | undefined>;

/** All files of `samples/`. Those that belong to no sample have to go. */
export async function drawnSamples(): Promise<Generated> {
  const files: Files = new Map(filesOfSamples().map((path) => [path, undefined]));
  const index = scenarios.map((scenario, position) => drawn(files, scenario, position));
  for (const recording of RECORDINGS) index.push(await recorded(files, recording));
  addOutage(files);
  files.set('samples/index.json', pretty(index));
  return files;
}

function filesOfSamples(): string[] {
  return globSync('samples/**', { cwd: ROOT, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(ROOT.length));
}

function drawn(files: Files, scenario: Scenario, position: number): Sample {
  const happened = happening(scenario, { startUs: DRAWN_AT_US + position * APART_US });
  const endUs = Math.max(...happened.rows.map((row) => row.startUs + row.durationUs));
  addCase(files, scenario.name, {
    subject: { kind: 'trace', traceId: happened.traceId },
    fromUs: happened.startUs,
    toUs: endUs,
    traces: pretty(otlpOf(happened)),
    logs: logsJsonlOf(happened),
  });
  return { id: happened.traceId, title: scenario.title, what: scenario.what, folder: scenario.name };
}

/** Many requests around one alert, and the alert's message in a channel. */
function addOutage(files: Files): void {
  const requests = outageAround(OUTAGE.alertUs);
  const rows = requests.flatMap((request) => request.rows);
  addCase(files, OUTAGE.name, {
    subject: { kind: 'alert', service: OUTAGE.service },
    fromUs: Math.min(...rows.map((row) => row.startUs)),
    toUs: Math.max(...rows.map((row) => row.startUs + row.durationUs)),
    traces: pretty({ resourceSpans: requests.flatMap((request) => otlpOf(request).resourceSpans) }),
    logs: requests.map(logsJsonlOf).join(''),
    alert: outageAlert(),
  });
}

type JaegerAnswer = { data: { traceID: string; spans: { startTime: number; duration: number }[] }[] };

type Recording = (typeof RECORDINGS)[number];

async function recorded(files: Files, { name, folder, title, what }: Recording): Promise<Sample> {
  const traces = await readFile(join(WIRE, 'jaeger/hotrod', `${name}.json`), 'utf8');
  const trace = (JSON.parse(traces) as JaegerAnswer).data[0];
  if (trace === undefined) throw new Error(`${name}.json holds no trace`);
  addCase(files, folder, {
    subject: { kind: 'trace', traceId: trace.traceID },
    fromUs: Math.min(...trace.spans.map((span) => span.startTime)),
    toUs: Math.max(...trace.spans.map((span) => span.startTime + span.duration)),
    traces,
    logs: linesOf(await readFile(join(WIRE, 'loki/hotrod', `${name}.json`), 'utf8')),
  });
  return { id: trace.traceID, title, what, folder };
}

type LokiAnswer = { data: { result: { stream: Record<string, string>; values: [string, string][] }[] } };

/** Loki's answer as the lines of a case, in order of time. */
function linesOf(answer: string): string {
  return (JSON.parse(answer) as LokiAnswer).data.result
    .flatMap(({ stream, values }) => values.map(([ts, line]) => ({ ts, labels: stream, line })))
    .sort((a, b) => a.ts.localeCompare(b.ts)) // nanoseconds of our time all have 19 digits
    .map((line) => `${JSON.stringify(line)}\n`)
    .join('');
}

type Case = Readonly<{ subject: object; fromUs: number; toUs: number; traces: string; logs: string; alert?: object }>;

function addCase(files: Files, folder: string, { subject, fromUs, toUs, traces, logs, alert }: Case): void {
  files.set(`samples/${folder}/traces.json`, traces);
  files.set(`samples/${folder}/logs.jsonl`, logs);
  files.set(
    `samples/${folder}/case.json`,
    pretty({
      schema: 'spanhound.case/1',
      subject,
      window: { from: isoFromUs(fromUs), to: isoFromUs(toUs) },
      ...(alert === undefined ? {} : { alert }),
      files: [manifestEntry('traces.json', traces), manifestEntry('logs.jsonl', logs)],
    }),
  );
}

function manifestEntry(path: string, content: string) {
  return { path, sha256: createHash('sha256').update(content).digest('hex'), bytes: Buffer.byteLength(content) };
}

function pretty(value: unknown): string {
  return `${JSON.stringify(value, null, 1)}\n`;
}
