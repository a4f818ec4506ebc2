/** Flags that were switched right before a service began to fail, or to work as much as it can. */
import type { Change } from '#model/changes/change.ts';
import { effectsOf } from '#model/changes/change-effects.ts';
import { EXACT_US, gapOf } from '#model/changes/change-gap.ts';
import type { ChangeSymptoms } from '#model/changes/change-symptoms.ts';
import { codeChangeOf } from '#model/changes/code-change.ts';

/** Clients of flags learn of a change in this time at the latest: Unleash asks every 15 s, Flagsmith every 60 s. */
const SWITCHED_US = 60e6;

/**
 * A flag whose definition names the service at fault, which fails in its own code, or whose processor is full, right since
 * it was switched. Any other change of that service in that time could be the reason as well.
 */
export function switchedText(trouble: ChangeSymptoms, change: Change, changes: readonly Change[]): string {
  const { service, kinds, isDated = false, isSure = false } = trouble;
  const gapUs = gapOf(trouble, change.atUs);
  const isThen = change.kind === 'flag' && isDated && isSure && gapUs >= -EXACT_US && gapUs <= SWITCHED_US;
  if (!isThen || !(kinds.has('own-failure') || kinds.has('cpu')) || !isOfFlag(change, service)) return '';
  const isNearer = (one: Change) => one.service === service && Math.abs(gapOf(trouble, one.atUs)) <= SWITCHED_US;
  if (changes.some((one) => one.id !== change.id && isNearer(one) && codeChangeOf(one)?.isHarmless !== true)) return '';
  return `it is a flag of ${service}, where this began within a minute`;
}

/** By the service that it was reported for, or by what its description and its tags say. */
function isOfFlag(flag: Change, service: string): boolean {
  if (service === '' || !effectsOf(flag, codeChangeOf(flag)).some(({ kind }) => OF_SWITCHES.has(kind))) return false;
  const said = `${flag.text}\n${flag.diff}`.toLowerCase();
  const at = said.indexOf(service.toLowerCase());
  const isWhole = at >= 0 && !/[\w-]/.test(said[at - 1] ?? ' ') && !/[\w-]/.test(said[at + service.length] ?? ' ');
  return flag.service === service || isWhole;
}

const OF_SWITCHES: ReadonlySet<string> = new Set(['flag-on', 'flag-off']);
