/** The start screen of `npm start`: what is configured, and what to set for the rest. */
import type { EvidenceKind } from '#adapters/system.ts';
import type { SlackMode } from '#compose/slack-mode.ts';
import { placesOf, settingsFor } from '#compose/systems.ts';
import type { Config } from '#config/schema.ts';
import { shown } from '#present/words/plain-text.ts';

/** Evidence that an installation should have, by the name of its line. The playground has recordings of some. */
const LINES: readonly Readonly<{ name: string; kind: EvidenceKind; isRecorded: boolean }>[] = [
  { name: 'Traces', kind: 'traces', isRecorded: true },
  { name: 'Logs', kind: 'logs', isRecorded: true },
  { name: 'Metrics', kind: 'metrics', isRecorded: false },
  { name: 'Pods', kind: 'platform', isRecorded: false },
];

export async function startScreen(
  config: Config,
  { slack, port, version }: Readonly<{ slack: SlackMode; port: number; version: string }>,
): Promise<string> {
  const here = `http://localhost:${port}`;
  const isPlayground = slack.kind === 'none';
  const evidence = LINES.map(async ({ name, kind, isRecorded }) => {
    const places = await placesOf(kind, config);
    if (places.length > 0) return [name, places.join(', ')];
    const variables = await settingsFor(kind);
    return isPlayground && isRecorded
      ? [name, `the recorded cases in samples/. To read your own data, set ${variables}`]
      : [name, `none. Set ${variables}`];
  });
  const rows = [
    ['Slack', slackLine(slack, here)],
    ...(await Promise.all(evidence)),
    ['Store', isPlayground ? 'in memory; lost when this process ends' : `SQLite in ${config.dataFolder}/`],
  ];
  const title = isPlayground ? `Spanhound ${version}, the playground` : `Spanhound ${version}`;
  const start = isPlayground
    ? `Open ${here} and send the alert, or type /trace with one of the ids there.`
    : `Ready on ${here}.`;
  return ['', title, ...rows.map(([name, value]) => `  ${name?.padEnd(7)} ${shown(value ?? '')}`), '', start, ''].join(
    '\n',
  );
}

function slackLine(slack: SlackMode, here: string): string {
  switch (slack.kind) {
    case 'none':
      return 'not connected. Set SLACK_BOT_TOKEN, and SLACK_APP_TOKEN (Socket Mode) or SLACK_SIGNING_SECRET (HTTP): docs/slack.md';
    case 'socket':
      return 'Socket Mode';
    case 'http':
      return `HTTP: Slack sends events to ${here}/slack/events`;
  }
}
