import type { Finding } from '#model/finding/finding.ts';

/**
 * Origins of errors that were swallowed on the spot: the finding about hidden errors says that these calls failed, and
 * more. An error that made the request fail was not swallowed.
 */
export function hiddenOrigins(findings: readonly Finding[]): ReadonlySet<Finding> {
  const swallowed = new Set(
    findings.filter(({ detector }) => detector === 'swallowed-error').flatMap(({ spans }) => spans),
  );
  return new Set(
    findings.filter(
      ({ detector, spans, facts }) =>
        detector === 'error-origin' && facts.reachedRoot !== true && spans.every((span) => swallowed.has(span)),
    ),
  );
}
