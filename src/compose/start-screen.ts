/** The start screen of `npm start`: what is configured, and what to set for the rest. */
import type { EvidenceKind } from '#adapters/system.ts';
import { alertSenders, placeOr, placesOf, registeredSystems, settingsFor } from '#compose/systems.ts';
import type { Config } from '#config/schema.ts';
import { databaseAddress } from '#model/sql/database-address.ts';
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
  { isPlayground, port, version }: Readonly<{ isPlayground: boolean; port: number; version: string }>,
): Promise<string> {
  const here = `http://localhost:${port}`;
  const chats = (await registeredSystems()).flatMap(({ title, chat }) =>
    chat ? [[title, placeOr(title, () => chat.place(config, here))]] : [],
  );
  const evidence = LINES.map(async ({ name, kind, isRecorded }) => {
    const places = await placesOf(kind, config);
    if (places.length > 0) return [name, places.join(', ')];
    const variables = await settingsFor(kind);
    return isPlayground && isRecorded
      ? [name, `the recorded cases in samples/. To read your own data, set ${variables}`]
      : [name, `none. Set ${variables}`];
  });
  const rows = [
    ...chats,
    ...(await Promise.all(evidence)),
    ...(await alertRows(config)),
    ['Store', isPlayground ? 'in memory; lost when this process ends' : storeText(config)],
  ];
  const title = isPlayground ? `Spanhound ${version}, the playground` : `Spanhound ${version}`;
  const start = isPlayground
    ? `Open ${here} and send the alert, or type /trace with one of the ids there.`
    : `Ready on ${here}.`;
  return ['', title, ...rows.map(([name, value]) => `  ${name?.padEnd(7)} ${shown(value ?? '')}`), '', start, ''].join(
    '\n',
  );
}

/** Only where a sender is set up: most installations read the alerts in Slack's channels. */
async function alertRows(config: Config): Promise<readonly (readonly [string, string])[]> {
  const { configured } = await alertSenders(config);
  if (configured.length === 0) return [];
  const { channel } = config.alerts;
  const where =
    channel === undefined
      ? 'answered only under messages of their own in Slack. Set ALERTS_CHANNEL to have all answered'
      : `answered in ${channel}`;
  return [['Alerts', `from ${configured.join(', ')}, ${where}`]];
}

function storeText({ store, dataFolder }: Config): string {
  if (store.url === undefined) return `SQLite in ${dataFolder}/`;
  const { host, database, user } = databaseAddress(store.url, 'postgresql');
  return `Postgres on ${host}/${database || user}; evidence in ${dataFolder}/`;
}
