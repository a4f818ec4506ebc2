/** A draft of many entries reads each of them a few times, and not once for each other one. */
import { expect, test } from 'vitest';
import type { Incident, TimelineEntry } from '#model/incident/incident.ts';
import { ruledOut } from '#model/incident/noted/ruled-out.ts';
import {
  actions,
  contributingFactors,
  couldImprove,
  difficulties,
  links,
  openQuestions,
  responders,
  trigger,
  wentWell,
  whyItHappened,
  whyNotCaught,
} from '#model/incident/postmortem-analysis.ts';
import {
  detection,
  impact,
  leadUp,
  messaging,
  resolution,
  timeline,
  whatHappened,
} from '#model/incident/postmortem-events.ts';
import { type Facts, factsOf } from '#model/incident/postmortem-facts.ts';
import { summary, times } from '#model/incident/postmortem-summary.ts';

const SECTIONS: readonly ((facts: Facts) => unknown)[] = [
  ...[summary, times, impact, whatHappened, leadUp, detection, resolution, messaging, timeline, whyItHappened, trigger],
  ...[contributingFactors, ruledOut, whyNotCaught, wentWell, couldImprove, difficulties, actions, responders, links],
  openQuestions,
];
const START = Date.UTC(2026, 2, 3, 9) * 1_000;
const KINDS = ['note', 'update', 'change', 'message'] as const;

const INCIDENT: Incident = {
  ...{ id: 'i', number: 8, workspaceId: 'T1', channelId: 'C1', title: 'Search is slow', severity: 'P1' },
  ...{ status: 'resolved', roles: {}, detectedBy: 'alert', detection: '', declaredBy: 'U0A00000', declaredUs: START },
} as unknown as Incident;

/** Each of another author, at another time, and every fifth with a word of fault. */
function entriesOf(count: number): TimelineEntry[] {
  return Array.from({ length: count }, (_, at) => ({
    id: `e${at}`,
    atUs: START + at * 1_000_000,
    notedUs: START + at * 1_000_000,
    kind: KINDS[at % KINDS.length] ?? 'note',
    text: at % 5 === 0 ? `somebody forgot shard ${at}` : `shard ${at} was moved`,
    source: `U0A${String(at).padStart(5, '0')}`,
    link: '',
    value: '',
  }));
}

/** How often a field of an entry is read for all sections. */
function readsFor(count: number): number {
  let reads = 0;
  const watched = <One extends object>(one: One): One =>
    new Proxy(one, {
      get(target, key) {
        reads += 1;
        return Reflect.get(target, key);
      },
    });
  const nothing = { actionItems: [], diagnoses: [], similar: [], others: 0, names: new Map() };
  const facts = factsOf({ incident: INCIDENT, entries: entriesOf(count).map(watched), ...nothing });
  const entries = facts.entries.map(watched);
  for (const section of SECTIONS) section({ ...facts, entries });
  return reads;
}

test('twice as many entries are read about twice as often, up to 500', () => {
  const [few, many] = [readsFor(250), readsFor(500)];
  expect(few).toBeGreaterThan(250);
  expect(many / few).toBeLessThan(2.5);
});
