/** The first message in the playground: its purpose, and what to try. */
import type { KnownBlock } from '@slack/types';

export type RecordedCase = Readonly<{ id: string; title: string; what: string }>;

/** The page itself handles these buttons: it types the button's value as a command. No listener sees them. */
const TYPE_COMMAND = 'playground_type_command';
/** The page handles this button too: PagerDuty posts the alert. */
const SEND_ALERT = 'playground_send_alert';
/** And this one: two colleagues play a P0. */
const PLAY_P0 = 'playground_play_p0';

/** A message can have 50 blocks, but more cases would make the welcome too long. */
const CASES_SHOWN = 12;

export function welcome(
  cases: readonly RecordedCase[],
  sources: readonly string[],
  settings: readonly string[],
): { text: string; blocks: KnownBlock[] } {
  const text =
    'Play an incident: press “Send the alert”. Or give me a trace ID and I tell you what went wrong: try one of the recorded cases.';
  const shown = cases.slice(0, CASES_SHOWN);
  return {
    text,
    blocks: [
      INCIDENT,
      P0,
      { type: 'divider' },
      section(
        shown.length === 0
          ? 'Or give me a trace ID and I tell you what went wrong. There are no recorded cases here: type `/trace` and an ID of your own.'
          : '*Or give me a trace ID and I tell you what went wrong.* Type `/trace` and an ID below, or pick a recorded case:',
      ),
      ...shown.map(caseBlock),
      {
        type: 'context',
        elements: [{ type: 'mrkdwn', text: readFrom(shown.length > 0, sources, settings) }],
      },
    ],
  };
}

const INCIDENT: KnownBlock = {
  ...section(
    '*Play an incident:* PagerDuty reports failing logins. Spanhound answers. You declare the incident, add notes, resolve it and draft the postmortem.',
  ),
  accessory: {
    type: 'button',
    action_id: SEND_ALERT,
    style: 'primary',
    text: { type: 'plain_text', text: 'Send the alert' },
  },
};

const P0: KnownBlock = {
  ...section(
    '*Or watch a P0:* Mira and Jonas work on it for half a minute, and you may take part. “Act as” in the list of channels makes you Mira or Jonas, who confirm a role or approve a mitigation.',
  ),
  accessory: { type: 'button', action_id: PLAY_P0, text: { type: 'plain_text', text: 'Play a P0' } },
};

function caseBlock({ id, title, what }: RecordedCase): KnownBlock {
  return {
    ...section(`*${title}*\n${what}\n\`${id}\``),
    accessory: {
      type: 'button',
      action_id: TYPE_COMMAND,
      text: { type: 'plain_text', text: 'Diagnose' },
      value: `/trace ${id}`,
      accessibility_label: `Diagnose: ${title}`.slice(0, 75),
    },
  };
}

function section(text: string) {
  return { type: 'section' as const, text: { type: 'mrkdwn' as const, text } };
}

/** `settings`: the settings for your own traces and logs. */
function readFrom(hasCases: boolean, sources: readonly string[], settings: readonly string[]): string {
  const read = [...(hasCases ? ['the recorded cases in `samples/`'] : []), ...sources];
  const from = read.length === 0 ? 'No source is configured.' : `I read ${read.join(', ')}.`;
  return settings.length === 0
    ? from
    : `${from} To read your own traces, set ${settings.join('. For logs, set ')}. Then start again.`;
}
