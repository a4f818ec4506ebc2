/** Lines of a platform that name the service themselves: no label does. */
import { describe, expect, test } from 'vitest';
import { logText } from '#model/logs/log-text.ts';

const partsOf = (line: string) => logText(line).parts;
const ofEcs = (type: string, rest: object) =>
  JSON.stringify({ 'detail-type': type, source: 'aws.ecs', time: '2026-01-06T10:00:00Z', ...rest });

describe('events of ECS', () => {
  test('a task whose image is missing fails its service', () => {
    const stoppedReason = 'CannotPullContainerError: pull image manifest: shop/menu:7.1: not found';
    const detail = { group: 'service:menu-api', lastStatus: 'STOPPED', stopCode: 'TaskFailedToStart', stoppedReason };
    const line = ofEcs('ECS Task State Change', { detail });
    expect(partsOf(line)).toMatchObject({ service: 'menu-api', level: 'error' });
    expect(logText(line).message).toBe(stoppedReason);
  });

  test('a task that a deployment stops is no error', () => {
    const detail = {
      group: 'service:menu-api',
      stopCode: 'ServiceSchedulerInitiated',
      stoppedReason: 'Scaling activity',
    };
    expect(partsOf(ofEcs('ECS Task State Change', { detail }))).toMatchObject({ service: 'menu-api', level: 'info' });
  });

  test('a deployment that failed names its service', () => {
    const resources = ['arn:aws:ecs:eu-west-1:111122223333:service/shop/menu-api'];
    const detail = { eventType: 'ERROR', eventName: 'SERVICE_DEPLOYMENT_FAILED', reason: 'tasks failed to start.' };
    const line = ofEcs('ECS Deployment State Change', { resources, detail });
    expect(partsOf(line)).toMatchObject({ service: 'menu-api', level: 'error' });
    expect(logText(line).message).toBe('SERVICE_DEPLOYMENT_FAILED: tasks failed to start.');
  });

  test('an event of another source keeps its fields', () => {
    expect(partsOf('{"source":"aws.rds","detail":{"group":"service:menu-api","stoppedReason":"x"}}')).toEqual({});
  });
});

describe('text', () => {
  test.each([
    [
      'menu',
      '2026-01-06T10:00:00.000Z [ERROR] client.alloc_runner.task_runner: running driver failed: alloc_id=9c1 task=menu error="Failed to pull `shop/menu:7.1`"',
    ],
    ['menu-api', '(service menu-api) was unable to place a task because no container instance met its requirements.'],
    [undefined, 'worker finished task=menu in 12 ms'],
  ])('the service is %s', (service, line) => {
    expect(partsOf(line).service).toBe(service);
  });
});
