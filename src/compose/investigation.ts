/**
 * Composes an investigation. All of src/compose/ imports its dependencies on call: together they cost 200 ms and 100
 * MB, which a command that reads one file does not need.
 */

import { shownAddress } from '#adapters/system.ts';
import { composeRedaction, type RedactionKey } from '#compose/redaction.ts';
import { type ComposedSources, composeSources, NO_SOURCES } from '#compose/sources.ts';
import { settingsFor } from '#compose/systems.ts';
import type { AnalysisConfig } from '#config/analysis.ts';
import { detectorsInForce } from '#config/detectors-in-force.ts';
import type { SystemSettings } from '#config/schema.ts';
import { systemClock } from '#core/clock.ts';
import { fishboneCategories } from '#model/finding/cause-fields.ts';
import type { CompareParts } from '#workflows/traces/compare.ts';
import type { DiagnoseTraceParts } from '#workflows/traces/diagnose-trace.ts';

export type Investigation = DiagnoseTraceParts &
  Pick<CompareParts, 'openPair'> &
  ComposedSources &
  Readonly<{
    deadlineMs: number;
    /** The bytes of a file, or of standard input for `-`, uncompressed. */
    readFile(path: string): AsyncIterable<Uint8Array>;
    /** The same, but each piece is valid only until the next one is requested. */
    passFile(path: string): AsyncIterable<Uint8Array>;
    /** Ends the worker threads, if there are any. */
    stop(): Promise<void>;
  }>;

export type InvestigationOptions = Readonly<{
  /** Runs analyses in worker threads, so that they do not block the event loop. A command line does not need this. */
  threads?: boolean;
  /** The key for the names of redacted values: a bot stores it, the playground discards it, a command line has none. */
  redactionKey?: RedactionKey;
  /** The settings of the systems to query. Without them no system is queried and no client is loaded. */
  systems?: SystemSettings | undefined;
  /** Folders of recorded cases that act as a source of traces and logs. */
  samples?: string | readonly string[] | undefined;
}>;

/** What is needed to diagnose a trace: the configured sources and the sessions that analyse their data. */
export async function composeInvestigation(
  config: AnalysisConfig,
  { threads = false, redactionKey = 'kept', systems, samples }: InvestigationOptions = {},
): Promise<Investigation> {
  const { maxBytes, requestsPerHour, sourceTimeoutSeconds } = config.gather;
  const timeoutMs = sourceTimeoutSeconds * 1_000;
  const sources =
    systems === undefined && samples === undefined
      ? NO_SOURCES
      : await composeSources(systems, { timeoutMs, maxBytes, requestsPerHour, samples });
  const { openSession, openPair, stop } = threads
    ? await threadedSessions(config.analysis.deadlineSeconds * 1_000)
    : await sessionsHere();
  const redaction = await composeRedaction(config, redactionKey);
  return {
    ...sources,
    settingsFor,
    openSession,
    openPair,
    stop,
    async *passFile(path) {
      const { passingFileBytes } = await import('#adapters/files/bytes.ts');
      yield* passingFileBytes(path);
    },
    async *readFile(path) {
      const { readFileBytes } = await import('#adapters/files/bytes.ts');
      yield* readFileBytes(path);
    },
    clock: systemClock,
    deadlineMs: config.gather.deadlineSeconds * 1_000,
    settings: {
      ...detectorsInForce(config.detectors),
      links: { trace: '', span: '', logs: '', runbooks: config.runbooksUrl ? shownAddress(config.runbooksUrl) : '' },
      maxClockSkewUs: config.clockSkew.maxSeconds * 1_000_000,
      fishbone: fishboneCategories(config.fishbone.categories),
      redaction,
    },
  };
}

async function sessionsHere(): Promise<Pick<Investigation, 'openSession' | 'openPair' | 'stop'>> {
  const { openSession, openPair } = await import('#analyse/open-session.ts');
  return { openSession, openPair, stop: async () => undefined };
}

async function threadedSessions(deadlineMs: number): Promise<Pick<Investigation, 'openSession' | 'openPair' | 'stop'>> {
  const { workerPool } = await import('#analyse/pool.ts');
  const pool = workerPool({ deadlineMs });
  return { openSession: pool.open, openPair: pool.openPair, stop: pool.stop };
}
