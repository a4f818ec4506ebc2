/** Errors of the REST API as problem details (RFC 9457): what was wrong, where, and what to do. */
import { z } from 'zod';
import { inRoutes } from '#api/routes.ts';
import { NOTICE } from '#operations/answer.ts';
import { WrongArgumentsError } from '#operations/desk.ts';
import { failureOf } from '#operations/failure.ts';
import type { Operation } from '#operations/operation.ts';
import { quoted } from '#present/documents/quoted-lines.ts';

export const ProblemSchema = z.strictObject({
  type: z.string().describe('Names the kind of the problem, and never changes its meaning.'),
  title: z.string(),
  status: z.int(),
  detail: z.string().describe('What was wrong. Begins with > if it quotes a system outside.'),
  advice: z.string().describe('What to do.'),
  errors: z
    .array(
      z.strictObject({
        pointer: z.string().describe('Where: a JSON pointer into the arguments.'),
        detail: z.string(),
      }),
    )
    .optional()
    .describe('Each mistake in the arguments.'),
  notice: z.string().optional().describe('How to read quoted texts.'),
});

export type Problem = Readonly<z.output<typeof ProblemSchema>>;

export const PROBLEM_TYPE = 'application/problem+json';

/** Each status of an error, and its title. */
export const TITLES = {
  400: 'Wrong arguments',
  401: 'No valid token',
  403: 'Not permitted',
  404: 'Not found',
  405: 'Wrong method',
  408: 'Too slow',
  409: 'Another answer',
  411: 'No length',
  413: 'Too large',
  415: 'Wrong content type',
  422: 'Cannot be examined',
  429: 'Too many requests',
  500: 'Failed',
  502: 'A system outside failed',
  503: 'Busy',
  504: 'Took too long',
} as const;

export type ProblemStatus = keyof typeof TITLES;

type Said = Readonly<{ code: string; detail: string; advice: string }> & Partial<Pick<Problem, 'errors' | 'notice'>>;

/** `code`: as in the type, such as `incident-not-found`. */
export function problem(status: ProblemStatus, { code, detail, advice, ...more }: Said): Problem {
  return { type: `urn:spanhound:problem:${code}`, title: TITLES[status], status, detail, advice, ...more };
}

/** Those that are missing are failures of the installation: 500. */
const STATUS_OF: Readonly<Record<string, ProblemStatus>> = {
  // The arguments have the right form, and mean nothing.
  SH_USAGE: 422,
  SH_UNREADABLE: 422,
  SH_TOO_LARGE: 422,
  SH_TOO_MANY_LINES: 422,
  SH_NO_TRACES: 404,
  SH_TRACE_NOT_FOUND: 404,
  SH_UNKNOWN_SERVICE: 404,
  SH_INCIDENT_NOT_FOUND: 404,
  SH_CASE_NOT_FOUND: 404,
  SH_CHANGED_ANSWER: 409,
  SH_BACKEND: 502,
  SH_UNREACHABLE: 502,
  SH_NOT_A_BACKEND: 502,
  SH_NO_SOURCE_ANSWERED: 502,
  SH_OVER_BUDGET: 503,
  SH_BUSY: 503,
  SH_SLACK_SILENT: 503,
  SH_STORE_LOCKED: 503,
  SH_STORE_UNAVAILABLE: 503,
  SH_ANALYSIS_INTERRUPTED: 503,
  SH_WORKER: 503,
  SH_ANALYSIS_TOO_LONG: 504,
};

/** What an operation threw. */
export function problemOf(operation: Operation, error: unknown): Problem {
  const { code, what, advice: advised, isQuoted } = failureOf(operation, error);
  const advice = inRoutes(advised);
  const name = code.replace(/^SH_/, '').toLowerCase().replaceAll('_', '-');
  if (error instanceof WrongArgumentsError) {
    const errors = error.mistakes.map((mistake) => ({
      pointer: mistake.where === '' ? '#' : `#/${mistake.where.replaceAll('.', '/')}`,
      detail: mistake.what,
    }));
    return problem(400, { code: 'wrong-arguments', detail: what, advice, errors });
  }
  const status = STATUS_OF[code] ?? 500;
  if (isQuoted) return problem(status, { code: name, detail: quoted(what), advice: quoted(advice), notice: NOTICE });
  return problem(status, { code: name, detail: what, advice });
}
