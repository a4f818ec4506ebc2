/**
 * A scripted client calls every tool with arguments of a wrong type, size or spelling. Each answer is an error that says
 * what to do, is bounded, has no control characters, and is the same the next time, whatever the systems outside do.
 */
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { InMemoryTransport } from '@modelcontextprotocol/sdk/inMemory.js';
import { expect, onTestFinished, test } from 'vitest';
import { BackendError } from '#core/errors.ts';
import { mcpServers } from '#mcp/server.ts';
import type { Parts } from '#operations/parts.ts';
import { operations } from '#operations/registry.ts';

const LONGEST_ERROR = 5_000;

/** Whatever is asked fails, with words that are too long and hold control characters. */
const FAILING = new Proxy({} as Parts, {
  get: (_, name) => {
    if (name === 'nowUs') return () => Date.UTC(2026, 0, 6, 14, 30) * 1_000;
    return () =>
      Promise.reject(new BackendError('store', 503, String(name), { reason: `\u001b[31m${'x'.repeat(9_000)}` }));
  },
});

const WRONG: readonly unknown[] = [
  ...[null, true, -1, 1.5, 1e308, '', ' ', 'NaN', [], {}, [null], { toString: null }],
  ...['\u0000\u001b[2J\u202e\ud800', '../../etc/passwd', '<!channel> `x`\n> y', 'x'.repeat(200_000), '#{7*7}'],
  ...[Array.from({ length: 5_000 }, (_, at) => `${at}`), JSON.parse(`${'['.repeat(500)}${']'.repeat(500)}`)],
];

async function connected() {
  const [ours, theirs] = InMemoryTransport.createLinkedPair();
  const bugs: unknown[] = [];
  const server = mcpServers({ parts: FAILING, version: '1', onBug: (error) => bugs.push(error) }).open();
  await server.connect(ours);
  const client = new Client({ name: 'test', version: '1' });
  await client.connect(theirs);
  onTestFinished(() => client.close());
  return { client, bugs };
}

/** Each argument with each wrong value, beside the ones that the tool needs; and what is no argument. */
function wrongCalls({ shape }: (typeof operations)[number]['input']): readonly Record<string, unknown>[] {
  const names = Object.keys(shape);
  const each = names.flatMap((name) => WRONG.map((value) => ({ [name]: value })));
  const all = WRONG.map((value) => Object.fromEntries(names.map((name) => [name, value])));
  const unknown = JSON.parse('{"__proto__":{"x":1},"constructor":1,"a\\nb":1}') as Record<string, unknown>;
  return [{}, unknown, ...each, ...all];
}

test.each(operations.map((operation) => [operation.name, operation] as const))(
  '%s answers wrong arguments with a bounded error, the same each time',
  async (name, { input }) => {
    const { client, bugs } = await connected();
    const bytes = async (args: Record<string, unknown>) =>
      JSON.stringify(await client.callTool({ name, arguments: args }));
    for (const args of wrongCalls(input)) {
      const said = await bytes(args);
      const { isError, content } = JSON.parse(said) as { isError?: boolean; content: { text: string }[] };
      const text = content[0]?.text ?? '';
      expect({ isError, about: JSON.stringify(args).slice(0, 200) }).toMatchObject({ isError: true });
      expect(text.length).toBeLessThanOrEqual(LONGEST_ERROR);
      expect(text).toMatch(/^\S.*\n\S/);
      expect(text).not.toMatch(/(?!\n)[\p{Cc}\p{Cs}\u202e]/u);
      expect(await bytes(args)).toBe(said);
    }
    expect(bugs).toEqual([]);
  },
);
