import { defineSystem } from '#adapters/system.ts';
import { entriesOf, settings } from './settings.ts';

export const ical = defineSystem({
  id: 'ical',
  title: 'iCal calendars',
  docs: 'incidents.md',
  checked: 'documented',
  settings,
  onCall: {
    set: 'ICAL_CALENDARS',
    place: /^[^\s=,:]{1,100}$/,
    examples: ['ical:payments'],
    async open({ ical: { calendars = '', zone } }) {
      const entries = entriesOf(calendars);
      if (entries.length === 0) return undefined;
      const { icalOnCall } = await import('./on-call.ts');
      return icalOnCall({ calendars: entries, zone });
    },
  },
});
