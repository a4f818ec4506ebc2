import { defineSystem } from '#adapters/system.ts';
import { settings } from './settings.ts';

export const pagerDuty = defineSystem({
  id: 'pagerduty',
  title: 'PagerDuty',
  settings,
});
