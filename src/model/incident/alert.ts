/** An alert of a monitoring system. `adapters/` reads it from a Slack message or a webhook, `record/` keeps it. */

/** The source of what a person asked, in the form of an alert. */
export const QUESTION = 'question';

export const ALERT_STATES = ['triggered', 'acknowledged', 'resolved'] as const;

export type AlertState = (typeof ALERT_STATES)[number];

export type Alert = Readonly<{
  /** The system: `pagerduty`, `alertmanager`. */
  source: string;
  /** The same for every message and webhook of one alert, and for no other alert of the source. */
  key: string;
  title: string;
  /** The source's name for it, often a team or a host; empty where it names none. */
  service: string;
  /** In the source's own words: `P1`, `critical`, `high`; empty where it names none. */
  severity: string;
  state: AlertState;
  /** When it began, where that is known, else when it was sent. Microseconds since the epoch. */
  atUs: number;
  /**
   * When the source reported this state. Deliveries come late and in any order: an alert that fires after it was
   * resolved fires again, an older message is outdated. Microseconds since the epoch.
   */
  saidUs: number;
  /** The source says that the alert was resolved before and fires again, whether or not the resolve has arrived. */
  reopened?: boolean;
  /** The source says that it still fires: a reminder begins nothing new, however late it comes. */
  reminder?: boolean;
  /** Where a person opens it; empty where there is no such place. */
  url: string;
  /** Only an id that the source names as a trace id; empty where there is none. */
  traceId: string;
  labels: Readonly<Record<string, string>>;
  /** Further addresses by their names: `runbook`, `dashboard`. */
  links?: Readonly<Record<string, string>>;
}>;

/**
 * A sender that does not report resolution (Alertmanager's `send_resolved: false`): an alert is new if it began after
 * all that was received, and nothing was received for this long. Alertmanager's default group interval is five minutes,
 * so an hour is no late delivery.
 */
export const QUIET_MINUTES = 60;

/** What somebody did or wrote about an alert in the source: a note, an acknowledgement, an escalation. */
export type AlertNote = Readonly<{
  /** The sender's id of it: a second one with the same id is a repetition. */
  id: string;
  source: string;
  /** The key of the alert; empty for a reply in the thread of its message. */
  key: string;
  text: string;
  /** The person’s name in the source; empty where it names none. */
  by: string;
  /** Microseconds since the epoch. */
  atUs: number;
  url: string;
}>;

/** A message of an alert app in a channel. Messages of people and of other apps are not read at all. */
export type AlertMessage = Readonly<{
  channelId: string;
  /** The message to reply to, whichever event reported it. */
  ts: string;
  /** An older message was edited: its content may be known already. */
  edited: boolean;
}> &
  Readonly<
    | { alert: Alert }
    /** A reply of the app in the thread of the alert: `threadTs` is the alert's message. */
    | { note: AlertNote; threadTs: string }
    /**
     * The message comes from an alert app, or looks like an alert, but contains no readable one: what was recognised, or
     * empty. `sender`: the name of its app, which hears it once a day. `hasReader`: other messages of this app are read.
     */
    | { unreadable: string; sender: string; hasReader?: true }
    /** Its reader knows that the message is no alert, and why: nobody answers it. */
    | { noAlert: string }
  >;

/** Reads the event of a channel's message; undefined where it is no alert. */
export type ReadAlert = (event: unknown) => AlertMessage | undefined;

/** One verified delivery of a webhook. */
export type Delivery = Readonly<{
  /** The sender's id of this delivery: a second one with the same id is a repetition. */
  id: string;
  /** What gets one answer: the alert itself, or the group in which the alerts were sent. */
  subject: Alert;
  /** The alerts of a group; empty where the subject is one alert. */
  members: readonly Alert[];
  /** The subject is the first alert of a list, and no group: `members` are the others. */
  isOneOf?: true;
  /** How many more alerts the group has than were sent. */
  truncated: number;
}>;
