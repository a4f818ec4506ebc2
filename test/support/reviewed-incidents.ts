/** Incidents with a diagnosis, its answers and an end, as people and systems put them into the record. */
import type { ReportedDiagnosis } from '#model/incident/postmortem.ts';
import { recordFeedback } from '#record/feedback.ts';
import { changeIncident, declareIncident, type NewIncident } from '#record/incidents.ts';
import { finishInvestigation, openInvestigation } from '#record/investigations.ts';
import type { Store } from '#record/store.ts';
import { LOGINS_TIME_OUT } from '#test/declared-incident.ts';

const MINUTE_US = 60_000_000;

export type ReviewedCase = Readonly<{
  id: string;
  incident?: Partial<NewIncident>;
  diagnosis?: Partial<Pick<ReportedDiagnosis, 'status' | 'kind' | 'service'>>;
  /** By person, oldest first. */
  answers?: readonly (readonly [userId: string, right: boolean])[];
  /** What people write when it is fixed; without it, the incident stays open. */
  fixed?: string;
  /** From the start of the impact to the declaration; without it, nobody knows the start. */
  gapMinutes?: number;
}>;

/** Now, at the clock of the store. */
export async function recordCase(
  store: Store,
  { id, incident = {}, diagnosis = {}, answers = [], fixed, gapMinutes }: ReviewedCase,
): Promise<void> {
  const { workspaceId, channelId } = { ...LOGINS_TIME_OUT, ...incident };
  const investigationId = `${id}-diagnosis`;
  await store.transaction(async (tx) => {
    const asked = { id: investigationId, workspaceId, traceId: id, askedBy: 'U1', channelId };
    await openInvestigation(tx, asked);
    const verdict = 'The pool of users has no free connection';
    const found = { status: 'confirmed', kind: 'pool-exhaustion', service: 'users', verdict, ...diagnosis };
    const report = { subject: { service: 'gateway' }, diagnosis: found, methods: { hypotheses: [] } };
    await finishInvestigation(tx, { ...asked, report, markdown: '', logs: '' });
    const impactStartUs = gapMinutes === undefined ? undefined : tx.nowUs - gapMinutes * MINUTE_US;
    await declareIncident(tx, { ...LOGINS_TIME_OUT, id, investigationId, impactStartUs, ...incident });
    for (const [userId, right] of answers) await recordFeedback(tx, { investigationId, workspaceId, userId, right });
    if (fixed === undefined) return;
    const change = { incidentId: id, by: 'U1', atUs: tx.nowUs };
    await changeIncident(tx, { ...change, key: 'fixed', status: 'fixed', text: fixed });
    await changeIncident(tx, { ...change, key: 'resolved', status: 'resolved' });
  });
}
