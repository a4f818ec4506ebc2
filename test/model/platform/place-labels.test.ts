import { describe, expect, test } from 'vitest';
import { logBody } from '#decode/log-body.ts';
import { measured } from '#model/metrics/measured.ts';
import { placeInLabels } from '#model/platform/place-labels.ts';

const TASK = 'k5x0v3c8q1w7e2r9t4y6u0i3o';

function servicesOf(rows: readonly (readonly [object, string])[]): readonly string[] {
  const body = logBody('auto', 'loki');
  const text = rows.map(([labels, line], at) => JSON.stringify({ ts: `17640000000000000${10 + at}`, labels, line }));
  body.push(new TextEncoder().encode(text.join('\n')));
  return body.end().map(({ service }) => service);
}

describe('a platform’s labels', () => {
  test.each([
    ['the service of a stack', { swarm_stack: 'quay', swarm_service: 'quay_tugs' }, 'tugs'],
    ['a stack with a line in its name', { swarm_stack: 'quay_2', swarm_service: 'quay_2_tugs' }, 'tugs'],
    ['a service without a stack', { swarm_service: 'tugs' }, 'tugs'],
    ['a task', { container_name: `quay_tugs.3.${TASK}` }, 'tugs'],
    ['a task of a service on each node', { container_name: `/quay_tugs.${TASK}.${TASK}` }, 'tugs'],
    ['a container that is no task', { container_name: 'quay_tugs.3' }, ''],
    ['a unit', { job: 'journal', unit: 'pilots.service' }, 'pilots'],
    ['an instance of a unit', { unit: 'pilots@blue.service' }, 'pilots'],
    ['a scope', { unit: 'init.scope' }, ''],
    ['a container below Docker’s unit', { unit: 'docker.service', container_name: `quay_tugs.1.${TASK}` }, 'tugs'],
    ['a container that is no task below Docker’s unit', { unit: 'docker.service', container_name: 'tugs' }, ''],
  ])('name %s', (_, labels, service) => {
    expect(placeInLabels(labels as Readonly<Record<string, string>>)).toBe(service);
  });

  test('come before the job that collects the journal', () => {
    const lines = [
      [{ job: 'journal', unit: 'pilots@blue.service' }, 'no berth'],
      [{ job: 'journal', unit: 'init.scope' }, "systemd[1]: pilots@blue.service: Failed with result 'exit-code'."],
      [{ job: 'journal', unit: 'init.scope' }, 'systemd[1]: Reached target Timers.'],
    ] as const;
    expect(servicesOf(lines)).toEqual(['pilots', 'pilots', 'journal']);
  });

  test('come before the exporter that measures a task', () => {
    const labels = { job: 'cadvisor', swarm_stack: 'quay', swarm_service: 'quay_tugs', instance: '10.0.0.4:8080' };
    const series = {
      name: 'container_memory_working_set_bytes',
      labels,
      atUs: new Float64Array([60e6, 120e6]),
      values: new Float64Array([1, 2]),
    };
    expect(measured([series]).map(({ service }) => service)).toEqual(['tugs']);
  });
});

describe('an app of Heroku', () => {
  const OWN = [{ app: 'quay-tugs', dyno: 'web.1' }, '{"level":"info","message":"up","service":"tugs"}'] as const;
  const OTHER = [{ app: 'quay-pilots', dyno: 'router' }, 'at=error code=H12 desc="Request timeout"'] as const;

  test('has the name behind the prefix that another program shows', () => {
    expect(servicesOf([OTHER, OWN])).toEqual(['pilots', 'tugs']);
  });

  test('keeps its name where no program shows a prefix', () => {
    expect(servicesOf([OTHER])).toEqual(['quay-pilots']);
  });

  test('keeps its name where two programs show other prefixes', () => {
    const another = [
      { app: 'dock-cranes', dyno: 'web.2' },
      '{"level":"info","message":"up","service":"cranes"}',
    ] as const;
    expect(servicesOf([OTHER, OWN, another])[0]).toBe('quay-pilots');
  });

  test('keeps its name outside Heroku', () => {
    const pod = [{ app: 'quay-pilots', pod: 'quay-pilots-0' }, 'no berth'] as const;
    expect(servicesOf([OWN, pod])[1]).toBe('quay-pilots');
  });
});
