/** What a comparison leaves for the pictures of a postmortem. */
import { expect, test } from 'vitest';
import type { ReportedRequest } from '#present/json/request-path.ts';
import type { PresentedComparison } from '#present/present-comparison.ts';
import { findInvestigation, finishInvestigation, openInvestigation } from '#record/investigations.ts';
import { steppedClock } from '#test/stepped-clock.ts';
import { opened, sqlitePlace } from '#test/temp-store.ts';
import { keepCompared } from '#workflows/postmortem/keep-compared.ts';

const ABOUT = { id: 'a', workspaceId: 'T1' };

function requestNamed(traceId: string): ReportedRequest {
  return {
    traceId,
    service: 'web',
    operation: 'GET /',
    startTime: '2026-01-06T14:00:00.000Z',
    durationUs: 1,
    path: [],
  };
}
const drawn = { healthy: requestNamed('one'), failing: requestNamed('other') };

async function keeping() {
  const store = await opened(sqlitePlace(), steppedClock(0));
  const found = { id: 'a', traceId: 't', report: { subject: { kind: 'alert' } }, markdown: '', logs: '' };
  await store.transaction(async (tx) => {
    await openInvestigation(tx, { ...ABOUT, traceId: 't', askedBy: 'U1', channelId: 'C1' });
    await finishInvestigation(tx, found);
  });
  return async (report: Readonly<{ drawn?: typeof drawn; relation?: string; result?: string }>) => {
    const { result, ...rest } = report;
    const compared = { relation: 'one-request', ...rest, ...(result !== undefined && { verification: { result } }) };
    await store.transaction((tx) => keepCompared(tx, ABOUT, compared as unknown as PresentedComparison['report']));
    return (await findInvestigation(store, ABOUT))?.report;
  };
}

test('a comparison leaves the healthy request, and a confirmed fix the request after it', async () => {
  const keep = await keeping();
  expect(await keep({ drawn })).toEqual({ subject: { kind: 'alert' }, healthyRequest: drawn.healthy });
  expect(await keep({ drawn, result: 'confirmed' })).toMatchObject({
    healthyRequest: drawn.healthy,
    fixedRequest: drawn.failing,
  });
  expect(await keep({ drawn, result: 'not-confirmed' })).not.toHaveProperty('fixedRequest');
});

test('two different requests, and one that nobody drew, leave nothing', async () => {
  const keep = await keeping();
  expect(await keep({ drawn, relation: 'different-requests' })).toEqual({ subject: { kind: 'alert' } });
  expect(await keep({})).toEqual({ subject: { kind: 'alert' } });
});
