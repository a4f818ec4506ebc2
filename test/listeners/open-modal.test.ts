import type { ModalView } from '@slack/types';
import { expect, test } from 'vitest';
import { errorRecord } from '#core/errors.ts';
import { type ModalClient, type OpenedBy, openModal } from '#listeners/views/open-modal.ts';

function asked(client: ModalClient, responseUrl?: string, ack: OpenedBy['ack'] = async () => undefined): OpenedBy {
  return { ack, client, body: { trigger_id: '1.2.3', response_url: responseUrl } };
}

const view: ModalView = { type: 'modal', title: { type: 'plain_text', text: 'x' }, blocks: [] };

async function advice(cause: unknown): Promise<string> {
  const views = { open: async () => Promise.reject(cause) };
  return await openModal(asked({ views }), view).then(
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

test.each([
  ['in a conversation, the request is acknowledged before Slack opens the form', 'https://hooks/1', ['ack', 'open']],
  ['in the Home tab, where an error has no other sign, after it', undefined, ['open', 'ack']],
])('%s', async (_, responseUrl, order) => {
  const did: string[] = [];
  const views = { open: async () => void did.push('open') };
  await openModal(
    asked({ views }, responseUrl, async () => void did.push('ack')),
    view,
  );
  expect(did).toEqual(order);
});
