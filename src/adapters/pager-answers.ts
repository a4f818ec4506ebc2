/** What the answer of a paging system means, and how a change there is made once: looked at before it is made. */
import type { z } from 'zod';
import { notAnswered, type OutgoingAnswer, type RefusalWords, refusal } from '#adapters/outgoing.ts';
import type { Health } from '#gather/sources.ts';
import type { Tried } from '#model/incident/issue-tracker.ts';
import type {
  PagedPerson,
  PagerAction,
  PagerDone,
  PagerOrder,
  PagerOrderOf,
  PagerStateOrder,
} from '#model/incident/pager.ts';
import type { NotPublished } from '#model/incident/status-page.ts';

export type PagerWords = RefusalWords &
  Readonly<{
    /** The variable of its address. */
    api: string;
  }>;

/** These are final: the same request would be refused again. */
const FINAL: ReadonlySet<number> = new Set([400, 401, 402, 403, 404, 405, 410, 413, 415, 422]);

/** `form`: of the answers that mean success. */
export function readPager<Value>(answer: OutgoingAnswer, form: z.ZodType<Value>, words: PagerWords): Tried<Value> {
  if (answer.kind !== 'answered') return notAnswered(answer, words);
  const { status, json, said } = answer;
  const { title, api } = words;
  if (status >= 200 && status < 300) {
    const found = form.safeParse(json);
    if (found.success) return { kind: 'done', value: found.data };
    // A page in between, or an answer that was cut: the system may have done it.
    return { kind: 'ambiguous', reason: `${title} answered, but not as its API does. Check ${api}.` };
  }
  const known = refusal(answer, words);
  if (known.kind !== 'refused' || FINAL.has(status) || (status >= 300 && status < 400)) return known;
  return { kind: 'failed', reason: `${title} is busy (HTTP ${status}).${said === '' ? '' : ` It said: ${said}`}` };
}

/** A question changes nothing: without an answer, a second attempt does nothing twice. */
export function unchanged(found: NotPublished): NotPublished {
  return found.kind === 'ambiguous' ? { kind: 'failed', reason: found.reason } : found;
}

/** What a system does for each kind of order. */
type Handlers = Readonly<{
  changeState(order: PagerStateOrder): Promise<Tried<PagerDone>>;
  addNote(order: PagerOrderOf<'notes'>): Promise<Tried<PagerDone>>;
  page(order: PagerOrderOf<'page'>): Promise<Tried<PagerDone>>;
}>;

export async function applyOrder(
  order: PagerOrder,
  { changeState, addNote, page }: Handlers,
): Promise<Tried<PagerDone>> {
  switch (order.kind) {
    case 'acknowledge':
    case 'resolve':
      return await changeState(order);
    case 'notes':
      return await addNote(order);
    case 'page':
      return await page(order);
  }
}

/** For a system whose API has no notes. */
export function noNotes(title: string, what: 'comments' | 'notes'): Handlers['addNote'] {
  return async () => ({ kind: 'refused', reason: `${title} takes no ${what} from programs.` });
}

type Change<State> = Readonly<{
  look(): Promise<Tried<State>>;
  /** Whether nothing is left to do. */
  isReached(state: State): boolean;
  /** Gives the state afterwards. */
  change(state: State): Promise<Tried<State>>;
  doneTo(state: State): Pick<PagerDone, 'remoteId' | 'url'>;
}>;

/** Changes a state after a look. */
export async function changeOnce<State>(parts: Change<State>): Promise<Tried<PagerDone>> {
  const { look, isReached, change, doneTo } = parts;
  const done = (state: State, isChange: boolean) => ({ kind: 'done', value: { isChange, ...doneTo(state) } }) as const;
  const before = await look();
  if (before.kind !== 'done') return unchanged(before);
  if (isReached(before.value)) return done(before.value, false);
  const changed = await change(before.value);
  if (changed.kind === 'done') return done(changed.value, true);
  if (changed.kind !== 'refused') return changed;
  // Somebody may have done it there in between.
  const now = await look();
  return now.kind === 'done' && isReached(now.value) ? done(now.value, false) : changed;
}

/** Nobody there has the address of the person who is paged. */
export function noAccount(title: string, { name }: Pick<PagedPerson, 'name'>): NotPublished {
  return {
    kind: 'refused',
    reason: `${title} has no user with the address of ${name}, so they are paged in Slack alone.`,
  };
}

/** What `doctor` says after a question that changes nothing. `as`: in whose name; '' if the key says it. */
export function pagerHealth(
  asked: Tried<unknown>,
  { title, does, as = '' }: Readonly<{ title: string; does: readonly PagerAction[]; as?: string }>,
): Health {
  if (asked.kind !== 'done') {
    const remedy = asked.kind === 'limited' ? `${title} takes no more requests now. Try again.` : asked.reason;
    return { ok: false, detail: CANNOT, remedy };
  }
  const who = as === '' ? '' : ` as ${as}`;
  const detail = `may ${does.join(', ')}${who}; whether the key may write shows at the first use`;
  return { ok: true, detail, remedy: '' };
}

const CANNOT = 'its incidents cannot be changed';
