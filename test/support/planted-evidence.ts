/** Evidence of every kind about one incident, with something planted into each of its fields. */
import { readFileSync } from 'node:fs';
import type { BodyHead } from '#analyse/session.ts';
import { ASKED_US, ended, event, listed, pod, replicaSet } from '#test/platform.ts';

export const INPUTS = [
  'span name',
  'service name',
  'tag key',
  'tag value',
  'statement',
  'status',
  'event name',
  'event value',
  'link value',
  'log line',
  'log field',
  'log label',
  'log label key',
  'metric label',
  'metric label key',
  'pod event',
  'pod text',
  'pod label',
  'database statement',
  'database session',
  'change text',
  'change id',
  'change file',
  'change diff',
  'change address',
  'source',
  'file',
  'query',
  'gap',
] as const;

export type Input = (typeof INPUTS)[number];

/** A text of that input with what is planted into it; the same text gives the same one. */
export type Plant = (input: Input, text: string) => string;

/** A word that stands beside each secret of an input, and in no text of our own. */
export function markerOf(input: Input): string {
  return `zq${input.replaceAll(' ', '')}qz`;
}

type Json = Readonly<Record<string, unknown>>;
const SAMPLE = 'samples/stock-lock-wait';
/** When its request begins. */
const BEGINS_MS = Date.UTC(2026, 0, 6, 14, 58);
const SHIFT_MS = BEGINS_MS + 60_000 - ASKED_US / 1000;

/** What the evidence shows: a request that waits, one that fails, or no request at all. */
export const STORIES = ['wait', 'failure', 'cluster'] as const;

export type Story = (typeof STORIES)[number];

export function bodiesWith(plant: Plant, story: Story): readonly (readonly [kind: BodyHead['kind'], text: string])[] {
  const beside = [
    ['metrics', metrics(plant)],
    ['platform', platform(plant)],
    ['database', databases(plant)],
    ['changes', changes(plant)],
  ] as const;
  return story === 'cluster' ? beside : [['trace', traces(plant, story)], ['logs', logs(plant)], ...beside];
}

/** Attributes that detectors read as words of their own keep their values. */
const STATEMENT = /^db\.(?:query\.text|statement)$/;
const NAME_OF_SERVICE = 'service.name';
const TEXTS = /message|description|stacktrace|url|version|instance|host|pod|namespace|path|target|error\.type/;

function traces(plant: Plant, story: Story): string {
  const value = JSON.parse(readFileSync(`${SAMPLE}/traces.json`, 'utf8'), (_, one) => {
    if (typeof one?.key === 'string' && typeof one.value?.stringValue === 'string') return attribute(one, plant);
    return typeof one?.spanId === 'string' && typeof one.name === 'string' ? span(one, plant, story) : one;
  });
  return JSON.stringify(value);
}

function attribute({ key, value }: Readonly<{ key: string; value: { stringValue: string } }>, plant: Plant): Json {
  const text = value.stringValue;
  const said = (made: string) => ({ key, value: { stringValue: made } });
  if (key === NAME_OF_SERVICE) return said(plant('service name', text));
  if (STATEMENT.test(key)) return said(`${text} -- ${plant('statement', text)}`);
  return TEXTS.test(key) ? said(plant('tag value', text)) : said(text);
}

function span(
  one: Json & Readonly<{ name: string; spanId: string; startTimeUnixNano?: string }>,
  plant: Plant,
  story: Story,
): Json {
  const note = (input: Input, key: string) => ({ key, value: { stringValue: plant(input, `${one.name} ${key}`) } });
  const { attributes = [], events = [], links = [], status = {} } = one as Json & Record<string, unknown[]>;
  return {
    ...one,
    name: plant('span name', one.name),
    attributes: [
      ...attributes,
      note('tag value', 'note'),
      { ...note('tag value', 'n'), key: plant('tag key', 'note') },
    ],
    events: [
      ...events,
      {
        timeUnixNano: one.startTimeUnixNano,
        name: plant('event name', 'exception'),
        attributes: [note('event value', 'exception.message'), note('event value', 'exception.stacktrace')],
      },
    ],
    links: [
      ...links,
      {
        traceId: '0af7651916cd43dd8448eb211c80319c',
        spanId: 'b7ad6b7169203331',
        attributes: [note('link value', 'why')],
      },
    ],
    status: { ...status, ...(story === 'failure' && { code: 2 }), message: plant('status', one.name) },
  };
}

function logs(plant: Plant): string {
  const rows = readFileSync(`${SAMPLE}/logs.jsonl`, 'utf8').trimEnd().split('\n');
  return rows
    .map((row) => {
      const { ts, labels, line } = JSON.parse(row);
      const said = {
        ...labels,
        service_name: plant('service name', labels.service_name),
        note: plant('log label', line),
        [plant('log label key', 'note')]: plant('log label', 'key'),
      };
      const error = JSON.stringify({
        msg: plant('log line', line),
        error: plant('log field', line),
        level: labels.level,
      });
      return [
        JSON.stringify({ ts, labels: said, line: plant('log line', line) }),
        JSON.stringify({ ts, labels: { ...said, level: 'error' }, line: error }),
      ].join('\n');
    })
    .join('\n');
}

function metrics(plant: Plant): string {
  const at = (minute: number) => BEGINS_MS / 1000 + minute * 60;
  const values = (of: (minute: number) => number) =>
    Array.from({ length: 75 }, (_, minute) => [at(minute - 60), `${of(minute - 60)}`]);
  const labels = (text: string) => ({
    service: plant('service name', text),
    pod: plant('metric label', `${text}-6d4f9-x7k2p`),
    pool: plant('metric label', 'main'),
    [plant('metric label key', 'note')]: plant('metric label', 'key'),
  });
  return JSON.stringify([
    { metric: { __name__: 'db_pool_used', ...labels('inventory-service') }, values: values((m) => (m < -1 ? 3 : 10)) },
    { metric: { __name__: 'db_pool_max', ...labels('inventory-service') }, values: values(() => 10) },
    {
      metric: { __name__: 'process_cpu_utilization', ...labels('inventory-service') },
      values: values((m) => (m < -1 ? 0.2 : 0.99)),
    },
    {
      metric: { __name__: 'process_cpu_utilization', ...labels('order-service') },
      values: values((m) => (m < -1 ? 0.2 : 0.99)),
    },
  ]);
}

function platform(plant: Plant): string {
  const app = plant('pod label', 'inventory-service');
  const waiting = {
    reason: 'CrashLoopBackOff',
    message: plant('pod text', 'back-off 5m0s restarting failed container'),
  };
  const last = ended('Error', 1, { message: plant('pod text', 'panic: no config') });
  const containers = [
    {
      name: 'inventory',
      image: plant('pod text', 'registry.example/inventory:5.1'),
      restarts: 7,
      waiting,
      last,
      env: [{ name: plant('pod text', 'NOTE'), value: plant('pod text', 'value') }],
    },
  ];
  const objects = [
    pod({
      name: 'inventory-service-1-a',
      owner: 'inventory-service-1',
      labels: { app, note: plant('pod label', 'note') },
      annotations: { note: plant('pod label', 'annotation') },
      containers,
    }),
    replicaSet(1, { name: 'inventory-service-1', deployment: 'inventory-service' }),
    event('BackOff', plant('pod event', 'Back-off restarting failed container'), {
      about: ['Pod', 'inventory-service-1-a'],
    }),
    event('Unhealthy', plant('pod event', 'Readiness probe failed'), { about: ['Pod', 'inventory-service-1-a'] }),
  ];
  return listed(objects).replaceAll(/"(2025-01-06T[\d:]+Z)"/g, (_, at: string) =>
    JSON.stringify(shifted(at, SHIFT_MS)),
  );
}

function shifted(iso: string, ms: number): string {
  return new Date(Date.parse(iso) + ms).toISOString().replace('.000Z', 'Z');
}

function databases(plant: Plant): string {
  const lines = readFileSync('test/fixtures/databases/postgres-15-blocked.jsonl', 'utf8').trim().split('\n');
  const shift = BEGINS_MS + 30_000 - Date.parse('2026-11-20T21:44:38Z');
  return lines
    .map((line) =>
      JSON.stringify(
        JSON.parse(line, (key, value) => {
          if (typeof value !== 'string' || value === '') return value;
          if (/^\d{4}-\d\d-\d\dT/.test(value)) return new Date(Date.parse(value) + shift).toISOString();
          if (key === 'query') return `${value} -- ${plant('database statement', value)}`;
          return /^(?:application|user|source|database)$/.test(key) ? plant('database session', value) : value;
        }),
      ),
    )
    .join('\n');
}

function changes(plant: Plant): string {
  const one = (kind: string, minutes: number, service: string) => ({
    at: new Date(BEGINS_MS - minutes * 60_000).toISOString(),
    kind,
    service: plant('service name', service),
    id: plant('change id', kind),
    text: plant('change text', `Raise the limits of ${kind} by Jo`),
    url: plant('change address', `https://git.example/commit/${kind}?`),
    files: [plant('change file', 'src/stock.ts'), plant('change file', 'config/prod.yaml')],
    diff: `@@ src/stock.ts @@\n-  lock(row)\n+  for (const row of rows) await lock(row) // ${plant('change diff', 'stock')}\n+  ${plant('change diff', 'more')}\n`,
  });
  return JSON.stringify([
    one('deploy', 3, 'inventory-service'),
    one('commit', 2, ''),
    one('config', 4, 'order-service'),
  ]);
}
