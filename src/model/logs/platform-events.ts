/**
 * What a platform writes about the instances of a service, where no label names the service.
 *
 *   {"source":"aws.ecs","detail":{"group":"service:quotes","stopCode":"TaskFailedToStart","stoppedReason":"CannotPull…"}}
 *   [ERROR] client.alloc_runner.task_runner: running driver failed: alloc_id=9c1… task=quotes error="Failed to pull …"
 */
import type { LogRole } from '#model/logs/log-names.ts';

type Parts = Readonly<Partial<Record<LogRole, string>>>;

/**
 * An event of Amazon ECS, as EventBridge writes it to a group of logs; undefined for anything else.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_task_events.html, …/ecs_service_events.html
 */
export function ecsEvent(object: object): Parts | undefined {
  if (memberOf(object, 'source') !== 'aws.ecs') return undefined;
  const detail = memberOf(object, 'detail');
  if (typeof detail !== 'object' || detail === null) return undefined;
  return textOf(detail, 'eventName') === '' ? taskEvent(detail) : serviceEvent(object, detail);
}

/** A task without an error stops for a deployment or for people. */
function taskEvent(detail: object): Parts | undefined {
  const service = textOf(detail, 'group').replace(/^(?:service|family):/, '');
  const reason = textOf(detail, 'stoppedReason');
  if (service === '' || reason === '') return undefined;
  const level = textOf(detail, 'stopCode') === 'TaskFailedToStart' ? 'error' : 'info';
  return { service, level, message: reason };
}

function serviceEvent(object: object, detail: object): Parts | undefined {
  const resources = memberOf(object, 'resources');
  const [arn] = Array.isArray(resources) ? resources : [];
  const service = typeof arn === 'string' ? (arn.split('/').at(-1) ?? '') : '';
  if (service === '') return undefined;
  const said = [textOf(detail, 'eventName'), textOf(detail, 'reason')].filter((text) => text !== '').join(': ');
  return { service, level: textOf(detail, 'eventType').toLowerCase(), message: said };
}

function memberOf(object: object, name: string): unknown {
  return Reflect.get(object, name);
}

function textOf(object: object, name: string): string {
  const value = memberOf(object, name);
  return typeof value === 'string' ? value : '';
}

/**
 * Nomad's agent, and the messages of ECS about a service.
 * https://developer.hashicorp.com/nomad/docs/configuration#log_level, https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-event-messages-list.html
 */
const NAMED_IN_TEXT =
  /\bclient\.(?:alloc_runner|driver_mgr)\b.{0,300} task=([\w.-]{1,120})|^\(service ([\w-]{1,255})\) /;

/** The service that a line of the platform names; empty for other lines. */
export function serviceOfPlatform(line: string): string {
  if (!line.includes(' task=') && !line.startsWith('(service ')) return '';
  const [, task, service] = NAMED_IN_TEXT.exec(line) ?? [];
  return task ?? service ?? '';
}
