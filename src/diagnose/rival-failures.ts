/**
 * Several failures, each of which may have made the request fail, and nothing recorded decides. None is the verdict
 * alone, and the verdict stays inconclusive.
 *
 *   [ GET /page ✗ 500        ]   does not say why
 *     [ GET /ads  ✗ 500  ]
 *     [ GET /core ✗ 500  ]
 */
import { type Because, followingFrom } from '#diagnose/chain.ts';
import type { Candidate, Facts, Finding } from '#model/finding/finding.ts';
import type { Trace } from '#model/trace/trace.ts';

/**
 * Failures that the first finding does not explain; none where the cause of the request's failure is known. Best first.
 */
export function rivalFailures<Each extends Finding>(findings: readonly Each[], chain: readonly Because[]): Each[] {
  const own = followingFrom(chain, 0);
  const open = findings.flatMap(({ facts }, at) =>
    Number(facts.rivals) > 0 && facts.reachedRoot === true ? [at] : [],
  );
  if (!open.some((at) => own.has(at))) return [];
  return open.flatMap((at) => (own.has(at) ? [] : (findings[at] ?? [])));
}

/** The first one stays one of several. */
export function withRivals<Each extends Finding>(
  trace: Trace,
  findings: readonly Each[],
  rivals: readonly Finding[],
): Each[] {
  const [first, ...others] = findings;
  if (first === undefined) return [];
  const couldBe = [first, ...rivals].map((finding) => candidateOf(trace, finding));
  return [{ ...first, inferred: true, couldBe }, ...others];
}

function candidateOf(trace: Trace, { service, operation, facts }: Finding): Candidate {
  const said = typeof facts.message === 'string' && facts.message !== '' ? ` (“${facts.message}”)` : '';
  return {
    what: `the failure of ${isCall(facts) ? `the call of ${facts.callee} ${operation}` : `${operation} in ${service}`}${said}`,
    shownBy: `the response or the log of ${trace.service(trace.root)} mentions it`,
  };
}

/** Calls of one service to several others often share one name: the callee distinguishes them. */
function isCall({ callee }: Facts): boolean {
  return typeof callee === 'string' && callee !== '';
}

/** Further ones are only counted. */
const MOST_NAMED = 2;

export function verdictWith(trace: Trace, first: Finding, rivals: readonly Finding[]): string {
  if (rivals.length === 0) return first.title;
  const names = rivals
    .slice(0, MOST_NAMED)
    .map(({ service, operation, facts }) => `${operation} of ${isCall(facts) ? facts.callee : service}`);
  const more = rivals.length > names.length ? [`${rivals.length - names.length} more`] : [];
  return `${first.title}; ${[...names, ...more].join(' and ')} failed too, and nothing recorded shows which of them made ${trace.operation(trace.root)} of ${trace.service(trace.root)} fail`;
}
