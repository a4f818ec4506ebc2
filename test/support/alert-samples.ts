/**
 * The samples of `../shared/alerts`, and what is read of each. They belong to others and stay there: they are pinned
 * (`shared-files.ts`), and what is expected of them is noted with digests in place of their texts.
 */
import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { composeKnownAlerts } from '#compose/alert-reader.ts';
import { systemClock } from '#core/clock.ts';
import type { Alert } from '#model/incident/alert.ts';
import { shared } from '#test/shared-files.ts';
import { bodiesIn, firstRead, type ReadOutcome } from '#workflows/alerts/read-alert.ts';

/** What is expected of each sample, by its name. */
export const EXPECTED = fileURLToPath(new URL('../fixtures/alert-samples.json', import.meta.url));

export type SampleRead =
  | Readonly<{
      result: 'alert';
      source: string;
      title: string;
      service: string;
      state: string;
      severity: string;
      key: string;
      /** ISO 8601; `arrival` where the sample names no time. */
      at: string;
      traceId: string;
      url: string;
      links: Readonly<Record<string, string>>;
      reminder: boolean;
    }>
  | Readonly<{ result: 'note'; source: string; key: string; by: string; text: string }>
  | Readonly<{ result: 'refused'; source: string; why: string }>
  | Readonly<{ result: 'silent' }>;

/** The names of the samples: `datadog/webhook_real_keep_0`. */
export function sampleNames(): readonly string[] {
  return shared.files('alerts/*/*.json').map((file) => file.replace(/^alerts\/|\.json$/g, ''));
}

/** Skips the running test if the sample is missing or is another one. */
export function sample(name: string): unknown {
  return shared.json(sampleFile(name));
}

/** Where it lies. */
export function samplePlace(name: string): string {
  return shared.place(sampleFile(name));
}

/** Why the samples are not as they were pinned. */
export function problemWithSamples(): string | undefined {
  return sampleNames()
    .map((name) => shared.problemWith(sampleFile(name)))
    .find((problem) => problem !== undefined);
}

function sampleFile(name: string): string {
  return `alerts/${name}.json`;
}

export async function sampleReader(): Promise<(name: string) => SampleRead> {
  const { readers } = await composeKnownAlerts({});
  return (name) => {
    const found = firstRead(bodiesIn(sample(name)), readers);
    if (found === undefined) {
      return { result: 'refused', source: '', why: 'no form of a known system: make a mapping for it' };
    }
    return readAs(found.reader.id, found.outcome);
  };
}

function readAs(source: string, outcome: ReadOutcome): SampleRead {
  switch (outcome.kind) {
    case 'alert':
      return { result: 'alert', ...shown(outcome.alert) };
    case 'note': {
      const { key, by, text } = outcome.note;
      return { result: 'note', source: outcome.note.source, key, by, text };
    }
    default:
      return outcome.why === '' ? { result: 'silent' } : { result: 'refused', source, why: outcome.why };
  }
}

/** A body without a time gets that of its arrival. A message copied without its own time begins at zero. */
function shown({ source, title, service, state, severity, key, atUs, traceId, url, links, reminder }: Alert) {
  const isArrival = atUs === 0 || Math.abs(systemClock.nowUs() - atUs) < 600_000_000;
  const at = isArrival ? 'arrival' : new Date(atUs / 1_000).toISOString();
  return {
    source,
    title,
    service,
    state,
    severity,
    key,
    at,
    traceId,
    url,
    links: links ?? {},
    reminder: reminder === true,
  };
}

/** As noted: a digest in place of each text that is the sample's own. */
export function noted(read: SampleRead): object {
  return JSON.parse(JSON.stringify(read), (name, value) =>
    OWN_TEXTS.has(name) && value !== '' ? digest(value) : value,
  );
}

const OWN_TEXTS: ReadonlySet<string> = new Set(['title', 'text', 'by', 'key', 'url', 'links']);

function digest(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 12);
}
