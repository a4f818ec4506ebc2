/**
 * A Bolt receiver without a network: it passes actions on the page to the app in this process, and returns the listener's
 * acknowledgement as the answer.
 */
import type { App, Receiver } from '@slack/bolt';
import type { Clock } from '#core/clock.ts';

export type Answer =
  | Readonly<{ kind: 'acknowledged'; response: unknown }>
  /** No listener acknowledged it in time. */
  | Readonly<{ kind: 'unanswered' }>;

export type InProcessReceiver = Receiver &
  Readonly<{
    send(body: Readonly<Record<string, unknown>>): Promise<Answer>;
    /** Resolves when no listener runs any more: one goes on after its acknowledgement. */
    idle(): Promise<void>;
  }>;

/** `waitMs`: after this time, the page shows that the app did not answer, as Slack does. */
export function inProcessReceiver({ clock, waitMs }: Readonly<{ clock: Clock; waitMs: number }>): InProcessReceiver {
  let app: Pick<App, 'processEvent'> | undefined;
  const running = new Set<Promise<unknown>>();

  return {
    init(initialised) {
      app = initialised;
    },
    start: async () => undefined,
    stop: async () => undefined,

    async send(body) {
      const to = app;
      if (to === undefined) throw new Error('The receiver got a request before an app was connected to it.');

      const answered = new AbortController();
      const acknowledged = new Promise<Answer>((resolve) => {
        const ack = async (response?: unknown) => resolve({ kind: 'acknowledged', response });
        // Bolt has passed an error to app.error; the person sees that the app did not answer.
        const processed = to
          .processEvent({ body, ack })
          .catch(() => undefined)
          .then(() => {
            running.delete(processed);
            resolve({ kind: 'unanswered' });
          });
        running.add(processed);
      });
      const late = clock.sleep(waitMs, answered.signal).then((): Answer => ({ kind: 'unanswered' }));
      try {
        return await Promise.race([acknowledged, late]);
      } finally {
        answered.abort();
      }
    },

    async idle() {
      while (running.size > 0) await Promise.all(running);
    },
  };
}
