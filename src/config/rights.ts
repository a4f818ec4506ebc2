/** Rights for user groups of Slack, as settings. */
import { z } from 'zod';
import { settingFacts } from '#config/setting.ts';
import { COMMANDER, COMMANDERS_MAY, RIGHT_MEANINGS, type Right } from '#model/incident/rights.ts';

/** Slack takes 20 questions a minute about the members of groups: enough for three of each of the six rights. */
const MOST_GROUPS = 3;

function Holders(right: Right) {
  const takesCommander = COMMANDERS_MAY.has(right);
  const words = takesCommander ? `, or ${COMMANDER}` : '';
  const only = takesCommander ? ` \`${COMMANDER}\` is the incident commander of that incident.` : '';
  return z
    .array(
      z
        .string('must be text')
        .refine(
          (name) => isGroup(name) || (takesCommander && name === COMMANDER),
          `must be the id of a user group (S…) or its handle with an @, such as @sre${words}`,
        ),
      'must be a list of user groups',
    )
    .max(MOST_GROUPS, `must be at most ${MOST_GROUPS}`)
    .register(settingFacts, {
      env: `SPANHOUND_RIGHTS_${right.toUpperCase()}`,
      means: `The user groups in Slack whose members alone may ${RIGHT_MEANINGS[right]}, such as \`S012ABC\` or \`@sre\` ([rights.md](rights.md)).${only} Default: ${DEFAULT_HOLDERS[right]}. In the variable, separate them with commas.`,
    })
    .prefault([]);
}

const READERS = 'everybody who may read the incident';

const DEFAULT_HOLDERS: Readonly<Record<Right, string>> = {
  declare: 'everybody who may read the channel',
  command: READERS,
  severity: READERS,
  close: READERS,
  publish: 'the communications lead or, without one, the incident commander',
  export: READERS,
};

/** Slack keeps handles short; letters of all languages are allowed. */
function isGroup(name: string): boolean {
  return /^(?:S[A-Z0-9]{5,20}|@[\p{L}\p{M}\p{N}._-]{1,80})$/u.test(name);
}

export const Rights = z.strictObject({
  declare: Holders('declare'),
  command: Holders('command'),
  severity: Holders('severity'),
  close: Holders('close'),
  publish: Holders('publish'),
  export: Holders('export'),
});
