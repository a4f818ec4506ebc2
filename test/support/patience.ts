/** The product's own waits in tests. */
import type { CallPaces } from '#record/outbox-runner.ts';

/** A slow machine answers late, and never otherwise. Nobody waits for the message of an alert that no test posts. */
export const PATIENCE = {
  SPANHOUND_GATHER_DEADLINE_SECONDS: '100',
  SPANHOUND_GATHER_SOURCE_TIMEOUT_SECONDS: '90',
  SPANHOUND_ANALYSIS_DEADLINE_SECONDS: '100',
  SPANHOUND_FIRST_VERDICT_SECONDS: '100',
  SPANHOUND_PICTURE_SECONDS: '60',
  SPANHOUND_SLACK_ANSWER_SECONDS: '60',
  SPANHOUND_STOP_SECONDS: '100',
  SPANHOUND_ON_CALL_WAIT_SECONDS: '60',
  SPANHOUND_PLAYGROUND_WAIT_SECONDS: '60',
  SPANHOUND_WAIT_FOR_MESSAGE_SECONDS: '0.2',
};

/** Slack of the tests waits as long as the bot needs. */
export const ACKNOWLEDGE_WITHIN_MS = 100_000;

/** Slack of the tests takes calls at any pace. A test of the pace itself moves its own clock. */
const QUICK = { everyUs: 20_000, burst: 10 };
export const CALL_PACES: CallPaces = { post: QUICK, update: QUICK, attach: QUICK, pin: QUICK };
