/**
 * A request of the REST API, and its answer. The web server has found the operation, checked the token and read the body.
 * The same call gives the same bytes.
 */
import { PROBLEM_TYPE, type Problem, type ProblemStatus, problem, problemOf } from '#api/problem.ts';
import { queryArguments } from '#api/routes.ts';
import { whyAborted } from '#core/deadline.ts';
import { SpanhoundError } from '#core/errors.ts';
import type { Caller, Desk } from '#operations/desk.ts';
import { hasFewValues } from '#operations/few-values.ts';
import type { Operation } from '#operations/operation.ts';

export type ApiReply = Readonly<{ status: number; type: string; body: string }>;

export type ApiCall = Readonly<{
  operation: Operation;
  inPath: Readonly<Record<string, string>>;
  query: URLSearchParams;
  /** Present if the route is a POST. */
  body?: Uint8Array | undefined;
  caller: Caller;
}>;

export type CallOptions = Readonly<{
  desk: Desk;
  /** Hears of a bug in this program. */
  onBug(error: unknown): void;
}>;

export async function answerCall(call: ApiCall, { desk, onBug }: CallOptions): Promise<ApiReply> {
  const { operation, caller } = call;
  const given = argumentsOf(call);
  if ('problem' in given) return replyOf(given.problem);
  try {
    const page = await inTime(caller.signal, desk.call(operation, given.arguments, caller));
    const body = JSON.stringify({ text: page.text, ...page.structured });
    return { status: 200, type: 'application/json', body: `${body}\n` };
  } catch (error) {
    if (caller.signal.aborted) return replyOf(lateProblem(caller.signal));
    if (!(error instanceof SpanhoundError)) onBug(error);
    return replyOf(problemOf(operation, error));
  }
}

export function replyOf(said: Problem): ApiReply {
  return { status: said.status, type: PROBLEM_TYPE, body: `${JSON.stringify(said)}\n` };
}

type Given = Readonly<{ arguments: Readonly<Record<string, unknown>> } | { problem: Problem }>;

function argumentsOf({ operation, inPath, query, body }: ApiCall): Given {
  if (operation.route.method === 'GET') {
    const inQuery = queryArguments(operation, query);
    const twice = Object.keys(inPath).find((name) => Object.hasOwn(inQuery, name));
    if (twice === undefined) return { arguments: { ...inQuery, ...inPath } };
    return wrong(`${twice} is in the path and in the query.`, 'Give it in the path alone.', twice);
  }
  if (query.size > 0) return wrong('This route takes no query.', 'Give all arguments in the body.');
  const asked = objectIn(body ?? new Uint8Array());
  if (asked === undefined)
    return wrong(
      'The body is not a JSON object in UTF-8, or has too many members.',
      'Send such as {"service":"checkout"}.',
    );
  return { arguments: asked };
}

function wrong(detail: string, advice: string, where = ''): Given {
  const errors = [{ pointer: where === '' ? '#' : `#/${where}`, detail }];
  return { problem: problem(400, { code: 'wrong-arguments', detail, advice, errors }) };
}

function objectIn(body: Uint8Array): Readonly<Record<string, unknown>> | undefined {
  if (!hasFewValues(body)) return undefined;
  try {
    const asked: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
    return typeof asked === 'object' && asked !== null && !Array.isArray(asked) ? { ...asked } : undefined;
  } catch {
    return undefined;
  }
}

/** The work hears of the signal; what does not listen is not waited for. */
async function inTime<Result>(signal: AbortSignal, work: Promise<Result>): Promise<Result> {
  return await new Promise((resolve, reject) => {
    const late = () => reject(signal.reason);
    signal.addEventListener('abort', late, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', late));
  });
}

function lateProblem(signal: AbortSignal): Problem {
  return problem(504, {
    code: 'too-long',
    detail: `The answer was not ready in time: ${whyAborted(signal)}.`,
    advice: 'Ask for less, such as a shorter time window. The operator can raise api.deadlineSeconds.',
  });
}

/** For what the web server refuses before a call. */
export function refusal(status: ProblemStatus, code: string, detail: string, advice: string): ApiReply {
  return replyOf(problem(status, { code, detail, advice }));
}
