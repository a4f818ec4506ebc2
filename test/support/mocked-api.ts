/**
 * The REST API of a vendor, mocked by nock: it answers what a test says, and nothing else leaves the process. For what is
 * asked and what is read of the answer. Deadlines, broken answers and caps need a server: `recorded-server.ts`.
 */
import nock from 'nock';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';

/** Once a file, at its top. A test fails where an answer was not asked for. */
export function useMockedApis(): void {
  beforeAll(() => {
    if (!nock.isActive()) nock.activate();
    nock.disableNetConnect();
  });
  afterEach(() => {
    const unasked = nock.pendingMocks();
    nock.cleanAll();
    expect(unasked).toEqual([]);
  });
  afterAll(() => {
    nock.enableNetConnect();
    nock.restore();
  });
}

/** Whether a body that is no text says this: nock gives its bytes as hexadecimal digits. */
export function saysInBytes(words: string): (body: unknown) => boolean {
  return (body) => Buffer.from(String(body), 'hex').includes(words);
}
