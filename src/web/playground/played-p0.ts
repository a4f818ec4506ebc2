/**
 * A P0 that two colleagues play in the playground while the visitor watches: command, roles, a page, a suspicion, updates,
 * a handover, the end. Each step goes through the listeners that serve Slack, as a visitor's own does.
 *
 *   Mira declares ──► takes command ──► Jonas confirms his role, has the page ──► updates ──► handover ──► resolved
 */
import { type Clock, within } from '#core/clock.ts';
import type { Interactions } from '#web/playground/interactions.ts';
import { BOT, JONAS, MIRA, type Person } from '#web/playground/people.ts';
import { Refusal } from '#web/playground/refusal.ts';
import type { Message, Workspace } from '#web/playground/workspace.ts';

export type PlayedP0Options = Readonly<{
  workspace: Workspace;
  interactions: Pick<Interactions, 'say' | 'press'>;
  channelId: string;
  clock: Clock;
  /** Between two steps, so that people can read along. */
  stepMs: number;
}>;

/** Above it, an answer does not come. */
const MOST_WAIT_MS = 30_000;

const TITLE = 'Nobody can log in';

type Step = readonly [by: Person, text: string];

/** Behind `/incident INC-n`. */
const UNTIL_PAGE: readonly Step[] = [
  [MIRA, 'role commander'],
  [MIRA, 'impact 4 min ago'],
  [MIRA, 'note 3 min ago customers report failed logins'],
  [MIRA, `role technical @${JONAS.name}`],
];
const UNTIL_END: readonly Step[] = [
  [JONAS, 'hypothesis the pool of user-service is too small'],
  [JONAS, 'hypothesis S1 tested doubled the pool on one instance, no effect'],
  [MIRA, 'status identified a query without an index holds the connections'],
  [MIRA, 'update we add the index now, logins should be back in 10 min'],
  [JONAS, 'helped turned the retries off, errors fall to 12 %'],
  [MIRA, 'severity P1 because half of the logins work again'],
  [MIRA, 'nothing new'],
  [MIRA, `hand over to @${JONAS.name}`],
  [JONAS, 'status fixed the index is there'],
  [JONAS, `action Alert on slow queries of user-service @${MIRA.name} due in 2 weeks`],
  [JONAS, 'resolve all logins work again'],
];

/** Resolves at the end of the story. Throws `Refusal` while another one is played. */
export function p0Player(options: PlayedP0Options): () => Promise<void> {
  const { workspace, interactions, channelId, clock, stepMs } = options;
  let isPlaying = false;
  return async () => {
    if (isPlaying) throw new Refusal('already_played');
    isPlaying = true;
    try {
      await play();
    } finally {
      isPlaying = false;
    }
  };

  async function play(): Promise<void> {
    const known = new Set(workspace.snapshot().messages.map(keyOf));
    await say(MIRA, `/incident declare P0 ${TITLE}`);
    const overview = await found((message) => !known.has(keyOf(message)) && nameIn(message) !== undefined);
    const name = nameIn(overview) ?? '';
    const step = async ([by, text]: Step) => {
      await say(by, `/incident ${name} ${text}`);
      await clock.sleep(stepMs);
    };
    for (const one of UNTIL_PAGE) await step(one);
    await press(JONAS, 'incident_role_confirm', known);
    await step([MIRA, `page @${JONAS.name} the pool is full`]);
    await press(JONAS, 'incident_page_have', known);
    for (const one of UNTIL_END) await step(one);
    await say(JONAS, `/postmortem ${name}`);
  }

  async function say(by: Person, text: string): Promise<void> {
    await interactions.say({ channelId, text, as: by.id });
  }

  /** The newest button of that kind in a direct message of the person. */
  async function press(by: Person, actionId: string, known: ReadonlySet<string>): Promise<void> {
    const message = await found(
      (one) => one.channelId !== channelId && !known.has(keyOf(one)) && blockWith(one, actionId) !== undefined,
    );
    const { channelId: place, ts } = message;
    const blockId = blockWith(message, actionId) ?? '';
    await interactions.press({ place: { kind: 'message', channelId: place, ts }, blockId, actionId, as: by.id });
    await clock.sleep(stepMs);
  }

  /** Waits until there is such a message. */
  async function found(isIt: (message: Message) => boolean): Promise<Message> {
    const there = workspace.snapshot().messages.findLast(isIt);
    if (there !== undefined) return there;
    const next = Promise.withResolvers<Message>();
    const unsubscribe = workspace.subscribe((change) => {
      if (change.kind === 'message' && isIt(change.message)) next.resolve(change.message);
    });
    try {
      const message = await within(clock, MOST_WAIT_MS, next.promise);
      if (message === undefined) throw new Refusal('operation_timeout');
      return message;
    } finally {
      unsubscribe();
    }
  }
}

function keyOf({ channelId, ts }: Message): string {
  return `${channelId}/${ts}`;
}

/** `INC-3`, in the overview of the played incident. */
function nameIn({ userId, text, ephemeral }: Message): string | undefined {
  if (userId !== BOT.id || ephemeral || !text.includes(TITLE)) return undefined;
  return /^INC-\d+/.exec(text)?.[0];
}

function blockWith({ blocks }: Message, actionId: string): string | undefined {
  return blocks.find(
    (block) =>
      'elements' in block &&
      Array.isArray(block.elements) &&
      block.elements.some((one) => 'action_id' in one && one.action_id === actionId),
  )?.block_id;
}
