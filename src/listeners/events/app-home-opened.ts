/** The Home tab: what is connected, how to ask, and what was given up: work and messages that nobody would miss otherwise. */
import type { Middleware, SlackEventMiddlewareArgs } from '@slack/bolt';
import type { KnownBlock } from '@slack/types';
import { TRACE_USAGE } from '#listeners/commands/trace.ts';
import { bullets, date, paragraph, richText, words } from '#present/rich-text.ts';
import { escapeMrkdwn, truncate } from '#present/slack-text.ts';
import type { StoreState } from '#workflows/check-store.ts';

export type HomeFacts = Readonly<{
  /** What is read, by name: `jaeger`, `loki`. */
  traces: readonly string[];
  logs: readonly string[];
  givenUp(): Promise<StoreState['givenUp']>;
}>;

/** The newest tell what is wrong now; `doctor` lists more. */
const GIVEN_UP_SHOWN = 5;

export function appHomeOpened(home: HomeFacts): Middleware<SlackEventMiddlewareArgs<'app_home_opened'>> {
  return async ({ event, client }) => {
    if (event.tab !== 'home') return;
    const blocks = [...homeBlocks(home), ...givenUpBlocks(await home.givenUp())];
    await client.views.publish({ user_id: event.user, view: { type: 'home', blocks } });
  };
}

function homeBlocks({ traces, logs }: HomeFacts): KnownBlock[] {
  return [
    { type: 'header', text: { type: 'plain_text', text: 'A trace ID becomes a diagnosis' } },
    { type: 'section', text: { type: 'mrkdwn', text: TRACE_USAGE } },
    { type: 'divider' },
    {
      type: 'section',
      fields: [
        { type: 'mrkdwn', text: `*Traces from*\n${namesOf(traces, 'nothing yet: set `JAEGER_URL`')}` },
        { type: 'mrkdwn', text: `*Logs from*\n${namesOf(logs, 'nothing yet: set `LOKI_URL`')}` },
      ],
    },
    {
      type: 'context',
      elements: [
        {
          type: 'mrkdwn',
          text: 'I answer where I was invited: `/invite @spanhound`. One message for each question, its detail in the thread.',
        },
      ],
    },
  ];
}

function givenUpBlocks(givenUp: StoreState['givenUp']): KnownBlock[] {
  if (givenUp.length === 0) return [];
  const newest = [...givenUp].sort((a, b) => b.atUs - a.atUs).slice(0, GIVEN_UP_SHOWN);
  return [
    { type: 'divider' },
    { type: 'header', text: { type: 'plain_text', text: `Given up: ${givenUp.length}` } },
    richText(
      bullets(
        newest.map(({ what, why, atUs }) =>
          paragraph(date(Math.floor(atUs / 1e6), 'some time ago'), words(` ${truncate(`${what}: ${why}`, 300)}`)),
        ),
      ),
      paragraph(words('None of this is tried again. `spanhound doctor` says more.')),
    ),
  ];
}

function namesOf(names: readonly string[], none: string): string {
  return names.length === 0 ? none : names.map(escapeMrkdwn).join(', ');
}
