/** The Home tab: open incidents, what waits for the person, connected sources, commands, and failed work that nobody would notice otherwise. */
import type { Middleware, SlackEventMiddlewareArgs } from '@slack/bolt';
import type { HomeView, KnownBlock } from '@slack/types';
import { SENT_BACK, sealed } from '#model/redaction/sealed.ts';
import { incidentBlocks } from '#present/slack/home-incidents.ts';
import { mutesBlocks } from '#present/slack/quiet-messages.ts';
import { bullets, date, paragraph, richText, words } from '#present/slack/rich-text.ts';
import { escapeMrkdwn, truncate } from '#present/slack/text.ts';
import type { HomeHealth } from '#workflows/home/health.ts';
import type { StoreState, WhoLooks } from '#workflows/upkeep/check-store.ts';

export type HomeFacts = Readonly<{
  /** The names of the connected sources: `jaeger`, `loki`. */
  traces: readonly string[];
  logs: readonly string[];
  /** The settings that connect sources, as mrkdwn. */
  settings: Readonly<{ traces: string; logs: string }>;
  /** The apps whose alerts in channels are answered: `PagerDuty`. */
  alertApps: string;
  /** As far as this person may see it. */
  givenUp(who: WhoLooks): Promise<StoreState['givenUp']>;
  mutes(who: WhoLooks): Promise<Parameters<typeof mutesBlocks>[0]>;
  incidents(who: WhoLooks): Promise<Parameters<typeof incidentBlocks>[0]>;
  /** Undefined if this person may not know it. */
  health(who: WhoLooks): Promise<HomeHealth | undefined>;
}>;

/** The newest show the current problem; `doctor` lists more. */
const GIVEN_UP_SHOWN = 5;

/** The part of Slack's client that this needs. */
type HomeClient = Readonly<{
  views: Readonly<{ publish(args: { user_id: string; view: HomeView }): Promise<unknown> }>;
}>;

/** Draws the Home tab of a person. */
export type PublishHome = (client: HomeClient, who: Readonly<{ userId: string; workspaceId: string }>) => Promise<void>;

export function homePublisher(home: HomeFacts, knownCommands: string): PublishHome {
  return async (client, { userId, workspaceId }) => {
    const who = { userId, workspaceId, channelId: '' };
    const [incidents, mutes, givenUp, health] = await Promise.all([
      home.incidents(who),
      home.mutes(who),
      home.givenUp(who),
      home.health(who),
    ]);
    const blocks = [
      ...incidentBlocks(incidents),
      ...homeBlocks(home, knownCommands),
      ...healthBlocks(health),
      ...mutesBlocks(mutes),
      ...givenUpBlocks(givenUp),
    ];
    await client.views.publish({ user_id: userId, view: sealed({ type: 'home', blocks }, SENT_BACK) });
  };
}

export function appHomeOpened(publishHome: PublishHome): Middleware<SlackEventMiddlewareArgs<'app_home_opened'>> {
  return async ({ event, body, client }) => {
    if (event.tab === 'home') await publishHome(client, { userId: event.user, workspaceId: body.team_id });
  };
}

/** Explains the answers to alerts, which need no command. */
function unasked(alertApps: string): string {
  return [
    `*I answer each alert by myself*, once, in its thread. For that, add me to the channel where ${alertApps} posts.`,
    'I answer alerts from webhooks in the channel that `ALERTS_CHANNEL` names.',
  ].join(' ');
}
const IN_THREADS = [
  'Slack has no commands in threads. There, choose *Diagnose this trace* or *Add to an incident* in the menu of a message,',
  'mention me (`@spanhound note restarted the pool`), and use the buttons under an answer or an incident’s overview.',
].join(' ');

function homeBlocks({ traces, logs, settings, alertApps }: HomeFacts, knownCommands: string): KnownBlock[] {
  return [
    { type: 'header', text: { type: 'plain_text', text: 'What broke, where, and why' } },
    section(unasked(alertApps)),
    section(knownCommands),
    section(IN_THREADS),
    { type: 'divider' },
    {
      type: 'section',
      fields: [
        { type: 'mrkdwn', text: `*Traces from*\n${namesOf(traces, `nothing yet: set ${settings.traces}`)}` },
        { type: 'mrkdwn', text: `*Logs from*\n${namesOf(logs, `nothing yet: set ${settings.logs}`)}` },
      ],
    },
    {
      type: 'context',
      elements: [
        {
          type: 'mrkdwn',
          text: 'Invite me to a channel: `/invite @spanhound`. I post one message for each question; the details are in its thread.',
        },
      ],
    },
  ];
}

/** One line for the sources, one for the bot. */
function healthBlocks(health: HomeHealth | undefined): KnownBlock[] {
  if (health === undefined) return [];
  const { answering, failing, isWritable, lateSinceUs } = health;
  const works = answering.length === 0 ? [] : [paragraph(words(`✅ Answering: ${listed(answering)}`))];
  const fails =
    failing.length === 0
      ? []
      : [paragraph(words(`⚠️ Not answering: ${listed(failing)}. \`spanhound doctor\` says why.`))];
  const late =
    lateSinceUs === undefined
      ? words('✅ Spanhound keeps up with its work.')
      : words('⚠️ Spanhound is late: its oldest work has waited since ');
  const own = isWritable
    ? paragraph(late, ...(lateSinceUs === undefined ? [] : [date(lateSinceUs)]))
    : paragraph(words('⚠️ Spanhound cannot write its store, so it takes no work. `spanhound doctor` says why.'));
  return [
    { type: 'header', text: { type: 'plain_text', text: 'Health' } },
    richText(bullets([...works, ...fails, own])),
  ];
}

const NAMES_CHARS = 500;

function listed(names: readonly string[]): string {
  return truncate(names.join(', '), NAMES_CHARS);
}

function section(text: string): KnownBlock {
  return { type: 'section', text: { type: 'mrkdwn', text } };
}

function givenUpBlocks(givenUp: StoreState['givenUp']): KnownBlock[] {
  if (givenUp.length === 0) return [];
  const newest = [...givenUp].sort((a, b) => b.atUs - a.atUs).slice(0, GIVEN_UP_SHOWN);
  return [
    { type: 'divider' },
    { type: 'header', text: { type: 'plain_text', text: `Given up: ${givenUp.length}` } },
    richText(
      bullets(
        newest.map(({ what, why, atUs }) => paragraph(date(atUs), words(` ${truncate(`${what}: ${why}`, 300)}`))),
      ),
      paragraph(words('Spanhound does not try these again. `spanhound doctor` shows more.')),
    ),
  ];
}

function namesOf(names: readonly string[], none: string): string {
  return names.length === 0 ? none : names.map(escapeMrkdwn).join(', ');
}
