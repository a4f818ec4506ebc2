/**
 * PagerDuty in the playground: it posts the message of a recorded incident as if it happened now, and edits it when
 * somebody acknowledges or resolves it.
 *
 *   the recorded case ──► moved to now, with new ids ──► a case folder that the bot reads
 *                    └──► PagerDuty's message in the channel ──► the `message` event for the bot
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Clock } from '#core/clock.ts';
import type { NewId } from '#core/ids.ts';
import { PAGERDUTY } from '#web/playground/people.ts';
import { Refusal } from '#web/playground/refusal.ts';
import { apiMessage } from '#web/playground/web-api.ts';
import type { AnyBlock, Message, Workspace } from '#web/playground/workspace.ts';

export type AlertApp = Readonly<{
  workspace: Workspace;
  /** Hands an event to the bot as Slack's Events API does. */
  deliver(event: Readonly<Record<string, unknown> & { type: string }>): Promise<void>;
  /** The recorded case, which has PagerDuty's message in its `case.json`. Ends in `/`. */
  recorded: URL;
  /** The moved evidence is written here, one folder per alert. The bot reads it as a source. */
  evidenceFolder: string;
  clock: Clock;
  newId: NewId;
  /** The traces keep their recorded ids, so that a repetition is the same incident. */
  keepsTraceIds?: boolean;
}>;

/** Posts the alert, and resolves when the bot has received it. Each call is a new incident. */
export async function postAlert(app: AlertApp, channelId: string): Promise<Message> {
  const { workspace, deliver, recorded, evidenceFolder, clock, newId, keepsTraceIds = false } = app;
  const { alert } = JSON.parse(await readFile(new URL('case.json', recorded), 'utf8')) as { alert: RecordedMessage };
  const move = { fromNs: nanoseconds(alert.ts), toNs: BigInt(clock.nowUs()) * 1000n };
  const [traces, logs] = moved(
    await readFile(new URL('traces.json', recorded), 'utf8'),
    await readFile(new URL('logs.jsonl', recorded), 'utf8'),
    move,
    keepsTraceIds ? (id) => id : () => newTraceId(newId),
  );
  const folder = join(evidenceFolder, `${basename(recorded.pathname)}-${newId().slice(-8)}`);
  await mkdir(folder);
  // Before the message, because the bot reads the evidence at once.
  await writeFile(join(folder, 'traces.json'), traces);
  await writeFile(join(folder, 'logs.jsonl'), logs);

  const { text, blocks } = renamed(alert, newId, alertsIn(workspace));
  const message = workspace.post(channelId, { text, blocks: [...blocks, BUTTONS] }, PAGERDUTY);
  const place = { channel: message.channelId, channel_type: 'channel', event_ts: message.ts };
  await deliver({ ...apiMessage(message, true), type: 'message', ...place });
  return message;
}

/** Handles a press in PagerDuty's message: PagerDuty edits the message, and the bot gets the event. */
export async function pressAlert(app: AlertApp, before: Message, actionId: string): Promise<Message> {
  const change = CHANGES[actionId];
  if (change === undefined) throw new Refusal('action_not_found');
  const reword = (text: string) => text.replace(/^:\w+:/, change.emoji).replace(/(?<!\w)\w+$/, change.state);
  const blocks = before.blocks.flatMap((block): AnyBlock[] => {
    if (block.type === 'actions') return change.buttons;
    if (!('text' in block) || typeof block.text !== 'object') return [block];
    return [{ ...block, text: { ...block.text, text: reword(block.text.text) } } as AnyBlock];
  });
  const after = app.workspace.update(before.channelId, before.ts, { text: reword(before.text), blocks }, PAGERDUTY);
  await app.deliver({
    type: 'message',
    subtype: 'message_changed',
    hidden: true,
    channel: after.channelId,
    channel_type: 'channel',
    ts: after.editedTs,
    event_ts: after.editedTs,
    message: apiMessage(after, true),
    previous_message: apiMessage(before, true),
  });
  return after;
}

/** As Slack stores PagerDuty's message; `ts` is when the alert was recorded. */
type RecordedMessage = Readonly<{ ts: string; text: string; blocks: readonly AnyBlock[] }>;

type Move = Readonly<{ fromNs: bigint; toNs: bigint }>;

type Otlp = Readonly<{
  resourceSpans: readonly Readonly<{ scopeSpans: readonly Readonly<{ spans: readonly Span[] }>[] }>[];
}>;
type Span = Readonly<{ traceId: string; endTimeUnixNano: string }>;

/**
 * The evidence at the moment of the alert, without traces that ended later. The traces may get new ids, so that the same
 * recording can be played again as another incident.
 */
function moved(
  traces: string,
  logs: string,
  { fromNs, toNs }: Move,
  idOf: (recorded: string) => string,
): [traces: string, logs: string] {
  const { resourceSpans } = JSON.parse(traces) as Otlp;
  const spans = resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans));
  const late = new Set(
    spans.filter(({ endTimeUnixNano }) => BigInt(endTimeUnixNano) > fromNs).map(({ traceId }) => traceId),
  );
  const there = resourceSpans.flatMap((resource) => {
    const scopeSpans = resource.scopeSpans.flatMap((scope) => {
      const kept = scope.spans.filter(({ traceId }) => !late.has(traceId));
      return kept.length === 0 ? [] : [{ ...scope, spans: kept }];
    });
    return scopeSpans.length === 0 ? [] : [{ ...resource, scopeSpans }];
  });
  const said = logs.split('\n').filter((line) => line !== '' && BigInt(timeOf(line)) <= fromNs);

  const later = (ns: string) => String(BigInt(ns) + toNs - fromNs);
  const movedTraces = JSON.stringify({ resourceSpans: there }, (key, value) => (TIMES.has(key) ? later(value) : value));
  const movedLogs = said
    .map((line) => `${line.replace(TIME_OF_LINE, (_whole, ns) => `"ts":"${later(ns)}"`)}\n`)
    .join('');
  const ids = new Map([...new Set(spans.map(({ traceId }) => traceId))].map((id) => [id, idOf(id)]));
  const rename = (text: string) => text.replace(/[0-9a-f]{32}/g, (id) => ids.get(id) ?? id);
  return [rename(movedTraces), rename(movedLogs)];
}

/** The random part comes first, so that trace ids of one minute look different. */
function newTraceId(newId: NewId): string {
  const id = newId().replaceAll('-', '');
  return `${id.slice(16)}${id.slice(0, 16)}`;
}

const TIMES = new Set(['startTimeUnixNano', 'endTimeUnixNano', 'timeUnixNano', 'observedTimeUnixNano']);
const TIME_OF_LINE = /"ts":"(\d+)"/;

function timeOf(line: string): string {
  return TIME_OF_LINE.exec(line)?.[1] ?? '0';
}

/** A Slack timestamp has six decimals. */
function nanoseconds(ts: string): bigint {
  return BigInt(ts.replace('.', '')) * 1000n;
}

/** PagerDuty's ids are fourteen capitals and digits. */
const INCIDENT_ID_CHARS = 14;

/** Gives the message a new PagerDuty incident id and the next number. */
function renamed({ text, blocks }: RecordedMessage, newId: NewId, before: number): Omit<RecordedMessage, 'ts'> {
  const id = `Q${newId()
    .replaceAll('-', '')
    .toUpperCase()
    .slice(1 - INCIDENT_ID_CHARS)}`;
  const message = JSON.stringify({ text, blocks })
    .replaceAll(/(?<=\/incidents\/)\w+/g, id)
    .replaceAll(/(?<=\[#)\d+(?=\])/g, (number) => `${Number(number) + before}`);
  return JSON.parse(message) as Omit<RecordedMessage, 'ts'>;
}

function alertsIn(workspace: Workspace): number {
  return workspace.snapshot().messages.filter(({ userId }) => userId === PAGERDUTY.id).length;
}

const RESOLVE = button('pagerduty_resolve', 'Resolve', 'primary');
const BUTTONS = actions(button('pagerduty_acknowledge', 'Acknowledge'), RESOLVE);

const CHANGES: Readonly<Record<string, Readonly<{ emoji: string; state: string; buttons: AnyBlock[] }>>> = {
  pagerduty_acknowledge: { emoji: ':large_yellow_circle:', state: 'acknowledged', buttons: [actions(RESOLVE)] },
  pagerduty_resolve: { emoji: ':large_green_circle:', state: 'resolved', buttons: [] },
};

function actions(...elements: readonly object[]): AnyBlock {
  return { type: 'actions', elements } as AnyBlock;
}

function button(actionId: string, text: string, style?: 'primary'): object {
  return {
    type: 'button',
    action_id: actionId,
    text: { type: 'plain_text', text },
    ...(style === undefined ? {} : { style }),
  };
}
