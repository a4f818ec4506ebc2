/**
 * Mitigations that the team's own automation runs: a rollback, a restart, a flag. The settings say which there are. What
 * is offered depends on the incident: its severity, its service, the change that its newest answer names.
 */
import type { Incident, Severity, TimelineEntry } from '#model/incident/incident.ts';
import { declaredSeverity, severityBefore } from '#model/incident/incident.ts';
import type { NotPublished } from '#model/incident/status-page.ts';

export type MitigationKind = 'rollback' | 'scale' | 'restart' | 'flag-off' | 'other';

/** As the settings have it. */
export type MitigationAction = Readonly<{
  name: string;
  kind: MitigationKind;
  /** What it does, as a sentence. */
  what: string;
  /** With `{service}`, `{version}` and `{incident}`. */
  command: string;
  url: URL;
  /** Names, with `*` at the beginning or the end. Empty: any. */
  services: readonly string[];
  severities: readonly Severity[];
  /** Slack ids. Empty: the commander and the technical lead. */
  allowed: readonly string[];
}>;

/** The team's automation, with the actions that it takes. */
export type MitigationDesk = Readonly<{
  actions: readonly MitigationAction[];
  /** Whether requests of incidents in private channels may go there. */
  takesPrivate: boolean;
  /** `id` is the same for each attempt. `body` is sent as it is. */
  send(
    request: Readonly<{ id: string; url: URL; body: string }>,
    signal: AbortSignal,
  ): Promise<Readonly<{ kind: 'taken'; said: string }> | NotPublished>;
}>;

/**
 * `waiting` for a second person; `approved` is on its way; `accepted` by the automation. `refused`: it surely did not
 * take it. `unknown`: nobody knows whether it did.
 */
export type MitigationState = 'waiting' | 'approved' | 'accepted' | 'refused' | 'unknown' | 'cancelled' | 'lapsed';

export type Mitigation = Readonly<{
  id: string;
  incidentId: string;
  workspaceId: string;
  action: string;
  what: string;
  command: string;
  service: string;
  /** Where the request goes, and its bytes: what was shown, approved and is sent. */
  url: string;
  body: string;
  /** The hash of the action’s settings when somebody requested it: it tells whether they changed since. */
  digest: string;
  needsApproval: boolean;
  state: MitigationState;
  requestedBy: string;
  requestedUs: number;
  /** Nobody can approve it after this. */
  lapsesUs: number;
  approvedBy: string | undefined;
  approvedUs: number | undefined;
  /** The answer of the automation, or why it did not take it; '' before. */
  reason: string;
  /** Calls whose end is known. */
  attempts: number;
  /** Whether a call began whose end nobody knows. */
  isUncertain: boolean;
}>;

/** What is known about an incident. */
export type MitigationFacts = Readonly<{
  /** The blamed one first. */
  services: readonly string[];
  /** The change that the newest answer names as the cause. */
  change: Readonly<{ service: string; id: string; isFlag: boolean; isLikely: boolean }> | undefined;
}>;

export type MitigationOffer = Readonly<{
  action: MitigationAction;
  service: string;
  command: string;
  /** The bytes of the request. */
  body: string;
  /** It undoes the change that the newest answer blames. */
  isFirst: boolean;
}>;

/** What is not offered, and why. */
export type NotOffered = Readonly<{ action: MitigationAction; why: string }>;

const NAME_CHARS = 128;
/** The longest body of a request: people read it in one message. */
export const BODY_CHARS = 2_500;
/** No space, no quote, no sign of a shell, no dash at the beginning: nothing that could change what a command does. */
const SAFE_NAME = /^[A-Za-z0-9][A-Za-z0-9._:/@+-]*$/;

/** What this incident offers, and what it does not, with the reason. An offer that undoes the blamed change comes first. */
export function mitigationOffers(
  actions: readonly MitigationAction[],
  incident: Pick<Incident, 'number' | 'severity'>,
  facts: MitigationFacts,
  by: string,
): Readonly<{ offers: readonly MitigationOffer[]; left: readonly NotOffered[] }> {
  const offers: MitigationOffer[] = [];
  const left: NotOffered[] = [];
  for (const action of actions) {
    if (!action.severities.includes(incident.severity)) continue;
    for (const service of servicesOf(action, facts)) {
      const offer = offerOf(action, incident, { facts, service, by });
      if ('why' in offer) left.push(offer);
      else offers.push(offer);
    }
  }
  return { offers: offers.toSorted((a, b) => Number(b.isFirst) - Number(a.isFirst)), left };
}

/** Those of the incident that the action is for. Without any in the incident, those that the settings name whole. */
function servicesOf({ services }: MitigationAction, { services: known }: MitigationFacts): readonly string[] {
  if (services.length === 0) return known.length === 0 ? [''] : known;
  if (known.length === 0) return services.filter((name) => !name.includes('*'));
  return known.filter((name) => services.some((wanted) => isNamed(name, wanted)));
}

function isNamed(name: string, wanted: string): boolean {
  if (!wanted.includes('*')) return name === wanted;
  const part = wanted.replaceAll('*', '');
  if (!wanted.endsWith('*')) return name.endsWith(part);
  return wanted.startsWith('*') ? name.includes(part) : name.startsWith(part);
}

function offerOf(
  action: MitigationAction,
  { number }: Pick<Incident, 'number'>,
  { facts: { change }, service, by }: Readonly<{ facts: MitigationFacts; service: string; by: string }>,
): MitigationOffer | NotOffered {
  const blamed = change?.service === service && service !== '' ? change : undefined;
  const values = { service, version: blamed?.id ?? '', incident: `INC-${number}` };
  const needed = (['service', 'version'] as const).filter((name) => action.command.includes(`{${name}}`));
  const missing = needed.find((name) => values[name] === '');
  if (missing !== undefined) return { action, why: MISSING[missing] };
  for (const name of ['service', 'version'] as const) {
    // The name of the service is in the request in any case.
    const isSent = name === 'service' || needed.includes(name);
    if (isSent && values[name] !== '' && !isSafeName(values[name])) return { action, why: UNSAFE[name] };
  }
  const command = action.command.replace(
    /\{(service|version|incident)\}/g,
    (_, name: keyof typeof values) => values[name],
  );
  const body = requestBody({ action, command, service, incident: values.incident, by });
  if (body.length > BODY_CHARS) return { action, why: 'the request would be too long to read' };
  const undoes = change?.isFlag === true ? action.kind === 'flag-off' : action.kind === 'rollback';
  return { action, service, command, body, isFirst: blamed?.isLikely === true && undoes };
}

const MISSING = {
  service: 'no answer of this incident names a service',
  version: 'no answer of this incident names a change of this service',
} as const;
const UNSAFE = {
  service: 'the service has a name that may not stand in a command',
  version: 'the version has a name that may not stand in a command',
} as const;

function isSafeName(name: string): boolean {
  return name.length <= NAME_CHARS && SAFE_NAME.test(name) && !name.includes('..');
}

type Requested = Readonly<{ action: MitigationAction } & Record<'command' | 'service' | 'incident' | 'by', string>>;

/** On several lines, because people read these bytes. */
function requestBody({ action: { name, kind }, command, service, incident, by }: Requested): string {
  const body = { type: 'mitigation.requested', action: name, kind, service, command, incident, requestedBy: by };
  return JSON.stringify(body, null, 2);
}

/** The ids of the people who may request and approve it now. */
export function mitigators({ allowed }: MitigationAction, { roles }: Pick<Incident, 'roles'>): readonly string[] {
  if (allowed.length > 0) return allowed;
  return [...new Set([roles.commander, roles['technical-lead']].filter((id) => id !== undefined))];
}

const APPROVED: ReadonlySet<Severity | undefined> = new Set(['P0', 'P1']);

/** Also if it was a P0 or P1 before: whoever lowers the severity does not become the only one who decides. */
export function needsApproval({ severity }: Pick<Incident, 'severity'>, entries: readonly TimelineEntry[]): boolean {
  return (
    APPROVED.has(severity) ||
    entries.some((entry) => APPROVED.has(severityBefore(entry)) || APPROVED.has(declaredSeverity(entry)))
  );
}

/** `mitigation=<step>` in the value of a timeline entry. */
export function mitigationValue(step: 'requested' | Exclude<MitigationState, 'waiting'>): string {
  return `mitigation=${step}`;
}

export function isOfMitigation({ kind, value }: Pick<TimelineEntry, 'kind' | 'value'>): boolean {
  return kind === 'message' && value.startsWith('mitigation=');
}
