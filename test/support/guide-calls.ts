/** How the examples of the guides are drawn: both ends of a call, and the numbers as the guide gives them. */
import { answer, dressed, type Scenario, type ScenarioLog } from '#test/scenarios.ts';
import { call, type SpanNode, type SpanOptions, server } from '#test/trace.ts';

export type Timed = Readonly<{ at: number; ms: number }>;

/** An example of the guides: its name, what is wrong in it, and the trace. */
export function guided(
  name: string,
  expected: NonNullable<Scenario['expected']>,
  roots: readonly SpanNode[],
  logs: readonly ScenarioLog[] = [],
): Scenario {
  return { name, title: name, what: '', roots: roots.map(dressed), logs, expected };
}

type Answered = Timed & Pick<SpanOptions, 'failed' | 'statusText' | 'events'> & { status?: number };

/** A call over HTTP as both sides record it; `at` and `ms` are the callee's, and so is what it says of a failure. */
export function called(
  caller: string,
  callee: string,
  operation: string,
  { status, ...answered }: Answered,
  children: readonly SpanNode[] = [],
): SpanNode {
  const { failed } = answered;
  const [method = 'GET', path = '/'] = operation.split(' ');
  const code = status ?? (failed ? 500 : 200);
  const outgoing = {
    'http.request.method': method,
    'http.response.status_code': code,
    'url.full': `http://${callee}:8080${path}`,
    'server.address': callee,
    'server.port': 8080,
    ...(failed ? { 'error.type': String(code) } : {}),
  };
  return call(caller, callee, operation, { ...around(answered), ...(failed ? { failed } : {}), attributes: outgoing }, [
    server(callee, operation, { ...answered, attributes: answer(method, path, code) }, children),
  ]);
}

/** A call that its caller gave up: it has no answer, and of the callee there is nothing. */
export function gaveUp(
  caller: string,
  callee: string,
  operation: string,
  given: Timed & Pick<SpanOptions, 'statusText' | 'events'>,
): SpanNode {
  const [method = 'GET', path = '/'] = operation.split(' ');
  const attributes = {
    'http.request.method': method,
    'url.full': `http://${callee}:8080${path}`,
    'server.address': callee,
    'server.port': 8080,
    'error.type': 'timeout',
  };
  return call(caller, callee, operation, { ...given, failed: true, attributes });
}

/** What an SDK records of an exception, as an event of the span. */
export function exception(at: number, message: string, type = 'Error'): NonNullable<SpanOptions['events']>[number] {
  return { at, name: 'exception', attributes: { 'exception.type': type, 'exception.message': message } };
}

/** Half a millisecond of network each way. */
function around({ at, ms }: Timed): Timed {
  return { at: at - 0.5, ms: ms + 1 };
}
