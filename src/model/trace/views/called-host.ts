/**
 * Whom a call went to, where only its address says so: older HTTP clients, such as Python's requests, record no peer, and
 * the host of a function is its platform's.
 */
import { peerIn } from '#model/instruments/peer-words.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import { canonicalText } from '#model/trace/semconv.ts';
import { serviceNamed, withoutClusterDomain } from '#model/trace/service-names.ts';
import type { Trace } from '#model/trace/trace.ts';
import { callee } from '#model/trace/views/call-numbers.ts';

/**
 * The name of the callee: the recorded peer, else the host of the address, else the host in the error message. A host that
 * is a service of this trace gets its service name.
 */
export function calledName(trace: Trace, span: SpanIndex): string {
  const recorded = callee(trace, span);
  if (trace.kind(span) !== 'client') return recorded;
  const own = serviceNamed(trace.services);
  const ofPlatform = calledFunction(trace, span);
  if (ofPlatform !== '') return own(recorded) ?? own(ofPlatform) ?? ofPlatform;
  if (recorded !== '') return recorded;
  const host = hostInAddress(trace, span) || hostInFailure(trace, span);
  return host === '' ? '' : (own(host) ?? withoutClusterDomain(host));
}

/** The function that its platform was asked to run; empty for every other call. */
export function calledFunction(trace: Trace, span: SpanIndex): string {
  return trace.text(span, 'faas.invoked_name') || functionInAddress(trace.text(span, 'url.full'));
}

/** Without its port. */
export function hostInAddress(trace: Trace, span: SpanIndex): string {
  return ADDRESS.exec(trace.text(span, 'url.full'))?.[1] ?? '';
}

/** Without its port; empty for this machine and for an address without a name. */
function hostInFailure(trace: Trace, span: SpanIndex): string {
  if (!trace.failed(span)) return '';
  const events = trace.hasEvents(span) ? trace.events(span) : [];
  const texts = [
    ...events.map(({ attributes }) => canonicalText(attributes, 'exception.message')),
    trace.statusText(span),
  ];
  for (const text of texts) {
    const [host = ''] = peerIn(text).split(':', 1);
    if (/[a-z]/i.test(host) && host !== 'localhost') return host;
  }
  return '';
}

const ADDRESS = /^\w{1,20}:\/\/(?:[^@/?#]{0,200}@)?([^/?#:]{1,253})/;

/** Platforms put the name of a function or a service into the address, each at its own place. */
const FUNCTIONS: readonly RegExp[] = [
  // https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
  /^https?:\/\/lambda\.[a-z\d-]{1,40}\.amazonaws\.com(?:\.cn)?\/(?:\d{4}-\d\d-\d\d\/)?functions\/(?:[^/]{0,120}function(?::|%3A))?([\w-]{1,140})/i,
  // https://cloud.google.com/run/docs/triggering/https-request
  /^https?:\/\/(?:[a-z\d-]{1,46}---)?([a-z][a-z\d-]{0,62})-[a-z\d]{1,16}-[a-z]{2}\.a\.run\.app\b/i,
  /^https?:\/\/(?:[a-z\d-]{1,46}---)?([a-z][a-z\d-]{0,62})-\d{6,20}\.[a-z\d-]{1,40}\.run\.app\b/i,
  // The same where somebody left out the region.
  /^https?:\/\/([a-z][a-z\d-]{0,62})-(?=[a-z]{0,15}\d)[a-z\d]{1,16}\.a\.run\.app\b/i,
  // https://cloud.google.com/functions/docs/calling/http
  /^https?:\/\/[a-z\d-]{1,100}\.cloudfunctions\.net\/([\w-]{1,63})/i,
  // https://learn.microsoft.com/azure/azure-functions/functions-bindings-http-webhook-trigger
  /^https?:\/\/([a-z\d-]{1,60})\.azurewebsites\.net\b/i,
];

function functionInAddress(address: string): string {
  for (const pattern of FUNCTIONS) {
    const name = pattern.exec(address)?.[1];
    if (name !== undefined) return name;
  }
  return '';
}
