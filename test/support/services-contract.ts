/** What the record keeps about services, on each database. */
import { beforeEach, describe, expect, test } from 'vitest';
import { verifyAudit } from '#record/audit.ts';
import {
  factsRead,
  keepFacts,
  keptFacts,
  noteServicesSeen,
  rememberService,
  serviceAnswers,
  servicesSeen,
} from '#record/services.ts';
import type { Store } from '#record/store.ts';
import { type SteppedClock, steppedClock } from '#test/stepped-clock.ts';
import { opened, type Place } from '#test/temp-store.ts';

const ANSWER = {
  workspaceId: 'T1',
  channelId: 'C1',
  about: 'name',
  said: 'SRE-OTR-FTL',
  service: 'payments-api',
  saidBy: 'U1',
  investigationId: 'i-1',
} as const;

export function testServices(name: string, place: () => Place): void {
  describe(`services on ${name}`, () => {
    let store: Store;
    let clock: SteppedClock;
    beforeEach(async () => {
      clock = steppedClock();
      store = await opened(place(), clock);
    });
    const remember = (more: Partial<Parameters<typeof rememberService>[1]> = {}) =>
      store.transaction((tx) => rememberService(tx, { ...ANSWER, ...more }));

    test('the last answer about a name in a channel counts, with an audit row for each', async () => {
      await remember();
      await clock.tick(1_000);
      await remember({ service: 'payments', saidBy: 'U2' });
      expect(await serviceAnswers(store, 'T1')).toMatchObject([
        { said: 'SRE-OTR-FTL', service: 'payments', saidBy: 'U2' },
      ]);
      const rows = await store.db.selectFrom('audit').select(['actor', 'action', 'subject']).orderBy('seq').execute();
      expect(rows).toEqual([
        { actor: 'U1', action: 'service.named', subject: 'i-1' },
        { actor: 'U2', action: 'service.named', subject: 'i-1' },
      ]);
      expect(await verifyAudit(store)).toMatchObject({ ok: true });
    });

    test('each channel has its own answer, the newest first, and no workspace sees those of another', async () => {
      await remember();
      await clock.tick(1_000);
      await remember({ channelId: 'C2', service: 'checkout' });
      await remember({ workspaceId: 'T2', service: 'other' });
      expect((await serviceAnswers(store, 'T1')).map(({ service }) => service)).toEqual(['checkout', 'payments-api']);
      expect(await serviceAnswers(store)).toHaveLength(3);
    });

    test('the facts of a source replace those from before, with what could not be read', async () => {
      const fact = { service: 'a', kind: 'owner', value: 'sre', origin: 'backstage', place: 'x.yaml' } as const;
      const keep = (facts: readonly (typeof fact)[], warnings: readonly string[]) =>
        store.transaction((tx) => keepFacts(tx, { source: 'service-files', facts, warnings }));
      await keep([fact, fact], []);
      await clock.tick(1_000);
      await keep([fact], ['y.yaml cannot be read']);
      const [kept, ...others] = await keptFacts(store);
      expect(others).toEqual([]);
      expect(kept).toMatchObject({ facts: [fact], warnings: ['y.yaml cannot be read'] });
      expect((await factsRead(store)).get('service-files')).toBe(kept?.readUs);
    });

    test('a name in traces is one, however often it is seen, and an old one is left out', async () => {
      const note = (names: readonly string[]) => store.transaction((tx) => noteServicesSeen(tx, 'T1', names));
      await note(['b', 'a', 'a', '']);
      await clock.tick(60_000);
      const laterUs = clock.nowUs();
      await note(['b']);
      await note([]);
      expect((await servicesSeen(store, 0, ['T1'])).map(({ service }) => service)).toEqual(['a', 'b']);
      expect((await servicesSeen(store, laterUs)).map(({ service }) => service)).toEqual(['b']);
      expect(await servicesSeen(store, 0, ['T2'])).toEqual([]);
    });
  });
}
