/** The Home tab: what is connected, and how to ask. */
import type { Middleware, SlackEventMiddlewareArgs } from '@slack/bolt';
import type { KnownBlock } from '@slack/types';
import { TRACE_USAGE } from '#listeners/commands/trace.ts';
import { escapeMrkdwn } from '#present/slack-text.ts';

export type HomeFacts = Readonly<{
  /** What is read, by name: `jaeger`, `loki`. */
  traces: readonly string[];
  logs: readonly string[];
}>;

export function appHomeOpened(home: HomeFacts): Middleware<SlackEventMiddlewareArgs<'app_home_opened'>> {
  return async ({ event, client }) => {
    if (event.tab !== 'home') return;
    await client.views.publish({ user_id: event.user, view: { type: 'home', blocks: homeBlocks(home) } });
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

function namesOf(names: readonly string[], none: string): string {
  return names.length === 0 ? none : names.map(escapeMrkdwn).join(', ');
}
