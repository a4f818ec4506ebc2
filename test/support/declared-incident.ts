import type { NewIncident } from '#record/incidents.ts';

/** For tests to which it does not matter what the incident is about. */
export const LOGINS_TIME_OUT: NewIncident = {
  id: 'in-1',
  workspaceId: 'T1',
  title: 'Logins time out',
  severity: 'P1',
  channelId: 'C1',
  declaredBy: 'U1',
  detectedBy: 'employee',
  detection: 'U1',
};
