/** Runs at most eight searches at a time; the others wait for their turn. */
export type InTurn = <Result>(work: () => Promise<Result>) => Promise<Result>;

const AT_A_TIME = 8;

export function turns(): InTurn {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async (work) => {
    if (running >= AT_A_TIME) await new Promise<void>((resolve) => waiting.push(resolve));
    running += 1;
    try {
      return await work();
    } finally {
      running -= 1;
      waiting.shift()?.();
    }
  };
}
