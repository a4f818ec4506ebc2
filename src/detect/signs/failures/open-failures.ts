/** Facts of a failure with which several causes fit, and these causes. */
import { CANDIDATES_OF_FETCH } from '#detect/signs/failures/browser-fetches.ts';
import { CANDIDATES_OF_DRILL } from '#detect/signs/failures/fault-drills.ts';
import { CANDIDATES_OF_GATEWAY } from '#detect/signs/failures/nameless-gateways.ts';
import { CANDIDATES_OF_MAINTENANCE } from '#detect/signs/failures/planned-maintenance.ts';
import type { Candidate, Facts } from '#model/finding/finding.ts';

const CANDIDATES_OF_CHECK: readonly Candidate[] = [
  { what: 'a service that starts, stops or was taken out on purpose', shownBy: 'a later check succeeds' },
  { what: 'a service that does not work', shownBy: 'the checks after it fail, too, or requests fail' },
];

const OPEN_FAILURES = [
  ['isCheck', CANDIDATES_OF_CHECK],
  ['isNameless', CANDIDATES_OF_GATEWAY],
  ['isMaintained', CANDIDATES_OF_MAINTENANCE],
  ['isDrill', CANDIDATES_OF_DRILL],
  ['isUntold', CANDIDATES_OF_FETCH],
] as const;

/** Undefined where the facts leave one cause. */
export function possibleCauses(facts: Facts): readonly Candidate[] | undefined {
  return OPEN_FAILURES.find(([name]) => facts[name] === true)?.[1];
}

/** Something else answered in place of the failed call, as a database does for its cache. */
export function candidatesOfReplaced({ callee, service }: Facts): Candidate[] {
  const name = String(callee || service);
  return [
    { what: `a single failure of ${name}, which costs little`, shownBy: `other calls to ${name} succeed at that time` },
    { what: `${name} is down, and what replaces it carries its load`, shownBy: `all calls to ${name} fail` },
  ];
}
