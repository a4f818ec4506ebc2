/** How certain it is that a killed process made a request fail. */
import { eitherOf, type Lead } from '#diagnose/lead.ts';
import type { KilledCallee } from '#diagnose/rules/killed-callee.ts';
import { CONFIRMED, LIKELY } from '#diagnose/status.ts';
import type { JudgedFinding } from '#model/finding/finding.ts';

/** `precision`: how often a finding about the kill is right by itself, 0 to 1. */
export function standingOfKill(
  { shownBy, service }: KilledCallee,
  { confidence }: Pick<JudgedFinding, 'confidence'>,
  precision: number,
): Omit<Lead, 'finding'> {
  // The doubt about a broken connection is that nothing shows why. Here a second source says it in words.
  if (shownBy === 'words')
    return {
      confidence: Math.max(eitherOf(confidence, precision), CONFIRMED),
      status: 'confirmed',
      statusReason: `the connection to ${service} broke at that time, and ${service} was killed`,
    };
  const both = Math.min(confidence, precision);
  return {
    confidence: both,
    status: both >= LIKELY ? 'likely' : 'inconclusive',
    statusReason: `${service} was killed at that time, but the failed call does not say so`,
  };
}
