/** Runs a limited number of calls at once; the others wait in line. */
import { SpanhoundError } from '#core/errors.ts';

export type Turns = Readonly<{
  /** A cancelled call does nothing when its turn comes. Throws a `BusyError` if the line is full. */
  take<Result>(signal: AbortSignal, work: () => Promise<Result>): Promise<Result>;
}>;

class BusyError extends SpanhoundError {
  override readonly name = 'BusyError';
  readonly code = 'SH_BUSY';
  readonly advice = 'Ask again in a moment.';
  override readonly retryable = true;

  constructor(waiting: number) {
    super(`${waiting} calls wait already`);
  }
}

export function openTurns(atOnce: number, waiting: number): Turns {
  const line: (() => void)[] = [];
  let underWay = 0;
  const end = () => {
    const next = line.shift();
    if (next === undefined) underWay -= 1;
    else next();
  };
  return {
    async take(signal, work) {
      if (underWay < atOnce) underWay += 1;
      else if (line.length >= waiting) throw new BusyError(line.length);
      else await new Promise<void>((begin) => line.push(begin));
      try {
        signal.throwIfAborted();
        return await work();
      } finally {
        end();
      }
    },
  };
}
