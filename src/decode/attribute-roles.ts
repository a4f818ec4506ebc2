/** Which attributes the columns depend on, and how: only the values of these determine a span's columns. */
import { MAYBE_STATEMENT, NO_ROLE, STATEMENT, VALUE } from '#decode/assembly/layout.ts';
import { OUTCOME_NAMES } from '#model/trace/recorded-outcome.ts';
import { comparedNames, namesOf } from '#model/trace/semconv.ts';
import { MARKING_NAMES } from '#model/trace/span-marks.ts';

/** By its name, in any sender's form. */
export function attributeRole(name: string): number {
  return ROLES.get(name) ?? NO_ROLE;
}

/**
 * The tag that holds the statement is `STATEMENT`; a tag that is a statement only together with another tag may be
 * none.
 */
const ROLES: ReadonlyMap<string, number> = new Map([
  ...[
    'span.kind',
    'component',
    'error',
    'otel.status_code',
    'otel.scope.name',
    'otel.library.name',
    ...[
      'error',
      'http.response.status_code',
      'rpc.status_code',
      'server.service.name',
      'db.system.name',
      'messaging.system.name',
      'server.address',
      'network.peer.address',
      'envoy.upstream_cluster',
      'envoy.upstream_host',
    ].flatMap(namesOf),
    ...OUTCOME_NAMES,
    ...MARKING_NAMES,
    ...comparedNames(),
  ].map((name): [string, number] => [name, VALUE]),
  ...namesOf('db.query.text')
    .filter((name) => name !== 'span.type')
    .map((name): [string, number] => [name, name === 'resource.name' ? MAYBE_STATEMENT : STATEMENT]),
]);
