/**
 * Rights that a setting reserves for user groups of Slack. A setting only narrows: whoever may not read the incident gets
 * no right by a group.
 *
 *   S012ABC, @sre-leads   a user group, by its id or by its handle
 *   commander             the incident commander of that incident
 */
import { type Incident, SEVERITIES, type Severity } from '#model/incident/incident.ts';
import { listText } from '#model/text/list-text.ts';

export const RIGHTS = ['declare', 'command', 'severity', 'close', 'publish', 'export'] as const;
export type Right = (typeof RIGHTS)[number];

/** What each lets people do. */
export const RIGHT_MEANINGS: Readonly<Record<Right, string>> = {
  declare: 'declare an incident',
  command: 'become incident commander or name one',
  severity: 'change the severity of an incident',
  close: 'resolve or merge an incident',
  publish: 'decide what customers read',
  export: 'export a postmortem',
};

export const COMMANDER = 'commander';

/** The incident exists, and no role decides already. */
export const COMMANDERS_MAY: ReadonlySet<Right> = new Set(['severity', 'close', 'export']);

/** Empty for a right that everybody has who may change the incident. */
export type RightsSettings = Readonly<Record<Right, readonly string[]>>;

/** What Slack says of a user group. */
export type UserGroup =
  /** `handle`: without the @. */
  | Readonly<{ kind: 'known'; handle: string; members: ReadonlySet<string> }>
  | Readonly<{ kind: 'disabled'; handle: string }>
  /** The workspace has no such group, or it was renamed. */
  | Readonly<{ kind: 'missing' }>
  /** Both are sentences. */
  | Readonly<{ kind: 'unknown'; reason: string; remedy: string }>;

export type NamedGroup = Readonly<{ named: string; group: UserGroup }>;

/** What a setting says of one person. */
export type Standing =
  | Readonly<{ kind: 'may' }>
  /** `who`: who may, in a sentence. `byCommander`: the incident commander may, too. */
  | Readonly<{ kind: 'may not'; right: Right; who: string; byCommander: boolean }>
  /** `why`: why nobody knows it, as sentences. */
  | Readonly<{ kind: 'unsure'; right: Right; who: string; byCommander: boolean; why: string }>;

export function standingOf({
  right,
  groups,
  byCommander,
  userId,
}: Readonly<{
  right: Right;
  groups: readonly NamedGroup[];
  byCommander: boolean;
  userId: string;
}>): Standing {
  if (groups.some(({ group }) => group.kind === 'known' && group.members.has(userId))) return { kind: 'may' };
  const facts = { right, who: whoMay(groups, byCommander), byCommander };
  const problems = groups.flatMap(({ named, group }) =>
    group.kind === 'unknown' ? [group.reason] : group.kind === 'missing' ? [isMissing(named, right)] : [],
  );
  if (problems.length > 0) return { kind: 'unsure', ...facts, why: [...new Set(problems)].join(' ') };
  const somebodyMay = byCommander || groups.some(({ group }) => group.kind === 'known' && group.members.size > 0);
  return somebodyMay ? { kind: 'may not', ...facts } : { kind: 'unsure', ...facts, why: nobodyIn(groups, right) };
}

/** `the incident commander and members of @sre and @leads` */
function whoMay(groups: readonly NamedGroup[], byCommander: boolean): string {
  return listText([
    ...(byCommander ? ['the incident commander'] : []),
    ...(groups.length === 0 ? [] : [`members of ${listText(groups.map(groupName))}`]),
  ]);
}

/** A handle comes from outside: it has no sign that Slack reads as markup. */
export function groupName({ named, group }: NamedGroup): string {
  return 'handle' in group ? `@${group.handle.replace(/[^\p{L}\p{M}\p{N}._-]/gu, '')}` : named;
}

function isMissing(named: string, right: Right): string {
  return `This workspace has no user group ${named}; perhaps it was renamed. ${SET_ANEW(right)}`;
}

function nobodyIn(groups: readonly NamedGroup[], right: Right): string {
  const each = groups.map(
    (one) => `${groupName(one)} ${one.group.kind === 'disabled' ? 'is disabled' : 'has no members'}.`,
  );
  return `${each.join(' ')} ${SET_ANEW(right)}`;
}

const SET_ANEW = (right: Right) =>
  `Whoever runs Spanhound can correct \`rights.${right}\`; \`spanhound doctor\` checks it.`;

/** `text`: sentences for who asks. A refusal does not say what became of the request. */
export type Decision = Readonly<{ kind: 'may' }> | Readonly<{ kind: 'refused' | 'unchecked'; text: string }>;

export type Deciding = Readonly<{
  /** Who needs the right. */
  userId: string;
  /** Somebody else than who asks, as a sentence names them. */
  named?: string | undefined;
  /** Undefined before there is one. */
  incident?: Pick<Incident, 'roles'> | undefined;
  /** It is done although nobody can say who may. */
  isUrgent: boolean;
}>;

export function decide(standing: Standing, { userId, named, incident, isUrgent }: Deciding): Decision {
  if (standing.kind === 'may') return standing;
  if (standing.byCommander && incident?.roles.commander === userId) return { kind: 'may' };
  const rule = ruleOf(standing);
  if (standing.kind === 'may not') {
    const they = named === undefined ? 'you are' : `${named} is`;
    return { kind: 'refused', text: `${rule}, and ${they} not one of them.` };
  }
  const { why } = standing;
  if (!isUrgent) return { kind: 'refused', text: `${rule}, and Spanhound cannot check that now. ${why}` };
  const text = `${rule}. Spanhound could not check that, and an incident does not wait for it: it is done, and the audit log has it as unchecked. ${why}`;
  return { kind: 'unchecked', text };
}

function ruleOf({ right, who }: Readonly<{ right: Right; who: string }>): string {
  return `Only ${who} may ${RIGHT_MEANINGS[right]} (setting \`rights.${right}\`)`;
}

/**
 * Whether it is done where nobody can say who may. What an incident needs at its beginning does not wait for Slack; what
 * ends it, plays it down or leaves the team does.
 */
export function isUrgentRight(right: Right): boolean {
  return right === 'declare' || right === 'command';
}

export function isRaised(from: Severity, to: Severity): boolean {
  return SEVERITIES.indexOf(to) < SEVERITIES.indexOf(from);
}
