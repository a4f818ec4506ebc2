/** Events of ECS, in the form of its documentation: what is trouble, and what people and deployments do. */
import { describe, expect, test } from 'vitest';
import { readCloudWatchWebhook } from '#adapters/cloudwatch/webhook.ts';

const NOW_US = 1_767_709_800_000_000;
const CLUSTER = 'arn:aws:ecs:eu-west-1:111122223333:cluster/shop';

function subjectOf(body: unknown) {
  const read = readCloudWatchWebhook(body, NOW_US);
  return read.kind === 'delivery' ? read.delivery.subject : read;
}

function task(detail: object) {
  const stopped = { clusterArn: CLUSTER, group: 'service:menu-api', lastStatus: 'STOPPED', desiredStatus: 'STOPPED' };
  return {
    version: '0',
    id: 'e-1',
    'detail-type': 'ECS Task State Change',
    source: 'aws.ecs',
    time: '2026-01-06T10:00:00Z',
    region: 'eu-west-1',
    resources: [`${CLUSTER}/t-1`],
    detail: { ...stopped, stoppedAt: '2026-01-06T09:59:58Z', ...detail },
  };
}

describe('a task of ECS', () => {
  test('whose container exited is trouble of its service', () => {
    const body = task({
      stopCode: 'EssentialContainerExited',
      stoppedReason: 'Essential container in task exited',
      containers: [
        { name: 'proxy', exitCode: 0 },
        { name: 'menu', exitCode: 137, reason: 'OutOfMemoryError: Container killed due to memory usage' },
      ],
    });
    expect(subjectOf(body)).toMatchObject({
      service: 'menu-api',
      state: 'triggered',
      key: `${CLUSTER}/service:menu-api/EssentialContainerExited`,
      title: expect.stringContaining('menu exited with 137; OutOfMemoryError'),
      atUs: Date.UTC(2026, 0, 6, 9, 59, 58) * 1_000,
      labels: { cluster: 'shop', container: 'menu' },
    });
  });

  test.each([
    [{ stopCode: 'TaskFailedToStart', stoppedReason: 'CannotPullContainerError: no such image' }],
    [{ stopCode: 'ServiceSchedulerInitiated', stoppedReason: 'Task failed ELB health checks in (target-group x)' }],
    [{ stopCode: 'ServiceSchedulerInitiated', stoppedReason: 'Task failed container health checks' }],
  ])('is trouble: %j', (detail) => {
    expect(subjectOf(task(detail))).toMatchObject({
      service: 'menu-api',
      title: expect.stringContaining(detail.stoppedReason),
    });
  });

  test.each([
    [{ lastStatus: 'RUNNING' }],
    [{ stopCode: 'UserInitiated', stoppedReason: 'Task stopped by user' }],
    [{ stopCode: 'ServiceSchedulerInitiated', stoppedReason: 'Scaling activity initiated by (deployment ecs-svc/1)' }],
    [{ stopCode: 'EssentialContainerExited', group: 'family:nightly', containers: [{ name: 'job', exitCode: 0 }] }],
    [{ stopCode: 'SpotInterruption', stoppedReason: 'Your Spot Task was interrupted.' }],
  ])('is none: %j', (detail) => {
    expect(subjectOf(task(detail))).toMatchObject({ kind: 'other' });
  });
});

describe('an event of a service of ECS', () => {
  const event = (type: string, eventType: string, eventName: string) => ({
    'detail-type': type,
    source: 'aws.ecs',
    time: '2026-01-06T10:00:00Z',
    region: 'eu-west-1',
    resources: ['arn:aws:ecs:eu-west-1:111122223333:service/shop/menu-api'],
    detail: { eventType, eventName, clusterArn: CLUSTER },
  });

  test.each([
    ['ECS Service Action', 'WARN', 'SERVICE_TASK_START_IMPAIRED'],
    ['ECS Service Action', 'ERROR', 'SERVICE_TASK_PLACEMENT_FAILURE'],
    ['ECS Deployment State Change', 'ERROR', 'SERVICE_DEPLOYMENT_FAILED'],
  ])('%s with %s is trouble: %s', (type, eventType, eventName) => {
    expect(subjectOf(event(type, eventType, eventName))).toMatchObject({
      service: 'menu-api',
      state: 'triggered',
      title: `${eventName}: menu-api`,
    });
  });

  test('of the type INFO is none', () => {
    expect(subjectOf(event('ECS Service Action', 'INFO', 'SERVICE_STEADY_STATE'))).toMatchObject({ kind: 'other' });
  });
});
