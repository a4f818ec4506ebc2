import { expect, test } from 'vitest';
import { wasMendedLater } from '#detect/signs/attempts/later-attempts.ts';
import type { Attributes } from '#model/trace/columns.ts';
import { call, span, traceOf } from '#test/trace.ts';

/** A task that ran twice, the second time with this result. */
const twice = (of: (attempt: number) => Attributes, failsAgain = false) =>
  wasMendedLater(
    traceOf(
      span('airflow', 'dag_run.rates', { ms: 9000 }, [
        span('airflow', 'task_run.load', { ms: 100, failed: true, attributes: of(1) }, [
          call('airflow', 'rates', 'GET', { ms: 50, failed: true }),
        ]),
        span('airflow', 'task_run.load', { at: 5000, ms: 100, failed: failsAgain, attributes: of(2) }),
      ]),
    ),
    2,
  );

test('a later run of a task mends it, where both record their attempt', () => {
  expect(twice((at) => ({ 'airflow.task_instance.try_number': at }))).toBe(true);
  expect(twice((at) => ({ 'temporal.attempt': at }))).toBe(true);
});

test('while another element of a loop, or a run that fails as well, mends nothing', () => {
  expect(twice(() => ({}))).toBe(false);
  expect(twice(() => ({ 'task.attempt': 1 }))).toBe(false);
  expect(twice((at) => ({ 'task.attempt': at }), true)).toBe(false);
});

/** A task that sends itself again after a failure, and its last run. */
const sentAgain = (name: string, failsAgain: boolean) =>
  wasMendedLater(
    traceOf(
      span('mailer', 'run mail.send', { ms: 40, kind: 'consumer' }, [
        call('mailer', 'smtp', 'SEND', { ms: 30, failed: true }),
        span('mailer', 'apply_async mail.send', { at: 32, ms: 2, kind: 'producer' }, [
          span('mailer', name, { at: 30_000, ms: 40, kind: 'consumer', failed: failsAgain }),
        ]),
      ]),
    ),
    1,
  );

test('a task that was sent again by its own run is mended by the last run, another task is not', () => {
  expect(sentAgain('run mail.send', false)).toBe(true);
  expect(sentAgain('run mail.send', true)).toBe(false);
  expect(sentAgain('run mail.bounce', false)).toBe(false);
});

test('a later delivery mends it, where each delivery is a root', () => {
  const delivered = (operation: string, failsAgain = false) =>
    wasMendedLater(
      traceOf(
        span('mailer', 'process mails', { ms: 40, kind: 'consumer' }, [
          call('mailer', 'smtp', 'SEND', { ms: 30, failed: true }),
        ]),
        span('mailer', operation, { at: 30_000, ms: 40, kind: 'consumer', failed: failsAgain }),
      ),
      1,
    );
  expect(delivered('process mails')).toBe(true);
  expect(delivered('process mails', true)).toBe(false);
  expect(delivered('process bills')).toBe(false);
});
