/** What the response flags of a proxy's span say about a failure, and which service they blame. */
import type { Candidate, Facts, Words } from '#model/finding/finding.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import type { FlagBlame, ProxyFlag } from '#model/trace/proxy-flag.ts';
import { proxyFlags, serviceOfCluster } from '#model/trace/proxy-flags.ts';
import { isInternalHost } from '#model/trace/service-names.ts';
import type { Trace } from '#model/trace/trace.ts';
import { callee } from '#model/trace/views/call-numbers.ts';
import { entryAbove } from '#model/trace/views/entry.ts';
import { recordedFlags } from '#model/trace/views/recorded-flags.ts';

/**
 * `flag`: one of `proxy-flags.ts`. `proxy`: the service that set it. `upstream`: the service to which the proxy sends the
 * call; empty if it is the proxy. `client`: the service that called the proxy. Each is empty where nothing records it.
 */
export type FlagFacts = Readonly<{ flag: string; proxy: string; upstream: string; client: string }>;

/** What a proxy's flags on the span say; empty where it has none. */
export function flagFacts(trace: Trace, span: SpanIndex): FlagFacts {
  const [flag] = recordedFlags(trace, span);
  if (flag === undefined || trace.childCount(span) > 0) return { flag: '', proxy: '', upstream: '', client: '' };
  const proxy = trace.service(span);
  const named = trace.kind(span) === 'client' ? callee(trace, span) : '';
  const upstream =
    named || serviceOfCluster(trace.text(span, 'envoy.upstream_cluster')) || trace.text(span, 'haproxy.backend');
  return { flag: flag.flag, proxy, upstream: upstream === proxy ? '' : upstream, client: callerOf(trace, span) };
}

/** The service above that is not the proxy itself; empty where no span shows one. */
function callerOf(trace: Trace, span: SpanIndex): string {
  const above = trace.parent(entryAbove(trace, span));
  return above === undefined ? '' : trace.service(above);
}

/** The service to look at, by the flags; empty where they say nothing. */
export function blamedBy({ flag, proxy, upstream, client }: FlagFacts): string {
  const [known] = proxyFlags(flag);
  if (known === undefined) return '';
  if (known.blames === 'client') return client || proxy;
  const isOfUpstream = known.blames === 'upstream' && isInternalHost(upstream);
  return isOfUpstream ? upstream : proxy;
}

/** `reviews has no healthy host`; empty without a flag. `named` writes the name of a service. */
export function flagClause({ flag, proxy, upstream, client }: Facts, named: (service: unknown) => string): string {
  const [known] = proxyFlags(String(flag ?? ''));
  const whose = upstream === '' ? `the upstream of ${named(proxy)}` : named(upstream);
  return known?.clause(named(proxy), whose, client ? named(client) : 'the client') ?? '';
}

/**
 * The proxy at the edge knows no route for what somebody outside asked, and chose no cluster: Envoy answers 404 where
 * the routes are wrong, and where nobody ever served the address. Not where the address is one that scanners ask for.
 */
export function lacksRoute(trace: Trace, span: SpanIndex): boolean {
  const [flag] = recordedFlags(trace, span);
  if (flag?.flag !== 'NR' || trace.httpStatus(span) !== 404 || callerOf(trace, span) !== '') return false;
  if (!/^-?$/.test(trace.text(span, 'envoy.upstream_cluster'))) return false;
  return !['url.path', 'url.full'].some((name) => SCANNED.test(trace.text(span, name)));
}

/** OWASP Core Rule Set, `restricted-files.data`; what browsers and crawlers ask every host for. */
const SCANNED =
  /\/(?:\.env|\.git|\.svn|\.aws|\.ssh|\.htaccess|\.ds_store|wp-(?:login|config|admin|content|includes)|xmlrpc\.php|phpmyadmin|phpinfo|cgi-bin|server-status|favicon\.ico|robots\.txt|apple-touch-icon)(?:$|[/?#.-])/i;

export const UNROUTED: readonly Candidate[] = [
  {
    what: 'a route that is missing or did not reach the proxy',
    shownBy: 'the same request had an answer before, or the routes of the proxy changed',
  },
  { what: 'an address that nobody ever served', shownBy: 'no earlier request with this host and path had an answer' },
];

/** What a flag means for the services. */
export const MEANS: Readonly<Record<FlagBlame, string>> = {
  upstream: 'The proxy only reports the failure of the service behind it.',
  proxy: 'The proxy failed by itself, so the service behind it never got the request.',
  breaker: 'The proxy did not send the call.',
  refusal: 'The proxy refused the request as it is configured to.',
  injection: 'This is a test of failures, not a failure of a service.',
  client: 'The services did not fail.',
};

export function adviceOn(
  { blames, flag }: ProxyFlag,
  proxy: string,
  upstream: string,
): Pick<Words, 'remedy' | 'check'> {
  if (blames === 'upstream' || blames === 'breaker')
    return {
      remedy: `Look at the pods and the log of ${upstream} at that time, not at ${proxy}, which only reports it.`,
      check: `The log of ${upstream} shows that it answered this call without an error. Then the failure arose between it and ${proxy}.`,
    };
  if (blames === 'injection')
    return {
      remedy: `Take the injected fault out of the routes of ${proxy}, unless somebody is testing.`,
      check: `The routes of ${proxy} inject no fault.`,
    };
  if (blames === 'refusal')
    return {
      remedy: `Compare the limits and policies of ${proxy} with what this caller may do.`,
      check: `The same request passes ${proxy} under the same limits and policies.`,
    };
  if (blames === 'client')
    return {
      remedy: `Look at what the client sent to ${proxy}.`,
      check: `Other clients get the same answer of ${proxy} to correct requests.`,
    };
  return {
    remedy: `Compare the configuration of ${proxy} with the host and the path of this request, and with its last change.`,
    check:
      flag === 'NR'
        ? `${proxy} was never meant to serve this path. Then the request was wrong, not the configuration.`
        : `The same request passes ${proxy} with the same configuration.`,
  };
}
