import type { Finding } from '#model/finding/finding.ts';

/** That somebody hid these very calls says that they failed, and more: the origins of errors that were swallowed on the spot. */
export function hiddenOrigins(findings: readonly Finding[]): ReadonlySet<Finding> {
  const swallowed = new Set(
    findings.filter(({ detector }) => detector === 'swallowed-error').flatMap(({ spans }) => spans),
  );
  return new Set(
    findings.filter(({ detector, spans }) => detector === 'error-origin' && spans.every((span) => swallowed.has(span))),
  );
}
