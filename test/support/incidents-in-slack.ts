/** A bot with a stateful Slack and a clock that the test steps, and what people do there with incidents. */
import type { KnownBlock } from '@slack/types';
import { expect } from 'vitest';
import { openLog } from '#core/log.ts';
import { blockProblems } from '#present/slack/block-limits.ts';
import { findIncident } from '#record/find-incidents.ts';
import { timelineOf } from '#record/timeline.ts';
import { openBot } from '#test/bot.ts';
import { followBot } from '#test/bot-at-work.ts';
import { eventually } from '#test/eventually.ts';
import { openSlackSide, type SlackMessage, type SlackSide, sendToBot } from '#test/slack-side.ts';
import { steppedClock } from '#test/stepped-clock.ts';
import { waitSoon } from '#test/wait-soon.ts';

type Backends = Readonly<{ jaegerUrl: string; lokiUrl: string }>;
type Environment = Readonly<Record<string, string>>;
type Who = Readonly<{ user_id?: string; channel_id?: string }>;

/** `turnMs`: so much of the bot's time passes at each look, while a test waits for Slack. `startUs`: else a Tuesday, 14:30 UTC. */
export async function openIncidents(
  backends: Backends,
  settings: Environment | ((channelId: string) => Environment) = {},
  { turnMs = 100, startUs, threads = false }: Readonly<{ turnMs?: number; startUs?: number; threads?: boolean }> = {},
) {
  const slack = await openSlackSide();
  const env = typeof settings === 'function' ? settings(slack.channel) : settings;
  const work = followBot();
  slack.proxy.timeZone(slack.person, 'UTC');
  const clock = steppedClock(startUs);
  const logged: string[] = [];
  const log = openLog('debug', (line) => line, { write: (line) => void logged.push(line) });
  let bot = await openBot({ slack, ...backends, clock, env, threads, log });
  const soon = <T>(look: () => Promise<T | undefined> | T | undefined) => waitSoon({ clock, work, turnMs }, look);

  /** Minute by minute, with Slack's answers in between: what is due next often depends on what was sent. */
  const pass = async (minutes: number) => {
    for (let minute = 0; minute < minutes; minute += 1) {
      await clock.tick(60_000);
      await eventually(async () => ((await work.isIdle()) ? true : undefined));
    }
  };

  const everywhere = async (channelId = slack.channel): Promise<readonly SlackMessage[]> => {
    const roots = await slack.messages(channelId);
    const threads = await Promise.all(roots.map(({ ts }) => slack.thread(ts, channelId)));
    return [...roots, ...threads.flat()];
  };
  /** What the person who asked reads, where they asked. */
  const answerTo = async (responseUrl = ''): Promise<string> => {
    const id = responseUrl.slice(responseUrl.lastIndexOf('/') + 1);
    const { body } = await soon(() => slack.proxy.responses.find(({ urlId }) => urlId === id));
    expect(blockProblems((body.blocks as unknown[]) ?? [])).toEqual([]);
    return `${body.text} ${JSON.stringify(body.blocks ?? '')}`;
  };
  const incident = async (number = 1) => {
    const found = await findIncident(bot.store, { workspaceId: slack.team, number });
    if (found === undefined) throw new Error(`there is no INC-${number}`);
    return found;
  };
  const overview = (name: string, says: (shown: string) => boolean = () => true) =>
    soon(async () => {
      const { channelId } = await incident(Number(name.slice(4)));
      return (await slack.messages(channelId)).find(
        (message) => message.text.startsWith(`${name} `) && isOverview(message) && says(shownIn(message)),
      );
    });
  const send = async (body: Readonly<Record<string, unknown>> & Readonly<{ response_url: string }>) => {
    const answer = await sendToBot(bot.url, body);
    expect(answer.status).toBe(200);
    return answer.body === '' ? await answerTo(body.response_url) : answer.body;
  };

  return {
    slack,
    clock,
    soon,
    pass,
    everywhere,
    incident,
    overview,
    answerTo,
    store: () => bot.store,
    /** Where the bot keeps its store and its evidence. */
    dataFolder: () => bot.dataFolder,
    /** What the bot logged, in JSON lines. */
    logged: () => logged.join(''),
    url: () => bot.url,
    /** Types `/incident …` and returns the answer. */
    type: async (text: string, who: Who = {}) => {
      const command = slack.command(text, { command: '/incident', ...who });
      const { status, body } = await sendToBot(bot.url, command);
      expect(status).toBe(200);
      return body === '' ? await answerTo(command.response_url) : body;
    },
    /** Presses a button and returns the answer to the one who pressed it. */
    press: (actionId: string, value: string, who: Who = {}) =>
      send({ ...slack.action({ ts: '1.1', text: '' } as SlackMessage, actionId, value), ...asPerson(slack, who) }),
    /** The lines in the thread of an overview, once one of them has the words: a command is answered before its line is posted. */
    thread: async (name: string, words = '') => {
      const { ts } = await overview(name);
      const { channelId } = await incident(Number(name.slice(4)));
      const lines = async () => (await slack.thread(ts, channelId)).map(({ text }) => text);
      if (words === '') return await lines();
      return await soon(async () => {
        const now = await lines();
        return now.some((line) => line.includes(words)) ? now : undefined;
      });
    },
    timeline: async (number = 1) => {
      const entries = await timelineOf(bot.store, (await incident(number)).id);
      return entries.map(({ kind, text }) => `${kind} ${text}`);
    },
    submit: async (filledIn: Parameters<SlackSide['submission']>[1]) => {
      const { callback_id, private_metadata } = await slack.proxy.openedForm();
      return (await sendToBot(bot.url, slack.submission({ callback_id, private_metadata }, filledIn))).body;
    },
    restart: async () => {
      await bot.stop();
      bot = await openBot({ slack, ...backends, clock, env, threads, log, dataFolder: bot.dataFolder });
    },
    async close() {
      await bot.stop();
      work[Symbol.dispose]();
      await bot.forget();
      await slack.close();
    },
  };
}

export type IncidentsInSlack = Awaited<ReturnType<typeof openIncidents>>;

export function shownIn({
  text,
  blocks = [],
}: Pick<SlackMessage, 'text'> & Readonly<{ blocks?: readonly KnownBlock[] }>) {
  return `${text} ${JSON.stringify(blocks)}`;
}

function isOverview({ blocks = [] }: SlackMessage): boolean {
  return blocks.some(({ type }) => type === 'header');
}

function asPerson({ team, channel, person }: SlackSide, { user_id: id = person, channel_id = channel }: Who) {
  return {
    user: { id, username: id, name: id, team_id: team },
    channel: { id: channel_id, name: 'somewhere' },
  };
}
