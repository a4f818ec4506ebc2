/**
 * Log lines report an exhausted resource.
 *
 *   14:30:12 checkout WARN   pool status: 97/100 connections active
 *   14:30:14 checkout ERROR  pool status: 100/100 connections active     ← the limit, in numbers
 *   14:30:14 checkout ERROR  could not acquire connection from pool       ← the consequence
 *
 * Reads memory, open files, disk space, threads, connections, queues and quotas in the messages of the JVM, Go, Node.js,
 * Python, .NET, Ruby, PHP, nginx, Apache, PostgreSQL, MySQL, Redis, Kafka, Elasticsearch, Kubernetes and the kernel.
 */

import { defineDetector } from '#detect/detector.ts';
import { victimsAmong } from '#detect/signs/containers/killed-process.ts';
import { RESOURCE_WORDS } from '#detect/signs/failures/failure-advice.ts';
import { waitingPods } from '#detect/signs/failures/waiting-pod.ts';
import { brokersAmong } from '#detect/signs/failures/whose-limit.ts';
import type { Sighting } from '#model/finding/finding.ts';
import { FULL_MEMORY_REPORTS, TIME_LIMIT_LINES } from '#model/instruments/kill-words.ts';
import { logLevel } from '#model/logs/log-level.ts';
import { epochUsOf, type LogLine } from '#model/logs/log-line.ts';
import { logMessage } from '#model/logs/log-message.ts';
import { citedLines, type FoundLine, linesWith, whenSaid, whoseLog } from '#model/logs/log-sighting.ts';
import { guessingServices, isThreadGuess } from '#model/logs/repeated-guesses.ts';
import { serversQuoted } from '#model/logs/servers-quoted.ts';
import { givesSubstitute } from '#model/logs/stated-reasons.ts';
import { shareText } from '#model/metrics/limited.ts';
import { type ReachedLimit, type Resource, reachedLimit } from '#model/metrics/resource-limits.ts';
import { numbersEnded } from '#model/sql/ended-numbers.ts';
import { medianOf } from '#model/stats/robust.ts';
import { latestUntil } from '#model/stats/sorted-times.ts';
import { inWords } from '#model/text/in-words.ts';

export const resourceExhausted = defineDetector({
  id: 'resource-exhausted',
  title: 'Resource exhausted',
  why: 'An exhausted resource affects everything that shares it, and the later errors name other things.',
  runbook: 'runbooks/resource-exhausted.md',
  clear: 'no line reports exhausted memory, files, disk, threads, connections, queues or quotas',
  silent: [
    'It knows the messages of common runtimes, databases and kernels. A program’s own message is at most a New error.',
    'A process that the kernel killed often logs nothing. The line is then in the log of the node.',
    'Numbers count only at the limit: it ignores a pool that is almost full.',
    'It ignores debug and trace lines, because they report normal counts.',
  ],
  role: 'mechanism',
  field: 'capacity',
  coverage: 'lines',
  nextWhys: {
    unsaid: {
      ask: 'What used it up?',
      lookAt: 'The limit, what grew towards it and since when, and what was never released.',
    },
  },
  checkQueries: ['log', 'pod'],
  namesCause: 'never',
  saidAs:
    /\bout ?of ?memory|\bOOM\b|\bexhausted\b|\btoo many (?:open files|connections)\b|\bno space left\b|\bquota\b|\bno free thread\b|\bno thread free\b|\bfull queue\b/i,
  signs: ['reached-limit'],
  needs: ['logs'],
  uses: ['trace'],
  thresholds: {
    minLines: {
      default: 1,
      min: 1,
      unit: 'lines',
      means: 'Lines of one service that report one exhausted resource',
      why: 'A process that runs out of memory writes one line, and then none.',
    },
  },

  detect({ logs, trace }, { minLines }) {
    const ended = endedAtLimit(logs);
    const guesses = guessingServices(logs);
    const limits = linesWith(logs, (line) => {
      if (isLeftAlone(line)) return undefined;
      const reached = guesses.has(line.service) && isThreadGuess(line) ? NO_THREADS : reachedLimit(ownWords(line));
      if (reached?.resource === 'quota' && isNobodysTrouble(line)) return undefined;
      return reached?.isKill === true && wasEndedAtLimit(line, ended) ? undefined : reached;
    });
    const victimOf = victimsAmong(trace);
    const waitingOf = waitingPods(trace);
    const brokerOf = brokersAmong(trace, logs);
    const serverOf = serversQuoted(
      [...limits.values()].flatMap((own) => own.flatMap(({ place }) => logs[place] ?? [])),
    );
    const all = [...limits].flatMap(([service, own]) =>
      own.map((line) => {
        const server = brokerOf(logs[line.place]) ?? serverOf(logs[line.place]);
        const saidBy = server === undefined ? '' : service;
        return {
          ...line,
          saidBy,
          service: server ?? victimOf(logs[line.place]) ?? waitingOf(logs[line.place]) ?? service,
        };
      }),
    );
    return [...Map.groupBy(all, (line) => line.service)].flatMap(([service, own]) =>
      [...Map.groupBy(own, ({ found }) => found.resource)]
        .filter(([resource, ofResource]) => ofResource.length >= minLines && !isByChance(resource, ofResource, logs))
        .map(([resource, ofResource]) => sightingOf(logs, service, resource, ofResource)),
    );
  },

  say({ service, resource, used, size, said, when, isKill, isReadOnly, collects = '' }) {
    const { remedy, check, ...words } = RESOURCE_WORDS[resource as Resource];
    const spends = `spends ${collects} of its time in garbage collection`;
    const known = isReadOnly === true ? IS_READ_ONLY : words;
    const is = collects === '' ? known : { state: `it ${spends}`, lacks: spends };
    const state = isKill === true ? KILLED : is.state;
    const lacks = isKill === true ? 'was killed for memory' : is.lacks;
    const full = Number(size) > 0 ? ` (${used} of ${size} in use)` : '';
    return {
      title: `${whoseLog(String(service))}: ${state}${full}`,
      headline: { why: `${inWords(whoseLog(String(service)))} ${lacks}` },
      explanation: `The log says “${said}”, ${when}.`,
      remedy: remedy(service === '' ? 'the process that wrote it' : String(service), String(said)),
      check,
    };
  },
});

/** A row that has the largest number of its type may be inserted twice, as any other; all new rows are not. */
function isByChance(resource: Resource, lines: readonly FoundLine<ReachedLimit>[], logs: readonly LogLine[]): boolean {
  if (resource !== 'numbers' || lines.length >= FEWEST_REPEATED) return false;
  return lines.every(({ place }) => numbersEnded(logs[place]?.line ?? '') === 'repeated');
}

/** As many lines of a violated constraint count: see Data corrupted. */
const FEWEST_REPEATED = 5;

/** When what runs the code says that it ends a process at its time limit: by service and process, in the order of time. */
type Ended = ReadonlyMap<string, readonly number[]>;

function endedAtLimit(logs: readonly LogLine[]): Ended {
  const lines = logs.filter(({ line }) => TIME_LIMIT_LINES.test(line));
  const keyed = lines.flatMap((line) =>
    [processOf(line), ANY_PROCESS].map((pid) => ({ key: keyOf(line.service, pid), atUs: epochUsOf(line) })),
  );
  const byKey = Map.groupBy(keyed, ({ key }) => key);
  return new Map([...byKey].map(([key, own]) => [key, own.map(({ atUs }) => atUs).sort((a, b) => a - b)]));
}

const ANY_PROCESS = '*';

/** The process that the line names; empty where it names none. */
function processOf({ line }: LogLine): string {
  return PROCESS.exec(line)?.[1] ?? '';
}

function keyOf(service: string, pid: string): string {
  return `${service} ${pid}`;
}

/** Gunicorn kills a worker a second after it asked it to end; Celery, uWSGI and PHP-FPM are as quick. */
const KILLS_WITHIN_US = 15_000_000;
const PROCESS = /\bpid[ :=]{1,3}(\d{1,10})\b/i;

/** The kill follows the time limit of the same process: it says nothing about memory. */
function wasEndedAtLimit(kill: LogLine, ended: Ended): boolean {
  const pid = processOf(kill);
  const atUs = epochUsOf(kill);
  const keys = pid === '' ? [ANY_PROCESS] : [pid, ''];
  return keys.some((key) => {
    const last = latestUntil(ended.get(keyOf(kill.service, key)) ?? [], atUs);
    return last !== undefined && atUs - last <= KILLS_WITHIN_US;
  });
}

/** The line names the client that the service refuses. The service enforces a limit for this client and has room itself. */
const CLIENT_NAMED =
  /\b(?:client|consumer|tenant|customer|caller|reseller|partner|account|user|peer|remote)(?:_?(?:id|ip|name|addr\w{0,4}))?["']?\s?[=:]\s?["']?[\w.@-]|\bkey=(?:ip|user|client):/i;

/** A process that stands still for minutes and says that threads may be short. */
const NO_THREADS: ReachedLimit = { resource: 'threads', used: 0, size: 0 };

/** The service refuses one client, or goes on with something else as it was written to, at the level of information. */
function isNobodysTrouble(line: LogLine): boolean {
  const said = logMessage(line);
  return CLIENT_NAMED.test(said) || (logLevel(line.level) === 'info' && givesSubstitute(said));
}

/** Debug lines report normal counts. */
function isLeftAlone({ level }: LogLine): boolean {
  return ['debug', 'trace'].includes(logLevel(level));
}

/** A line at the level of information may quote, count or announce what happened elsewhere: `2 OutOfMemoryError`, `OutOfMemoryError handler installed`. */
const MENTIONS =
  /\\?["'“‘`][^"'”’`\\]{0,300}\\?["'”’`]|\b\d+ (?:[a-z]+ )?\w{0,40}(?:OutOfMemory|Memory)(?:Error|Exception)s?\b|\b\w{0,40}(?:OutOfMemory|Memory)(?:Error|Exception)s? (?:handler|hook|detector|watcher|protection|policy)\b/g;

/** A quoted value of logfmt that is not the message: what somebody searched for, a title, a name. */
const VALUES =
  /\b(?![\w.-]{0,40}(?:msg|message|err|error|exception|reason|cause|details?|event|log)=)[\w.-]{1,40}="[^"]{0,300}"/gi;

function ownWords(line: LogLine): string {
  if (logLevel(line.level) !== 'info' || reachedLimit(line.line) === undefined) return line.line;
  return logMessage({ ...line, line: line.line.replaceAll(VALUES, '') }).replaceAll(MENTIONS, '');
}

function sightingOf(
  logs: readonly LogLine[],
  service: string,
  resource: Resource,
  lines: readonly (FoundLine<ReachedLimit> & Readonly<{ saidBy: string }>)[],
): Sighting {
  const places = lines.map(({ place }) => place);
  const counted = lines.filter(({ found }) => (found.size ?? 0) > 0);
  const most = counted.reduce<ReachedLimit | undefined>(
    (known, { found }) => ((found.used ?? 0) > (known?.used ?? 0) ? found : known),
    undefined,
  );
  const isKill = lines.every(({ found }) => found.isKill === true);
  const report = isKill
    ? logs.findIndex((line) => line.service === service && FULL_MEMORY_REPORTS.test(line.line))
    : -1;
  const shown = [
    ...places.slice(0, 2),
    ...counted.slice(0, 1).map(({ place }) => place),
    ...(report < 0 ? [] : [report]),
    ...places,
  ];
  const evidence = citedLines(logs, shown);
  return {
    service,
    lines: places,
    facts: {
      resource,
      // Nothing ran out: it is mounted so, by a setting or after an error of the disk.
      isReadOnly: resource === 'disk writes' && places.every((place) => READ_ONLY.test(logs[place]?.line ?? '')),
      // A client of it that waits or fails.
      saidBy: lines.find(({ saidBy }) => saidBy !== '')?.saidBy ?? '',
      // A kill says nothing about memory; the report of the process does.
      isKill: isKill && report < 0,
      used: most?.used ?? 0,
      size: most?.size ?? 0,
      collects: shareCollecting(places.flatMap((place) => logs[place] ?? [])),
      said: evidence[0]?.text ?? '',
      when: whenSaid(logs, places),
    },
    evidence,
  };
}

/** EROFS, as each libc words it. */
const READ_ONLY = /\bread-only file ?system\b|\bEROFS\b/i;
const IS_READ_ONLY = { state: 'its file system is read-only', lacks: 'has a read-only file system' };

/** Elasticsearch and OpenSearch warn where they collect in half of the time: there is little memory, and they still answer. */
const COLLECTS = /\boverhead, spent \[([\d.]{1,12})(ms|s|m)\] collecting in the last \[([\d.]{1,12})(ms|s|m)\]/;
const MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000 };

/** The median share of the time in which the lines say that garbage is collected; empty where one of them says something else. */
function shareCollecting(lines: readonly LogLine[]): string {
  const shares = lines.map(({ line }) => {
    const [, spent = '', unit = '', last = '', ofUnit = ''] = COLLECTS.exec(line) ?? [];
    return (Number(spent) * (MS[unit] ?? 0)) / (Number(last) * (MS[ofUnit] ?? 0));
  });
  return shares.every((share) => share > 0 && share <= 1) ? shareText(medianOf(shares)) : '';
}

const KILLED = 'its process was killed (SIGKILL), as the kernel does when memory runs out';
