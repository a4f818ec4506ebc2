/** What the rows of an outbox say about their calls: who makes the call now, and how the last one ended. */

/** Nobody makes the call. */
export const FREE = { claim: null, claim_until_us: 0 } as const;

export type Claim = Readonly<{ claim: string; untilUs: number }>;

/** Before the call: whoever finds it so later does not know how the call ended. */
export function claimed({ claim, untilUs }: Claim) {
  return { claim, claim_until_us: untilUs, is_uncertain: 1 } as const;
}

/** `isUncertain`: one of the calls may have done it. */
export type PutBack = Readonly<{ dueUs: number; attempts: number; isUncertain: boolean; reason: string }>;

/** The call is tried again later. */
export function putBack({ dueUs, attempts, isUncertain, reason }: PutBack) {
  return { ...FREE, due_us: dueUs, attempts, reason, is_uncertain: isUncertain ? 1 : 0 } as const;
}

export type Stop<State extends string> = Readonly<{ state: State; reason: string; isUncertain: boolean }>;

/** No further call is made. */
export function stopped<State extends string>({ state, reason, isUncertain }: Stop<State>) {
  return { ...FREE, state, reason, is_uncertain: isUncertain ? 1 : 0 } as const;
}
