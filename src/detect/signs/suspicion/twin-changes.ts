/**
 * Two changes of one service in the same minute. Only their titles are known, and both came just before the problem. “The
 * service is slow” fits both changes, so to name one of them would be a guess.
 *
 *   08:58:55  migration of orders   V41__index_orders_by_day.sql      ┐
 *   08:58:58  config of orders      resolver of names, ndots 2        ┴─► 08:59:07  orders: slow statement
 */
import { MINUTE_US } from '#core/time-units.ts';
import type { Suspicion } from '#detect/signs/suspicion/change-suspicion.ts';
import type { ChangeSymptom, ChangeSymptoms } from '#model/changes/change-symptoms.ts';

/** Whatever the reason, a service that has it is slow. */
const OF_ANY_CAUSE: ReadonlySet<ChangeSymptom> = new Set(['slow']);
/** What a migration may slow down. */
const STATEMENT = /\b(?:statements?|quer(?:y|ies)|sql)\b/i;

/** As a share of the first score: far less suspect is what hardly any trouble comes of. */
const RIVAL = 0.5;

/** The other change that may be the cause as well; undefined where something tells them apart. */
export function twinOf(
  first: Suspicion,
  suspected: readonly Suspicion[],
  { kinds, complaint, guilty = [] }: ChangeSymptoms,
): Suspicion | undefined {
  const isTold = first.change.diff !== '' || first.isNamed || first.isLone || guilty.length > 0;
  const isGeneral = [...kinds].every((kind) => OF_ANY_CAUSE.has(kind));
  if (isTold || !(first.isNear || isGeneral)) return undefined;
  const isOfStatements = STATEMENT.test(complaint?.text ?? '');
  const isRival = (one: Suspicion) =>
    first.isNear ? mayDoIt(one) && one.score >= RIVAL * first.score : fitsAsWell(one, isOfStatements);
  return suspected.find((one) => one !== first && isUntold(one) && isRival(one) && isBeside(one, first));
}

function isUntold({ change, score, isHarmless }: Suspicion): boolean {
  return score > 0 && change.diff === '' && !isHarmless;
}

/** Where only time leads to the first one, it leads to any other of that minute as well. A flag belongs to nobody. */
function mayDoIt({ change, reasons, isOpaque }: Suspicion): boolean {
  return isOpaque || reasons.length > 0 || change.kind === 'migration';
}

/** Where the first one fits, only what fits by its content is a rival. */
function fitsAsWell({ change, reasons }: Suspicion, isOfStatements: boolean): boolean {
  return change.service !== '' && (reasons.length > 0 || (change.kind === 'migration' && isOfStatements));
}

function isBeside({ change: one }: Suspicion, { change: other }: Suspicion): boolean {
  const isOfSame = one.service === other.service || one.service === '' || other.service === '';
  return isOfSame && Math.abs(one.atUs - other.atUs) <= MINUTE_US;
}
