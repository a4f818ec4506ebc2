/** The form that declares an incident. It is prefilled from its context, and uses the same workflow as the command. */
import type { Middleware, SlackViewMiddlewareArgs, ViewSubmitAction } from '@slack/bolt';
import type { ModalView } from '@slack/types';
import { whoSubmitted } from '#listeners/delivery.ts';
import { messageIn } from '#listeners/views/carried-message.ts';
import { choiceField, choiceIn, label, metadataIn, textField, textIn, timeIn } from '#listeners/views/form.ts';
import { DETECTED_BY, SEVERITIES, SEVERITY_MEANINGS, type Severity, TITLE_CHARS } from '#model/incident/incident.ts';
import { type DeclareIncident, USUAL_SEVERITY } from '#workflows/incidents/declare-incident.ts';
import type { Origin, Proposal } from '#workflows/incidents/propose-incident.ts';

export const DECLARE_FORM = 'incident_declare_form';

/** `message`: the message from which it is declared, as `messageMetadata` writes it. It goes into the timeline. */
export function declareForm(
  origin: Origin,
  prefilled: Readonly<{ title: string; said?: Severity | undefined }> & Omit<Proposal, 'title'>,
  message: Readonly<Record<string, string>> = {},
): ModalView {
  const { said, severity: proposed } = prefilled;
  return {
    type: 'modal',
    callback_id: DECLARE_FORM,
    private_metadata: JSON.stringify({ ...message, ...origin }),
    title: label('Declare an incident'),
    submit: label('Declare'),
    close: label('Cancel'),
    blocks: [
      textField({ id: 'title', title: 'What is wrong', initial: prefilled.title, maxLength: TITLE_CHARS }),
      choiceField({
        id: 'severity',
        title: 'Severity',
        initial: said ?? proposed?.severity ?? USUAL_SEVERITY,
        ...(said === undefined &&
          proposed !== undefined && { hint: `${proposed.severity}, because ${proposed.because}.` }),
        choices: SEVERITIES.map((severity) => ({
          value: severity,
          text: `${severity} · ${SEVERITY_MEANINGS[severity]}`,
        })),
      }),
      choiceField({
        id: 'detected_by',
        title: 'Who noticed',
        initial: prefilled.fromAlert ? 'alert' : 'employee',
        choices: DETECTED_BY.map((who) => ({ value: who, text: NOTICED[who] })),
      }),
      textField({
        id: 'detection',
        title: 'How it was noticed',
        hint: 'Which alert, or who noticed it. If empty: the related alert, or you.',
        optional: true,
      }),
      textField({
        id: 'impact_start',
        title: 'When the impact began',
        hint: IMPACT_HINT,
        initial: prefilled.impactStart,
        optional: true,
        maxLength: 40,
      }),
    ],
  };
}

const IMPACT_HINT =
  '14:20 in your time zone, yesterday 14:20, 20 min ago, or 2026-01-06T14:20Z. If empty: as the diagnosis shows it.';

const NOTICED = { alert: 'An alert', customer: 'A customer', employee: 'An employee' } as const;

export function declareSubmitted(declare: DeclareIncident): Middleware<SlackViewMiddlewareArgs<ViewSubmitAction>> {
  return async ({ ack, body, view, context }) => {
    const { values } = view.state;
    const impact = timeIn(values, 'impact_start');
    if ('problem' in impact) return await ack({ response_action: 'errors', errors: { impact_start: impact.problem } });

    const title = textIn(values, 'title');
    if (title === '') return await ack({ response_action: 'errors', errors: { title: 'Say what is wrong.' } });

    const result = await declare({
      asked: whoSubmitted(body, context),
      origin: originIn(view.private_metadata),
      message: messageIn(metadataIn(view.private_metadata)),
      title,
      severity: choiceIn(values, 'severity', SEVERITIES),
      detectedBy: choiceIn(values, 'detected_by', DETECTED_BY),
      detection: textIn(values, 'detection'),
      impactStart: impact.when,
    });
    if (result.kind === 'done') return await ack();
    const field = result.about === 'time' ? 'impact_start' : 'title';
    await ack({ response_action: 'errors', errors: { [field]: result.text } });
  };
}

function originIn(json: string): Origin {
  const { channelId = '', threadTs, investigationId } = metadataIn(json);
  return { channelId, threadTs, investigationId };
}
