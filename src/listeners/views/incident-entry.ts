/** The form for "Note", "Post update", "Resolve" and "Reopen": a text and its time. */
import type { Middleware, SlackViewMiddlewareArgs, ViewSubmitAction } from '@slack/bolt';
import type { ModalView } from '@slack/types';
import { whoSubmitted } from '#listeners/delivery.ts';
import {
  choiceField,
  choiceIn,
  type FormValues,
  label,
  metadataIn,
  peopleIn,
  readersField,
  TIME_HINT,
  textField,
  textIn,
  timeIn,
} from '#listeners/views/form.ts';
import { STATUSES } from '#model/incident/incident.ts';
import type { ChangeWorkflows } from '#workflows/incidents/change-incident.ts';
import type { Told } from '#workflows/incidents/on-incident.ts';
import type { NoteKind, NoteWorkflows } from '#workflows/timeline/note-entry.ts';
import { type SpokenTime, splitTime } from '#workflows/times/spoken-time.ts';

export const ENTRY_FORM = 'incident_entry_form';

/** `channelId`: the channel where the form was opened. */
export type EntryForm = Readonly<{
  incidentId: string;
  what: 'note' | 'update' | 'resolve' | 'reopen';
  channelId: string;
}>;

const TEXT_CHARS = 2_000;

/** `draft`: what the text begins with. */
export function entryForm({ incidentId, what, channelId }: EntryForm, draft = ''): ModalView {
  const { title, submit, text, hint } = WORDS[what];
  return {
    type: 'modal',
    callback_id: ENTRY_FORM,
    private_metadata: JSON.stringify({ incidentId, what, channelId }),
    title: label(title),
    submit: label(submit),
    close: label('Cancel'),
    blocks: [
      textField({
        id: 'text',
        title: text,
        hint,
        initial: draft,
        multiline: true,
        maxLength: TEXT_CHARS,
        optional: what === 'resolve',
      }),
      ...(what === 'update'
        ? [
            choiceField({
              id: 'status',
              title: 'New status',
              optional: true,
              choices: STATUSES.map((status) => ({ value: status, text: status })),
            }),
          ]
        : []),
      ...(what === 'note'
        ? [
            choiceField({
              id: 'effect',
              title: 'If it was tried',
              optional: true,
              choices: [
                { value: EFFECTS[0], text: 'it had no effect' },
                { value: EFFECTS[1], text: 'it helped' },
              ],
            }),
          ]
        : []),
      textField({ id: 'when', title: 'When it happened', hint: TIME_HINT, optional: true, maxLength: 40 }),
      ...(what === 'note' ? [READERS] : []),
    ],
  };
}

const EFFECTS = ['tried', 'helped'] as const;

const READERS = readersField('If you choose somebody, only they, you and the commander read the words.');

/** Slack takes 24 characters for a title and a button. */
const WORDS = {
  note: { title: 'Note', submit: 'Add', text: 'What happened', hint: 'It goes into the timeline.' },
  update: {
    title: 'Post an update',
    submit: 'Post',
    text: 'Current situation',
    hint: 'It begins with what is new since the last update. Add what is next. It goes into the timeline and the thread.',
  },
  resolve: {
    title: 'Resolve the incident',
    submit: 'Resolve',
    text: 'How it ended',
    hint: 'How you confirmed that the problem is gone. Reminders stop; the timeline stays open for notes.',
  },
  reopen: {
    title: 'Reopen the incident',
    submit: 'Reopen',
    text: 'Why it is open again',
    hint: 'What shows that the problem is back. Reminders begin again.',
  },
} as const;

export type EntryWorkflows = Pick<NoteWorkflows, 'note'> & Pick<ChangeWorkflows, 'setStatus' | 'reopen'>;

export function entrySubmitted({
  note,
  setStatus,
  reopen,
}: EntryWorkflows): Middleware<SlackViewMiddlewareArgs<ViewSubmitAction>> {
  return async ({ ack, body, view, context }) => {
    const { values } = view.state;
    const { incidentId = '', what } = metadataIn(view.private_metadata);
    const entry = entryIn(values, what);
    if ('errors' in entry) return await ack({ response_action: 'errors', errors: entry.errors });

    const asked = whoSubmitted(body, context);
    const request = { asked, meant: { incidentId }, ...entry };
    const status = what === 'resolve' ? 'resolved' : choiceIn(values, 'status', STATUSES);
    // A new status includes the text: one entry, and one line in the thread.
    const result =
      what === 'reopen'
        ? await reopen(request)
        : status === undefined
          ? await note({ ...request, kind: kindIn(values, what) })
          : await setStatus({ ...request, status });
    if (result.kind === 'done') return await ack();
    await ack({ response_action: 'errors', errors: { [fieldOf(result, values)]: result.text } });
  };
}

const NO_TRY = 'Everybody reads what was tried. Leave one of the two fields empty.';

function kindIn(values: FormValues, what: string | undefined): NoteKind {
  if (what === 'update') return 'update';
  return choiceIn(values, 'effect', EFFECTS) ?? 'note';
}

/** Slack refuses an error at a field that the form does not have. A time may also stand at the beginning of the text. */
function fieldOf({ about }: Told, values: FormValues): 'text' | 'when' | 'status' {
  if (about === 'time' && textIn(values, 'when') !== '') return 'when';
  return about === 'status' && 'status' in values ? 'status' : 'text';
}

type Entered = { text: string; when: SpokenTime | undefined; needToKnow?: readonly string[] };

/** A text that begins with a time is parsed as the command parses it. */
function entryIn(values: FormValues, what: string | undefined): Readonly<Entered | { errors: Record<string, string> }> {
  const readers = peopleIn(values, 'readers');
  const isTry = choiceIn(values, 'effect', EFFECTS) !== undefined;
  if (readers.length > 0 && isTry) return { errors: { readers: NO_TRY } };
  const written = textIn(values, 'text');
  const time = timeIn(values, 'when');
  if ('problem' in time) return { errors: { when: time.problem } };
  const typed = time.when === undefined ? splitTime(written) : { when: time.when, rest: written, problem: undefined };
  if (typed.problem !== undefined) return { errors: { text: typed.problem } };
  if (typed.rest === '' && what !== 'resolve') return { errors: { text: 'Say what happened.' } };
  return { text: typed.rest, when: typed.when, ...(readers.length > 0 && { needToKnow: readers }) };
}
