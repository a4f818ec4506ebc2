/** Rotas in the configuration: who takes turns, for teams without a system that knows who is on call. */
import { z } from 'zod';
import { says, ZoneName } from '#config/fields.ts';
import { settingFacts } from '#config/setting.ts';

const MOST_PEOPLE = 100;
const MOST_OVERRIDES = 500;
/** Two weeks a turn, and then some. */
const MOST_HOURS = 24 * 92;

const Who = () =>
  z
    .string(says('must be an email address, a name, or the id of a person (U…) in Slack'))
    .regex(/^[^\s=,][^=,]{0,199}$/, 'must be an email address, a name, or the id of a person (U…) in Slack');

/** The reading of a clock in the zone of the rota. */
const ClockTime = () =>
  z
    .string(says('must be a time in the zone of the rota, such as 2026-01-05T09:00'))
    .regex(
      /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])T(?:[01]\d|2[0-3]):[0-5]\d$/,
      'must be a time in the zone of the rota, such as 2026-01-05T09:00',
    );

const Rota = z.strictObject({
  name: z.string(says('must be text')).regex(/^[^\s=,:][^=,:]{0,99}$/, 'must be a name without =, a comma or a colon'),
  zone: ZoneName().prefault('UTC'),
  from: ClockTime(),
  shiftHours: z
    .number(says('must be a number'))
    .int('must be a whole number')
    .min(1, 'must be at least 1')
    .max(MOST_HOURS, `must be at most ${MOST_HOURS}`)
    .prefault(168),
  people: z
    .array(Who(), 'must be a list of people')
    .min(1, 'must name somebody')
    .max(MOST_PEOPLE, `must be at most ${MOST_PEOPLE}`),
  overrides: z
    .array(
      z
        .strictObject({ who: Who(), from: ClockTime(), to: ClockTime() })
        .refine(({ from, to }) => from < to, 'must end after it begins'),
      'must be a list of overrides',
    )
    .max(MOST_OVERRIDES, `must be at most ${MOST_OVERRIDES}`)
    .prefault([]),
});

export type Rota = z.output<typeof Rota>;

export const settings = {
  rota: {
    rotas: z
      .array(Rota, 'must be a list of rotas')
      .max(200, 'must be at most 200')
      .refine((all) => new Set(all.map(({ name }) => name)).size === all.length, 'must have each name once')
      .register(settingFacts, {
        env: 'SPANHOUND_ROTAS',
        means:
          'Who takes turns [on call](incidents.md#a-rota-in-the-configuration), for teams without a system that knows it. Only in the file.',
      })
      .prefault([]),
  },
};
