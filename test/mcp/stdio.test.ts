import { PassThrough } from 'node:stream';
import type { JSONRPCMessage } from '@modelcontextprotocol/sdk/types.js';
import { describe, expect, test } from 'vitest';
import { stdioTransport } from '#mcp/stdio.ts';

const MOST = 1_000;

function opened(maxBytes = MOST) {
  const [input, output] = [new PassThrough(), new PassThrough()];
  const transport = stdioTransport({ input, output, maxBytes });
  const received: JSONRPCMessage[] = [];
  transport.onmessage = (message: JSONRPCMessage) => void received.push(message);
  const written = () => {
    const text = String(output.read() ?? '');
    return text === ''
      ? []
      : text
          .trimEnd()
          .split('\n')
          .map((line) => JSON.parse(line));
  };
  return { input, transport, received, written };
}

/** Longer messages have a transport with the limit of the program. */
async function afterSending(...chunks: (string | Buffer)[]) {
  const isLarge = chunks.some((chunk) => chunk.length > 1_000 * MOST);
  const all = opened(isLarge ? 20_000_000 : MOST);
  await all.transport.start();
  for (const chunk of chunks) all.input.write(chunk);
  await new Promise((resolve) => setImmediate(resolve));
  return all;
}

const PING = { jsonrpc: '2.0', id: 1, method: 'ping' } as const;

describe('a message', () => {
  test('may come in pieces, and several in one', async () => {
    const line = Buffer.from(`${JSON.stringify({ ...PING, params: { name: 'é' } })}\n`);
    const { received } = await afterSending(line.subarray(0, 50), line.subarray(50), Buffer.concat([line, line]));
    expect(received).toEqual(Array.from({ length: 3 }, () => ({ ...PING, params: { name: 'é' } })));
  });

  test('may end with a carriage return, and blank lines mean nothing', async () => {
    const { received, written } = await afterSending(`\n \r\n${JSON.stringify(PING)}\r\n`);
    expect(received).toEqual([PING]);
    expect(written()).toEqual([]);
  });

  test('that is not JSON gets a parse error, and the next one is read', async () => {
    const { received, written } = await afterSending(`{"a":\n${JSON.stringify(PING)}\n`);
    expect(written()).toEqual([
      { jsonrpc: '2.0', id: null, error: { code: -32_700, message: 'the line is not JSON' } },
    ]);
    expect(received).toEqual([PING]);
  });

  test.each([
    ['[]', null],
    ['null', null],
    ['{"id":7,"method":"ping"}', 7],
    ['{"jsonrpc":"1.0","method":"ping","id":"seven"}', 'seven'],
    ['{"jsonrpc":"2.0","id":8}', 8],
  ])('%s is no JSON-RPC and gets an error with its id', async (line, id) => {
    const { received, written } = await afterSending(`${line}\n`);
    expect(written()).toMatchObject([{ id, error: { code: -32_600 } }]);
    expect(received).toEqual([]);
  });

  test('of a million members is refused before it is parsed', async () => {
    const members = Array.from({ length: 1_000_000 }, (_, at) => `"k${at}":1`).join();
    const { received, written } = await afterSending(`{"jsonrpc":"2.0","id":5,"method":"ping",${members}}\n`);
    expect(written()).toMatchObject([{ id: 5, error: { code: -32_600, message: expect.stringContaining('members') } }]);
    expect(received).toEqual([]);
  });

  test.each([
    ['first', (text: string) => `{"jsonrpc":"2.0","id":9,"method":"tools/call","params":"${text}"}`, 9],
    ['last', (text: string) => `{"method":"tools/call","params":"${text}","jsonrpc":"2.0","id":"n-1"}`, 'n-1'],
    ['missing', (text: string) => `{"params":"${text}","method":"x"}`, null],
  ])('that is too long is not kept and gets an error with its id, which stands %s', async (_where, lineOf, id) => {
    const line = lineOf('x'.repeat(50 * MOST));
    const pieces = line.match(/.{1,400}/g) ?? [];
    const { received, written } = await afterSending(...pieces, '\n', `${JSON.stringify(PING)}\n`);
    expect(written()).toEqual([
      { jsonrpc: '2.0', id, error: { code: -32_600, message: `the message has more than ${MOST} bytes` } },
    ]);
    expect(received).toEqual([PING]);
  });
});

describe('the end', () => {
  test('waits for the answers to all requests', async () => {
    const { input, transport } = await afterSending(`${JSON.stringify(PING)}\n`);
    let isOver = false;
    void transport.ended.then(() => {
      isOver = true;
    });
    input.end();
    await new Promise((resolve) => setImmediate(resolve));
    expect(isOver).toBe(false);
    await transport.send({ jsonrpc: '2.0', id: 1, result: {} });
    await transport.ended;
    expect(isOver).toBe(true);
  });

  test('waits for no cancelled request, because that gets no answer', async () => {
    const cancelled = { jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 1 } };
    const { input, transport } = await afterSending(`${JSON.stringify(PING)}\n${JSON.stringify(cancelled)}\n`);
    input.end();
    await transport.ended;
  });
});
