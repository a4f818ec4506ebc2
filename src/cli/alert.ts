/** `spanhound alert try`: shows what is read of an alert's payload, and a mapping to start from. */

import type { Call } from '#cli/call.ts';
import { EXIT } from '#cli/failure.ts';
import { textOfInput } from '#cli/input.ts';
import { openOutput } from '#cli/output.ts';
import { composeKnownAlerts } from '#compose/alert-reader.ts';
import { composeRedaction } from '#compose/redaction.ts';
import { composeStoreToRead } from '#compose/store.ts';
import { loadConfig } from '#config/load.ts';
import { systemClock } from '#core/clock.ts';
import { nameOfInput } from '#core/file-trouble.ts';
import { readableSecond } from '#present/words/instant.ts';
import { shown, shownLines } from '#present/words/plain-text.ts';
import type { FieldRead, TriedAlert } from '#workflows/alerts/try-alert.ts';

export type TryOptions = Readonly<{ vendor?: string; channel?: string }>;

export async function tryAlertFile(call: Call, file: string, { vendor, channel }: TryOptions): Promise<number> {
  const output = openOutput(call, ['text', 'json']);
  const config = loadConfig(call.env, call.options.config);
  const [{ tryAlert, mutesNow }, known] = await Promise.all([
    import('#workflows/alerts/try-alert.ts'),
    composeKnownAlerts(config),
    composeRedaction(config),
  ]);
  const text = await textOfInput(file);
  const name = nameOfInput(file);
  const nowUs = systemClock.nowUs();
  const channelId = channel ?? config.alerts.channel;
  const store = await composeStoreToRead(config);
  const mutes = await (store && mutesNow(store, nowUs).finally(() => store.close()));
  const tried = tryAlert({ text, name, vendor, nowUs, quietRules: config.quiet.rules, mutes, channelId }, known);
  await output.write(output.form === 'json' ? `${JSON.stringify(tried)}\n` : said(tried));
  return tried.result === 'refused' ? EXIT.checkFailed : EXIT.done;
}

function said({ sender, result, why, unanswered, read, guessed, missing, mapping }: TriedAlert): string {
  const of = sender === '' ? '' : ` (${shown(sender)})`;
  const isByNames = read.length === 0 && guessed.length > 0;
  const head = {
    alert: isByNames
      ? 'An alert of a sender that Spanhound does not know. The names of its fields show what they mean.'
      : `An alert${of}.`,
    note: `No alert${of}: ${why}.`,
    refused: `No alert could be read${of}: ${shownLines(why)}`,
  };
  const parts = [
    head[result],
    ...(unanswered === '' ? [] : [`It would not be answered now: ${shown(unanswered)}.`]),
    ...table('Read', read),
    ...table('Guessed', guessed),
    ...(missing.length > 0 ? [`Missing: ${missing.join(', ')}`] : []),
    ...(mapping === ''
      ? []
      : ['A mapping to start from, for the configuration file:', shownLines(mapping).trimEnd(), NEXT]),
  ];
  return `${parts.join('\n\n')}\n`;
}

const NEXT = 'Correct it, and try again with --config FILE. docs/alerts.md describes each part.';

function table(title: string, fields: readonly FieldRead[]): readonly string[] {
  if (fields.length === 0) return [];
  const width = Math.max(...fields.map(({ field }) => field.length));
  const rows = fields.map(({ field, value, from }) => {
    const origin = from === '' ? '' : `  (${shown(from)})`;
    return `  ${shown(field).padEnd(width)}  ${shown(field === 'time' ? readableTime(value) : value)}${origin}`;
  });
  return [[`${title}:`, ...rows].join('\n')];
}

/** The words where it is no time of the body: `its arrival`. */
function readableTime(value: string): string {
  const ms = Date.parse(value);
  return Number.isNaN(ms) ? value : readableSecond(ms * 1_000);
}
