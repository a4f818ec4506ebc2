/** The check of a storm's history finds each fault that is planted in a history without one. */
import { describe, expect, test } from 'vitest';
import {
  checkHistory,
  type History,
  type SentAlert,
  type StoredRound,
  type StoredTrace,
  type TypedCommand,
} from './history.ts';

const sent = (key: string, more: Partial<SentAlert> = {}): SentAlert => ({
  way: 'alertmanager',
  key,
  acknowledged: true,
  rounds: 1,
  tried: 1,
  ...more,
});
const round = (key: string, more: Partial<StoredRound> = {}): StoredRound => ({
  id: `round of ${key}`,
  key,
  state: 'triggered',
  message: 'sent',
  investigation: 'done',
  toldBy: null,
  told: null,
  ...more,
});
const folded = (key: string, more: Partial<StoredRound> = {}) =>
  round(key, { message: null, investigation: null, toldBy: 'list of a storm', told: 'sent', ...more });
const typed = (kind: TypedCommand['kind'], text: string, accepted = true): TypedCommand => ({ kind, text, accepted });
const trace = (asked: string, more: Partial<StoredTrace> = {}): StoredTrace => ({
  id: `answer to ${asked}`,
  asked,
  message: 'sent',
  investigation: 'done',
  ...more,
});

/** All that may happen without a fault. */
const WELL = {
  alerts: [
    sent('once'),
    sent('twice', { rounds: 2, tried: 2 }),
    sent('folded'),
    sent('unheard', { acknowledged: false }),
    sent('unheard but noted', { acknowledged: false }),
    sent('second unheard', { tried: 2 }),
    sent('out of order', { rounds: 2, tried: 2 }),
  ],
  commands: [
    typed('trace', 'req-1'),
    typed('trace', 'req-unheard', false),
    typed('note', 'restarted'),
    typed('note', 'unheard note', false),
  ],
  rounds: [
    round('once'),
    round('twice', { state: 'resolved' }),
    round('twice', { id: 'second round of twice' }),
    folded('folded'),
    round('unheard but noted'),
    round('second unheard'),
    round('second unheard', { id: 'second round', message: 'queued', investigation: 'open' }),
    round('out of order'),
  ],
  traces: [trace('req-1'), trace('req-unheard', { message: 'queued', investigation: 'open' })],
  notes: ['restarted'],
  posts: new Map(
    [
      ...['round of once', 'round of twice', 'second round of twice', 'round of unheard but noted'],
      ...['round of second unheard', 'round of out of order', 'answer to req-1', 'a detail in a thread'],
      'list of a storm',
    ].map((id) => [id, 1]),
  ),
} satisfies History;

test('a history without a fault has none, and counts its answers', () => {
  expect(checkHistory(WELL)).toEqual({ answered: 8, joined: 1, folded: 1, lost: [], doubled: [], strange: [] });
});

type Planted = (history: typeof WELL) => Partial<History>;

const without = (posts: History['posts'], id: string) => new Map([...posts].filter(([post]) => post !== id));
const changed = (rounds: readonly StoredRound[], id: string, more: Partial<StoredRound>) =>
  rounds.map((one) => (one.id === id ? { ...one, ...more } : one));

const LOST: readonly (readonly [what: string, says: RegExp, Planted])[] = [
  ['an alert that was never noted', /once.*not noted/, ({ rounds }) => ({ rounds: rounds.slice(1) })],
  ['an answer that Slack does not show', /once/, ({ posts }) => ({ posts: without(posts, 'round of once') })],
  ...(['queued', 'refused', 'unknown', 'expired', 'unreachable', null] as const).map(
    (message) =>
      [
        `an answer whose message is ${message}`,
        new RegExp(`once.*${message}, done`),
        ({ rounds }: typeof WELL) => ({ rounds: changed(rounds, 'round of once', { message }) }),
      ] as const,
  ),
  ...(['open', null] as const).map(
    (investigation) =>
      [
        `a first line whose diagnosis is ${investigation}`,
        new RegExp(`once.*sent, ${investigation}`),
        ({ rounds }: typeof WELL) => ({ rounds: changed(rounds, 'round of once', { investigation }) }),
      ] as const,
  ),
  [
    'the second round of an alert',
    /twice, fired 2 times/,
    ({ rounds }) => ({ rounds: rounds.filter(({ id }) => id !== 'second round of twice') }),
  ],
  [
    'the answer to a second round',
    /twice, fired 2 times/,
    ({ posts }) => ({ posts: without(posts, 'second round of twice') }),
  ],
  [
    'a folded alert whose story Slack does not show',
    /folded/,
    ({ rounds }) => ({ rounds: changed(rounds, 'round of folded', { toldBy: 'round of nobody' }) }),
  ],
  [
    'a folded alert whose story is not sent',
    /folded/,
    ({ rounds }) => ({ rounds: changed(rounds, 'round of folded', { told: 'queued' }) }),
  ],
  [
    'an alert that is folded into itself',
    /folded/,
    ({ rounds, posts }) => ({
      rounds: changed(rounds, 'round of folded', { toldBy: 'round of folded' }),
      posts: new Map([...posts, ['round of folded', 1]]),
    }),
  ],
  [
    'an alert that fired twice and ended, with one answer for both',
    /out of order/,
    ({ rounds }) => ({ rounds: changed(rounds, 'round of out of order', { state: 'resolved' }) }),
  ],
  ['a command that was accepted and never noted', /trace req-1: not noted/, () => ({ traces: [] })],
  [
    'a command whose diagnosis is open',
    /trace req-1: sent, open/,
    () => ({ traces: [trace('req-1', { investigation: 'open' })] }),
  ],
  [
    'the answer to a command that Slack does not show',
    /trace req-1/,
    ({ posts }) => ({ posts: without(posts, 'answer to req-1') }),
  ],
  ['a note that was accepted', /note restarted: not noted/, () => ({ notes: [] })],
];

const DOUBLED: readonly (readonly [what: string, says: RegExp, Planted])[] = [
  [
    'an answer that stands in Slack twice',
    /round of once stands there 2 times/,
    ({ posts }) => ({ posts: new Map([...posts, ['round of once', 2]]) }),
  ],
  [
    'a detail that stands in Slack twice',
    /a detail in a thread stands there 2 times/,
    ({ posts }) => ({ posts: new Map([...posts, ['a detail in a thread', 2]]) }),
  ],
  [
    'two rounds of an alert that fired once',
    /once has 2 rounds and fired 1 time/,
    ({ rounds }) => ({ rounds: [...rounds, round('once', { id: 'again' })] }),
  ],
  [
    'three rounds of an alert that fired twice',
    /twice has 3 rounds and fired 2 times/,
    ({ rounds }) => ({ rounds: [...rounds, round('twice', { id: 'again' })] }),
  ],
  [
    'two rounds of an alert whose sender heard nothing',
    /unheard but noted has 2 rounds/,
    ({ rounds }) => ({ rounds: [...rounds, round('unheard but noted', { id: 'again' })] }),
  ],
  [
    'two answers to one command',
    /trace req-1 is there 2 times/,
    ({ traces }) => ({ traces: [...traces, trace('req-1', { id: 'again' })] }),
  ],
  [
    'two answers to a command that was not accepted',
    /trace req-unheard is there 2 times/,
    ({ traces }) => ({ traces: [...traces, trace('req-unheard', { id: 'again' })] }),
  ],
  ['a note twice', /note restarted is there 2 times/, ({ notes }) => ({ notes: [...notes, 'restarted'] })],
  [
    'a note twice whose author heard nothing',
    /note unheard note is there 2 times/,
    ({ notes }) => ({ notes: [...notes, 'unheard note', 'unheard note'] }),
  ],
];

const STRANGE: readonly (readonly [what: string, says: RegExp, Planted])[] = [
  ['an alert that nobody sent', /alert of nobody/, ({ rounds }) => ({ rounds: [...rounds, round('of nobody')] })],
  ['an answer that nobody asked', /trace of nobody/, ({ traces }) => ({ traces: [...traces, trace('of nobody')] })],
  ['a note that nobody wrote', /note of nobody/, ({ notes }) => ({ notes: [...notes, 'of nobody'] })],
];

describe.each([
  ['lost', LOST],
  ['doubled', DOUBLED],
  ['strange', STRANGE],
] as const)('%s is', (kind, planted) => {
  test.each(planted)('%s', (_, says, plant) => {
    const found = checkHistory({ ...WELL, ...plant(WELL) });
    expect(found[kind]).toEqual([expect.stringMatching(says)]);
    const others = (['lost', 'doubled', 'strange'] as const).filter((other) => other !== kind);
    expect(others.map((other) => found[other])).toEqual([[], []]);
  });
});
