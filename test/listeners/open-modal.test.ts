import type { ModalView } from '@slack/types';
import { expect, test } from 'vitest';
import { errorRecord } from '#core/errors.ts';
import { openModal } from '#listeners/views/open-modal.ts';

async function advice(cause: unknown): Promise<string> {
  const views = { open: async () => Promise.reject(cause) };
  const view: ModalView = { type: 'modal', title: { type: 'plain_text', text: 'x' }, blocks: [] };
  return await openModal({ views }, '1.2.3', view).then(
    () => '',
    (error: unknown) => errorRecord(error).advice,
  );
}

const said = (error: string) => Object.assign(new Error('An API error occurred'), { data: { ok: false, error } });

test('a form that came too late is tried again; what else Slack says is passed on', async () => {
  expect(await advice(said('expired_trigger_id'))).toMatch(/took too long/);
  expect(await advice(new Error('socket hang up'))).toMatch(/took too long/);
  expect(await advice(said('token_revoked'))).toMatch(/did not open the form \(token_revoked\)/);
  expect(await advice(said('<!channel> <html>'))).toMatch(/took too long/);
});
