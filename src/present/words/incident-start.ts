/** The start of an incident in words, before its time: in the overview, the lists and the command line. */
import type { StartBasis } from '#model/incident/incident.ts';

export const START_WORDS: Readonly<Record<StartBasis, string>> = {
  impact: 'Began',
  detection: 'Detected',
  alert: 'First alert',
  declaration: 'Declared',
};
