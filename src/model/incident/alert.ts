/** What a monitoring system said. Read from a Slack message or a webhook by `adapters/`, kept by `record/`. */

export const ALERT_STATES = ['triggered', 'acknowledged', 'resolved'] as const;

export type AlertState = (typeof ALERT_STATES)[number];

export type Alert = Readonly<{
  /** Who said it: `pagerduty`, `alertmanager`. */
  source: string;
  /** The same for every message and webhook of one alert, and for no other alert of the source. */
  key: string;
  title: string;
  /** As the source names it, often a team or a host; empty where it names none. */
  service: string;
  /** In the source's own words: `P1`, `critical`, `high`; empty where it says none. */
  severity: string;
  state: AlertState;
  /** When it began where that is known, else when it was said. Microseconds since the epoch. */
  atUs: number;
  /**
   * When the source said that it is in this state. Deliveries come late and in any order: what fires after it was
   * resolved fires again, what was said before that is old news. Microseconds since the epoch.
   */
  saidUs: number;
  /** The source says that it was resolved before and fires anew, whether or not the resolve has arrived. */
  reopened?: boolean;
  /** Where a person opens it; empty where there is no such place. */
  url: string;
  /** Only what is named as a trace's id; empty where nothing is. */
  traceId: string;
  labels: Readonly<Record<string, string>>;
}>;

/** A message of an alert app in a channel. Messages of people and of other apps are not read at all. */
export type AlertMessage = Readonly<{
  channelId: string;
  /** The message to answer under, whatever the event was that told of it. */
  ts: string;
  /** An older message was changed: what it says may be known already. */
  edited: boolean;
}> &
  Readonly<
    | { alert: Alert }
    /** It comes from an alert app and no alert could be made of it: what was seen of it, empty where nothing was. */
    | { unreadable: string }
  >;

/** Reads the event of a channel's message; nothing where it is no alert. */
export type ReadAlert = (event: unknown) => AlertMessage | undefined;

/** What one delivery of a webhook said, once it is proved to come from where it says. */
export type Delivery = Readonly<{
  /** The sender's own id of this delivery: a second one with the same id is the same. */
  id: string;
  /** What is answered once: the alert itself, or the group that the alerts were sent as. */
  subject: Alert;
  /** The alerts of a group; empty where the subject is one alert. */
  members: readonly Alert[];
  /** How many more alerts the group has than were sent. */
  truncated: number;
}>;
