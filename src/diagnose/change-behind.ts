/** Names the change that led to the cause of a problem. */

import { LIKELY } from '#diagnose/status.ts';
import { blamedChange, isOnlyNear, isPossible, isTied, ONLY_TIME } from '#diagnose/window/blamed-change.ts';
import { type Change, shortChangeId } from '#model/changes/change.ts';
import type { Detectors, JudgedSign } from '#model/finding/detector-traits.ts';
import type { Diagnosis, Judgement } from '#model/finding/diagnosis.ts';
import type { Finding } from '#model/finding/finding.ts';
import { isSameService } from '#model/incident/alert-service.ts';
import { cutLine } from '#model/text/cut-text.ts';

/**
 * The change becomes the reason of the first finding. Kind, status and confidence of the verdict stay: they rest on the
 * requests. So does the service, unless the change made the caller ask at another place, or ask a cache by other keys; or
 * unless it made the callee refuse or lose what it answered before.
 */
export function withChange(judgement: Judgement, change: Finding, detectors: Detectors): Judgement {
  const named = changeNamed(judgement, change, detectors);
  const isOfOther =
    isOfCaller(judgement, change) || isOfUser(judgement, change) || isOfCallee(judgement, change, detectors);
  return named.diagnosis?.change?.id === change.facts.id && isOfOther
    ? blaming(named, String(change.facts.changedService))
    : named;
}

/** Nobody was reached there, or somebody else: then whoever changed the address has to act. */
const NOT_REACHED: ReadonlySet<unknown> = new Set(['gone', 'no-name', 'other-names', 'late']);

function isOfCaller({ findings: [first] }: Judgement, change: Finding): boolean {
  if (first === undefined || !isProven(change)) return false;
  const { caller, calleeFault } = first.facts;
  return NOT_REACHED.has(calleeFault) && caller === change.facts.changedService && first.service !== caller;
}

/** Whoever changed what a cache holds, or how much a store has to do, has to act. */
function isOfUser({ findings: [first] }: Judgement, { facts }: Finding): boolean {
  if (first === undefined || !isUpToUsers(first) || !isProven({ facts })) return false;
  return facts.changedService !== '' && facts.changedService !== first.service;
}

/** A cache has what its users put there under their keys. The numbers of a store leave their past by what it is asked. */
function isUpToUsers({ facts }: Finding): boolean {
  return facts.isByUsers === true || (facts.form === 'strained' && facts.isGone !== true);
}

/**
 * The call failed at its caller, as `invalid argument` or an answer of a proxy does, and a change of the callee explains it:
 * the caller asks as it always did.
 */
function isOfCallee({ findings }: Judgement, change: Finding, detectors: Detectors): boolean {
  const changed = String(change.facts.changedService ?? '');
  const [first] = findings;
  if (first === undefined || changed === '' || first.service === changed || !isProven(change)) return false;
  if (!FAILURES.some((sign) => detectors.named(sign).id === first.detector)) return false;
  return findings.some(
    ({ facts: { caller, callee } }) => caller === first.service && isSameService(String(callee ?? ''), changed),
  );
}

/** What says that calls fail, and not what a service waits for or lacks. */
const FAILURES: readonly JudgedSign[] = ['failing-requests', 'failure-origin', 'new-lines'];

/** Something in the change fits, and in no other one. */
function isProven(change: Pick<Finding, 'facts'>): boolean {
  return !(isPossible(change) || isOnlyNear(change) || isTied(change));
}

function blaming(judgement: Judgement, service: string): Judgement {
  const { diagnosis, findings } = judgement;
  const [first, ...others] = findings;
  if (diagnosis === undefined || first === undefined) return judgement;
  const [rank, ...ranks] = diagnosis.ranking;
  return {
    ...judgement,
    findings: [{ ...first, service }, ...others],
    diagnosis: {
      ...diagnosis,
      service,
      ranking: rank === undefined ? [] : [{ ...rank, service }, ...ranks.filter((one) => one.service !== service)],
    },
  };
}

function changeNamed(judgement: Judgement, change: Finding, detectors: Detectors): Judgement {
  const { diagnosis, findings } = judgement;
  const [first] = findings;
  if (diagnosis === undefined || first === undefined) return judgement;
  // It was named already, where lines or metrics led to it.
  if (diagnosis.change !== undefined && diagnosis.change.id === change.facts.id) return judgement;
  // Another look at the same two changes knows no more.
  if (first !== undefined && isTied(first) && first.facts.id === change.facts.id) return judgement;
  if (isTied(change) && diagnosis.verdict.includes(changeClause(change, 'it'))) return judgement;
  const listed = { ...change, share: 0, wonUs: 0, confidence: 0, severity: first.severity };
  if (isPossible(change)) {
    const told = { ...diagnosis, ...toldWithChange(diagnosis, change, 'it') };
    return { ...judgement, findings: [...findings, { ...listed, whyNotFirst: ONE_SIGN }], diagnosis: told };
  }
  const told = toldWithChange(diagnosis, change, 'it');
  const named = { ...told, change: blamedChange([change], detectors) };
  if (isOnlyNear(change) && !isTied(change)) {
    const open = { ...listed, whyNotFirst: ONLY_TIME };
    // In `windows-13` to `windows-22`, 25 unsure verdicts named a change only because of its time; 8 of these were right.
    const said = diagnosis.status === 'inconclusive' ? told : named;
    return { ...judgement, findings: [...findings, open], diagnosis: { ...diagnosis, ...said } };
  }
  return {
    ...judgement,
    findings: [...findings, listed],
    diagnosis: {
      ...diagnosis,
      ...named,
      chain: [...diagnosis.chain, { finding: 0, because: findings.length }],
      runbook: change.runbook,
    },
  };
}

const ONE_SIGN = 'only one sign leads to this change: it may have led to it';

/**
 * The change is rolled back first: that is faster than any repair. One that is only possible is looked into, and one that
 * only its time makes suspect is rolled back where the repair does not help.
 */
export function toldWithChange(
  { verdict, remedy }: Pick<Diagnosis, 'verdict' | 'remedy'>,
  change: Pick<Finding, 'facts' | 'remedy'>,
  effect: Effect,
): Pick<Diagnosis, 'verdict' | 'remedy'> {
  return { verdict: `${verdict}; ${changeClause(change, effect)}`, remedy: remedyWith(remedy, change) };
}

function remedyWith(remedy: string, change: Pick<Finding, 'facts' | 'remedy'>): string {
  if (isPossible(change)) return `${remedy} ${change.remedy}`;
  if (isTied(change) || !isOnlyNear(change)) return `${change.remedy} If the change is not the cause: ${remedy}`;
  return `${remedy} If that does not help: ${change.remedy.charAt(0).toLowerCase()}${change.remedy.slice(1)}`;
}

/** What a change does on purpose is no fault; whether it was right, people decide. */
export function asIntended(judgement: Judgement, { kind, id, text }: Change): Judgement {
  const { diagnosis } = judgement;
  if (diagnosis === undefined) return judgement;
  const said = text === '' ? '' : ` (“${cutLine(text, LONGEST_TEXT)}”)`;
  return {
    ...judgement,
    diagnosis: {
      ...diagnosis,
      status: 'inconclusive',
      confidence: Math.min(diagnosis.confidence, LIKELY - 0.01),
      statusReason: `it is meant to be: ${kind} ${shortChangeId(id)}${said} does it on purpose`,
    },
  };
}

const LONGEST_TEXT = 100;

type Effect = 'it' | 'it began';

/** `deploy 4f2a9c1 came 3 min before it: it drops the index idx_sku`. Some people read only one line. */
function changeClause({ facts }: Pick<Finding, 'facts'>, effect: Effect): string {
  const { kind, id, gap, reasons, changedService } = facts;
  const when = gap === 'as' ? (effect === 'it' ? 'at that time' : 'as it began') : `${gap} ${effect}`;
  const [why = ''] = String(reasons ?? '').split('; ');
  const named = `${kind} ${shortChangeId(String(id))}`.trim();
  if (isTied({ facts })) return `${named} or ${facts.tiedWith} may have led to it: both fit equally well`;
  // Only a change of another service, which uses the same store, has `store`.
  const whose = (facts.store ?? '') === '' ? '' : ` of ${changedService}`;
  const came = isPossible({ facts }) ? 'may have led to it' : `came ${when}`;
  if (isOnlyNear({ facts })) return `${named}${whose} ${came}, and only its time makes it suspect`;
  return `${named}${whose} ${came}${why === '' ? '' : `: ${why}`}`;
}
