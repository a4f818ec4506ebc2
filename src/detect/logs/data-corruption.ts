/**
 * Data is not what it should be, most often without anything failing.
 *
 *   healthy    {"order":7,"price":1299,"currency":"EUR"}     {"order":8,"price":450,"currency":"EUR"}
 *   now        {"order":9,"price":null,"currency":"EUR"}     ← a field that was never empty
 *
 * Checksums that do not match, blocks that cannot be read, messages that nobody can decode, constraints that are violated,
 * fields that are null where they never were, answers that are older than what is stored.
 */
import { defineDetector } from '#detect/detector.ts';
import { behind, type Corruption, corruptionIn, fieldsIn, OFTEN_EMPTY } from '#detect/signs/corrupt-data.ts';
import type { Sighting } from '#model/finding/finding.ts';
import { isErrorLevel } from '#model/logs/log-failure.ts';
import { logLevel } from '#model/logs/log-level.ts';
import type { LogLine } from '#model/logs/log-line.ts';
import { byService, citedLines, saidIn, whenSaid, whoseLog } from '#model/logs/log-sighting.ts';

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
    'It ignores debug and info lines about stale data or constraints, because working caches log them, too.',
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
  uses: ['baselineLogs'],
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

  detect({ logs, baselineLogs = [] }, thresholds) {
    return [...wordsOf(logs, baselineLogs, thresholds), ...nullsOf(logs, baselineLogs, thresholds)];
  },

  say({ service, kind, said, when, field, share, healthy, lag }) {
    const who = whoseLog(String(service));
    const where = service === '' ? 'the service' : String(service);
    if (kind === 'null') {
      return {
        title: `${who}: ${field} is now empty in ${Math.round(Number(share) * 100)} % of the lines that have it`,
        explanation: `In the healthy time ${field} was filled in all ${healthy} lines. Now it is empty (${when}), and no error reports it.`,
        remedy: `Find what writes ${field}: a deploy, a migration, a changed format. Stop jobs that copy it, and mark the records that were written since.`,
        check: `A known change made ${field} optional on purpose.`,
      };
    }
    return {
      title: `${who}: ${kind}${lag === '' ? '' : ` (${lag})`}, ${when}: “${said}”`,
      explanation: OF_KIND[kind as Corruption].explanation,
      remedy: OF_KIND[kind as Corruption].remedy.replaceAll('{service}', where),
      check: OF_KIND[kind as Corruption].check,
    };
  },
});

type Thresholds = Readonly<Record<'minLines' | 'minRise' | 'minNullShare' | 'minHealthyLines', number>>;

const OF_KIND: Readonly<Record<Corruption, Readonly<Record<'explanation' | 'remedy' | 'check', string>>>> = {
  'checksum mismatch': {
    explanation:
      'The data that was read is not the data that was written. The disk, the memory, the network or the writer changed it.',
    remedy:
      'Stop writing to the damaged data and copy it as it is. Then restore it from a replica or a verified backup.',
    check:
      'The checksum belongs to another version of the same data. Then two writers disagree, and nothing is damaged.',
  },
  'corrupt data': {
    explanation: 'The store cannot read its own data.',
    remedy:
      'Take {service} out of service before the damage spreads, and keep a copy of the damaged files. Then restore from a replica or a verified backup.',
    check: 'The file belongs to another version or another program.',
  },
  'unreadable data': {
    explanation:
      '{service} receives messages that it cannot decode: a producer writes another format, or they were truncated.'.replace(
        '{service}',
        'the service',
      ),
    remedy:
      'Compare the schema versions of producer and consumer: which one was deployed last? Move the messages to a dead-letter queue; do not drop them.',
    check: 'All of them come from one client that never worked.',
  },
  'violated constraint': {
    explanation:
      'The database rejected wrong data: something wrote a row twice, or without the rows that it refers to.',
    remedy:
      'Find what writes these rows: a retry that is not idempotent, a job that ran twice, a deploy. Data that it wrote elsewhere has no such protection.',
    check: 'The program expects this error and handles it, such as an insert of an existing row.',
  },
  'stale data': {
    explanation: 'The answers are older than the stored data. People see outdated data without any error.',
    remedy:
      'Look at what should refresh it: the invalidation, the replication, the job. Delete the stale entries; the next reads fill them again.',
    check: 'Answers of this age are allowed there on purpose.',
  },
};

/** Lines that say so, by service and kind. */
function wordsOf(
  logs: readonly LogLine[],
  baselineLogs: readonly LogLine[],
  { minLines, minRise }: Thresholds,
): Sighting[] {
  const found = kindsIn(logs);
  const healthy = kindsIn(baselineLogs);
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

type Kind = Readonly<{ kind: Corruption; once: boolean; places: number[] }>;

function kindsIn(lines: readonly LogLine[]): ReadonlyMap<string, Kind> {
  const kinds = new Map<string, Kind>();
  lines.forEach((line, place) => {
    const found = corruptionIn(line.line);
    if (found === undefined || isLeftAlone(line, found.once)) return;
    const key = `${line.service}\n${found.kind}`;
    const known = kinds.get(key);
    if (known === undefined) kinds.set(key, { kind: found.kind, once: found.once, places: [place] });
    else known.places.push(place);
  });
  return kinds;
}

/** What happens now and then is worth a line only to those who suffer from it. */
function isLeftAlone({ level }: LogLine, once: boolean): boolean {
  const known = logLevel(level);
  return once ? ['debug', 'trace'].includes(known) : known !== '' && known !== 'warn' && !isErrorLevel(level);
}

/** Fields that are empty and never were, by service; the most frequent first. */
function nullsOf(
  logs: readonly LogLine[],
  baselineLogs: readonly LogLine[],
  { minLines, minNullShare, minHealthyLines }: Thresholds,
): Sighting[] {
  if (baselineLogs.length === 0) return [];
  const now = fieldCounts(logs);
  const before = fieldCounts(baselineLogs);
  return [...byService(logs, [...logs.keys()]).keys()].flatMap((service) =>
    [...(now.get(service) ?? [])].flatMap(([field, { empty, filled }]) => {
      const usual = before.get(service)?.get(field);
      const share = empty.length / Math.max(1, empty.length + filled);
      if (OFTEN_EMPTY.test(field) || empty.length < minLines || share < minNullShare) return [];
      if (usual === undefined || usual.empty.length > 0 || usual.filled < minHealthyLines) return [];
      return [sighting(logs, empty, { kind: 'null', field, share, healthy: usual.filled })];
    }),
  );
}

type FieldCount = { empty: number[]; filled: number };

function fieldCounts(lines: readonly LogLine[]): ReadonlyMap<string, ReadonlyMap<string, FieldCount>> {
  const counts = new Map<string, Map<string, FieldCount>>();
  lines.forEach(({ service, line }, place) => {
    const ofService = counts.get(service) ?? new Map<string, FieldCount>();
    if (ofService.size === 0) counts.set(service, ofService);
    const { empty, filled } = fieldsIn(line);
    for (const field of new Set([...empty, ...filled])) {
      const count = ofService.get(field) ?? { empty: [], filled: 0 };
      if (count.empty.length + count.filled === 0) ofService.set(field, count);
      if (empty.includes(field)) count.empty.push(place);
      else count.filled += 1;
    }
  });
  return counts;
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
