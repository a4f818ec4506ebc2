import { defineSystem } from '#adapters/system.ts';
import { settings } from './settings.ts';

export const alertmanager = defineSystem({
  id: 'alertmanager',
  title: 'Alertmanager',
  settings,
});
