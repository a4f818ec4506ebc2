/** Which attributes columns depend on, and how: what the columns hold of a span follows from the values of these alone. */
import { MAYBE_STATEMENT, NO_ROLE, STATEMENT, VALUE } from '#decode/assembly/layout.ts';
import { comparedNames, namesOf } from '#model/trace/semconv.ts';
import { MARKING_NAMES } from '#model/trace/span-marks.ts';

/** By its name, whatever a sender calls it. */
export function attributeRole(name: string): number {
  return ROLES.get(name) ?? NO_ROLE;
}

/** The tag that the statement is read from is `STATEMENT`; one that is a statement only beside another tag is not sure to be. */
const ROLES: ReadonlyMap<string, number> = new Map([
  ...[
    'span.kind',
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
    ].flatMap(namesOf),
    ...MARKING_NAMES,
    ...comparedNames(),
  ].map((name): [string, number] => [name, VALUE]),
  ...namesOf('db.query.text')
    .filter((name) => name !== 'span.type')
    .map((name): [string, number] => [name, name === 'resource.name' ? MAYBE_STATEMENT : STATEMENT]),
]);
