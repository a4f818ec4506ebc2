/**
 * Finds the deepest failure, not the failures that it caused.
 *
 *   [ POST /checkout ✗ 500                        ]  api-gateway     passed on
 *     [ POST /charge ✗ 500                      ]    payment         passed on
 *       [ POST /predict ✗ 503                 ]      ml-model        ← the origin, and the service to look at
 *         · exception: out of memory
 */
import { defineDetector } from '#detect/detector.ts';
import { wasMendedLater } from '#detect/signs/attempts/later-attempts.ts';
import { answersNobody } from '#detect/signs/calls/unread-answers.ts';
import { refusedByProxy } from '#detect/signs/failures/answers-refused-by-proxy.ts';
import { areUntoldFetches } from '#detect/signs/failures/browser-fetches.ts';
import { blamedCallee, type FaultyCallee, factsOfFault, faultyCallee } from '#detect/signs/failures/callee-faults.ts';
import { isLeftByClient } from '#detect/signs/failures/client-left.ts';
import { distinctFailures, thrownElsewhere } from '#detect/signs/failures/distinct-failures.ts';
import { isDrill } from '#detect/signs/failures/fault-drills.ts';
import { isHarmless } from '#detect/signs/failures/harmless-failures.ts';
import { gotElsewhere } from '#detect/signs/failures/hidden-failures.ts';
import { lostJobs } from '#detect/signs/failures/lost-jobs.ts';
import { isNamelessGateway } from '#detect/signs/failures/nameless-gateways.ts';
import { wasOnlyWork } from '#detect/signs/failures/only-work.ts';
import { wordsOfOrigin } from '#detect/signs/failures/origin-words.ts';
import { crashOfApp, panicBelow, panicOfCallee } from '#detect/signs/failures/panics.ts';
import { isInMaintenance } from '#detect/signs/failures/planned-maintenance.ts';
import { blamedBy, flagFacts, lacksRoute } from '#detect/signs/failures/proxy-blame.ts';
import {
  asFault,
  keylessRefusal,
  keysLine,
  lineOfFault,
  ofLine,
  reachingRoot,
  refusedLogin,
  staleLine,
  UNAUTHENTICATED,
} from '#detect/signs/failures/refused-clients.ts';
import { refusalOfMany } from '#detect/signs/failures/refused-many.ts';
import { refusedRequest } from '#detect/signs/failures/refused-requests.ts';
import { refusedResult } from '#detect/signs/failures/refused-results.ts';
import { carriesFault } from '#detect/signs/failures/soap-faults.ts';
import { stalledByLoop } from '#detect/signs/failures/stalled-jobs.ts';
import { thrownIn } from '#detect/signs/failures/thrown-place.ts';
import { saidByCaller } from '#detect/signs/failures/told-by-caller.ts';
import { toldFailure } from '#detect/signs/failures/told-losses.ts';
import { unsentAnswer } from '#detect/signs/failures/unsent-answers.ts';
import { vanishedWorker } from '#detect/signs/failures/vanished-workers.ts';
import { abortedIn, unknownCaller } from '#detect/signs/failures/whose-call.ts';
import { doubledJob } from '#detect/signs/messages/doubled-jobs.ts';
import { hasJustStarted } from '#detect/signs/starts/fresh-process.ts';
import type { EvidenceItem, Sighting } from '#model/finding/finding.ts';
import { KEYS_NOT_FETCHED } from '#model/instruments/key-words.ts';
import { type LogLine, linesBySpan } from '#model/logs/log-line.ts';
import type { SpanIndex, SpanTest } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';
import { calledName } from '#model/trace/views/called-host.ts';
import { pathUs } from '#model/trace/views/critical-path.ts';
import type { ErrorOrigin } from '#model/trace/views/error-origins.ts';
import {
  failureMessage,
  failureReason,
  failureStatus,
  failureTexts,
  type LinesBySpan,
} from '#model/trace/views/failure-text.ts';
import { isProbe, lacksHealthService } from '#model/trace/views/probe-requests.ts';
import { tellsOf } from '#model/trace/views/told-apart.ts';

export const errorOrigin = defineDetector({
  id: 'error-origin',
  title: 'Origin of the error',
  why: 'Every service above the origin reports the same failure as its own, and the alert names the topmost one.',
  runbook: 'runbooks/error-origin.md',
  clear: 'no span failed in a way that its callers could not handle',
  silent: [
    'It sees only failures on spans. It sees an error inside a 200 by an attribute, and no exception in a log alone.',
    'It ignores a 404 that the caller accepted as an answer, and a call that succeeded when it was retried. It also ignores a 503 with `Retry-After` in an announced maintenance.',
    'A failure that the direct caller handled silently is reported as Swallowed error.',
    'It sees nothing below a service without spans. It then names the call to that service.',
  ],
  role: 'failure',
  field: 'code',
  coverage: 'spans',
  nextWhys: {
    unsaid: {
      ask: 'Why did it fail there?',
      lookAt:
        'The log of this service at that time, its limits of memory and connections, and the services that it depends on.',
    },
    said: [],
  },
  checkQueries: ['log', 'pod'],
  namesCause: ({ facts }) => facts.message !== '',
  signs: ['failure-origin'],
  needs: ['trace'],
  uses: ['logs'],
  thresholds: {},

  detect({ trace, logs = [] }) {
    const lines = linesBySpan(logs);
    const wasReplaced = gotElsewhere(trace);
    const isFresh = hasJustStarted(trace, logs);
    const found = distinctFailures(trace, lines)
      .filter(({ spans }) => !spans.every((span) => wasMendedLater(trace, span) || answersNobody(trace, span, logs)))
      .filter(({ spans }) => !spans.every((span) => isLeftByClient(trace, span, logs)))
      .filter(({ spans }) => !spans.every((span) => stalledByLoop(trace, span, { lines, logs })))
      .filter(
        ({ origin, spans }) =>
          origin.symptom === trace.root || !spans.every((span) => isHarmless(trace, span, { lines, logs })),
      )
      .map(({ origin, said, spans }) => {
        const words = said ?? saidByCaller(trace, origin, lines);
        const [failed = trace.root] = spans;
        const cut = words ?? failureMessage(trace, failed, lines);
        const panic =
          (words === undefined ? panicBelow(trace, failed, lines) : thrownElsewhere(trace, failed, lines)) ??
          unsentAnswer(trace, failed, logs) ??
          (cut && panicOfCallee(trace, failed, cut.text, logs));
        const at = panic === undefined ? origin : { ...origin, path: [...panic.path, ...origin.path] };
        const told = { said: panic?.item ?? words, lines, logs, wasReplaced, isFresh };
        return failure(trace, at, told, panic === undefined ? spans : [panic.span]);
      });
    found.push(...lostJobs(trace, logs));
    const open = { said: undefined, lines, logs, wasReplaced, isFresh };
    const line = ofLine(lineOfFault(trace, logs, lines));
    const many = line && found.some(hasReachedRoot) ? undefined : refusedOfMany(trace, found, open);
    if (many !== undefined) return [many];
    if (found.some(hasReachedRoot)) return asFaults(withoutRepeated(found), line);
    const keyless = unchecked(trace, found, open);
    if (keyless !== undefined) return keyless;
    const crash = crashOfApp(trace, logs) ?? refusedLogin(trace, logs);
    if (crash !== undefined) return [failureAt(trace, crash.span, crash.item, open), ...found];
    const front = found.length > 0 ? undefined : refusedByProxy(trace, logs);
    if (front !== undefined) return [{ ...failureAt(trace, trace.root, front, open), inferred: true }];
    const late =
      found.length > 0
        ? undefined
        : (refusedResult(trace, logs) ?? toldFailure(trace, logs) ?? doubledJob(trace, logs));
    if (late !== undefined) {
      const origin = { spans: [late.span], path: [], symptom: late.span, rivals: 0, isBeside: false };
      return [{ ...failure(trace, origin, { ...open, said: late.item }, origin.spans), ...late.surety }];
    }
    const stale = readStale(trace, open);
    if (stale !== undefined) return [stale, ...found];
    const whole = wholeFailures(trace, found, logs);
    if (whole.length > 0) return found.map((each) => (whole.includes(each) ? reachingRoot(trace, each) : each));
    return [...refusedRequest(trace, found, lines), ...found];
  },

  say: wordsOfOrigin,
});

type Told = Readonly<{
  said: EvidenceItem | undefined;
  lines: LinesBySpan;
  logs: readonly LogLine[];
  wasReplaced: SpanTest;
  isFresh: boolean;
}>;

function failure(
  trace: Trace,
  { path, symptom, rivals, isBeside }: ErrorOrigin,
  { said, lines, logs, wasReplaced, isFresh }: Told,
  spans: readonly SpanIndex[],
): Sighting {
  const [span = trace.root] = spans;
  const unknown = unknownCaller(trace, span);
  const caller = unknown || trace.service(span);
  const callee = unknown === '' ? otherCalled(trace, span, caller) : trace.service(span);
  const faulty = faultyCallee(trace, spans, lines, logs);
  const item = faulty?.item ?? said;
  const flags = flagFacts(trace, span);
  const open = {
    isReplaced: symptom !== trace.root && spans.every(wasReplaced),
    // One check that fails shows no outage: the service may be starting, or may have been taken out on purpose.
    isCheck: lacksHealthService(trace, span) || (isProbe(trace, trace.root) && (span === trace.root || isFresh)),
    isUnrouted: lacksRoute(trace, span),
    isNameless: isNamelessGateway(trace, span, lines),
    isMaintained: isInMaintenance(trace, span, logs),
    isDrill: isDrill(trace, span, logs),
    isUntold: areUntoldFetches(trace, spans, { lines, isKnown: faulty !== undefined }),
  };
  return {
    ...(Object.values(open).includes(true) && { inferred: true }),
    service:
      blamedBy(flags) ||
      blamedCallee(trace, span, faulty) ||
      abortedIn(trace, span) ||
      vanishedWorker(trace, span, item?.text ?? '', logs) ||
      caller,
    operation: trace.operation(span),
    spans,
    wastedUs: pathUs(trace, spans),
    facts: {
      ...flags,
      refused: false,
      status: failureStatus(trace, span),
      message: item?.text ?? '',
      reason: failureReason(trace, span, said === undefined ? [] : failureTexts(trace, span, lines)),
      caller,
      callee: hiddenCallee(faulty) || callee,
      ...factsOfFault(trace, span, faulty),
      ...thrownIn(trace, span, lines),
      attempts: spans.length,
      above: new Set(path.map((passing) => trace.service(passing)).filter((name) => name !== caller)).size,
      symptom: `${trace.operation(symptom)} of ${trace.service(symptom)}`,
      reachedRoot: symptom === trace.root,
      rivals,
      isBeside,
      // The root's own message may name this failure as the reason.
      isQuoted: symptom !== trace.root && tellsOf(trace, trace.root, [span], lines),
      rootOperation: trace.operation(trace.root),
      ...open,
    },
    evidence: item === undefined ? [] : [item],
  };
}

/** Empty where the span is no call, or one to its own service. */
function otherCalled(trace: Trace, span: SpanIndex, caller: string): string {
  const name = trace.kind(span) === 'client' ? calledName(trace, span) : '';
  return name === caller ? '' : name;
}

/** The upstream of a proxy that made no span for its call, or a workflow; otherwise empty. */
function hiddenCallee(faulty: FaultyCallee | undefined): string {
  return faulty?.isBehindProxy === true || faulty?.isWorkflow === true ? faulty.service : '';
}

/**
 * The request was refused because nobody could check its token. The failures that say so; undefined where none does, or
 * where the refusal has other words.
 */
function unchecked(trace: Trace, found: readonly Sighting[], told: Told): Sighting[] | undefined {
  const { root } = trace;
  if (trace.httpStatus(root) !== UNAUTHENTICATED) return undefined;
  const keyless = trace.kind(root) === 'client' ? keylessRefusal(trace, told.logs) : undefined;
  if (keyless) return [asFault(failureAt(trace, keyless.span, ofLine(keyless.line), told), ofLine(keyless.line))];
  const said = failureMessage(trace, root, told.lines);
  if (said !== undefined && !KEYS_NOT_FETCHED.test(said.text)) return undefined;
  const below = found.filter(
    ({ service, evidence = [] }) =>
      service === trace.service(root) && evidence.some(({ text }) => KEYS_NOT_FETCHED.test(text)),
  );
  if (below.length > 0) return below.map((each) => reachingRoot(trace, each));
  const shown = said ?? ofLine(keysLine(trace, told.logs));
  return shown && [failureAt(trace, root, shown, told)];
}

/**
 * The request was refused because a replica did not have yet what was written before: the service's own error line says
 * so. Otherwise nothing is wrong with a 404.
 */
function readStale(trace: Trace, told: Told): Sighting | undefined {
  const said = ofLine(staleLine(trace, told.lines));
  return said && failureAt(trace, trace.root, said, told);
}

/** No span above them is marked, and they are all that came of the request: a job's only work, or a fault in a SOAP answer. */
function wholeFailures(trace: Trace, found: readonly Sighting[], logs: readonly LogLine[]): readonly Sighting[] {
  const work = found.filter(
    ({ spans = [] }) => spans.length > 0 && spans.every((span) => wasOnlyWork(trace, span, logs)),
  );
  if (work.length > 0 || trace.httpStatus(trace.root) < 400) return work;
  return found.filter(({ spans = [] }) => spans.some((span) => carriesFault(trace, span)));
}

function asFaults(found: Sighting[], line: EvidenceItem | undefined): Sighting[] {
  return line === undefined ? found : found.map((each) => asFault(each, line));
}

/** The service refuses many, or programs, as its own line says. */
function refusedOfMany(trace: Trace, found: readonly Sighting[], told: Told): Sighting | undefined {
  const many = refusalOfMany(trace, told.logs, found);
  return many && asFault(failureAt(trace, many.span, ofLine(many.line), told), ofLine(many.line));
}

/** The request failed there, and this says why. */
function failureAt(trace: Trace, span: SpanIndex, said: EvidenceItem, told: Told): Sighting {
  const origin = { spans: [span], path: [], symptom: span, rivals: 0, isBeside: false };
  return reachingRoot(trace, failure(trace, origin, { ...told, said }, [span]));
}

function hasReachedRoot({ facts }: Sighting): boolean {
  return facts.reachedRoot === true;
}

/** An exception that made the request fail is no second failure at its own span. */
function withoutRepeated(found: readonly Sighting[]): Sighting[] {
  const reached = new Set(found.filter(hasReachedRoot).map(({ spans: [span] = [] }) => span));
  return found.filter((each) => hasReachedRoot(each) || !reached.has(each.spans?.[0]));
}
