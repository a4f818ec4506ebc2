/** What becomes of a question whose analysis was ended. */
import { beforeEach, expect, test } from 'vitest';
import { AnalysisEndedError } from '#core/errors.ts';
import { silentLog } from '#core/log.ts';
import { findInvestigation, openInvestigation } from '#record/investigations.ts';
import type { Job } from '#record/jobs.ts';
import { post } from '#record/outbox.ts';
import type { Store } from '#record/store.ts';
import { steppedClock } from '#test/stepped-clock.ts';
import { opened, sqlitePlace } from '#test/temp-store.ts';
import { answerTrace } from '#workflows/traces/answer-trace.ts';

const ASKED = { id: 'i-1', workspaceId: 'T1', channelId: 'C1' };
const signal = new AbortController().signal;

let store: Store;

beforeEach(async () => {
  store = await opened(sqlitePlace(), steppedClock());
  await store.transaction(async (tx) => {
    await openInvestigation(tx, { ...ASKED, traceId: 'a1', askedBy: 'U1' });
    const { id: messageId, ...place } = ASKED;
    await post(tx, { messageId, ...place, message: { text: 'Looking into a1' } });
  });
});

function answered(error: AnalysisEndedError, more: Partial<Job> = {}): Promise<void> {
  const answer = answerTrace({
    store,
    log: silentLog,
    keepCase: undefined,
    kick: () => undefined,
    permalink: async () => '',
    mayShowIn: async () => true,
    mayAct: async () => true,
    // biome-ignore lint/correctness/useYield: it fails before its first stage.
    async *diagnose() {
      throw error;
    },
  });
  const payload = { investigationId: ASKED.id, reference: { kind: 'trace', id: 'a1' } };
  const job = {
    id: 'j-1',
    kind: 'answer-trace',
    workspaceId: 'T1',
    key: 'i-1',
    payload,
    attempt: 1,
    lastAttempt: false,
  };
  return answer({ ...job, ...more }, signal);
}

const stateOf = async () => await findInvestigation(store, ASKED);

test('one that another analysis interrupted is retried without a message', async () => {
  const error = new AnalysisEndedError('interrupted', 'the thread is gone');
  await expect(answered(error)).rejects.toBe(error);
  expect((await stateOf())?.state).toBe('open');
});

test('the person reads it after the last attempt', async () => {
  await answered(new AnalysisEndedError('interrupted', 'the thread is gone'), { lastAttempt: true });
  expect(await stateOf()).toMatchObject({ state: 'failed', error: { code: 'SH_ANALYSIS_INTERRUPTED' } });
});

test('one that took too long is not retried: the person reads what to do', async () => {
  await answered(new AnalysisEndedError('too-long', 'a step took longer than 60 s'));
  expect(await stateOf()).toMatchObject({
    state: 'failed',
    error: {
      code: 'SH_ANALYSIS_TOO_LONG',
      message: 'the analysis stopped: a step took longer than 60 s',
      advice: expect.stringContaining('analysis.deadlineSeconds'),
    },
  });
});
