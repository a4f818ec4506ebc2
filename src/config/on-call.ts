/** Who is on call, as a setting: people and groups in Slack, and targets of systems outside. */
import { z } from 'zod';
import { systems } from '#adapters/registry.ts';
import type { System } from '#adapters/system.ts';
import { DEFAULTS } from '#config/defaults.ts';
import { settingFacts } from '#config/setting.ts';
import type { Severity } from '#model/incident/incident.ts';
import { CAUSE, isSlackId, outsideTarget } from '#model/incident/on-call.ts';

const IN_SLACK = 'the id of a person (U…) or a user group (S…) in Slack';

const TARGET_EXAMPLE = 'pagerduty:schedule/PABC123';

/** Who is called if a P0 or P1 has no commander. */
export const CommanderTargets = () =>
  z
    .array(
      z
        .string('must be text')
        .max(200, 'must have at most 200 characters')
        .superRefine(checked((target) => targetProblem(target, [CAUSE, 'here']))),
      'must be a list of ids and targets',
    )
    .max(50, 'must be at most 50');

/** `C0SECURITY=U012ABC`: who is called for the incidents of one channel. */
export const ChannelTargets = () =>
  z
    .array(
      z
        .string('must be text')
        .max(300, 'must have at most 300 characters')
        .superRefine(
          checked((entry) =>
            CHANNEL.test(entry)
              ? targetProblem(entry.slice(entry.indexOf('=') + 1), [CAUSE, 'here'])
              : `must be the id of a channel (C…), =, and ${IN_SLACK}, or a target such as ${TARGET_EXAMPLE}`,
          ),
        )
        .transform((entry) => ({
          channelId: entry.slice(0, entry.indexOf('=')),
          target: entry.slice(entry.indexOf('=') + 1),
        })),
      'must be a list of channels with ids or targets',
    )
    .max(200, 'must be at most 200');

/** `P0=S0EXECUTIVE`: who is called for the incidents of one severity. */
export const SeverityTargets = () =>
  z
    .array(
      z
        .string('must be text')
        .max(300, 'must have at most 300 characters')
        .superRefine(
          checked((entry) =>
            /^P[0-3]=/.test(entry)
              ? targetProblem(entry.slice(3), [CAUSE, 'here'])
              : `must be a severity, =, and ${IN_SLACK}, or a target such as ${TARGET_EXAMPLE}`,
          ),
        )
        .transform((entry) => ({ severity: entry.slice(0, 2) as Severity, target: entry.slice(3) })),
      'must be a list of severities with ids or targets',
    )
    .max(200, 'must be at most 200');

/** `P0=S0EXECS`: who is invited into the channel of an incident of that severity. */
export const InvitesBySeverity = () =>
  z
    .array(
      z
        .string('must be text')
        .regex(/^P[0-3]=[USW][A-Z0-9]{5,30}$/, `must be a severity, =, and ${IN_SLACK}, such as P0=S012ABC`)
        .transform((entry) => ({ severity: entry.slice(0, 2) as Severity, who: entry.slice(3) })),
      'must be a list of severities with ids',
    )
    .max(50, 'must be at most 50');

const CHANNEL = /^[CG][A-Z0-9]{5,40}=/;

/** `payments-team=U012ABC` */
export const NamedTargets = () =>
  z
    .array(
      z
        .string('must be text')
        .max(400, 'must have at most 400 characters')
        .superRefine(
          checked((entry) => {
            const equals = entry.lastIndexOf('=');
            if (!/^[^=\s][^=]*$/.test(entry.slice(0, Math.max(equals, 0))))
              return `must be the name of a team or a service, =, and ${IN_SLACK}, or a target such as ${TARGET_EXAMPLE}`;
            return targetProblem(entry.slice(equals + 1), []);
          }),
        ),
      'must be a list of names with ids or targets',
    )
    .max(500, 'must be at most 500');

function checked(problemOf: (text: string) => string) {
  return (text: string, context: z.RefinementCtx) => {
    const message = problemOf(text);
    if (message !== '') context.addIssue({ code: 'custom', message });
  };
}

/** '' for one that can be asked. A comma divides entries in a variable, and `=` names from targets. */
function targetProblem(target: string, words: readonly string[]): string {
  if (isSlackId(target) || words.includes(target)) return '';
  const outside = outsideTarget(target);
  const known = (systems as readonly System[]).flatMap(({ id, onCall }) => (onCall ? [{ id, ...onCall }] : []));
  const system = known.find(({ id }) => id === outside?.system);
  if (outside === undefined || system === undefined) {
    const form = `must be ${[IN_SLACK, ...words, `a target such as ${TARGET_EXAMPLE}`].join(', or ')}`;
    return outside === undefined
      ? form
      : `${form}. Who is on call is read from ${known.map(({ id }) => id).join(', ')}`;
  }
  return system.place.test(outside.place) ? '' : `must be a target such as ${system.examples.join(' or ')}`;
}

/** How people of systems outside are found in Slack, and how long the systems are waited for. */
export const OnCall = z.strictObject({
  people: z
    .array(
      z
        .string('must be text')
        .max(300, 'must have at most 300 characters')
        .regex(
          /^[^=\s][^=]*=[UW][A-Z0-9]{5,}$/,
          'must be an email address or a name, =, and the id of a person (U…) in Slack, such as kim@example.com=U012ABC',
        ),
      'must be a list of addresses with ids',
    )
    .max(2_000, 'must be at most 2000')
    .register(settingFacts, {
      env: 'SPANHOUND_ON_CALL_PEOPLE',
      means:
        'The ids in Slack of people on call whose address there is another one, such as `kim@example.com=U012ABC`. Without an entry, Spanhound asks Slack for the address. In the variable, separate them with commas.',
    })
    .prefault([...DEFAULTS.incidents.onCall.people]),
  waitSeconds: z
    .number('must be a number')
    .min(1, 'must be at least 1')
    .max(60, 'must be at most 60')
    .register(settingFacts, {
      env: 'SPANHOUND_ON_CALL_WAIT_SECONDS',
      means:
        'How long one call waits for the [systems that know who is on call](incidents.md#who-is-on-call). Then it goes on with the next of the list.',
    })
    .prefault(DEFAULTS.incidents.onCall.waitSeconds),
});
