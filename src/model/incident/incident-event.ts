/** What programs outside get when an incident changes: which entries are events, and the port of a receiver. */
import type { NotPublished } from '#model/incident/status-page.ts';

/** The kinds of timeline entries that are events. */
export const EVENT_KINDS = ['status', 'severity', 'diagnosis'] as const;

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
