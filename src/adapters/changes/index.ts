import { defineSystem } from '#adapters/system.ts';
import { settings } from './settings.ts';

export const changes = defineSystem({
  id: 'changes',
  title: 'Posted changes',
  settings,
});
