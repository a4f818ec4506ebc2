/** What the bot is composed of. */
import type { Receiver } from '@slack/bolt';
import type { FetchFunction } from '@slack/web-api';
import type { Express } from 'express';
import type { InstallSettings } from '#adapters/slack/mode.ts';
import type { Investigation } from '#compose/investigation.ts';
import type { AlertConfig } from '#compose/webhooks.ts';
import type { Config } from '#config/schema.ts';
import type { Log } from '#core/log.ts';
import type { MitigationDesk } from '#model/incident/mitigation.ts';
import type { PostmortemTemplate } from '#model/incident/postmortem-template.ts';
import type { CallPaces } from '#record/outbox-runner.ts';
import type { Store } from '#record/store.ts';
import type { IssueSettings } from '#workflows/action-items/sync-issue.ts';
import type { ChannelSettings } from '#workflows/channels/keep-channel.ts';
import type { CommanderCalls } from '#workflows/commander/call-commander.ts';
import type { ReminderMinutes } from '#workflows/incidents/remind.ts';
import type { PageSettings } from '#workflows/pagers/page-next.ts';
import type { StatusPageSettings } from '#workflows/status/status-page.ts';

export type SlackSide = Readonly<{
  /** The token of the operators' own workspace. Undefined if that workspace installs the app by the link, too. */
  botToken: string | undefined;
  /** What lets further workspaces install the app; without a bot token also the operators' own. */
  installs?: InstallSettings | undefined;
  transport:
    | Readonly<{ kind: 'http'; signingSecret: string; express: Express }>
    | Readonly<{ kind: 'socket'; appToken: string }>
    | Readonly<{ kind: 'given'; receiver: Receiver }>;
  apiUrl?: string | undefined;
  fetch?: FetchFunction | undefined;
  /** The longest time until an event is acknowledged; without it, less than Slack waits. */
  acknowledgeWithinMs?: number;
  /** How often Slack is called; without it, as often as Slack allows. */
  callPaces?: CallPaces;
}>;

export type BotParts = Readonly<{
  store: Store;
  investigation: Investigation;
  slack: SlackSide;
  log: Log;
  /** Where the evidence of each diagnosis is stored; without it, nowhere. */
  dataFolder?: string | undefined;
  cases?: Config['cases'] | undefined;
  /** Without it there are no webhooks; alerts in channels are still answered. */
  alerts?: AlertConfig | undefined;
  /** Where the operators hear of the bot itself; without it, nowhere. */
  operators?: Partial<Config['operators']> | undefined;
  /** The automation for mitigations; without it, that of the settings in `alerts`. */
  automation?: MitigationDesk | undefined;
  /** Where the monthly review is posted; without it, nowhere. */
  reviews?: Config['reviews'] | undefined;
  /** How long evidence is kept; without it, for ever. */
  retention?: Config['retention'] | undefined;
  /** The update interval of an incident by severity; without it, the defaults. */
  reminderMinutes?: ReminderMinutes | undefined;
  commanderCalls?: CommanderCalls | undefined;
  /** Who is on call for pages, and when the next one is called; without it, the defaults. */
  pages?: PageSettings | undefined;
  /** How people on call are found in systems outside and in Slack; without it, the defaults. */
  onCall?: Config['incidents']['onCall'] | undefined;
  /** The team's own roles with what each does; without it, none. */
  ownRoles?: readonly string[] | undefined;
  /** The team's templates of the postmortem; without it, the built-in structure. */
  postmortemTemplates?: readonly PostmortemTemplate[] | undefined;
  /** Which incidents get a channel of their own; without it, the defaults. */
  incidentChannel?: ChannelSettings | undefined;
  /** What customers use, and the words that they must not read; without it, the defaults. */
  statusPage?: StatusPageSettings | undefined;
  /** What may go to an issue tracker; without it, the defaults. */
  issues?: IssueSettings | undefined;
  /** Where browsers reach the bot; without it, there are no pages. */
  pagesUrl?: URL | undefined;
  /** Whether it looks at an incident again after its end; without it, the default. */
  looksAfterEnd?: boolean | undefined;
  /** How long it waits before it goes on without something; without it, the defaults. */
  waits?: Config['waits'] | undefined;
  /** The hosts to which people may send HTTP requests; without it, none. */
  http?: Config['http'] | undefined;
  /** Where guests and people of other companies may look; without it, nowhere. */
  guests?: Config['guests'] | undefined;
  /** What is reserved for user groups of Slack; without it, nothing. */
  rights?: Config['rights'] | undefined;
}>;
