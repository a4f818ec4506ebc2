/**
 * Data is wrong, often without any error.
 *
 *   healthy    {"order":7,"price":1299,"currency":"EUR"}     {"order":8,"price":450,"currency":"EUR"}
 *   now        {"order":9,"price":null,"currency":"EUR"}     ← this field was never empty before
 *
 * Finds checksum mismatches, unreadable blocks, values that were misread, messages that cannot be decoded, violated constraints, fields that became
 * null, and answers that are older than the stored data.
 */

import { defineDetector } from '#detect/detector.ts';
import { fieldCounts } from '#detect/signs/lines/empty-fields.ts';
import { repeatedResets, unreadMessages } from '#detect/signs/messages/unread-messages.ts';
import {
  behind,
  type Corruption,
  type CorruptionForm,
  corruptionIn,
  OFTEN_EMPTY,
  WRONG_VALUE,
} from '#detect/signs/values/corrupt-data.ts';
import { CORRUPTION_WORDS } from '#detect/signs/values/corruption-words.ts';
import { doubtsValue } from '#detect/signs/values/doubted-values.ts';
import type { Evidence } from '#model/finding/evidence.ts';
import type { Sighting } from '#model/finding/finding.ts';
import { isOfRequest } from '#model/logs/log-correlation.ts';
import { isErrorLevel } from '#model/logs/log-failure.ts';
import { logLevel, severityOf, WARN } from '#model/logs/log-level.ts';
import type { LogLine } from '#model/logs/log-line.ts';
import { logMessage } from '#model/logs/log-message.ts';
import { citedLines, saidIn, whenSaid, whoseLog } from '#model/logs/log-sighting.ts';
import { capitalised } from '#model/text/capitalised.ts';
import { inWords, quoteInWords } from '#model/text/in-words.ts';
import type { Trace } from '#model/trace/trace.ts';

export const dataCorruption = defineDetector({
  id: 'data-corruption',
  title: 'Data corrupted',
  why: 'Wrong data spreads silently into backups, caches and answers. Each hour makes the repair harder.',
  runbook: 'runbooks/data-corruption.md',
  clear: 'no line reports damaged, unreadable, empty or stale data',
  silent: [
    'Wrong but well-formed data looks normal. Only a comparison of results shows it.',
    'It sees fields that became null only if log lines of a healthy time have them filled.',
    'Constraint violations and unreadable messages count only if there are several, and more than in the healthy time.',
    'It ignores debug and info lines about stale data or constraints, because working caches log them, too. A doubt about a value counts in an error, and in a warning only if it is one of the examined request.',
  ],
  role: 'mechanism',
  field: 'data',
  coverage: 'lines',
  nextWhys: {
    unsaid: {
      ask: 'What wrote the wrong data?',
      lookAt: 'The last writers of these records, migrations, and the age of what the cache holds.',
    },
  },
  checkQueries: ['log'],
  namesCause: 'never',
  saidAs: /\bcorrupt|\bchecksum\b/i,
  needs: ['logs'],
  uses: ['baselineLogs', 'trace'],
  thresholds: {
    minLines: {
      default: 5,
      min: 1,
      unit: 'lines',
      means:
        'Log lines of one service about what also happens normally: unreadable messages, violated constraints, stale reads, nulls',
      why: 'One client that sends wrong data or registers twice is no corruption. A single wrong checksum counts.',
    },
    minRise: {
      default: 3,
      min: 1,
      unit: 'times',
      means: 'Their rate divided by the rate in the healthy time',
      why: 'Load and chance do not explain three times as many of the same lines.',
    },
    minNullShare: {
      default: 0.05,
      min: 0,
      max: 1,
      unit: 'share of the lines that have the field',
      means: 'Lines where the field is null, although it never was in the healthy time',
      why: 'The guide calls a field that is missing in 5 % of lines a change of nullability. Rarer ones are single bad records.',
    },
    minHealthyLines: {
      default: 50,
      min: 10,
      unit: 'lines',
      means: 'Lines of the healthy time that have the field, all of them filled',
      why: 'A field that was filled fifty times is normally empty in less than 6 % of lines (the rule of three).',
    },
  },

  detect({ logs, baselineLogs = [], trace }, thresholds) {
    return [
      ...wordsOf({ logs, trace }, baselineLogs, thresholds),
      ...unreadOf(logs, baselineLogs, thresholds),
      ...nullsOf(logs, baselineLogs, thresholds),
    ];
  },

  say({ service, kind, said, when, field, share, healthy, lag }) {
    const who = whoseLog(String(service));
    const where = service === '' ? 'the service' : String(service);
    if (kind === 'null') {
      return {
        title: `${who}: ${field} is now empty in ${Math.round(Number(share) * 100)} % of the lines that have it`,
        headline: { what: `${inWords(who)} no longer fills in ${inWords(field)}` },
        explanation: `In the healthy time ${field} was filled in all ${healthy} lines. Now it is empty (${when}), and no error reports it.`,
        remedy: `Find what writes ${field}: a deploy, a migration, a changed format. Stop jobs that copy it, and mark the records that were written since.`,
        check: `A known change made ${field} optional on purpose.`,
      };
    }
    return {
      title: `${who}: ${kind}${lag === '' ? '' : ` (${lag})`}, ${when}: “${said}”`,
      headline: { what: `${capitalised(String(kind))} in ${inWords(who)}`, why: quoteInWords(said) },
      explanation: CORRUPTION_WORDS[kind as Corruption].explanation.replaceAll('{service}', where),
      remedy: CORRUPTION_WORDS[kind as Corruption].remedy.replaceAll('{service}', where),
      check: CORRUPTION_WORDS[kind as Corruption].check,
    };
  },
});

type Thresholds = Readonly<Record<'minLines' | 'minRise' | 'minNullShare' | 'minHealthyLines', number>>;

/** Lines that report wrong data, by service and kind. */
function wordsOf(
  { logs, trace }: Pick<Evidence, 'logs'> & Readonly<{ trace: Trace | undefined }>,
  baselineLogs: readonly LogLine[],
  { minLines, minRise }: Thresholds,
): Sighting[] {
  const isAnswered = trace === undefined || (!trace.failed(trace.root) && trace.httpStatus(trace.root) < 400);
  const found = kindsIn(logs, isAnswered);
  const healthy = kindsIn(baselineLogs, false);
  return [...found].flatMap(([key, { kind, once, places }]) => {
    if (!once && places.length < minLines) return [];
    const service = logs[places[0] ?? 0]?.service ?? '';
    const share = places.length / Math.max(1, countOf(logs, service));
    const usual = (healthy.get(key)?.places.length ?? 0) / Math.max(1, countOf(baselineLogs, service));
    if (share < minRise * usual) return [];
    const first = logs[places[0] ?? 0];
    return [
      sighting(logs, places, {
        kind,
        said: saidIn(first),
        lag: places.map((place) => behind(logs[place]?.line ?? '')).find((lag) => lag !== '') ?? '',
      }),
    ];
  });
}

/** Messages that are deleted unread: one line of each partition is how every reader begins. */
function unreadOf(
  logs: readonly LogLine[],
  baselineLogs: readonly LogLine[],
  { minLines, minRise }: Thresholds,
): Sighting[] {
  const healthy = unreadMessages(baselineLogs);
  return [...unreadMessages(logs)].flatMap(([service, places]) => {
    const usual = (healthy.get(service)?.length ?? 0) / Math.max(1, countOf(baselineLogs, service));
    if (repeatedResets(logs, places) < minLines) return [];
    if (places.length / Math.max(1, countOf(logs, service)) < minRise * usual) return [];
    return [sighting(logs, places, { kind: 'lost messages', said: saidIn(logs[places[0] ?? 0]) })];
  });
}

type Kind = Readonly<{ kind: Corruption; once: boolean; places: number[] }>;

/** `mayDoubt`: the request of these lines was answered, so a value in it went on. */
function kindsIn(lines: readonly LogLine[], mayDoubt: boolean): ReadonlyMap<string, Kind> {
  const kinds = new Map<string, Kind>();
  lines.forEach((line, place) => {
    const found = wrongIn(line, mayDoubt);
    if (found === undefined) return;
    const key = `${line.service}\n${found.kind}`;
    const known = kinds.get(key);
    if (known === undefined) kinds.set(key, { kind: found.kind, once: found.once, places: [place] });
    else known.places.push(place);
  });
  return kinds;
}

/** In a warning that was written for the request, a doubt is enough: nobody warns of a value that is as it should be. */
function wrongIn(line: LogLine, mayDoubt: boolean): CorruptionForm | undefined {
  const found = corruptionIn(line.line);
  if (found !== undefined && !isLeftAlone(line, found)) return found;
  const isWarned = mayDoubt && line.rung !== undefined && isOfRequest(line) && severityOf(line.level) >= WARN;
  return isWarned && doubtsValue(logMessage(line)) ? WRONG_VALUE : undefined;
}

/** Kinds that also occur normally count only in warnings, errors and lines without a level. */
function isLeftAlone({ level }: LogLine, { kind, once }: Pick<CorruptionForm, 'kind' | 'once'>): boolean {
  const known = logLevel(level);
  // Only who notices it as an error knows that nobody meant it.
  if (kind === 'wrong value') return !isErrorLevel(level);
  return once ? ['debug', 'trace'].includes(known) : known !== '' && known !== 'warn' && !isErrorLevel(level);
}

/** Fields that were always filled and are now empty, by service. */
function nullsOf(
  logs: readonly LogLine[],
  baselineLogs: readonly LogLine[],
  { minLines, minNullShare, minHealthyLines }: Thresholds,
): Sighting[] {
  if (baselineLogs.length === 0) return [];
  const now = fieldCounts(logs);
  const before = fieldCounts(baselineLogs);
  return [...new Set(logs.map(({ service }) => service))].flatMap((service) =>
    [...(now.get(service) ?? [])].flatMap(([field, { empty, filled }]) => {
      const usual = before.get(service)?.get(field);
      const share = empty.length / Math.max(1, empty.length + filled);
      if (OFTEN_EMPTY.test(field) || empty.length < minLines || share < minNullShare) return [];
      if (usual === undefined || usual.empty.length > 0 || usual.filled < minHealthyLines) return [];
      return [sighting(logs, empty, { kind: 'null', field, share, healthy: usual.filled })];
    }),
  );
}

function countOf(lines: readonly LogLine[], service: string): number {
  return lines.reduce((count, line) => count + Number(line.service === service), 0);
}

function sighting(logs: readonly LogLine[], places: readonly number[], facts: Sighting['facts']): Sighting {
  return {
    service: logs[places[0] ?? 0]?.service ?? '',
    lines: places,
    facts: { lag: '', said: '', ...facts, when: whenSaid(logs, places) },
    evidence: citedLines(logs, places),
  };
}
