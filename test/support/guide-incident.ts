/**
 * The incident that the guide tells, as people and systems put it into the record, each at its own instant:
 * a pool runs out of connections because a query scans a table, from the alert at 14:30 to the all-clear at 15:00.
 */
import type { NewId } from '#core/ids.ts';
import { uuidV7 } from '#core/ids.ts';
import type { TraceAnalysis } from '#model/finding/analysis.ts';
import type { Incident, Status } from '#model/incident/incident.ts';
import { reportOf } from '#present/json/report.ts';
import { addActionItem } from '#record/action-items.ts';
import { noteAlert } from '#record/alerts.ts';
import { noteCase } from '#record/evidence.ts';
import { assignRole, changeIncident, declareIncident } from '#record/incidents.ts';
import { finishInvestigation, openInvestigation } from '#record/investigations.ts';
import type { Store, Tx } from '#record/store.ts';
import { addEntry } from '#record/timeline.ts';
import { addDiagnosisEntry } from '#record/timeline-evidence.ts';
import { analysisOf, findingOf, spanAt } from '#test/analysis.ts';
import { type SteppedClock, steppedClock } from '#test/stepped-clock.ts';
import { opened, type Place, sqlitePlace } from '#test/temp-store.ts';
import { call, query, server, span, traceOf } from '#test/trace.ts';

export const TEAM = 'T000000001';
export const CHANNEL = 'C000000001';
export const ON_CALL = 'U0ONCALL1';
export const COMMANDER = 'U0COMMAND1';
const INVESTIGATION = 'guide-investigation';

const ALERTED = '2025-01-06T14:30:00Z';

/** The request that failed, and what was found in it. */
function poolAnalysis(): TraceAnalysis {
  const trace = traceOf(
    server('user-service', 'GET /users', { ms: 5200, failed: true }, [
      span('user-service', 'acquire connection', { at: 4, ms: 4620 }),
      query('user-service', 'SELECT * FROM users WHERE email = $1', { at: 4626, ms: 540 }),
      call('user-service', 'audit', 'POST /events', { at: 5170, ms: 20 }),
    ]),
  );
  return analysisOf(trace, {
    cause: {
      spans: [spanAt(trace, '0.0')],
      detector: 'pool-exhaustion',
      title: 'user-service waits 4.62 s for a database connection: 21 wanted, the pool has 20',
      explanation: 'Every connection of the pool was in use, so that the request waited before its query began.',
      remedy: 'Shorten the queries that hold the connections before you enlarge the pool.',
      check: 'The pool reports free connections in that minute.',
      evidence: [
        { kind: 'log', ref: '1736173860000000000', text: 'unable to acquire connection from pool: active 21, max 20' },
      ],
    },
    findings: [
      findingOf(trace, {
        spans: [spanAt(trace, '0.1')],
        title: 'user-service: one query holds a connection for 540 ms (users.email has no index)',
        explanation: 'The database reads the whole of users for each request.',
        remedy: 'Add an index on users.email.',
        evidence: [{ kind: 'log', ref: '1736173861000000000', text: 'Seq Scan on users' }],
      }),
    ],
    diagnosis: {
      chain: [{ finding: 0, because: 1 }],
      ruledOut: [{ kind: 'lock-contention', service: 'user-service', why: 'no wait for a lock was seen' }],
    },
    gaps: [{ source: 'prometheus', problem: 'is not configured', consequence: 'metric detectors did not run' }],
  });
}

export type GuideIncident = Readonly<{ store: Store; clock: SteppedClock; place: Place; incident: Incident }>;

export type GuideOptions = Readonly<{
  /** How far it is played. @default resolved */
  until?: 'declared' | 'resolved';
  actionItems?: boolean;
  alertLabels?: Readonly<Record<string, string>>;
  /** Where it is stored. @default a place of its own */
  place?: Place;
}>;

export async function guideIncident({
  until = 'resolved',
  actionItems = true,
  alertLabels = {},
  place = sqlitePlace(),
}: GuideOptions = {}): Promise<GuideIncident> {
  const clock = steppedClock(Date.parse(ALERTED) * 1_000);
  const newId: NewId = uuidV7(clock);
  const store = await opened(place, clock, newId);
  const at = async (time: string, work: (tx: Tx) => Promise<unknown>) => {
    await clock.tick(Date.parse(`2025-01-06T${time}Z`) - clock.nowUs() / 1_000);
    await store.transaction(work);
  };

  let alertId = '';
  await at('14:30:00', async (tx) => {
    ({ alertId } = await noteAlert(tx, {
      workspaceId: TEAM,
      channelId: CHANNEL,
      messageTs: '1736173800.000100',
      alert: {
        source: 'pagerduty',
        key: 'Q1',
        title: 'Error rate of user-service over 5 %',
        service: 'user-service',
        severity: 'high',
        state: 'triggered',
        atUs: Date.parse(ALERTED) * 1_000,
        saidUs: Date.parse(ALERTED) * 1_000,
        url: 'https://acme.pagerduty.example/incidents/Q1',
        traceId: '',
        labels: alertLabels,
      },
    }));
    await openInvestigation(tx, {
      id: INVESTIGATION,
      workspaceId: TEAM,
      traceId: '',
      askedBy: '',
      channelId: CHANNEL,
      alertId,
    });
  });
  await at('14:30:08', async (tx) => {
    const found = { traceId: 'drawn', report: reportOf(poolAnalysis()), markdown: '# Pool', logs: '' };
    await finishInvestigation(tx, { id: INVESTIGATION, ...found });
    await noteCase(tx, {
      investigationId: INVESTIGATION,
      folder: `cases/${INVESTIGATION}`,
      seal: 'ab'.repeat(32),
      files: 3,
      bytes: 9_120,
    });
  });
  let incident: Incident | undefined;
  await at('14:30:15', async (tx) => {
    incident = await declareIncident(tx, {
      id: 'guide-incident',
      workspaceId: TEAM,
      title: 'Users cannot sign in',
      severity: 'P1',
      channelId: CHANNEL,
      declaredBy: ON_CALL,
      detectedBy: 'alert',
      detection: 'Error rate of user-service over 5 % (pagerduty)',
      alertId,
      investigationId: INVESTIGATION,
    });
    await addDiagnosisEntry(tx, { incidentId: incident.id, investigationId: INVESTIGATION });
  });
  if (incident === undefined) throw new Error('the incident was not declared');
  const incidentId = incident.id;
  if (until === 'declared') return { store, clock, place, incident };

  await at('14:31:00', async (tx) => {
    await assignRole(tx, { incidentId, key: 'r1', role: 'commander', userId: COMMANDER, by: COMMANDER });
    await addEntry(tx, {
      incidentId,
      key: 'n1',
      atUs: tx.nowUs,
      kind: 'note',
      text: 'Investigation started: error logs say Connection refused',
      source: ON_CALL,
      link: 'https://acme.slack.example/p1',
    });
  });
  const status = (key: string, status: Status, text: string) => (tx: Tx) =>
    changeIncident(tx, { incidentId, key, by: ON_CALL, status, text });
  await at(
    '14:33:00',
    status('s1', 'identified', 'The connection pool is exhausted; queries on users.email take 500 ms'),
  );
  await at(
    '14:35:00',
    status('s2', 'mitigated', 'U0COMMAND1 scaled up the web instances; the error rate drops to 0.5 %'),
  );
  await at('14:40:00', status('s3', 'fixed', 'Index on users.email added, new version deployed'));
  await at('15:00:00', status('s4', 'resolved', 'Error rate 0 %, latency normal, no further alerts'));
  if (actionItems) {
    await at('15:04:00', async (tx) => {
      const item = { incidentId, createdBy: COMMANDER };
      await addActionItem(tx, {
        ...item,
        id: 'a1',
        text: 'Add an alert on query latency over 1 s for 5 min',
        owner: ON_CALL,
        due: '2025-01-13',
      });
      await addActionItem(tx, {
        ...item,
        id: 'a2',
        text: 'Run the load test in CI against a copy of users',
        owner: 'Platform team',
        due: '2025-02-10',
      });
    });
  }
  return { store, clock, place, incident };
}
