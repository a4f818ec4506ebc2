/** Against `openssl ts`, which makes and signs real timestamps. */
import { afterAll, describe, expect, test } from 'vitest';
import { timeStampServer } from '#adapters/timestamps/client.ts';
import { checkedToken } from '#adapters/timestamps/token.ts';
import { newPrivateKey, signerOf } from '#core/signature.ts';
import { audit } from '#record/audit.ts';
import { later } from '#test/later.ts';
import { steppedClock } from '#test/stepped-clock.ts';
import { opened, sqlitePlace } from '#test/temp-store.ts';
import { openTimeStampServer } from '#test/timestamp-server.ts';
import { checkAudit, isProved } from '#workflows/audit/check-audit.ts';
import { auditSigner } from '#workflows/audit/sign-audit.ts';
import { auditStamper } from '#workflows/audit/stamp-audit.ts';

const DAY_MS = 24 * 3_600_000;
const TEXT = 'a'.repeat(64);

const server = await openTimeStampServer();
afterAll(() => server?.close());

describe.skipIf(server === undefined)('timestamps', { meta: { needs: 'openssl' } }, () => {
  const { url = new URL('http://localhost'), authority = '', stranger = '' } = server ?? {};
  const stamp = (text = TEXT) => timeStampServer(url)(text, later());

  test('prove a text at a time, with the certificate of the authority and without any', async () => {
    const token = await stamp();
    for (const authorities of [authority, '']) {
      const checked = await checkedToken(token, TEXT, authorities);
      expect(checked).toMatchObject({ by: 'Test clock', problem: '' });
      expect(Math.abs(checked.atUs / 1_000 - Date.now())).toBeLessThan(60_000);
    }
  });

  test('prove nothing of another text, of another authority, or of a changed token', async () => {
    const token = await stamp();
    expect((await checkedToken(token, 'b'.repeat(64), authority)).problem).not.toBe('');
    expect((await checkedToken(token, TEXT, stranger)).problem).not.toBe('');
    expect((await checkedToken(token, TEXT, 'no certificate')).problem).not.toBe('');
    const bytes = Buffer.from(token, 'base64');
    bytes[bytes.length - 5] = (bytes[bytes.length - 5] ?? 0) ^ 1;
    expect((await checkedToken(bytes.toString('base64'), TEXT, authority)).problem).not.toBe('');
    expect((await checkedToken('', TEXT, authority)).problem).not.toBe('');
  });

  test('of a server that fails, or is none, name the setting', async () => {
    server?.answerNext(503);
    await expect(stamp()).rejects.toMatchObject({ code: 'SH_BACKEND' });
    server?.answerNext('<html>');
    await expect(stamp()).rejects.toMatchObject({ advice: expect.stringContaining('TIMESTAMP_URL') });
    server?.answerNext('x'.repeat(200_000));
    await expect(stamp()).rejects.toMatchObject({ code: 'SH_BACKEND' });
    const away = timeStampServer(new URL('http://127.0.0.1:1/'));
    await expect(away(TEXT, later())).rejects.toMatchObject({ code: 'SH_UNREACHABLE' });
  });

  test('come once a day, and audit verify checks them', async () => {
    const clock = steppedClock();
    const store = await opened(sqlitePlace(), clock);
    const note = () =>
      store.transaction((tx) =>
        audit(tx, { workspaceId: 'T1', actor: 'U1', action: 'incident.held', subject: 'INC-1', detail: {} }),
      );
    const signer = signerOf(newPrivateKey());
    const sign = auditSigner(store, () => signer);
    let asked = 0;
    const stampOnce = auditStamper(store, async (text, signal) => {
      asked += 1;
      return await timeStampServer(url)(text, signal);
    });
    const run = async () => {
      await note();
      await sign();
      await stampOnce(later());
    };
    await run();
    await run();
    expect(asked).toBe(1);
    await clock.tick(DAY_MS + 1);
    await run();
    expect(asked).toBe(2);

    const check = () => checkAudit(store, { checkStamp: (token, text) => checkedToken(token, text, authority) });
    const state = await check();
    expect(state.stamps).toMatchObject({ ok: true, stamps: 2, newest: { seq: 3, by: 'Test clock' } });
    expect(isProved(state)).toBe(true);
    await store.db.updateTable('audit_stamps').set({ hash: TEXT }).where('seq', '=', 3).execute();
    expect((await check()).stamps).toMatchObject({ ok: false, stamps: 1 });
    await store.db.updateTable('audit').set({ hash: TEXT }).where('seq', '=', 3).execute();
    const forged = await check();
    expect(forged.stamps).toMatchObject({ ok: false, problem: expect.stringContaining('is not valid') });
    expect(isProved(forged)).toBe(false);
  });
});
