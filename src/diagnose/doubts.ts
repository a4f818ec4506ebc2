/**
 * Why a verdict on one request stays open although its evidence is strong: something recorded speaks of another cause,
 * or the evidence does not reach the symptom. `status.ts` calls such a verdict inconclusive, and the message lists the
 * candidates with what would distinguish them.
 *
 * Measured on 668 first verdicts of blind cases that were called likely: with one of these doubts 15 of 45 were wrong,
 * without one 56 of 623 (docs/accuracy.md).
 */
import { type Because, followingFrom } from '#diagnose/chain.ts';
import { isFailure } from '#diagnose/finding-kinds.ts';
import { isMostOfQuick } from '#diagnose/rules/by-design.ts';
import { nameOfRival, type Reckoned, timeToWin } from '#diagnose/time-to-win.ts';
import type { Detectors, JudgedSign } from '#model/finding/detector-traits.ts';
import type { Signals, Symptom } from '#model/finding/diagnosis.ts';
import type { Candidate, JudgedFinding } from '#model/finding/finding.ts';
import { CONNECTION_CUT } from '#model/instruments/cut-words.ts';
import { LOCK_ACQUIRED } from '#model/instruments/lock-words.ts';
import { POOL_ACQUIRED } from '#model/instruments/pool-words.ts';
import { durationText } from '#model/text/duration.ts';
import { quoteInWords } from '#model/text/in-words.ts';
import { eventText, spaced } from '#model/trace/event-text.ts';
import type { Trace } from '#model/trace/trace.ts';
import { KEEPS_ATTENTION_US } from '#model/trace/views/request-nature.ts';

export type Doubt = Readonly<{
  /** As a clause, for the reason of the status. */
  reason: string;
  /** Missing where the findings beside it say it. */
  couldBe?: readonly Candidate[];
}>;

type Root = Pick<
  JudgedFinding,
  'detector' | 'share' | 'spans' | 'service' | 'operation' | 'facts' | 'evidence' | 'isUsual' | 'otherInstances'
> &
  Reckoned;

/** The strongest doubt about the first finding; undefined where there is none. The findings are in order, best first. */
export function doubtOf(
  trace: Trace,
  findings: readonly Root[],
  { chain, signals, symptom }: Readonly<{ chain: readonly Because[]; signals: Signals; symptom: Symptom }>,
  detectors: Detectors,
): Doubt | undefined {
  const [root] = findings;
  if (root === undefined) return undefined;
  if (root.isUsual === true) return USUAL;
  if (root.otherInstances !== undefined) return ofSomeInstance(root, root.otherInstances);
  if (isFailure(root.detector, detectors))
    return (
      onlyBroke(root, signals) ?? endedNothing(trace, root, detectors) ?? withoutWords(trace, root, { chain, signals })
    );
  if (isInLog(root)) return undefined;
  if (signals.said === 1 || (root.evidence ?? []).length > 0) return undefined;
  if (isLongByDesign(trace, root, symptom, detectors)) return LONG;
  const effects = [...followingFrom(chain, 0)].flatMap((at) => (at === 0 ? [] : (findings[at] ?? [])));
  if (effects.some(({ detector }) => isFailure(detector, detectors))) return notTheFailure(root, detectors);
  if (root.share - signals.lead >= root.share / 2) return NOT_ALONE;
  if (isMostOfQuick(trace, root)) return QUICK;
  return besideAnother(trace, root) ?? ownEvents(trace, root);
}

/** A line of the log is a source of its own: the trace and the log agree. */
function isInLog({ evidence = [] }: Root): boolean {
  return evidence.some(({ kind, unsure }) => kind === 'log' && unsure !== true);
}

/** Instances of one service have troubles of their own, and a request meets those of one. */
function ofSomeInstance({ service }: Root, said: readonly string[]): Doubt {
  return {
    reason: `another instance of ${service} logged something else then, and nothing shows which of them served the request`,
    couldBe: [
      { what: `what the cited line says of one instance of ${service}`, shownBy: 'the request ran in that instance' },
      {
        what: `what another instance logged: ${said.slice(0, MOST_NAMED).map(quoteInWords).join(' and ')}`,
        quotes: said,
        shownBy: 'the request ran in that one',
      },
    ],
  };
}

/** The caller saw its connection end, and the callee recorded nothing: it may have been killed, or it closed on purpose. */
function onlyBroke({ facts, service, spans }: Root, { shown }: Signals): Doubt | undefined {
  const text = typeof facts.message === 'string' ? facts.message : '';
  // Several attempts that end alike are more than one accident.
  if (shown === 1 || spans.length > 1 || !CONNECTION_CUT.test(text)) return undefined;
  const callee = typeof facts.callee === 'string' && facts.callee !== '' ? facts.callee : service;
  return {
    reason: 'the connection broke, and nothing recorded shows why',
    couldBe: [
      {
        what: `a process of ${callee} that was killed or restarted`,
        shownBy: 'its platform or its log shows the end of a process at that time',
      },
      {
        what: 'a kept connection that was closed while it was idle',
        shownBy: `the same call succeeds at once on a new connection, and ${callee} ran all the time`,
      },
    ],
  };
}

/**
 * A mark of failure that one service alone recorded, and neither a word about why nor a second sign, such as a line or
 * another failed call: it may be on purpose. Of 82 first verdicts of blind cases that were called likely on this alone, 47
 * were right; where another service passed the failure on, 24 of 27. A call of a request that failed, into a system without
 * spans, shows at least where: 8 of 8.
 */
function withoutWords(
  trace: Trace,
  root: Root,
  { chain, signals: { said, shown } }: Readonly<{ chain: readonly Because[]; signals: Signals }>,
): Doubt | undefined {
  if (said === 1 || isInLog(root)) return undefined;
  const isPassedOn = Number(root.facts.above ?? 0) > 0;
  if (isPassedOn || followingFrom(chain, 0).size > 1 || root.spans.length > 1) return undefined;
  if (shown === 0 && trace.failed(trace.root)) return undefined;
  return {
    reason: 'it is recorded that it failed, and nothing recorded says why',
    couldBe: [
      { what: `a fault of ${root.service}`, shownBy: `a line of ${root.service} from that time names it` },
      {
        what: 'an answer on purpose: maintenance, a drill, or a client that left',
        shownBy: 'most requests of this operation go well, and nobody complains of this one',
      },
    ],
  };
}

/** A consumer that Kafka excludes from its group works on. Its query is as long where it waits as where it works. */
function endedNothing(trace: Trace, { facts, spans }: Root, detectors: Detectors): Doubt | undefined {
  const running = spans[Number(facts.attempts) - 1];
  if (facts.sign !== 'limit' || running === undefined || !trace.isDatabaseCall(running)) return undefined;
  if (spans.some((span) => trace.failed(span))) return undefined;
  return {
    reason: 'the limit ended nothing, and nothing shows why the query took so long',
    couldBe: [
      {
        what: `${facts.busy} has too much to do`,
        shownBy: 'it takes as long when nothing else runs',
        names: [detectors.named('slow-statement').id],
      },
      {
        what: 'it waits for a lock, or for a busy database',
        shownBy: 'the waits that the database records at that time name it',
        names: [detectors.named('lock-wait').id],
      },
    ],
  };
}

/** Time alone does not fail: somebody gave up, or the call ended badly for a reason of its own. */
function notTheFailure({ operation, service }: Root, detectors: Detectors): Doubt {
  const named = (...signs: readonly JudgedSign[]) => signs.map((sign) => detectors.named(sign).id);
  return {
    reason: 'it shows what took the time, but not why the request failed',
    couldBe: [
      { what: `${operation} of ${service} has too much to do`, shownBy: 'it takes as long when nothing else runs' },
      {
        what: 'it waits: for a lock, a connection or a busy machine',
        shownBy: 'the waits and the load recorded there at that time name it',
        names: named('lock-wait', 'full-pool'),
      },
      {
        what: 'the time limit is too short for this request',
        shownBy: 'with a longer limit the request succeeds',
        names: named('early-timeout'),
      },
    ],
  };
}

const USUAL: Doubt = { reason: 'healthy requests of this operation have as much of it' };

/**
 * Nobody waits for more than ten seconds without a complaint, so a request that nothing failed and that takes longer may be
 * made to: a report, an export, a nightly load. Of 26 first verdicts of blind cases that called the one long query of such a
 * request the likely cause, 12 were right.
 */
function isLongByDesign(trace: Trace, { detector, facts }: Root, { kind }: Symptom, detectors: Detectors): boolean {
  if (detector !== detectors.named('slow-statement').id || facts.usualRootUs !== undefined) return false;
  if (kind === 'failed' || kind === 'degraded') return false;
  return trace.durationOfUs(trace.root) > KEEPS_ATTENTION_US;
}

const LONG: Doubt = {
  reason: 'nothing failed, and nothing recorded shows whether a request that takes so long is meant to',
  couldBe: [
    { what: 'the query takes longer than it should', shownBy: 'earlier requests of this operation took less time' },
    { what: 'a report or a batch that takes so long each time', shownBy: 'earlier requests took as long' },
  ],
};

const NOT_ALONE: Doubt = { reason: 'another finding explains at least half as much' };

const QUICK: Doubt = { reason: 'the request is so quick that few people notice what takes its time' };

/** Mending the cause of a slow request wins more. */
const LEAST_WON = 0.1;

/** Other work runs in parallel and takes about as long: the request would hardly end earlier. */
function besideAnother(trace: Trace, root: Root): Doubt | undefined {
  const { us, rival } = timeToWin(trace, root);
  if (rival === undefined || us >= LEAST_WON * trace.durationOfUs(trace.root)) return undefined;
  const beside = nameOfRival(trace, rival);
  return {
    reason: `${beside} runs in parallel and takes about as long, so that mending this alone saves ${durationText(us)}`,
    couldBe: [
      { what: `${root.operation} of ${root.service}`, shownBy: `it got slower, and ${beside} is as slow as ever` },
      { what: beside, shownBy: `it got slower, and ${root.operation} of ${root.service} is as slow as ever` },
      { what: 'something that both need', shownBy: 'both got slower at the same time' },
    ],
  };
}

/** As many as fit into a line. */
const MOST_NAMED = 2;

/** Events that every call of that kind has: an exception, and gRPC's messages (OpenTelemetry's conventions for both). */
const USUAL_EVENTS: ReadonlySet<string> = new Set(['', 'exception', 'message', 'rpc.message']);

/** Detectors read these: a wait that they end, and that was long, has a finding. */
function endsWait(said: string): boolean {
  return LOCK_ACQUIRED.test(said) || POOL_ACQUIRED.test(said);
}

/** One span holds the time, and its own events, which no detector reads, may say why. */
function ownEvents(trace: Trace, { spans, operation, service }: Root): Doubt | undefined {
  const [span] = spans;
  if (span === undefined || spans.length > 1) return undefined;
  const unread = trace.events(span).filter((event) => !endsWait(spaced(eventText(event))));
  const names = new Set(unread.map(({ name }) => name)).difference(USUAL_EVENTS);
  if (names.size === 0) return undefined;
  const some = [...names].slice(0, MOST_NAMED).map((name) => `“${name}”`);
  return {
    reason: 'its span records events that may name another reason',
    couldBe: [
      { what: `${operation} of ${service} has too much to do`, shownBy: 'it takes as long when nothing else runs' },
      {
        what: `what its events mean: ${some.join(' and ')}`,
        quotes: [...names],
        shownBy: 'their times and attributes account for the time',
      },
    ],
  };
}
