/**
 * A new kind of error: no such line in a healthy time, or in the log before it.
 *
 *   a healthy time       order taken · order taken · cache miss · order taken · …        60,000 lines
 *   the time in question order taken · order taken · Peer down · order taken · …
 *                                                    └ never seen before
 *
 * Messages that always come within a tenth of a second of it are listed with it, not as findings of their own.
 */

import { DAY_US } from '#core/time-units.ts';
import { defineDetector } from '#detect/detector.ts';
import type { Sighting } from '#model/finding/finding.ts';
import { type EarlierLog, earlierOf } from '#model/logs/earlier-logs.ts';
import { type LogEvent, logEvents } from '#model/logs/log-events.ts';
import { logLevel } from '#model/logs/log-level.ts';
import type { LogLine } from '#model/logs/log-line.ts';
import { citedLines, saidIn, whenSaid, whoseLog, withText } from '#model/logs/log-sighting.ts';
import type { LogTemplates } from '#model/logs/log-templates.ts';
import { timeOf } from '#model/logs/log-times.ts';
import { counted, countText } from '#model/text/count-text.ts';
import { durationText } from '#model/text/duration.ts';
import { inWords, quoteInWords } from '#model/text/in-words.ts';

export const newError = defineDetector({
  id: 'new-error',
  title: 'New error',
  why: 'A new error mostly comes from the last change.',
  runbook: 'runbooks/new-error.md',
  clear: 'no new kind of error',
  silent: [
    'It searches the previous seven days only in a log store such as Loki. Otherwise it compares with the supplied lines and says so.',
    'For a trace it needs those seven days, or enough lines of a healthy time, because a single request has no history.',
    'It searches the seven days for the constant words of the error. With few words it may match another error.',
    'A line without a level counts only if its words name a failure.',
  ],
  role: 'mechanism',
  field: 'change',
  coverage: 'failing-lines',
  nextWhys: {
    unsaid: {
      ask: 'Why does it appear now?',
      lookAt: 'The version that logs it, and recently deployed or newly used code.',
    },
  },
  checkQueries: ['log'],
  namesCause: 'always',
  logSeverity: ({ fatal }) => (fatal === true ? 'high' : 'medium'),
  signs: ['new-lines'],
  needs: ['logs', 'templates'],
  uses: ['baselineLogs', 'trace', 'earlierLogs'],
  thresholds: {
    minLinesBefore: {
      default: 100,
      min: 1,
      unit: 'lines',
      means: 'Earlier or healthy lines of the service that do not contain it',
      why: 'A line that is missing in a hundred lines has a rate below 3 % (the rule of three). Fewer lines do not show what is normal.',
    },
    maxEventsTold: {
      default: 5,
      min: 1,
      max: 50,
      unit: 'errors',
      means: 'New errors that are listed, the most severe first',
      why: 'Nobody reads a longer list to its end. The rest are counted.',
    },
  },

  detect({ logs, templates, baselineLogs, trace, earlierLogs = [] }, { minLinesBefore, maxEventsTold }) {
    const past = pastOf(logs, templates, baselineLogs, earlierLogs);
    const events = logEvents(logs, templates).flatMap((event): Found[] => {
      const basis = past(event, minLinesBefore);
      // Without earlier lines nothing shows that a trace's error is new, and its spans report the error already.
      return basis === undefined || (basis.kind === 'unknown' && trace !== undefined) ? [] : [{ event, basis }];
    });
    return events
      .sort((a, b) => Number(isFatal(logs, b.event)) - Number(isFatal(logs, a.event)))
      .slice(0, maxEventsTold)
      .map(({ event, basis }) => sightingOf(logs, event, basis, Math.max(0, events.length - maxEventsTold)));
  },

  say({ service, said, when, basis, linesBefore, beforeUs, daysUs, companions, more }) {
    const before = `${counted(Number(linesBefore), 'line')}${Number(beforeUs) > 0 ? ` over ${durationText(Number(beforeUs))}` : ''}`;
    const against = {
      baseline: `not once in ${before} of the healthy time; the days before were not searched`,
      window: `not once in the ${before} before it; the days before were not searched`,
      days: `not once in the ${daysText(Number(daysUs))} before: the log store was asked`,
      unknown: 'It is unknown whether this error is new, because too few earlier lines were supplied',
    }[String(basis)];
    return {
      title: `${whoseLog(String(service))}: ${basis === 'unknown' ? 'error' : 'new error'} “${said}”, ${when}`,
      headline: {
        what: `${inWords(whoseLog(String(service)))} logs ${basis === 'unknown' ? 'an' : 'a new'} error`,
        why: quoteInWords(said),
      },
      explanation: `${basis === 'unknown' ? '' : 'Lines like it were found '}${against}.${companions === '' ? '' : ` These lines came with it: ${companions}.`}${Number(more) > 0 ? ` ${countText(Number(more))} further new errors are not listed.` : ''}`,
      remedy: `Look for a change of ${service === '' ? 'the service' : service} or its dependencies shortly before the first of these lines: a deploy, a setting, a certificate.`,
      check: 'The log of an earlier day has the same line. Then this error is not new.',
    };
  },
});

/** The lines without such an error. `days`: the log store searched them. */
type Basis = Readonly<{ kind: 'days' | 'baseline' | 'window' | 'unknown'; lines: number; us: number }>;
type Found = Readonly<{ event: LogEvent; basis: Basis }>;

/** Returns a function: the earlier lines that do not contain an event; undefined where some do. */
function pastOf(
  logs: readonly LogLine[],
  templates: LogTemplates,
  baselineLogs: readonly LogLine[] | undefined,
  earlierLogs: readonly EarlierLog[],
): (event: LogEvent, minLines: number) => Basis | undefined {
  const healthy = baselineLogs ?? [];
  const healthyOf = Map.groupBy(healthy, ({ service }) => service);
  const own = Map.groupBy(logs.keys(), (place) => logs[place]?.service ?? '');
  const ofGiven = (service: string, first: number, minLines: number): Basis | undefined => {
    const ofService = healthyOf.get(service) ?? [];
    if (ofService.length >= minLines) {
      const { fromUs, toUs } = timeOf(ofService);
      return { kind: 'baseline', lines: ofService.length, us: toUs - fromUs };
    }
    const before = own.get(service)?.indexOf(first) ?? 0;
    if (before < minLines) return baselineLogs === undefined ? { kind: 'unknown', lines: before, us: 0 } : undefined;
    const { fromUs, toUs } = timeOf(logs.slice(0, first + 1));
    return { kind: 'window', lines: before, us: toUs - fromUs };
  };
  return ({ service, template, lines }, minLines) => {
    const first = lines[0] ?? 0;
    const earlier = earlierOf(earlierLogs, logs[first]);
    if (earlier?.seen || templates.linesOf(template).some((place) => place >= logs.length)) return undefined;
    const daysUs = earlier === undefined ? 0 : earlier.toUs - earlier.fromUs;
    // A store that holds less than a day does not count as history.
    return daysUs >= DAY_US ? { kind: 'days', lines: 0, us: daysUs } : ofGiven(service, first, minLines);
  };
}

/** `7 days`, `36 hours`. */
function daysText(us: number): string {
  const hours = Math.round(us / (DAY_US / 24));
  return hours < 48 ? counted(hours, 'hour') : counted(Math.round(hours / 24), 'day');
}

function isFatal(logs: readonly LogLine[], { lines, with: others }: LogEvent): boolean {
  return [lines, ...others.map((other) => other.lines)].some((places) =>
    places.some((place) => logLevel(logs[place]?.level ?? '') === 'fatal'),
  );
}

function sightingOf(logs: readonly LogLine[], event: LogEvent, { kind, lines, us }: Basis, more: number): Sighting {
  const { service, with: others } = event;
  const places = [event.lines, ...others.filter(({ fails }) => fails).map((other) => other.lines)]
    .flat()
    .sort((a, b) => a - b);
  return {
    service,
    lines: places,
    facts: {
      said: saidIn(logs[event.lines[0] ?? 0]),
      when: whenSaid(logs, event.lines),
      basis: kind,
      linesBefore: lines,
      beforeUs: kind === 'days' ? 0 : us,
      daysUs: kind === 'days' ? us : 0,
      companions: withText(logs, others),
      fatal: isFatal(logs, event),
      more,
    },
    evidence: citedLines(logs, [event.lines[0] ?? 0, ...others.map((other) => other.lines[0] ?? 0)]),
  };
}
