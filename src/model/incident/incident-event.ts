/** What programs outside get when an incident changes: which entries are events, and the port of a receiver. */
import type { NotPublished } from '#model/incident/status-page.ts';

/** The kinds of timeline entries that are events. */
export const EVENT_KINDS = ['status', 'severity', 'diagnosis'] as const;

/** Each type of an event, and when it is sent. `docs/webhooks.md` and the OpenAPI document list them. */
export const EVENT_TYPES = {
  'incident.declared': 'Somebody declared an incident.',
  'incident.severity_changed': 'The severity of an incident changed.',
  'incident.status_changed': 'The status of an incident changed, also by a reopening or a merge.',
  'incident.resolved': 'The status of an incident became resolved.',
  'incident.status_corrected': 'Somebody set right when a status was reached, or its words.',
  'incident.diagnosed': 'A diagnosis came into the timeline of an incident.',
} as const;

export type EventType = keyof typeof EVENT_TYPES;

export type EventReceiver = Readonly<{
  /** As the settings have it: `data`. */
  name: string;
  /** Whether events of private incidents may go there. */
  takesPrivate: boolean;
  take(
    event: Readonly<{ id: string; body: string }>,
    signal: AbortSignal,
  ): Promise<Readonly<{ kind: 'taken' }> | NotPublished>;
}>;
