import type { Finding } from '#model/finding/finding.ts';
import { FAILURE_KINDS } from '#model/logs/complaint.ts';
import { epochUsOf, type LogLine } from '#model/logs/log-line.ts';

/** More lines of one finding say the same. */
const READ = 20;
/** Who writes to a store complains within this time. */
const SOON_US = 10 * 60e6;

/** A store without room turns read-only, and every write of others fails with words that say so. */
export function isBehindFullStore(cause: Finding, effect: Finding, logs: readonly LogLine[]): boolean {
  if (cause.facts.resource !== 'disk space' || cause.service === effect.service) return false;
  const [full] = linesOf(cause, logs);
  const refused = linesOf(effect, logs);
  const [first] = refused;
  if (full === undefined || first === undefined) return false;
  const afterUs = epochUsOf(first) - epochUsOf(full);
  return afterUs >= 0 && afterUs <= SOON_US && refused.every(({ line }) => FAILURE_KINDS['read-only'].test(line));
}

function linesOf({ lines = [] }: Finding, logs: readonly LogLine[]): readonly LogLine[] {
  return lines.slice(0, READ).flatMap((at) => logs[at] ?? []);
}
