/**
 * Where the time goes, when nothing names a reason.
 *
 *   [ POST /render      ░░░░████████████████████████░░░ ]  renderer   own time on the critical path
 *     [ GET /template ]
 *
 * In a call of which the callee left no span, the callee is named. How much was handed over is told where spans say it
 * and it is much; and whether the service itself says that it got no time to work.
 */
import { defineDetector } from '#detect/detector.ts';
import { cpuStarvation } from '#detect/signs/cpu-starvation.ts';
import { gapCandidates } from '#detect/signs/gap-candidates.ts';
import { largestBody } from '#detect/signs/message-sizes.ts';
import type { Candidate, Facts } from '#model/finding/finding.ts';
import { durationText } from '#model/text/duration.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';
import { callee } from '#model/trace/views/call-numbers.ts';
import { pathByOperation, pathSelfUs } from '#model/trace/views/critical-path.ts';

export const bottleneck = defineDetector({
  id: 'bottleneck',
  title: 'Bottleneck',
  why: 'It tells where to look when the trace does not tell what is wrong.',
  runbook: 'runbooks/bottleneck.md',
  clear: 'no single operation holds the larger part of the time by itself',
  silent: [
    'Own time is added up by operation: time that is spread over many operations is the larger part of none.',
    'What another finding accounts for is left to that one, because it says why.',
    'Below `minOwnMs` nothing is named, even where the request is slow for what it does.',
    'That much is handed over (1 MB or more) is told only where spans carry sizes: of bodies, messages of a broker, messages of gRPC.',
  ],
  role: 'description',
  field: 'code',
  coverage: 'own-time',
  nextWhys: {
    unsaid: {
      ask: 'What does the service do in that time?',
      lookAt: 'A profile of the operation, CPU throttling, and spans around its parts.',
    },
    said: [],
  },
  checkQueries: ['log', 'pod'],
  namesCause: 'never',
  signs: ['own-time'],
  needs: ['trace'],
  uses: ['logs'],
  thresholds: {
    minOwnMs: {
      default: 500,
      min: 1,
      unit: 'ms',
      means: 'Own time of one operation on the critical path',
      why: 'Sentry calls a span slow from half a second on; a shorter request is no reason to wake somebody.',
    },
    minShare: {
      default: 0.4,
      min: 0,
      max: 1,
      unit: 'share of the root',
      means: 'The same time as a share of the whole request',
      why: 'With less than that no one place is the reason, and to name one would send people the wrong way.',
    },
  },

  detect({ trace, logs = [] }, { minOwnMs, minShare }) {
    const rootUs = trace.durationOfUs(trace.root);
    const least = Math.max(minOwnMs * 1000, minShare * rootUs);
    return pathByOperation(trace)
      .filter(({ ownUs }) => ownUs >= least)
      .map(({ first }) => {
        const all = spansOnPath(trace, trace.operationKey(first));
        all.sort((a, b) => pathSelfUs(trace, b) - pathSelfUs(trace, a) || a - b);
        const silent = silentCallee(trace, all, least);
        const spans = silent === '' ? all : all.filter((span) => unheardCallee(trace, span) === silent);
        const largest = spans[0] ?? trace.root;
        const ownUs = ownUsOf(trace, spans);
        const stretch = { span: largest, startUs: trace.startUs(largest), endUs: trace.endUs(largest) };
        const starved = silent === '' ? cpuStarvation(trace, stretch, logs) : undefined;
        return {
          service: silent === '' ? trace.service(largest) : silent,
          operation: trace.operation(largest),
          spans,
          wastedUs: ownUs,
          facts: {
            ownUs,
            spans: spans.length,
            caller: silent === '' ? '' : trace.service(largest),
            body: largestBody(trace, spans),
            told: toldOnTheWay(trace, largest),
            reason: starved?.reason ?? '',
            reasonRemedy: starved?.remedy ?? '',
            said: starved?.items[0].text ?? '',
            rootUs,
            rootOperation: trace.operation(trace.root),
          },
          evidence: starved?.items ?? [],
        };
      });
  },

  say(facts) {
    const { service, body, told, rootOperation } = facts;
    const large = body === '' ? '' : `; ${body}`;
    const { title, explanation, remedy, couldBe } = facts.caller === '' ? wordsOfItsOwn(facts) : wordsOfNobody(facts);
    const remedies = [
      ...(told === '' ? [] : [`Answer ${rootOperation} first and do ${told} afterwards, as a job that is repeated.`]),
      ...(body === '' ? [] : ['Hand over less: pages, fewer fields, compressed.']),
      remedy,
    ];
    return {
      title: `${service}: ${title}${large}`,
      explanation: `${explanation}${
        body === '' ? '' : ' So much data takes its time to make, to send and to read.'
      }${told === '' ? '' : ` Who waits for ${rootOperation} waits for ${told}, too, which only tells somebody else.`}`,
      remedy: remedies.join(' '),
      couldBe,
      check:
        told === ''
          ? 'Other traces of this operation take as long and nobody complains: then this is how long it takes.'
          : `The answer of ${rootOperation} says whether ${told} succeeded, and somebody needs to know.`,
    };
  },
});

/** Of time that is the service's own. */
function wordsOfItsOwn({ service, operation, ownUs, spans, reason, reasonRemedy, said, rootUs, rootOperation }: Facts) {
  const where = Number(spans) > 1 ? `in ${spans} spans of ${operation}` : `in ${operation} itself`;
  const why = reason === '' ? 'where no span shows what it does' : `while ${reason}`;
  return {
    title: `${durationText(Number(ownUs))} of the ${durationText(Number(rootUs))} of ${rootOperation} pass ${where}, ${why}`,
    explanation:
      reason === ''
        ? 'The time is the service’s own: computing, waiting for something that is not traced, or calls without instrumentation.'
        : `No span tells what ${operation} did, but the service says: “${said}”.`,
    remedy:
      reason === ''
        ? `Profile ${operation} in ${service}, or add spans to what it does, then look at another trace of it.`
        : `${reasonRemedy}. Then look at another trace of ${operation}.`,
    couldBe:
      reason === ''
        ? gapCandidates({ service: String(service), operation: String(operation), before: 'other' })
        : NO_CANDIDATES,
  };
}

const NO_CANDIDATES: readonly Candidate[] = [];

/** Of time in calls that their callee left no spans of. */
function wordsOfNobody({ service, operation, caller, ownUs, spans, rootUs, rootOperation }: Facts) {
  const answers = Number(spans) > 1 ? `${spans} answers of it` : 'its answer';
  return {
    title: `${caller} waits ${durationText(Number(ownUs))} of the ${durationText(Number(rootUs))} of ${rootOperation} for ${answers} (${operation}); it sent no span that says why`,
    explanation: `The time is that of ${service}, or of the network on the way there: ${caller} only waited.`,
    remedy: PUBLIC_HOST.test(String(service))
      ? `Look at the status page of ${service}. Give the call a limit that ${rootOperation} can bear, and decide what to answer without it.`
      : `Look at the log and the metrics of ${service} at that time, and let it send its spans.`,
    couldBe: [
      { what: `the work of ${service}`, shownBy: `its own log or metrics show requests that take as long` },
      { what: 'the way there', shownBy: `${service} says that it answered much sooner` },
      { what: `a queue before ${service}`, shownBy: 'a proxy or load balancer shows requests waiting for it' },
    ],
  };
}

/** `api.stripe.com`: somebody else's, as far as its name tells. */
const PUBLIC_HOST =
  /^(?!.*\.(?:svc|local|internal|consul|lan|corp|cluster|home|test|localdomain)\b)[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}(?::\d+)?$/i;

/** Whom most of this time was spent waiting for, where nothing was recorded of it; empty where it is the service's own. */
function silentCallee(trace: Trace, spans: readonly SpanIndex[], leastUs: number): string {
  const [largest] = spans;
  const callee = largest === undefined ? '' : unheardCallee(trace, largest);
  if (callee === '') return '';
  // Names such as `GET` are of calls to many.
  return ownUsOf(
    trace,
    spans.filter((span) => unheardCallee(trace, span) === callee),
  ) >= leastUs
    ? callee
    : '';
}

function unheardCallee(trace: Trace, span: SpanIndex): string {
  const isCall = trace.isCall(span) && !trace.isDatabaseCall(span) && trace.childCount(span) === 0;
  const whom = isCall ? callee(trace, span) : '';
  return whom === trace.service(span) ? '' : whom;
}

function ownUsOf(trace: Trace, spans: readonly SpanIndex[]): number {
  return spans.reduce((sum, span) => sum + pathSelfUs(trace, span), 0);
}

/** Work between a request and a call is seldom deeper. */
const MOST_LEVELS = 50;

/** The outermost step on the way to the span that does no more than tell somebody; empty where the request itself is for that. */
function toldOnTheWay(trace: Trace, span: SpanIndex): string {
  let told = '';
  let at = span;
  for (let level = 0; level < MOST_LEVELS && at !== trace.root; level += 1) {
    const operation = trace.operation(at);
    const words = [operation, trace.service(at), trace.peer(at)];
    if (isRead(trace, at)) told = '';
    else if (words.some((word) => TELLS.test(word))) told = operation;
    at = trace.parent(at) ?? trace.root;
  }
  return [trace.operation(trace.root), trace.service(trace.root)].some((word) => TELLS.test(word)) ? '' : told;
}

function isRead(trace: Trace, span: SpanIndex): boolean {
  return /^(?:GET|HEAD)\b/i.test(trace.text(span, 'http.request.method') || trace.operation(span));
}

/** What nobody waits for who asked for something else. */
const TELLS =
  /(?:^|[^a-z])(?:e-?mails?|mailer|smtp|sms|notif(?:y|ications?)|newsletter|webhooks?|audit|analytics)(?:$|[^a-z])/i;

function spansOnPath(trace: Trace, operationKey: number): SpanIndex[] {
  const spans: SpanIndex[] = [];
  for (let span = 0; span < trace.spanCount; span += 1) {
    if (trace.operationKey(span) === operationKey && pathSelfUs(trace, span) > 0) spans.push(span);
  }
  return spans;
}
