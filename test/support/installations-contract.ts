/** What every database has to give the installations: run by each adapter's test. */
import { describe, expect, test } from 'vitest';
import {
  allInstallations,
  findInstallation,
  forgetRemoved,
  removeInstallation,
  saveInstallation,
  sealAnew,
} from '#record/installations.ts';
import { post } from '#record/outbox.ts';
import { holdUntil } from '#record/pace.ts';
import { queueNumbers } from '#record/queues.ts';
import { workspaceKey } from '#record/workspace-key.ts';
import { steppedClock } from '#test/stepped-clock.ts';
import { opened, type Place } from '#test/temp-store.ts';

const FIRST = {
  workspaceId: 'T1',
  name: 'Acme',
  sealed: 'v1.a.b.c',
  scopes: ['commands', 'chat:write'],
  installedBy: 'U1',
};

export function testInstallations(name: string, newPlace: () => Place): void {
  describe(`${name} with installations`, () => {
    test('finds one, and no other', async () => {
      const store = await opened(newPlace(), steppedClock());
      await store.transaction((tx) => saveInstallation(tx, FIRST));
      expect(await findInstallation(store, 'T1')).toMatchObject({ ...FIRST, removedUs: undefined, reason: '' });
      expect(await findInstallation(store, 'T2')).toBeUndefined();
    });

    test('removes one once, and forgets its token', async () => {
      const store = await opened(newPlace(), steppedClock());
      await store.transaction((tx) => saveInstallation(tx, FIRST));
      const installedUs = (await findInstallation(store, 'T1'))?.installedUs ?? 0;
      const remove = (more = {}) => {
        const removal = { workspaceId: 'T1', reason: 'app_uninstalled', installedUs, by: 'slack', ...more };
        return store.transaction((tx) => removeInstallation(tx, removal));
      };
      // Somebody installed it again in between.
      expect(await remove({ installedUs: installedUs - 1 })).toBe(false);
      expect(await remove()).toBe(true);
      expect(await remove()).toBe(false);
      const found = await findInstallation(store, 'T1');
      expect(found).toMatchObject({ sealed: '', reason: 'app_uninstalled' });
      expect(found?.removedUs).toBeGreaterThan(0);
      const actions = await store.db.selectFrom('audit').select(['action', 'actor', 'workspace_id']).execute();
      expect(actions).toEqual([
        { action: 'installation.saved', actor: 'U1', workspace_id: 'T1' },
        { action: 'installation.removed', actor: 'slack', workspace_id: 'T1' },
      ]);
    });

    test('revives one: what waited for its token is due, and nothing of another workspace', async () => {
      const store = await opened(newPlace(), steppedClock());
      await store.transaction(async (tx) => {
        for (const workspaceId of ['T1', 'T2']) {
          await holdUntil(tx, workspaceKey(workspaceId), tx.nowUs + 300e6);
          await post(tx, { messageId: workspaceId, workspaceId, channelId: 'C1', message: { text: 'x' } });
        }
        await tx.db
          .updateTable('outbox')
          .set({ due_us: tx.nowUs + 300e6 })
          .execute();
      });
      await store.transaction((tx) => saveInstallation(tx, FIRST));
      const nowUs = await store.nowUs();
      const due = await store.db.selectFrom('outbox').select('workspace_id').where('due_us', '<=', nowUs).execute();
      expect(due).toEqual([{ workspace_id: 'T1' }]);
      const held = await store.db.selectFrom('paces').select('key').where('held_until_us', '>', nowUs).execute();
      expect(held).toEqual([{ key: workspaceKey('T2') }]);
    });

    test('forgets a removed one of a workspace with a token of its own: its messages are watched again', async () => {
      const store = await opened(newPlace(), steppedClock());
      await store.transaction(async (tx) => {
        await saveInstallation(tx, FIRST);
        await saveInstallation(tx, { ...FIRST, workspaceId: 'T2' });
        await post(tx, { messageId: 'm', workspaceId: 'T1', channelId: 'C1', message: { text: 'x' } });
      });
      const forget = (workspaceId: string) => store.transaction((tx) => forgetRemoved(tx, workspaceId));
      const waiting = async () => {
        const { queues } = await queueNumbers(store, await store.nowUs());
        return queues.find(({ name: queue }) => queue === 'outbox')?.waiting;
      };
      expect(await forget('T1')).toBe(false);
      const installedUs = (await findInstallation(store, 'T1'))?.installedUs ?? 0;
      const removal = { workspaceId: 'T1', reason: 'app_uninstalled', installedUs, by: 'slack' };
      await store.transaction((tx) => removeInstallation(tx, removal));
      expect(await waiting()).toBe(0);
      expect(await forget('T1')).toBe(true);
      expect(await forget('T1')).toBe(false);
      expect(await waiting()).toBe(1);
      expect((await allInstallations(store)).map(({ workspaceId }) => workspaceId)).toEqual(['T2']);
    });

    test('changes the key only of what was read', async () => {
      const store = await opened(newPlace(), steppedClock());
      await store.transaction((tx) => saveInstallation(tx, FIRST));
      const change = (before: string, after: string) =>
        store.transaction((tx) => sealAnew(tx, { workspaceId: 'T1', before, after }));
      expect(await change('v1.other', 'v1.new')).toBe(false);
      expect(await change(FIRST.sealed, 'v1.new')).toBe(true);
      expect((await allInstallations(store)).map(({ sealed }) => sealed)).toEqual(['v1.new']);
    });
  });
}
