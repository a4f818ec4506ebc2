/**
 * “Do now” is the first sentence of a remedy. For every detector, and every cause that one distinguishes, it names an
 * object of the evidence: a service, a table, a limit, a host.
 */
import { describe, expect, test } from 'vitest';
import { detectors } from '#detect/registry.ts';
import { DEAD_SERVICE_WORDS } from '#detect/signs/cluster/dead-service-words.ts';
import { CRASH_CAUSES } from '#detect/signs/containers/crash-causes.ts';
import { OOM_WORDS } from '#detect/signs/containers/oom-words.ts';
import { PULL_FAILURE_WORDS } from '#detect/signs/containers/pull-failure-words.ts';
import { RESOURCE_WORDS } from '#detect/signs/failures/failure-advice.ts';
import { AUTOSCALER_CAUSES } from '#detect/signs/scheduling/autoscaler-causes.ts';
import { NODE_CAUSES } from '#detect/signs/scheduling/node-causes.ts';
import { PENDING_CAUSES } from '#detect/signs/scheduling/pending-causes.ts';
import { CORRUPTION_WORDS } from '#detect/signs/values/corruption-words.ts';
import type { Facts } from '#model/finding/finding.ts';
import { firstSentence } from '#present/words/sentences.ts';

const LINE = 120;

/** Their first action is about the trace itself or about the control plane. */
const NAMES_NOTHING: ReadonlySet<string> = new Set(['broken-trace', 'scheduler-silent']);

/** A fact that chooses the words, and its values. */
const CHOICES: Readonly<Record<string, readonly [fact: string, values: readonly (string | boolean)[]]>> = {
  'autoscaler-stuck': ['cause', Object.keys(AUTOSCALER_CAUSES)],
  'crash-loop': ['cause', Object.keys(CRASH_CAUSES)],
  'node-trouble': ['cause', Object.keys(NODE_CAUSES)],
  'service-without-endpoints': ['cause', Object.keys(DEAD_SERVICE_WORDS)],
  'oom-killed': ['cause', Object.keys(OOM_WORDS)],
  'pod-pending': ['cause', Object.keys(PENDING_CAUSES)],
  'image-pull': ['failure', Object.keys(PULL_FAILURE_WORDS)],
  'data-corruption': ['kind', [...Object.keys(CORRUPTION_WORDS), 'null']],
  'resource-exhausted': ['resource', Object.keys(RESOURCE_WORDS)],
  'resource-saturation': ['resource', ['CPU', 'memory', 'disk', 'open files', 'threads', 'connections', 'I/O wait']],
  'suspect-change': ['kind', ['deploy', 'commit', 'config', 'scale', 'flag', 'migration']],
  'not-ready': ['because', ['it asks port «1», but the container declares port «2»', '']],
  'slow-query': ['system', ['', 'mongodb', 'redis', 'cassandra', 'memcached', 'elasticsearch', 'aws.dynamodb']],
  'n-plus-one-queries': ['same', [true, false]],
  'n-plus-one-calls': ['same', [true, false]],
  'sequential-calls': ['loop', [true, false]],
  'partial-outage': [
    'attribute',
    [
      'cloud.region',
      'user_agent.original',
      'service.version',
      'host.name',
      'flag «new»',
      'tenant.id',
      'size',
      'http.route',
      'colour',
    ],
  ],
  'pool-exhaustion': ['pool', ['database', 'calls', 'threads']],
  'error-origin': ['refused', [true, false]],
  'lock-contention': ['holder', ['', '«holder»']],
};

/** Facts that count or measure. */
const NUMBERS = /Us$|Ms$|^(?:calls|attempts|share|level|requests|queries|elements|below|above|ranUs)$/;
/** What the evidence may leave out, by detector and of all. */
const OPTIONAL: Readonly<Record<string, readonly string[]>> = {
  'brute-force': ['entered'],
  'certificate-expired': ['secret', 'name'],
  'crash-loop': ['named', 'revision'],
  'image-pull': ['previous'],
  'not-ready': ['container'],
  'oom-killed': ['limit'],
  'pod-pending': ['asks', 'most'],
  'pool-exhaustion': ['holder', 'holderIndex', 'holderReason', 'inUse'],
  'slow-query': ['missing', 'framework', 'reason'],
  'sql-injection': ['from'],
};
const OFTEN_ABSENT = new Set(['message', 'words', 'said', 'body', 'told', 'framework', 'store', 'over', 'reason']);

/** Every fact is its own name in marks; `isAbsent` facts are empty. */
function factsOf(chosen: readonly [string, string | boolean] | undefined, isAbsent: (fact: string) => boolean): Facts {
  return new Proxy({} as Record<string, string | number | boolean>, {
    get: (_, fact) => {
      const name = String(fact);
      if (name === chosen?.[0]) return chosen[1];
      if (name === 'ranUs' || name === 'races') return -1;
      if (NUMBERS.test(name)) return 1_234_567;
      return isAbsent(name) ? '' : `«${name}»`;
    },
    has: () => true,
  });
}

const cases = detectors
  .filter(({ id }) => !NAMES_NOTHING.has(id))
  .flatMap((detector) => {
    const [fact, values] = CHOICES[detector.id] ?? ['', ['']];
    return values.map((value) => [`${detector.id} ${value}`.trim(), detector, fact, value] as const);
  });

describe.each([
  ['the evidence names everything', false],
  ['the evidence leaves out what it may', true],
])('where %s', (_, isBare) => {
  test.each(cases)('%s', (_name, { id, say }, fact, value) => {
    const isAbsent = (name: string) => isBare && (OFTEN_ABSENT.has(name) || (OPTIONAL[id] ?? []).includes(name));
    const { remedy } = say(factsOf(fact === '' ? undefined : [fact, value], isAbsent));
    const action = firstSentence(remedy, LINE);
    expect(action).toMatch(/«/);
    expect(action).not.toMatch(/undefined| {2}| [,.:]|\(\)/);
  });
});
