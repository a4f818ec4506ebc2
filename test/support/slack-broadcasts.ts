/**
 * Replies that were also sent to the channel. Slack shows them in the thread and in the channel, under the same id and
 * with a subtype of their own. The emulator keeps the flag and shows them in the thread alone.
 */
type Args = Readonly<Record<string, string>>;
type Answer = Record<string, unknown>;
type Shown = { ts: string; reply_broadcast?: boolean; subtype?: string };
type Read = (method: string, args: Args) => Promise<Answer>;

export function slackBroadcasts() {
  /** The roots of the threads that have some, by channel. */
  const threads = new Map<string, Set<string>>();

  async function inChannel({ channel = '' }: Args, read: Read): Promise<readonly Shown[]> {
    const roots = [...(threads.get(channel) ?? [])];
    const all = await Promise.all(roots.map((ts) => read('conversations.replies', { channel, ts })));
    return all.flatMap(({ messages }) => (messages as Shown[]).filter(isBroadcast));
  }

  function note({ channel = '', thread_ts: root = '', reply_broadcast }: Args, { ok }: Answer): void {
    if (ok !== true || reply_broadcast !== 'true' || root === '') return;
    threads.set(channel, (threads.get(channel) ?? new Set()).add(root));
  }

  /** Those of this page's time. */
  async function add(args: Args, { messages, has_more }: Answer, read: Read): Promise<void> {
    const page = messages as Shown[];
    const newest = args.cursor ? page[0]?.ts : undefined;
    const oldest = has_more === true ? (page.at(-1)?.ts ?? '') : '';
    page.push(...(await inChannel(args, read)).filter(({ ts }) => ts > oldest && (newest ?? ts) >= ts));
    page.sort((a, b) => (b.ts > a.ts ? 1 : -1));
  }

  return {
    /** The emulator's answer as Slack gives it. `read` asks the emulator. */
    async shown(method: string, args: Args, answer: Answer, read: Read): Promise<void> {
      if (method === 'chat.postMessage') note(args, answer);
      if (!Array.isArray(answer.messages)) return;
      if (method === 'conversations.history') await add(args, answer, read);
      for (const message of answer.messages as Shown[]) if (isBroadcast(message)) message.subtype = 'thread_broadcast';
    },
  };
}

/** Slack takes new content or the flag, and not both at once. */
export function isDualUpdate(method: string, { reply_broadcast, text, blocks }: Args): boolean {
  return method === 'chat.update' && reply_broadcast === 'true' && (text !== undefined || blocks !== undefined);
}

function isBroadcast({ reply_broadcast }: Shown): boolean {
  return reply_broadcast === true;
}
