/**
 * Where the time goes, when nothing names a reason.
 *
 *   [ POST /render      ░░░░████████████████████████░░░ ]  renderer   own time on the critical path
 *     [ GET /template ]
 */
import { defineDetector } from '#detect/detector.ts';
import { durationText } from '#model/duration.ts';
import type { SpanIndex, Trace } from '#model/trace.ts';

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
  ],
  descriptive: true,
  needs: ['trace'],
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

  detect({ trace }, { minOwnMs, minShare }) {
    const rootUs = trace.durationOfUs(trace.root);
    const least = Math.max(minOwnMs * 1000, minShare * rootUs);
    const ownUsByOperation = new Map<number, number>();
    for (let span = 0; span < trace.spanCount; span += 1) {
      const ownUs = trace.pathSelfUs(span);
      if (ownUs === 0) continue;
      const key = trace.operationKey(span);
      ownUsByOperation.set(key, (ownUsByOperation.get(key) ?? 0) + ownUs);
    }
    return [...ownUsByOperation]
      .filter(([, ownUs]) => ownUs >= least)
      .map(([key, ownUs]) => {
        const spans = spansOnPath(trace, key);
        spans.sort((a, b) => trace.pathSelfUs(b) - trace.pathSelfUs(a) || a - b);
        const largest = spans[0] ?? trace.root;
        return {
          service: trace.service(largest),
          operation: trace.operation(largest),
          spans,
          wastedUs: ownUs,
          facts: {
            ownUs,
            spans: spans.length,
            silent: silentCallee(trace, largest),
            body: largestBody(trace, spans),
            told: toldOnTheWay(trace, largest),
            rootUs,
            rootOperation: trace.operation(trace.root),
          },
        };
      });
  },

  say({ service, operation, ownUs, spans, silent, body, told, rootUs, rootOperation }) {
    const itself = Number(spans) > 1 ? `in ${spans} spans of ${operation}` : `in ${operation} itself`;
    const calls = Number(spans) > 1 ? `${spans} calls` : 'a call';
    const where =
      silent === ''
        ? `${itself}, where no span shows what it does`
        : `in ${calls} of ${silent} (${operation}), which left no span of it`;
    const large = body === '' ? '' : `; ${body}`;
    const remedies = [
      ...(told === '' ? [] : [`Answer ${rootOperation} first and do ${told} afterwards, as a job that is repeated.`]),
      ...(body === '' ? [] : ['Hand over less: pages, fewer fields, compressed.']),
      silent === ''
        ? `Profile ${operation} in ${service}, or add spans to what it does, then look at another trace of it.`
        : `Look at the log and the metrics of ${silent} at that time, and let it send its spans.`,
    ];
    return {
      title: `${service}: ${durationText(Number(ownUs))} of the ${durationText(Number(rootUs))} of ${rootOperation} pass ${where}${large}`,
      explanation: `${
        silent === ''
          ? 'The time is the service’s own: computing, waiting for something that is not traced, or calls without instrumentation.'
          : `The time is that of ${silent}, or of the network on the way there: ${service} only waited.`
      }${
        body === '' ? '' : ' So much data takes its time to make, to send and to read.'
      }${told === '' ? '' : ` Who waits for ${rootOperation} waits for ${told}, too, which only tells somebody else.`}`,
      remedy: remedies.join(' '),
      check:
        told === ''
          ? 'Other traces of this operation take as long and nobody complains: then this is how long it takes.'
          : `The answer of ${rootOperation} says whether ${told} succeeded, and somebody needs to know.`,
    };
  },
});

/** Whom the span called, where nothing was recorded of it. */
function silentCallee(trace: Trace, span: SpanIndex): string {
  return trace.isCall(span) && !trace.isDatabaseCall(span) && trace.childCount(span) === 0 ? trace.peer(span) : '';
}

/** A line of 100 Mbit/s is busy with it for 80 ms, and both ends read every byte of it. */
const LARGE_BYTES = 1_000_000;
/** So many of the spans are asked, those with most time first. */
const ASKED = 5;

/** What is handed over where that is much: asked of the operation, and of whoever called it. */
function largestBody(trace: Trace, spans: readonly SpanIndex[]): string {
  const asked = spans.slice(0, ASKED).flatMap((span) => [span, trace.parent(span) ?? span]);
  const bodies = asked
    .filter((span) => span === trace.root || trace.pathBelowUs(span) > 0)
    .flatMap((span) => Object.entries(BODIES).map(([name, what]) => ({ what, bytes: trace.number(span, name) ?? 0 })))
    .filter(({ bytes }) => bytes >= LARGE_BYTES)
    .sort((a, b) => b.bytes - a.bytes);
  const [largest] = bodies;
  return largest === undefined ? '' : `${largest.what} of ${Math.round(largest.bytes / 1_000_000)} MB`;
}

const BODIES: Readonly<Record<string, string>> = {
  'http.response.body.size': 'an answer',
  'http.request.body.size': 'a request',
  'messaging.message.body.size': 'a message',
};

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
    if (trace.operationKey(span) === operationKey && trace.pathSelfUs(span) > 0) spans.push(span);
  }
  return spans;
}
