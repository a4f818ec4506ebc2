/**
 * An event of Sentry as a log line: what was thrown, and the frames of the program itself. Variables of frames, the lines
 * of source around them, the request and the user stay in Sentry.
 *
 * https://docs.sentry.io/api/events/retrieve-an-event-for-a-project/
 */
import { z } from 'zod';
import type { LabelledLine } from '#adapters/rewritten-rows.ts';
import { cutText } from '#model/text/cut-text.ts';

const Text = z.string().catch('');
const Number_ = z.number().nullish().catch(undefined);
/** Exceptions of one event, the innermost cause first. */
const Texts = z.array(z.string().nullable()).catch([]);

/** A row of the table of events: its fields have the names under which they were asked for. */
export const FIELDS = [
  ...['id', 'timestamp', 'timestamp_ms', 'project.name', 'title', 'level', 'trace', 'trace.span', 'issue', 'issue.id'],
  ...['error.type', 'error.value', 'transaction', 'release', 'environment', 'server_name'],
] as const;

export const Row = z.object({
  id: z.string().regex(/^[0-9a-f]{32}$/i),
  timestamp: z.string(),
  timestamp_ms: Text,
  'project.name': z.string().regex(/^[\w-]{1,100}$/),
  ...{
    title: Text,
    level: Text,
    trace: Text,
    'trace.span': Text,
    issue: Text,
    'error.type': Texts,
    'error.value': Texts,
  },
  'issue.id': z.union([z.number(), z.string()]).nullish().catch(undefined),
  ...{ transaction: Text, release: Text, environment: Text, server_name: Text },
});
export type Row = z.output<typeof Row>;

const Frame = z.object({
  function: Text,
  module: Text,
  filename: Text,
  lineNo: Number_,
  inApp: z.boolean().nullish().catch(undefined),
});
const Exception = z.object({
  type: Text,
  value: Text,
  stacktrace: z
    .object({ frames: z.array(Frame).catch([]) })
    .nullish()
    .catch(undefined),
});
export type Exception = z.output<typeof Exception>;

const Values = z.object({ values: z.array(Exception) });
/** The exceptions of an event, the innermost cause first. Empty for an event without one. */
export const Thrown = z
  .object({ entries: z.array(z.object({ type: Text, data: z.unknown() })).catch([]) })
  .catch({ entries: [] })
  .transform(({ entries }) => {
    const found = entries.find(({ type }) => type === 'exception');
    return Values.safeParse(found?.data).data?.values ?? [];
  });

/** Undefined for a row without a time. */
export function lineOf(row: Row, thrown: readonly Exception[]): LabelledLine | undefined {
  const ms = instantOf(row);
  if (ms === undefined) return undefined;
  const outer = thrown.at(-1);
  const line = {
    message: cutText(row.title, LONGEST_TEXT),
    'exception.type': outer?.type || (row['error.type'].at(-1) ?? ''),
    'exception.message': cutText(outer?.value || (row['error.value'].at(-1) ?? ''), LONGEST_TEXT),
    'exception.stacktrace': stackOf(thrown),
    ...{ issue: row.issue, transaction: row.transaction, release: row.release, environment: row.environment },
  };
  const labels = {
    ...{ service_name: row['project.name'], level: row.level, host: row.server_name },
    ...{ trace_id: row.trace.replaceAll('-', ''), span_id: row['trace.span'] },
  };
  return { ns: BigInt(ms) * 1_000_000n, labels: said(labels), line: JSON.stringify(said(line)) };
}

const LONGEST_TEXT = 2_000;

function said(members: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(members).filter(([, text]) => text !== ''));
}

/** Milliseconds since the epoch. Older versions of Sentry have whole seconds alone. */
function instantOf({ timestamp, timestamp_ms }: Row): number | undefined {
  return [timestamp_ms, timestamp].map(utcMs).find((ms) => !Number.isNaN(ms));
}

/** `2026-01-06T14:30:01.750+00:00`; a time without a zone is of UTC. */
function utcMs(text: string): number {
  return Date.parse(/(?:Z|[+-]\d\d:?\d\d)$/.test(text) ? text : `${text}Z`);
}

const MOST_EXCEPTIONS = 5;
const MOST_FRAMES = 10;
/** How many frames of libraries a line has, if no frame is of the program itself. */
const MOST_OF_LIBRARIES = 3;

/** As a runtime prints it: what was thrown last comes first, each with its innermost frame first. */
function stackOf(thrown: readonly Exception[]): string {
  const last = thrown.slice(-MOST_EXCEPTIONS).toReversed();
  const isOwn = last.some((one) => ownFrames(one).length > 0);
  return last
    .flatMap((one, at) => {
      const shown = isOwn ? ownFrames(one).slice(0, MOST_FRAMES) : innermost(one).slice(0, MOST_OF_LIBRARIES);
      return [`${at === 0 ? '' : 'Caused by: '}${headOf(one)}`, ...shown.map((frame) => `    at ${placeOf(frame)}`)];
    })
    .join('\n');
}

function headOf({ type, value }: Exception): string {
  return cutText([type, value].filter((part) => part !== '').join(': '), LONGEST_TEXT).replaceAll(/\s+/g, ' ');
}

function innermost({ stacktrace }: Exception) {
  return (stacktrace?.frames ?? []).toReversed();
}

function ownFrames(exception: Exception) {
  return innermost(exception).filter(({ inApp }) => inApp === true);
}

function placeOf({ function: name, module, filename, lineNo }: z.output<typeof Frame>): string {
  const file = filename || module;
  const place = typeof lineNo === 'number' ? `${file}:${lineNo}` : file;
  return `${oneLine(name) || '?'} (${oneLine(place)})`;
}

function oneLine(text: string): string {
  return cutText(text, LONGEST_NAME).replaceAll(/\s+/g, ' ');
}

const LONGEST_NAME = 200;
