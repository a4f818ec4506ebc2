/** The form for an update that customers read: its text, its state, what is affected, when the next one comes. */
import type { Middleware, SlackViewMiddlewareArgs, ViewSubmitAction } from '@slack/bolt';
import type { InputBlock, KnownBlock, ModalView } from '@slack/types';
import { whoSubmitted } from '#listeners/delivery.ts';
import { choiceField, choiceIn, type FormValues, label, metadataIn, textField, textIn } from '#listeners/views/form.ts';
import { PAGE_STATUSES, PAGE_TEXT_CHARS, PAGE_TITLE_CHARS } from '#model/incident/status-page.ts';
import type { StatusForm, StatusPageWorkflows } from '#workflows/status/status-page.ts';

export const STATUS_FORM = 'status_page_form';

/** In minutes; people promise round times. */
const PROMISES = [15, 30, 60, 120, 240, 0] as const;
const KEEP = ['keep'] as const;

/** `channelId`: the channel where the form was opened. */
export function statusForm(form: StatusForm, channelId: string): ModalView {
  const { incidentId, name, of, after, approval } = form;
  const updateId = of.kind === 'new' ? '' : of.updateId;
  const version = of.kind === 'new' ? '' : `${of.version}`;
  return {
    type: 'modal',
    callback_id: STATUS_FORM,
    private_metadata: JSON.stringify({ incidentId, channelId, kind: of.kind, updateId, version, after: `${after}` }),
    title: label(of.kind === 'correction' ? 'Correct an update' : 'Status page update'),
    submit: label('Continue'),
    close: label('Cancel'),
    blocks: [
      { type: 'context', elements: [label(`${name}. Customers read this. ${approval}`)] },
      ...(of.kind === 'correction' ? [] : headFields(form)),
      textField({
        id: 'text',
        title: 'What customers need to know',
        hint: 'What does not work for them, and what you do about it. No names of services or people, no ids.',
        initial: form.draft.text,
        multiline: true,
        maxLength: PAGE_TEXT_CHARS,
      }),
      ...(of.kind === 'correction' ? [] : footFields(form)),
      choiceField({
        id: 'words',
        title: 'If words look internal',
        optional: true,
        choices: [{ value: KEEP[0], text: 'customers know them' }],
      }),
    ],
  };
}

function headFields({ draft }: StatusForm): KnownBlock[] {
  return [
    textField({ id: 'title', title: 'Title', initial: draft.title, maxLength: PAGE_TITLE_CHARS }),
    choiceField({
      id: 'status',
      title: 'Status',
      choices: PAGE_STATUSES.map((status) => ({ value: status, text: status })),
      initial: draft.status,
    }),
  ];
}

function footFields({ draft, components, chosen }: StatusForm): KnownBlock[] {
  return [
    ...(components.length === 0 ? [] : [componentsField(components, chosen)]),
    choiceField({
      id: 'next',
      title: 'Promise the next update',
      choices: PROMISES.map((minutes) => ({ value: `${minutes}`, text: promise(minutes) })),
      initial: `${PROMISES.find((minutes) => minutes >= draft.nextMinutes && minutes > 0 && draft.nextMinutes > 0) ?? 0}`,
    }),
  ];
}

function promise(minutes: number): string {
  if (minutes === 0) return 'no promise';
  return minutes < 120 ? `within ${minutes} min` : `within ${minutes / 60} h`;
}

/** Slack's limit on options. */
const MOST_COMPONENTS = 100;

function componentsField(components: readonly string[], chosen: readonly string[]): InputBlock {
  const options = components.slice(0, MOST_COMPONENTS).map((name) => ({ value: name, text: label(name) }));
  const initial = options.filter(({ value }) => chosen.includes(value));
  return {
    type: 'input',
    block_id: 'components',
    optional: true,
    label: label('What is affected'),
    element: {
      type: 'multi_static_select',
      action_id: 'components',
      options,
      ...(initial.length === 0 ? {} : { initial_options: initial }),
    },
  };
}

export function statusSubmitted({
  submitStatus,
}: Pick<StatusPageWorkflows, 'submitStatus'>): Middleware<SlackViewMiddlewareArgs<ViewSubmitAction>> {
  return async ({ ack, body, view, context }) => {
    const { values } = view.state;
    const { incidentId = '', kind, updateId = '', version, after } = metadataIn(view.private_metadata);
    const isCorrection = kind === 'correction';
    const result = await submitStatus({
      asked: whoSubmitted(body, context),
      incidentId,
      of: kind === 'change' || isCorrection ? { kind, updateId, version: Number(version) } : { kind: 'new' },
      after: Number(after),
      // A correction keeps them.
      title: isCorrection ? KEPT : textIn(values, 'title'),
      status: choiceIn(values, 'status', PAGE_STATUSES) ?? 'investigating',
      text: textIn(values, 'text'),
      components: chosenIn(values),
      nextMinutes: Number(choiceIn(values, 'next', PROMISES.map(String)) ?? 0),
      mayKeepWords: choiceIn(values, 'words', KEEP) !== undefined,
    });
    if (result.kind === 'done') return await ack();
    await ack({ response_action: 'errors', errors: { text: result.text } });
  };
}

const KEPT = 'as it is';

function chosenIn(values: FormValues): readonly string[] {
  return (values.components?.components?.selected_options ?? []).map(({ value }) => value);
}
