/** The result of a circuit breaker probe: a sentence, and a line for each request. */
import { exactDuration } from '#model/text/duration.ts';
import { fitted } from '#present/words/display-width.ts';
import { shown } from '#present/words/plain-text.ts';

/** `error`: a 5xx response of the service itself. `failed`: no response. */
export type BreakerState = 'closed' | 'open' | 'error' | 'failed';

export type ProbedRequest = Readonly<{
  phase: 'before' | 'trip' | 'after' | 'half-open' | 'end';
  url: string;
  /** From the start of the probe. */
  atUs: number;
  tookUs: number;
  /** 0 where no answer came. */
  status: number;
  state: BreakerState;
  said: string;
  retryAfterSeconds: number;
}>;

export type Probing = Readonly<{
  verdict: 'unreachable' | 'stayed-closed' | 'stays-open' | 'closed-again' | 'opened-again';
  steps: readonly ProbedRequest[];
  waitedSeconds: number;
  /** Requests that were sent to trip it. */
  tripped: number;
}>;

export function probingVerdict({ verdict, waitedSeconds, tripped, steps }: Probing): string {
  const opened = tripped === 0 ? 'The breaker was open' : `The breaker opened after ${counted(tripped)}`;
  switch (verdict) {
    case 'unreachable':
      return `No answer came: ${steps[0]?.said ?? ''}`;
    case 'stayed-closed':
      return `No breaker opened in ${counted(tripped)}`;
    case 'stays-open':
      return `${opened} and is still open after ${waitedSeconds} s`;
    case 'closed-again':
      return `${opened}, let one request through after ${waitedSeconds} s, and closed again`;
    case 'opened-again':
      return `${opened}, let one request through after ${waitedSeconds} s, and opened again`;
  }
}

const PHASES: Readonly<Record<ProbedRequest['phase'], string>> = {
  before: 'closed?',
  trip: 'trip',
  after: 'open?',
  'half-open': 'half-open?',
  end: 'closed again?',
};

/** `error` was let through: a closed breaker forwards failing responses. */
const STATES: Readonly<Record<BreakerState, string>> = {
  closed: 'let through',
  open: 'OPEN',
  error: 'let through, failed',
  failed: 'no answer',
};

export function probingText(probing: Probing): string {
  const rows = probing.steps.map(({ phase, atUs, tookUs, status, state, said, url }) => [
    `+${exactDuration(atUs)}`,
    PHASES[phase],
    `GET ${shown(url)}`,
    status === 0 ? '–' : `${status}`,
    exactDuration(tookUs),
    [STATES[state], shown(said)].filter((text) => text !== '').join(': '),
  ]);
  const widths = [0, 1, 2, 3, 4].map((column) => Math.max(0, ...rows.map((row) => row[column]?.length ?? 0)));
  const lines = rows.map((row) =>
    row
      .map((cell, column) => fitted(cell, widths[column] ?? cell.length))
      .join('  ')
      .trimEnd(),
  );
  return [`${shown(probingVerdict(probing))}.`, ...lines].join('\n').concat('\n');
}

function counted(requests: number): string {
  return `${requests} ${requests === 1 ? 'request' : 'requests'}`;
}
