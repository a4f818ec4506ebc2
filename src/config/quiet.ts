/** The rules that say which alerts are answered: by channel, sender, service, severity and time. */
import { z } from 'zod';
import { says, ZoneName } from '#config/fields.ts';
import { settingFacts } from '#config/setting.ts';

/** In the order of `Date.getUTCDay`. */
const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] as const;
const MINUTES_OF_AN_HOUR = 60;

const List = (mistake: string) =>
  z
    .array(z.string(says('must be text')).min(1, 'must not be empty').max(200), mistake)
    .max(200)
    .prefault([]);

const Channels = () =>
  z
    .array(
      z
        .string(says('must be text'))
        .regex(/^[CG][A-Z0-9]{5,}$/, 'must be the id of a channel (C…), as the channel’s details in Slack show it'),
      'must be a list of channel ids',
    )
    .max(200)
    .prefault([]);

const Services = () =>
  z
    .array(
      z
        .string(says('must be text'))
        .regex(/^\*?[^*]{1,200}\*?$/, 'must be a name, with * only at its beginning or end'),
      'must be a list of services',
    )
    .max(200)
    .prefault([]);

const Instant = () =>
  z.iso
    .datetime({ offset: true, ...says('must be a time with its zone, such as 2026-01-06T14:00:00+01:00') })
    .transform((text) => Date.parse(text) * 1_000);

const Clock = () =>
  z
    .string(says('must be a time of the day in quotes, such as "02:00"'))
    .regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, 'must be a time of the day in quotes, such as "02:00"')
    .transform((text) => Number(text.slice(0, 2)) * MINUTES_OF_AN_HOUR + Number(text.slice(3)));

const Weekly = z.strictObject({
  days: z
    .array(z.enum(DAYS, `must be one of ${DAYS.join(', ')}`), 'must be a list of days')
    .min(1, 'must name a day')
    .transform((names) => names.map((name) => DAYS.indexOf(name))),
  from: Clock(),
  to: Clock(),
  zone: ZoneName().optional(),
});

const Rule = z
  .strictObject({
    name: z.string(says('must be text')).min(1, 'must not be empty').max(100).optional(),
    channels: Channels(),
    senders: List('must be a list of senders'),
    services: Services(),
    severities: List('must be a list of severities'),
    from: Instant().optional(),
    to: Instant().optional(),
    weekly: Weekly.optional(),
    answer: z.enum(['full', 'line', 'none'], 'must be full, line or none').prefault('none'),
  })
  .refine(({ from, to }) => from === undefined || to === undefined || from < to, 'must end after it begins')
  .refine(
    ({ weekly, from, to }) => weekly === undefined || (from === undefined && to === undefined),
    'must have either from and to, or weekly',
  );

export const Quiet = z.strictObject({
  rules: z
    .array(Rule, 'must be a list of rules')
    .max(200)
    .register(settingFacts, {
      env: 'SPANHOUND_QUIET_RULES',
      means:
        'Which alerts are answered, by channel, sender, service, severity and time, and maintenance windows: see [alerts.md](alerts.md#quiet-by-choice). The first rule that fits counts. Default: every alert is answered. Only in the file.',
    })
    .prefault([]),
});
