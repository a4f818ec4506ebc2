/** The mitigations that people may ask the team's own automation for, and the secret that signs these requests. */
import { z } from 'zod';
import { Address, SigningSecrets, says } from '#config/fields.ts';
import { settingFacts } from '#config/setting.ts';

const SEVERITIES = ['P0', 'P1', 'P2', 'P3'] as const;
const KINDS = ['rollback', 'scale', 'restart', 'flag-off', 'other'] as const;
const KNOWN = ['service', 'version', 'incident'];
/** The request must fit into a message that people can read. */
const COMMAND_CHARS = 500;
const WHAT_CHARS = 300;

/** On one line, and as it looks: a direction mark would show another command. */
const Line = (most: number) =>
  z
    .string(says('must be text'))
    .min(1, 'must not be empty')
    .max(most, `must have at most ${most} characters`)
    .regex(/^\P{C}*$/u, 'must be one line without control characters');

const Action = z
  .strictObject({
    name: z
      .string(says('must be text'))
      .regex(/^[A-Za-z0-9][A-Za-z0-9 ._-]{0,39}$/, 'must be a name of at most 40 letters, digits, spaces and . _ -'),
    kind: z.enum(KINDS, `must be one of ${KINDS.join(', ')}`),
    what: Line(WHAT_CHARS),
    command: Line(COMMAND_CHARS).superRefine((command, context) => {
      const unknown = [...command.matchAll(/\{([a-z_]+)\}/gi)].find(([, name = '']) => !KNOWN.includes(name));
      if (unknown === undefined) return;
      const known = KNOWN.map((name) => `{${name}}`).join(', ');
      context.addIssue({ code: 'custom', message: `has ${unknown[0]}; the placeholders are ${known}` });
    }),
    url: Address().refine(
      ({ username, password, search, hash }) => `${username}${password}${search}${hash}` === '',
      'must have no user, password, ? or #: they may hold a secret, and the signature proves who asks',
    ),
    services: z
      .array(
        z
          .string(says('must be text'))
          .regex(/^\*?[^*]{1,200}\*?$/, 'must be a name, with * only at its beginning or end'),
        'must be a list of services',
      )
      .max(200, 'must be at most 200')
      .prefault([]),
    severities: z
      .array(z.enum(SEVERITIES, 'must be P0, P1, P2 or P3'), 'must be a list of severities')
      .min(1, 'must name a severity')
      .prefault([...SEVERITIES]),
    allowed: z
      .array(
        z
          .string(says('must be text'))
          .regex(/^[UW][A-Z0-9]{5,}$/, 'must be the id of a person (U…) in Slack, as their profile shows it'),
        'must be a list of ids',
      )
      .max(200, 'must be at most 200')
      .prefault([]),
  })
  .refine(
    ({ allowed, severities }) =>
      allowed.length === 0 || new Set(allowed).size > 1 || severities.every((one) => one === 'P2' || one === 'P3'),
    'must allow at least two people: at P0 and P1 a second one approves',
  );

export const settings = {
  mitigations: {
    actions: z
      .array(Action, 'must be a list of actions')
      .max(50, 'must be at most 50')
      .refine((all) => new Set(all.map(({ name }) => name)).size === all.length, 'must have each name once')
      .register(settingFacts, {
        env: 'SPANHOUND_MITIGATIONS',
        means:
          'The [mitigations](mitigations.md) that people may ask your automation for, each with its name, kind, command and address, and who may. Default: none. Only in the file.',
      })
      .prefault([]),
    secret: SigningSecrets()
      .register(settingFacts, {
        env: 'MITIGATION_WEBHOOK_SECRET',
        secret: true,
        means:
          'The secret that signs these requests, as Standard Webhooks describes it. Required with an action. Two with a space between them both sign, while you change it.',
      })
      .optional(),
    private: z
      .boolean(says('must be true or false'))
      .register(settingFacts, {
        env: 'MITIGATION_PRIVATE',
        means: 'Whether mitigations of incidents in private or shared channels may be requested, too.',
      })
      .prefault(false),
  },
};
