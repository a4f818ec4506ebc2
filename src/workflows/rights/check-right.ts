/**
 * Rights that a setting reserves for user groups, at the place where something is done. Slack is asked before the
 * transaction; a refusal and what was done unchecked enter the audit log with it.
 *
 *   request ──► does a group have the right? ──► incident ──► may they read it? ──► in the group ────────► done
 *                                                                                 ├─ not in it ─────────► told who may
 *                                                                                 └─ nobody can say it ─► urgent: done, and said
 *                                                                                                         else: told why
 */
import type { Incident } from '#model/incident/incident.ts';
import {
  COMMANDER,
  type Decision,
  decide,
  isUrgentRight,
  type Right,
  type RightsSettings,
  type Standing,
  standingOf,
  type UserGroup,
} from '#model/incident/rights.ts';
import { auditIncident } from '#record/audit.ts';
import type { AskedBy, Changing, Outcome } from '#workflows/incidents/on-incident.ts';

/** Asks Slack, so never call it inside a transaction. */
export type AskRight = (right: Right, userId: string) => Promise<Standing>;

export type RightParts = Readonly<{ askRight: AskRight }>;

/** `find`: by the id or the handle of the setting. */
export function rightAsker(
  settings: RightsSettings | undefined,
  find: (named: string) => Promise<UserGroup>,
): AskRight {
  return async (right, userId) => {
    const names = settings?.[right] ?? [];
    if (names.length === 0) return { kind: 'may' };
    const named = names.filter((name) => name !== COMMANDER);
    const groups = await Promise.all(named.map(async (name) => ({ named: name, group: await find(name) })));
    return standingOf({ right, groups, byCommander: names.includes(COMMANDER), userId });
  };
}

export type Wanted = Readonly<{
  right: Right;
  asked: AskedBy;
  /** Somebody else who needs the right, too: who gets the command. */
  other?: string | undefined;
  /** The incident for which the right is checked; without it, the incident that is changed. */
  about?: Incident | undefined;
  /** Whether it is done although nobody can say who may; by default as the right is. */
  isUrgent?: (incident: Incident) => boolean;
}>;

/** The change for people who have the right, and a refusal for others. */
export async function withRight(parts: RightParts, wanted: Wanted, change: Changing): Promise<Changing> {
  const { right, asked, about, isUrgent = () => isUrgentRight(right) } = wanted;
  const standings = await standingsOf(parts, wanted);
  return async (tx, changed) => {
    const incident = about ?? changed;
    const urgent = isUrgent(incident);
    const decided = standings.map(({ userId, named, standing }) => ({
      userId,
      decision: decide(standing, { userId, named, incident, isUrgent: urgent }),
    }));
    const note = async (kind: 'refused' | 'unchecked', userId: string) =>
      await auditIncident(tx, incident, asked.userId, `right.${kind}`, { right, person: userId });
    for (const { userId, decision } of decided) {
      const answer = refusedText(decision);
      if (answer === undefined) continue;
      await note('refused', userId);
      return { answer };
    }
    const outcome = await change(tx, changed);
    if (outcome.said === undefined && outcome.isInThread !== true) return outcome;
    const unchecked = decided.filter(({ decision }) => decision.kind === 'unchecked');
    for (const { userId } of unchecked) await note('unchecked', userId);
    return noted(outcome, unchecked);
  };
}

async function standingsOf({ askRight }: RightParts, { right, asked: { userId }, other = userId }: Wanted) {
  const people = [{ userId, named: undefined }, ...(other === userId ? [] : [{ userId: other, named: `<@${other}>` }])];
  return await Promise.all(people.map(async (one) => ({ ...one, standing: await askRight(right, one.userId) })));
}

/** What was done unchecked is said to who did it, even where the thread shows the change. */
function noted(outcome: Outcome, [first]: readonly Readonly<{ decision: Decision }>[]): Outcome {
  if (first?.decision.kind !== 'unchecked') return outcome;
  return { ...outcome, answer: `${outcome.answer} ${first.decision.text}`, isForAsker: true };
}

/** For a right before there is an incident, or for one that decides about a part of a request. */
export async function decisionFor(
  { askRight }: RightParts,
  { right, userId, incident }: Readonly<{ right: Right; userId: string; incident?: Incident }>,
): Promise<Decision> {
  return decide(await askRight(right, userId), { userId, incident, isUrgent: isUrgentRight(right) });
}

/** The sentence for who may not; undefined for who may. */
export function refusedText(decision: Decision): string | undefined {
  return decision.kind === 'refused' ? `${decision.text} Nothing was changed.` : undefined;
}
