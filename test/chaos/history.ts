/**
 * Checks what a storm has left against what was sent: each accepted request has exactly one answer for each time that it
 * was made, and nothing was said twice. What was not accepted may have an answer, because its sender heard nothing.
 *
 *   lost      accepted, and nothing that stands in Slack or in the timeline answers it
 *   doubled   said, examined or noted more often than it was made
 *   strange   an answer to what nobody sent
 */
import type { AlertState } from '#model/incident/alert.ts';
import { counted } from '#model/text/count-text.ts';

/** `rounds`: how often it fired, as far as that was acknowledged. `tried`: how often it fired at all. */
export type SentAlert = Readonly<{ way: string; key: string; acknowledged: boolean; rounds: number; tried: number }>;

/** A command of a person, each with a text of its own. `accepted`: the bot said that it will answer, or has noted it. */
export type TypedCommand = Readonly<{ kind: 'trace' | 'note'; text: string; accepted: boolean }>;

/** One round of an alert, as the store has it. */
export type StoredRound = Readonly<{
  id: string;
  key: string;
  state: AlertState;
  /** The state of the message and of the investigation that answer it; null without them. */
  message: string | null;
  investigation: string | null;
  /** The message that tells of this alert and of others, and its state; null for an alert with an answer of its own. */
  toldBy: string | null;
  told: string | null;
}>;

/** An answer to `/trace`, as the store has it. */
export type StoredTrace = Readonly<{ id: string; asked: string; message: string | null; investigation: string | null }>;

export type History = Readonly<{
  alerts: readonly SentAlert[];
  commands: readonly TypedCommand[];
  rounds: readonly StoredRound[];
  traces: readonly StoredTrace[];
  /** The notes in the timeline, by their text. */
  notes: readonly string[];
  /** How often each message of ours stands in Slack, by its own id. */
  posts: ReadonlyMap<string, number>;
}>;

export type Verdict = Readonly<{
  /** Alerts, commands and notes. */
  answered: number;
  /** Alerts that fired twice and whose news came in another order: one answer stands for both. */
  joined: number;
  /** Alerts that the answer of another one tells of. */
  folded: number;
  lost: readonly string[];
  doubled: readonly string[];
  strange: readonly string[];
}>;

export function checkHistory(history: History): Verdict {
  const { alerts, commands, rounds, traces, notes, posts } = history;
  const roundsOf = Map.groupBy(rounds, ({ key }) => key);
  const verdicts = [
    ...alerts.map((alert) => checkAlert(alert, roundsOf.get(alert.key) ?? [], posts)),
    ...checkCommands(history),
  ];
  return {
    answered: verdicts.filter(({ isAnswered }) => isAnswered).length,
    joined: verdicts.filter(({ isJoined }) => isJoined).length,
    folded: rounds.filter(({ toldBy }) => toldBy !== null).length,
    lost: verdicts.flatMap(({ lost }) => lost ?? []),
    doubled: [
      ...[...posts].filter(([, count]) => count > 1).map(([id, count]) => `${id} stands there ${count} times`),
      ...verdicts.flatMap(({ doubled }) => doubled ?? []),
    ],
    strange: strangers(
      { alert: alerts.map(({ key }) => key), trace: textsOf(commands, 'trace'), note: textsOf(commands, 'note') },
      { alert: [...roundsOf.keys()], trace: traces.map(({ asked }) => asked), note: notes },
    ),
  };
}

type Checked = Readonly<{ isAnswered: boolean; isJoined?: boolean; lost?: string; doubled?: string }>;

function checkAlert(
  { way, key, acknowledged, rounds, tried }: SentAlert,
  stored: readonly StoredRound[],
  posts: History['posts'],
): Checked {
  const standing = stored.filter((round) => isTold(round, posts));
  // Where the news of both came in another order than they happened, the one round that was seen has the answer.
  const isJoined = rounds === 2 && stored.length === 1 && standing.length === 1 && stored[0]?.state !== 'resolved';
  const isAnswered = standing.length >= rounds || isJoined;
  return {
    isAnswered,
    isJoined,
    ...(stored.length > tried && { doubled: `${key} has ${stored.length} rounds and fired ${counted(tried, 'time')}` }),
    ...(acknowledged &&
      !isAnswered && { lost: `${way} ${key}, fired ${counted(rounds, 'time')}: ${statesOf(stored)}` }),
  };
}

/** By its own answer, by that of another alert with the same cause, or by the list of a storm. */
function isTold({ id, message, investigation, toldBy, told }: StoredRound, posts: History['posts']): boolean {
  if (stands(posts, { id, message, investigation })) return true;
  return toldBy !== null && toldBy !== id && posts.has(toldBy) && told === 'sent';
}

type Answer = Readonly<{ id: string; message: string | null; investigation: string | null }>;

function stands(posts: History['posts'], { id, message, investigation }: Answer): boolean {
  return posts.has(id) && message === 'sent' && investigation !== null && investigation !== 'open';
}

function checkCommands({ commands, traces, notes, posts }: History): readonly Checked[] {
  const tracesOf = Map.groupBy(traces, ({ asked }) => asked);
  const notesOf = Map.groupBy(notes, (text) => text);
  return commands.map(({ kind, text, accepted }) => {
    const answers = tracesOf.get(text) ?? [];
    const count = kind === 'trace' ? answers.length : (notesOf.get(text) ?? []).length;
    const isAnswered = kind === 'trace' ? answers.some((answer) => stands(posts, answer)) : count > 0;
    return {
      isAnswered,
      ...(count > 1 && { doubled: `${kind} ${text} is there ${count} times` }),
      ...(accepted && !isAnswered && { lost: `${kind} ${text}: ${statesOf(answers)}` }),
    };
  });
}

function statesOf(answers: readonly Omit<Answer, 'id'>[]): string {
  return answers.map(({ message, investigation }) => `${message}, ${investigation}`).join('; ') || 'not noted';
}

function textsOf(commands: readonly TypedCommand[], asked: TypedCommand['kind']): readonly string[] {
  return commands.filter(({ kind }) => kind === asked).map(({ text }) => text);
}

type Names = Readonly<Record<'alert' | 'trace' | 'note', readonly string[]>>;

function strangers(sent: Names, stored: Names): readonly string[] {
  return (['alert', 'trace', 'note'] as const).flatMap((kind) => {
    const known = new Set(sent[kind]);
    return stored[kind].filter((name) => !known.has(name)).map((name) => `${kind} ${name}`);
  });
}
