/** What a token of the REST API may do. All operations only read. */
export const SCOPES = ['read', 'cases', 'diagnose'] as const;
export type Scope = (typeof SCOPES)[number];

export const SCOPE_MEANINGS: Readonly<Record<Scope, string>> = {
  read: 'list and read incidents, their timelines and similar ones, and the services',
  cases: 'read the reports of kept cases; the audit log records each reading',
  diagnose: 'have traces, alerts, time windows and rollouts examined, which asks the configured systems',
};
