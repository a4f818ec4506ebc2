/**
 * A callee does not answer in time, and all its callers time out with it.
 *
 *   [ POST /orders ✗                          ] 30.012 s  gateway
 *     [ POST /create ✗                        ] 30.005 s  order-service
 *       [ POST /reserve ✗                     ] 30.001 s  inventory   ← did not answer: the service to look at
 *         [ UPDATE inventory ✗                ] 30.000 s
 *
 * A long span alone is no timeout. If what runs a service says that it reached its own time limit, that service is the
 * place, with the work that was running then. The other signs are: a failure that names a timeout; a callee that
 * continued after its caller had given up; or, without either, a wait of exactly a round limit after which the caller
 * failed at once.
 */
import { groupsBy } from '#core/groups.ts';
import { defineDetector } from '#detect/detector.ts';
import { busyElsewhere, busyService, calleeOf } from '#detect/signs/failures/awaited-callee.ts';
import { type ReachedLimit, reachedLimits } from '#detect/signs/failures/reached-limits.ts';
import { refusedMeanwhile } from '#detect/signs/failures/refused-brokers.ts';
import { inversionIn, type Wait, waitOf } from '#detect/signs/failures/unanswered-calls.ts';
import { leastTimeUs, shareOfRequest } from '#detect/signs/request-share.ts';
import type { Candidate, Facts, Sighting, Words } from '#model/finding/finding.ts';
import { linesBySpan } from '#model/logs/log-line.ts';
import { queryLabel } from '#model/sql/query-shape.ts';
import { durationText } from '#model/text/duration.ts';
import { inWords } from '#model/text/in-words.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';
import { pathUs } from '#model/trace/views/critical-path.ts';
import { type ErrorOrigin, errorOrigins } from '#model/trace/views/error-origins.ts';
import { usPerUnit } from '#model/trace/wait-amounts.ts';

export const timeoutCascade = defineDetector({
  id: 'timeout-cascade',
  title: 'Timeout cascade',
  why: 'Several services report timeouts at once, but only one of them is slow.',
  runbook: 'runbooks/timeout-cascade.md',
  clear: 'no call made its caller fail by not answering in time',
  silent: [
    'It looks at failures, and at limits that what runs the code says it reached. A request that waited long and succeeded had no timeout.',
    'If nothing names the timeout, it accepts only a wait of a round number of seconds as a limit.',
    'It ignores a connection that did not come about: nobody got the request. The origin of the error names it.',
    'It ignores a wait that takes a small part of the request, because its caller failed for another reason. It reads only the first fifty failures.',
  ],
  role: 'failure',
  field: 'dependency',
  coverage: 'spans',
  nextWhys: {
    unsaid: {
      ask: 'Why did the callee not answer in time?',
      lookAt:
        'What it waited for (locks, its own callees, its queue), and whether the timeouts of its callers are long enough.',
    },
  },
  checkQueries: ['log'],
  // The client names its own limit, the call took just that long, and no other call was open.
  namesCause: ({ facts }) => facts.saysLimit === true && facts.others === '',
  saidAs: /\btime(?:d|s)?[- ]?out|\bdeadline exceeded\b|\bdid not answer within\b/i,
  signs: ['early-timeout'],
  needs: ['trace'],
  uses: ['logs'],
  thresholds: {
    minWaitMs: {
      default: 200,
      min: 1,
      unit: 'ms',
      means: 'Wait for the callee on the critical path, all attempts together',
      why: 'Envoy’s examples allow 250 ms for an attempt, the shortest common limit between services. A call that fails sooner delays nobody.',
    },
    minShare: shareOfRequest({
      default: 0.2,
      why: 'A caller that times out has spent a large part of its time waiting. With less, its failure has another reason.',
    }),
  },

  detect({ trace, logs = [] }, { minWaitMs, minShare }) {
    const lines = linesBySpan(logs);
    const leastUs = leastTimeUs(trace, minWaitMs, minShare);
    const wasRefused = refusedMeanwhile(trace, logs);
    const origins = errorOrigins(trace).filter(({ spans: [call] }) => call === undefined || !wasRefused(call));
    const waited = origins.filter((origin) => waitedUs(trace, origin) >= leastUs).slice(0, READ_AT_MOST);
    const waits = origins
      .map((origin) => ({ origin, sharedUs: sharedWaitUs(trace, origin, waited) }))
      .filter(({ origin, sharedUs }) => waited.includes(origin) || sharedUs >= leastUs)
      .slice(0, READ_AT_MOST)
      .flatMap(({ origin, sharedUs }) => {
        const wait = waitOf(trace, origin, lines);
        return wait === undefined ? [] : [{ ...wait, sharedUs }];
      });
    const limits = reachedLimits(trace, logs);
    const others = waits.filter((wait) => !limits.some((limit) => isCovered(trace, wait, limit)));
    const ofCallees = byCallee(trace, others).map((ofCallee): Sighting => {
      const [longest] = ofCallee;
      const { wait, above, limitUs, sign, item, rivals, sharedUs } = longest;
      const inversion = inversionIn(trace, longest);
      const attempts = [...new Set(ofCallee.flatMap((each) => each.attempts))];
      const passing = above.filter((span) => !attempts.includes(span));
      const callers = new Set(
        above.map((span) => trace.service(span)).filter((name) => name !== calleeOf(trace, wait)),
      );
      const busy = busyElsewhere(trace, wait);
      return {
        service: busy === undefined ? calleeOf(trace, wait) : busyService(trace, busy),
        operation: nameOf(trace, wait),
        spans: [...attempts, ...passing],
        callers: passing,
        wastedUs: Math.max(pathUs(trace, attempts), sharedUs),
        ...(rivals.length > 0 && { inferred: true }),
        facts: {
          others: rivals.map((call) => `${trace.operation(call)} of ${calleeOf(trace, call)}`).join('\n'),
          callee: calleeOf(trace, wait),
          busy: nameOf(trace, busy),
          waitUs: trace.durationOfUs(wait),
          ofUs: ofUs(trace, longest),
          limitUs,
          sign,
          attempts: attempts.length,
          callers: [...callers].join(', '),
          callerCount: callers.size,
          top: `${trace.operation(above.at(-1) ?? wait)} of ${trace.service(above.at(-1) ?? wait)}`,
          said: item?.text ?? '',
          saysLimit: item !== undefined && saysDuration(item.text, trace.durationOfUs(wait)),
          caller: inversion?.caller ?? trace.service(above[0] ?? wait),
          gaveUpUs: inversion?.gaveUpUs ?? 0,
          ranUs: inversion?.ranUs ?? 0,
          answered: inversion?.isAnswered === true,
          patient: inversion?.callee ?? '',
          reason: 'timeout',
          reachedRoot: (above.at(-1) ?? wait) === trace.root,
        },
        evidence: ofCallee.flatMap((each) => (each.item === undefined ? [] : [each.item])),
      };
    });
    return [...limits.map((limit) => sightingOfLimit(trace, limit)), ...ofCallees];
  },

  say: (facts) => (facts.sign === 'limit' ? wordsOfLimit(facts) : wordsOfWait(facts)),
});

function wordsOfWait(facts: Facts): Words {
  const { service, operation, waitUs, limitUs, sign, attempts, callers, callerCount, top, said, caller } = facts;
  const { others, callee, busy, ofUs } = facts;
  const whileBusy = busy === '' ? '' : `: ${busy} of ${service} was still working`;
  const within = durationText(Number(limitUs) || Number(waitUs));
  const tries = Number(attempts) > 1 ? ` in ${attempts} attempts` : '';
  const also = others === '' ? '' : `, nor did ${String(others).replaceAll('\n', ', ')}`;
  const outlived = wordsOfOutlived(facts);
  const waited = durationText(Number(waitUs));
  const late =
    Number(ofUs) > 0
      ? `took ${waited} of its ${durationText(Number(ofUs))}, and a router gave up before`
      : `did not answer within ${within}${tries}${also}`;
  return {
    title: `${top} failed because ${operation} of ${callee} ${late}${whileBusy}`,
    ...(tries !== '' && { names: ['retry-storm'] }),
    headline: {
      why:
        Number(ofUs) > 0 ? `${inWords(callee)} took ${waited}` : `${inWords(callee)} did not answer within ${within}`,
    },
    explanation: `${
      sign === 'guessed'
        ? `Nothing names a timeout, but the call failed after ${durationText(Number(waitUs))}, a round limit, and its caller failed at once.`
        : sign === 'outlived'
          ? `${caller} gave up while ${callee} was still working on the call.`
          : `It says “${said}”.`
    } ${outlived.explanation}${Number(callerCount) > 1 ? ` These services failed with it: ${callers}.` : ''}`,
    remedy: `Find out why ${service} takes so long for ${busy || operation}. Longer timeouts in its callers only make more requests wait.${outlived.remedy}`,
    check: outlived.check,
    ...(others !== '' && { couldBe: candidatesAmong(`${operation} of ${callee}`, String(others)) }),
  };
}

/** What a callee did after its caller had given up; otherwise, what nobody knows about it. */
function wordsOfOutlived(facts: Facts): Pick<Words, 'explanation' | 'remedy' | 'check'> {
  const { operation, caller, callee, gaveUpUs, ranUs, answered, patient } = facts;
  if (Number(ranUs) === 0)
    return {
      explanation: 'The services above it only waited.',
      remedy: ' Pass the remaining time on as a deadline.',
      check: `The log of ${callee} shows that it answered in time, so the answer was lost on the way. Or there was no limit, and ${operation} failed for another reason.`,
    };
  const gaveUp = durationText(Number(gaveUpUs));
  const ran = durationText(Number(ranUs));
  return {
    explanation: `${caller} gave up after ${gaveUp}. ${patient} ${answered === true ? `answered without an error after ${ran}` : `continued for ${ran} in all`}, but nobody used the result.`,
    remedy: ` Give each callee less time than its caller has left: ${caller} waits ${gaveUp} for ${patient}.`,
    check: `${caller} has no limit of about ${gaveUp} for this call, and gave up for another reason.`,
  };
}

/** An error needs a tenth of a second to reach a caller at most. */
const PASSED_ON_US = 100_000;

/** A wait of the process that was ended, or of a caller that only waited for it. */
function isCovered(trace: Trace, { wait }: Wait, { entry }: ReachedLimit): boolean {
  const isRelated = wait === entry || trace.isUnder(wait, entry) || trace.isUnder(entry, wait);
  return isRelated && trace.endUs(wait) >= trace.endUs(entry) - PASSED_ON_US;
}

function sightingOfLimit(
  trace: Trace,
  { service, blamed, entry, waited, running, limitUs, items, isWitness }: ReachedLimit,
): Sighting {
  const above = callersOf(trace, entry);
  const callers = [...new Set(above.map((span) => trace.service(span)))].filter((name) => name !== service);
  const top = above.at(-1) ?? entry;
  return {
    service: blamed,
    operation: nameOf(trace, entry),
    spans: [...waited, ...above],
    callers: above,
    wastedUs: trace.durationOfUs(entry),
    facts: {
      others: '',
      callee: blamed,
      limited: service,
      busy: nameOf(trace, running),
      busyOf: blamed !== service || running === undefined ? blamed : trace.peer(running) || trace.service(running),
      busyUs: running === undefined ? 0 : trace.durationOfUs(running),
      waitUs: trace.durationOfUs(entry),
      limitUs,
      sign: 'limit',
      attempts: waited.length,
      callers: callers.join(', '),
      callerCount: callers.length,
      top: `${trace.operation(top)} of ${trace.service(top)}`,
      said: items[0].text,
      saysLimit: true,
      calleeSays: isWitness,
      reason: 'timeout',
      reachedRoot: trace.failed(trace.root),
    },
    evidence: items,
  };
}

/** From its caller up to the root. */
function callersOf(trace: Trace, span: SpanIndex): SpanIndex[] {
  const above: SpanIndex[] = [];
  for (let at = trace.parent(span); at !== undefined && above.length < READ_AT_MOST; at = trace.parent(at))
    above.push(at);
  return above;
}

function wordsOfLimit({
  limited,
  operation,
  busy,
  busyOf,
  busyUs,
  waitUs,
  limitUs,
  callers,
  top,
  said,
  reachedRoot,
}: Facts): Words {
  const limit = Number(limitUs) > 0 ? `its time limit of ${durationText(Number(limitUs))}` : 'its time limit';
  const what = busy === '' ? operation : busyOf === limited ? busy : `${busy} of ${busyOf}`;
  const took = durationText(Number(busy === '' ? waitUs : busyUs));
  return {
    title: `${limited} reached ${limit} while ${what} was running (${took})${reachedRoot === true ? `; ${top} failed with it` : ''}`,
    headline: { why: `${inWords(limited)} reached ${limit}: ${inWords(what)} took ${took}` },
    explanation: `What runs ${limited} says “${said}”. An error in that span is a consequence of the limit.${callers === '' ? '' : ` ${callers} only passed it on.`}`,
    remedy: `Find out why ${what} takes so long, and make it shorter or split it. A longer limit only makes more requests wait.`,
    check: `The line is about another request of ${limited}, or ${what} had ended before.`,
  };
}

function candidatesAmong(first: string, others: string): Candidate[] {
  return [first, ...others.split('\n')].map((call) => ({
    what: `a slow answer of ${call}`,
    shownBy: 'the log or the metrics of this callee show it slow at that time',
  }));
}

/** Timers and the way back to the caller make a call a little longer than its limit. */
const ABOUT = 0.05;

/** Whether a text names a duration that is about as long as this one: `Timed out after 1000ms`, `Timeout of 5 seconds`. */
function saysDuration(text: string, us: number): boolean {
  for (const [, amount, unit = ''] of text.matchAll(DURATION)) {
    const saidUs = Number(amount) * (usPerUnit(unit.toLowerCase()) ?? 0);
    if (saidUs > 0 && Math.abs(us - saidUs) <= Math.max(ABOUT * saidUs, LEAST_APART_US)) return true;
  }
  return false;
}

const DURATION = /\b(\d{1,9}(?:\.\d{1,6})?) ?(ms|milliseconds|s|secs?|seconds)\b/gi;
const LEAST_APART_US = 20_000;

/**
 * Time on the critical path. Work that goes on after its caller gave up may hide the call there: a call with which its
 * caller failed was waited for all the same.
 */
function waitedUs(trace: Trace, { spans, path: [caller] }: ErrorOrigin): number {
  const [last] = spans;
  const onPathUs = pathUs(trace, spans);
  if (last === undefined || caller === undefined) return onPathUs;
  const isTogether = Math.abs(trace.endUs(caller) - trace.endUs(last)) <= LEAST_APART_US;
  return isTogether ? Math.max(onPathUs, trace.durationOfUs(last)) : onPathUs;
}

/**
 * How long the caller waited for this call together with another one, in microseconds. Two calls that ran side by side
 * may end within microseconds of each other. The critical path has only the later one, but the caller waited for both.
 */
function sharedWaitUs(trace: Trace, { spans: [last] }: ErrorOrigin, waited: readonly ErrorOrigin[]): number {
  if (last === undefined) return 0;
  const shared = waited.flatMap(({ spans: [other] }) => {
    if (other === undefined || other === last || trace.parent(other) !== trace.parent(last)) return [];
    if (Math.abs(trace.endUs(other) - trace.endUs(last)) > LEAST_APART_US) return [];
    return [Math.min(trace.durationOfUs(other), trace.durationOfUs(last))];
  });
  return Math.max(0, ...shared);
}

/** The messages of at most this many failures are read. */
const READ_AT_MOST = 50;

function nameOf(trace: Trace, span: SpanIndex | undefined): string {
  return span === undefined ? '' : queryLabel(trace.queryShape(span)) || trace.operation(span);
}

/** How long the request took that its router ended, in microseconds; 0 where the call got no answer. */
function ofUs(trace: Trace, { wait, above, isAnswered }: Wait): number {
  return isAnswered === true ? trace.durationOfUs(above[0] ?? wait) : 0;
}

/** The longest first. */
function byCallee<Each extends Wait>(trace: Trace, waits: readonly Each[]): (readonly [Each, ...Each[]])[] {
  const longest = waits.toSorted((a, b) => trace.durationOfUs(b.wait) - trace.durationOfUs(a.wait) || a.wait - b.wait);
  return groupsBy(longest, ({ wait }) => calleeOf(trace, wait));
}
