import { defineSystem } from '#adapters/system.ts';
import { settings } from './settings.ts';

export const launchDarkly = defineSystem({
  id: 'launchdarkly',
  title: 'LaunchDarkly',
  settings,
});
