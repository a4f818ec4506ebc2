/** Calendars whose events say who is on call. */
import { z } from 'zod';
import { says, ZoneName } from '#config/fields.ts';
import { settingFacts } from '#config/setting.ts';

/** `payments=https://calendar.example.com/secret/basic.ics` */
const ENTRY = /^[^\s=,:]{1,100}=(?:https?:\/\/\S{1,2000}|\/\S{1,1000})$/;

export const settings = {
  ical: {
    calendars: z
      .string(says('must be text'))
      .refine(
        (text) => entriesOf(text).every((entry) => ENTRY.test(entry)),
        'must be names with addresses or files, such as payments=https://calendar.example.com/rota.ics, separated by spaces or line breaks',
      )
      .register(settingFacts, {
        env: 'ICAL_CALENDARS',
        secret: true,
        means:
          'Calendars whose events say [who is on call](incidents.md#a-calendar), as `payments=https://…` or `payments=/path/rota.ics`, separated by spaces or line breaks. A secret, because whoever knows the address of a calendar can read it.',
      })
      .optional(),
    zone: ZoneName()
      .register(settingFacts, {
        env: 'ICAL_ZONE',
        means: 'The time zone of whole days, and of times without one, in these calendars.',
      })
      .prefault('UTC'),
  },
};

export function entriesOf(text: string): readonly string[] {
  return text.split(/\s+/).filter((entry) => entry !== '');
}
