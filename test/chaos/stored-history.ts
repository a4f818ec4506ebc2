/** What the bot's store and Slack hold after a storm, for the check of its history. */
import type { Store } from '#record/store.ts';
import type { SlackSide } from '#test/slack-side.ts';
import type { History } from './history.ts';

export type Stored = Omit<History, 'alerts' | 'commands'>;

export async function storedHistory({ db }: Pick<Store, 'db'>, slack: SlackSide): Promise<Stored> {
  const rounds = await db
    .selectFrom('alerts')
    .leftJoin('messages', 'messages.id', 'alerts.investigation_id')
    .leftJoin('investigations', 'investigations.id', 'alerts.investigation_id')
    .leftJoin('folds', 'folds.alert_id', 'alerts.id')
    .leftJoin('messages as teller', 'teller.id', 'folds.told_by')
    .select([
      'folds.told_by as toldBy',
      'teller.state as told',
      'alerts.key',
      'alerts.id',
      'alerts.state',
      'messages.state as message',
      'investigations.state as investigation',
    ])
    .where('alerts.is_member', '=', 0)
    .execute();
  const traces = await db
    .selectFrom('investigations')
    .leftJoin('messages', 'messages.id', 'investigations.id')
    .select([
      'investigations.id',
      'investigations.trace_id as asked',
      'messages.state as message',
      'investigations.state as investigation',
    ])
    .where('investigations.alert_id', 'is', null)
    .execute();
  const notes = await db.selectFrom('timeline_entries').select('text').where('kind', '=', 'note').execute();
  return { rounds, traces, notes: notes.map(({ text }) => text), posts: postsById(slack) };
}

/** How often each message of ours stands in Slack, by its own id. */
function postsById({ proxy }: SlackSide): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { args, done } of proxy.callsOf('chat.postMessage')) {
    if (!done || args.metadata === undefined) continue;
    const { id } = (JSON.parse(args.metadata) as { event_payload: { id: string } }).event_payload;
    counts.set(id, (counts.get(id) ?? 0) + 1);
  }
  return counts;
}
