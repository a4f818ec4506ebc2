// @module-tag deep
/**
 * No secret leaves with the evidence, whichever field of it holds one: each field of each kind of evidence carries a
 * marker and a secret, and each exit is searched for parts of secrets. The table says which markers reach which exit, so
 * that the search is not for nothing.
 */
import { expect, test, vi } from 'vitest';
import { post } from '#record/outbox.ts';
import { INPUTS, type Input, markerOf, STORIES } from '#test/planted-evidence.ts';
import { comparedWith, exitsOf, planting, type SendToSlack } from '#test/planted-exits.ts';
import { leaks } from '#test/planted-secrets.ts';
import { steppedClock } from '#test/stepped-clock.ts';
import { opened, sqlitePlace } from '#test/temp-store.ts';

// What is planted belongs to no sentence, so the reports need not hold together.
vi.unmock('#present/json/report.ts');
vi.unmock('#present/words/first-message.ts');

const ROUNDS = [0, 1];

test('no exit shows a part of a secret', async () => {
  const send = await outbox();
  const reached = new Map<string, Set<Input>>();
  const found: string[] = [];
  for (const round of ROUNDS)
    for (const how of ['whole', 'cut'] as const) {
      const plant = planting(round, how);
      const exits = await Promise.all(STORIES.map((story) => exitsOf(plant, story, send)));
      for (const [exit, text] of [...exits.flat(), ...(await comparedWith(plant))]) {
        const inputs = INPUTS.filter((input) => text.includes(markerOf(input)));
        reached.set(exit, new Set([...(reached.get(exit) ?? []), ...inputs]));
        found.push(...leaks(text).map((leak) => `${exit}: ${leak}`));
      }
    }
  expect(found).toEqual([]);
  for (const [exit, inputs] of Object.entries(REACHED))
    expect(
      inputs.filter((input) => !reached.get(exit)?.has(input)),
      exit,
    ).toEqual([]);
});

const IN_BOTH: readonly Input[] = ['service name', 'log line', 'metric label', 'gap', 'source', 'query'];
const OF_TRACE: readonly Input[] = [...IN_BOTH, 'span name', 'event value', 'log field', 'change text'];
const OF_WINDOW: readonly Input[] = [...IN_BOTH, 'span name', 'log field', 'database session', 'pod text', 'pod label'];
const OF_COMPARISON: readonly Input[] = ['span name', 'service name', 'status', 'event value', 'gap'];
const without = (inputs: readonly Input[], ...missing: Input[]) => inputs.filter((input) => !missing.includes(input));

/** Which inputs are seen at each exit, at least. */
const REACHED: Readonly<Record<string, readonly Input[]>> = {
  'trace text': OF_TRACE,
  'trace markdown': OF_TRACE,
  'trace html': OF_TRACE,
  'trace svg': ['span name', 'service name', 'log line'],
  'trace logs': ['service name', 'log line', 'log field'],
  'trace json': [...without(OF_TRACE, 'source', 'query'), 'file', 'change id'],
  'trace slack': ['span name', 'service name', 'log line', 'change text', 'source', 'query', 'gap'],
  'window text': OF_WINDOW,
  'window markdown': OF_WINDOW,
  'window html': OF_WINDOW,
  'window svg': ['service name', 'log line'],
  'window logs': ['service name', 'log line', 'log field'],
  'window json': without(OF_WINDOW, 'source', 'query'),
  'window slack': ['service name', 'log line', 'source', 'query', 'gap', 'pod text', 'pod label', 'database session'],
  'comparison text': OF_COMPARISON,
  'comparison markdown': OF_COMPARISON,
  'comparison html': OF_COMPARISON,
  'comparison report': OF_COMPARISON,
  'traces.json': INPUTS.slice(0, INPUTS.indexOf('log line')),
  'logs.jsonl': ['service name', 'log line', 'log field', 'log label', 'log label key'],
  'metrics.json': ['service name', 'metric label', 'metric label key'],
  'platform.json': ['pod event', 'pod text', 'pod label'],
  'database.json': ['database session'],
  'changes.json': ['service name', 'change text', 'change id', 'change file', 'change diff', 'change address'],
};

/** What Slack gets: the row of the outbox. */
async function outbox(): Promise<SendToSlack> {
  const store = await opened(sqlitePlace(), steppedClock());
  let count = 0;
  return async ({ picture: _, ...answer }) => {
    count += 1;
    const messageId = `m${count}`;
    const message = { text: '', blocks: [answer] };
    await store.transaction((tx) => post(tx, { messageId, workspaceId: 'T1', channelId: 'C1', message }));
    const row = await store.db
      .selectFrom('outbox')
      .select('payload')
      .where('message_id', '=', messageId)
      .executeTakeFirst();
    return row?.payload ?? '';
  };
}
