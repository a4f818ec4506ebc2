/** What one source says about one service: a fact with its place. The catalogue is made of these. */

/** The order in which people read them. */
export const FACT_KINDS = [
  'name',
  'alias',
  'owner',
  'tier',
  'lifecycle',
  'system',
  'namespace',
  'repository',
  'runbook',
  'dashboard',
  'channel',
] as const;

export type FactKind = (typeof FACT_KINDS)[number];

/**
 * The most trusted first: what a person said about this name, what a team wrote about its service, what runs, what only
 * shares a label or a folder.
 */
export const FACT_ORIGINS = [
  'person',
  'traces',
  'backstage',
  'kubernetes',
  'codeowners',
  'prometheus',
  'answers',
] as const;

export type FactOrigin = (typeof FACT_ORIGINS)[number];

export type ServiceFact = Readonly<{
  /** The source's own name for the service. */
  service: string;
  kind: FactKind;
  /** For `name` the name itself; for `alias` another name of the same service. */
  value: string;
  origin: FactOrigin;
  /** Where it stands: `services/payments/catalog-info.yaml`, `jaeger`, `Deployment payments/payments-api`. */
  place: string;
  /** The name may be no service at all, such as a folder: the fact counts if another source knows the service. */
  ifKnown?: true;
}>;

/** Longer values come from a mistake. Addresses of dashboards have some hundred characters. */
const LONGEST_VALUE = 500;

/** Trims it; undefined if it is empty, longer than any value, or has line breaks. */
export function factValue(text: unknown): string | undefined {
  if (typeof text !== 'string' && typeof text !== 'number') return undefined;
  const value = `${text}`.trim();
  return value === '' || value.length > LONGEST_VALUE || /[\p{Cc}\u2028\u2029]/u.test(value) ? undefined : value;
}

/** `Tier 1`, `tier-1`, `tier_1` and `1` are `1`. Undefined for a layer such as `backend`. */
export function tierIn(text: string): string | undefined {
  return /^(?:tier[-_: ]?)?([0-9])$/i.exec(text.trim())?.[1];
}

/** What the address of a link is for, by the words of its title. Undefined if it is neither. */
export function linkKind(title: string, url: string): 'runbook' | 'dashboard' | 'channel' | undefined {
  if (!/^https?:\/\/[^\s/]/i.test(url)) return undefined;
  if (/run-?book|playbook/i.test(title)) return 'runbook';
  if (/dashboard|grafana/i.test(title)) return 'dashboard';
  if (/^https:\/\/[\w.-]{1,100}\.slack\.com\//i.test(url) || /slack|channel/i.test(title)) return 'channel';
  return /run-?book|playbook/i.test(url) ? 'runbook' : undefined;
}
