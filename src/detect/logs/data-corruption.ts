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
  why: 'Wrong data spreads quietly into backups, caches and answers, and each hour makes it dearer to repair.',
  runbook: 'runbooks/data-corruption.md',
  clear: 'no line tells of data that is damaged, unreadable, empty or stale',
  silent: [
    'Data that is wrong and well-formed looks like any other: only a comparison of results shows it.',
    'Fields that became null are seen only against lines of a healthy time that have them.',
    'Violated constraints and messages that nobody can decode count only when there are several, and more than in the healthy time.',
    'Lines of level debug and info that speak of staleness or constraints are left alone: caches say so when they work.',
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
        'Lines of one service of a kind that happens now and then: unreadable messages, violated constraints, stale reads, nulls',
      why: 'One client that sends nonsense, or registers twice, is no corruption. A checksum that does not match counts alone.',
    },
    minRise: {
      default: 3,
      min: 1,
      unit: 'times',
      means: 'Their rate compared with the healthy time',
      why: 'Three times as many of the same lines is more than load and chance.',
    },
    minNullShare: {
      default: 0.05,
      min: 0,
      max: 1,
      unit: 'share of the lines that have the field',
      means: 'A field that is null, and never was in the healthy time',
      why: 'A field that is missing once in twenty is what the guide calls a change of nullability; rarer ones are odd records.',
    },
    minHealthyLines: {
      default: 50,
      min: 10,
      unit: 'lines',
      means: 'Lines of the healthy time that have the field, all of them filled',
      why: 'What was filled fifty times is empty in less than six of a hundred (the rule of three).',
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
        title: `${who}: ${field} is empty in ${Math.round(Number(share) * 100)} % of the lines that have it, and never was; ${when}`,
        explanation: `In the healthy time ${field} was filled in all of ${healthy} lines. Now it is empty, and no error says so.`,
        remedy: `Look at who writes ${field}: a deploy, a migration, a changed format. Stop what copies it further, and mark what was written since.`,
        check: `${field} may be empty by design since a change that somebody knows of.`,
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
    explanation: 'What was read is not what was written: the disk, the memory, the network or who wrote it changed it.',
    remedy:
      'Stop writing to what is damaged, take a copy of it as it is, then restore it from a replica or a backup that was verified.',
    check: 'The sum was taken of another version of the same data: then two writers disagree, and nothing is damaged.',
  },
  'corrupt data': {
    explanation: 'The store cannot read its own data.',
    remedy:
      'Take {service} out of service before it spreads, keep a copy of the damaged files, then restore from a replica or a backup that was verified.',
    check: 'The file is of another version or of another program.',
  },
  'unreadable data': {
    explanation:
      'Messages come that {service} cannot decode: a producer writes another format, or they were cut.'.replace(
        '{service}',
        'the service',
      ),
    remedy:
      'Compare the version of the schema of who writes and who reads: which of them was deployed last? Set the messages aside; do not skip them unseen.',
    check: 'All of them come from one client that never worked.',
  },
  'violated constraint': {
    explanation:
      'The database refused what would have been wrong: something wrote twice, or without what belongs to it.',
    remedy:
      'Look at who writes these rows: a retry that is not idempotent, a job that ran twice, a deploy. What it wrote elsewhere has no such guard.',
    check: 'The program catches this error and means it: an insert that may find its row.',
  },
  'stale data': {
    explanation: 'What was answered is older than what is stored: people see what no longer holds, without any error.',
    remedy:
      'Look at what should have refreshed it: the invalidation, the replication, the job. Drop the stale entries; the next reads fill them anew.',
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
    operation: '',
    spans: [],
    lines: places,
    wastedUs: 0,
    facts: { lag: '', said: '', ...facts, when: whenSaid(logs, places) },
    evidence: citedLines(logs, places),
  };
}
