/** `spanhound forget`: deletes what is stored of a person, a trace or an incident. */
import { createInterface } from 'node:readline/promises';
import type { Call } from '#cli/call.ts';
import { EXIT } from '#cli/failure.ts';
import { openOutput } from '#cli/output.ts';
import { openStore } from '#cli/store.ts';
import { composeForgetting } from '#compose/forgetting.ts';
import { loadConfig } from '#config/load.ts';
import { UsageError } from '#core/errors.ts';
import { shown } from '#present/words/plain-text.ts';
import type { Forgotten } from '#workflows/evidence/forget.ts';

export type ForgetOptions = Readonly<{ dryRun?: true; yes?: true }>;

/** For the audit log: anybody who may run this on the machine with the data. */
const ACTOR = 'command line';

export async function forget(call: Call, named: string, { dryRun, yes }: ForgetOptions): Promise<number> {
  const output = openOutput(call, ['text', 'json']);
  const config = loadConfig(call.env, call.options.config);
  const store = await openStore(config);
  try {
    const work = await composeForgetting(store, config);
    const isTrial = dryRun === true;
    if (!isTrial && yes !== true) await confirmed(named, await work({ named, actor: ACTOR, isTrial: true }));
    const done = await work({ named, actor: ACTOR, isTrial });
    const asJson = () => JSON.stringify({ ...done, isTrial });
    await output.write(`${output.form === 'json' ? asJson() : textOf(named, done, isTrial)}\n`);
    return EXIT.done;
  } finally {
    await store.close();
  }
}

/** Nothing brings it back but a backup, so a person must confirm it. */
async function confirmed(named: string, trial: Forgotten): Promise<void> {
  const what = textOf(named, trial, true);
  if (!process.stdin.isTTY) {
    throw new UsageError(
      'forget needs a confirmation',
      `Look with --dry-run first. Add --yes if that is what you want. ${countsOf(trial)}`,
    );
  }
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const said = await terminal.question(`${what}\nType yes to go on: `).finally(() => terminal.close());
  if (said.trim().toLowerCase() !== 'yes') throw new UsageError('nothing was forgotten', 'You did not type yes.');
}

function textOf(named: string, done: Forgotten, isTrial: boolean): string {
  const lines = [`${isTrial ? 'Would forget' : 'Forgot'} ${named}. ${countsOf(done)}`];
  if (done.shared > 0) lines.push(`${done.shared} answers and alerts stay, because another incident has them too.`);
  if (done.copies.length > 0) {
    lines.push(`Slack holds copies. Delete these ${done.copies.length} messages there, with their threads:`);
    for (const { channelId, ts, link } of done.copies)
      lines.push(shown(`  ${link === '' ? `${channelId} ${ts}` : link}`));
  }
  if (!isTrial) lines.push(...afterwards(done));
  return lines.join('\n');
}

function countsOf({ rows, cases, files }: Forgotten): string {
  const parts = [
    ...Object.entries(rows).map(([kind, count]) => `${kind}: ${count}`),
    ...(cases > 0 ? [`cases: ${cases}`] : []),
    ...(files > 0 ? [`single evidence files: ${files}`] : []),
  ];
  return parts.length === 0 ? 'Nothing is stored of it.' : `${parts.join(', ')}.`;
}

function afterwards({ wiped }: Forgotten): readonly string[] {
  const ofStore =
    wiped === undefined
      ? 'Postgres keeps old versions of rows until `VACUUM FULL`, and in its WAL, its archive and its replicas.'
      : wiped
        ? 'Spanhound wrote the file of the store anew, without the deleted texts.'
        : 'Another process uses the store, so its journal may still hold deleted texts. Stop the bot and run the same command again.';
  return [
    ofStore,
    'Out of reach: backups, exported cases, logs of the bot, Slack. Work that ran in this moment may have stored more: look again with --dry-run.',
  ];
}
