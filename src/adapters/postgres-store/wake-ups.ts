/**
 * LISTEN and NOTIFY: a replica that stored work wakes the others. A lost wake-up costs nothing but the time until the
 * next look into the store, so this connection may fail at any time.
 */
import { Socket } from 'node:net';
import { Client } from 'pg';
import { systemClock } from '#core/clock.ts';
import type { Log } from '#core/log.ts';
import type { DatabaseAddress } from '#model/sql/database-address.ts';
import type { WakeUps } from '#record/dialect.ts';
import { clientConfig } from './connections.ts';

const CHANNEL = 'spanhound';
const RECONNECT_MS = 1_000;
/** At most one wake-up in this time, because each makes every replica query. The replica that stored the work does not wait for it. */
const PAUSE_MS = 250;
/** Finds a connection that is gone without a word. */
const PING_MS = 15_000;

export function wakeUps(address: DatabaseAddress, log: Log): WakeUps {
  const closed = new AbortController();
  const heard = new Set<() => void>();
  let client: Client | undefined;
  let sending: Promise<void> | undefined;
  const ended = keepListening();

  return {
    send() {
      sending ??= sendSoon().finally(() => {
        sending = undefined;
      });
    },
    onHeard: (listener) => void heard.add(listener),
    async close() {
      closed.abort();
      await sending;
      await ended;
    },
  };

  async function sendSoon(): Promise<void> {
    await systemClock.sleep(PAUSE_MS, closed.signal);
    await client?.query(`notify ${CHANNEL}`).catch(() => undefined);
  }

  async function keepListening(): Promise<void> {
    while (!closed.signal.aborted) {
      try {
        await listenUntilLost();
      } catch (error) {
        if (!closed.signal.aborted)
          log.warn({ err: error }, 'could not listen to the store; it is asked every few seconds');
      }
      await systemClock.sleep(RECONNECT_MS, closed.signal);
    }
  }

  async function listenUntilLost(): Promise<void> {
    const lost = new AbortController();
    const socket = new Socket();
    const connecting = new Client({
      ...(await clientConfig(address)),
      stream: () => socket,
      query_timeout: PING_MS,
    }) as Client & { processID?: number };
    connecting.on('error', () => lost.abort());
    connecting.on('end', () => lost.abort());
    connecting.on('notification', ({ processId }) => {
      if (processId !== connecting.processID) tellAll(); // what this process stored, it knows
    });
    try {
      await connecting.connect();
      await connecting.query(`listen ${CHANNEL}`);
      client = connecting;
      tellAll(); // something may have been stored in the meantime
      while (!lost.signal.aborted && !closed.signal.aborted) {
        await systemClock.sleep(PING_MS, AbortSignal.any([lost.signal, closed.signal]));
        if (!lost.signal.aborted && !closed.signal.aborted) await connecting.query('select 1');
      }
    } finally {
      client = undefined;
      socket.destroy(); // a farewell would wait for an answer
    }
  }

  function tellAll(): void {
    for (const listener of heard) listener();
  }
}
