/** Common parts of the forms, and readers of their values. */
import type { ViewStateValue } from '@slack/bolt';
import type { InputBlock, PlainTextElement } from '@slack/types';
import { MOST_PEOPLE } from '#listeners/commands/need-to-know.ts';
import { readWholeTime, type SpokenTime } from '#workflows/times/spoken-time.ts';

export function label(text: string): PlainTextElement {
  return { type: 'plain_text', text, emoji: false };
}

export type TextField = Readonly<{
  /** The id of the block and of the field. Slack shows an error at the block with its id. */
  id: string;
  title: string;
  hint?: string;
  initial?: string;
  optional?: boolean;
  multiline?: boolean;
  /** Slack takes 3,000 at most. */
  maxLength?: number;
}>;

export function textField({
  id,
  title,
  hint,
  initial = '',
  optional = false,
  multiline = false,
  maxLength = 150,
}: TextField): InputBlock {
  return {
    type: 'input',
    block_id: id,
    optional,
    label: label(title),
    ...(hint === undefined ? {} : { hint: label(hint) }),
    element: {
      type: 'plain_text_input',
      action_id: id,
      multiline,
      max_length: maxLength,
      ...(initial === '' ? {} : { initial_value: initial.slice(0, maxLength) }),
    },
  };
}

export type Choice = Readonly<{ value: string; text: string }>;

export function choiceField({
  id,
  title,
  hint,
  choices,
  initial,
  optional = false,
}: Readonly<{
  id: string;
  title: string;
  hint?: string;
  choices: readonly Choice[];
  initial?: string;
  optional?: boolean;
}>): InputBlock {
  const options = choices.map(({ value, text }) => ({ value, text: label(text) }));
  const chosen = options.find(({ value }) => value === initial);
  return {
    type: 'input',
    block_id: id,
    optional,
    label: label(title),
    ...(hint === undefined ? {} : { hint: label(hint) }),
    element: {
      type: 'static_select',
      action_id: id,
      options,
      ...(chosen === undefined ? {} : { initial_option: chosen }),
    },
  };
}

export const TIME_HINT = '14:35 in your time zone, yesterday 14:35, 20 min ago, or 2026-01-06T14:35Z. If empty: now.';

export type FormValues = Readonly<Record<string, Readonly<Record<string, ViewStateValue>>>>;

export function textIn(values: FormValues, id: string): string {
  return values[id]?.[id]?.value?.trim() ?? '';
}

/** The time in a field: undefined where it is empty, or the sentence that explains the error. */
export function timeIn(
  values: FormValues,
  id: string,
): Readonly<{ when: SpokenTime | undefined } | { problem: string }> {
  const text = textIn(values, id);
  if (text === '') return { when: undefined };
  const when = readWholeTime(text);
  return 'problem' in when ? when : { when };
}

/** The chosen conversation's id; empty for none. */
export function channelIn(values: FormValues, id: string): string {
  return values[id]?.[id]?.selected_conversation ?? '';
}

/** The ids of the chosen people. */
export function peopleIn(values: FormValues, id: string): readonly string[] {
  return values[id]?.[id]?.selected_users ?? [];
}

/** The people who read an entry, beside its author and the commander. `initial`: their ids. */
export function readersField(hint: string, initial: readonly string[] = []): InputBlock {
  return {
    type: 'input',
    block_id: 'readers',
    optional: true,
    label: label('Need to know'),
    hint: label(hint),
    element: {
      type: 'multi_users_select',
      action_id: 'readers',
      max_selected_items: MOST_PEOPLE,
      ...(initial.length > 0 && { initial_users: [...initial] }),
    },
  };
}

/** One of the values that the form offered; undefined for anything else. */
export function choiceIn<Value extends string>(
  values: FormValues,
  id: string,
  known: readonly Value[],
): Value | undefined {
  const chosen = values[id]?.[id]?.selected_option?.value;
  return known.find((value) => value === chosen);
}

/** The form's metadata is ours, but it comes back from Slack, so it is checked. */
export function metadataIn(json: string): Readonly<Record<string, string>> {
  const parsed: unknown = JSON.parse(json || '{}');
  if (typeof parsed !== 'object' || parsed === null) return {};
  return Object.fromEntries(Object.entries(parsed).filter(([, value]) => typeof value === 'string'));
}
