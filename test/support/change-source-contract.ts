/** How a source of changes behaves when its backend does not: its changes are the answer that it hands on. */

import type { BackendOptions } from '#adapters/http.ts';
import { onlyChunk } from '#adapters/rewritten-rows.ts';
import type { ChangeQuery, ChangeSource } from '#gather/sources.ts';
import { testHttpSource } from '#test/http-source-contract.ts';
import type { Recorded } from '#test/recorded-server.ts';

export function testChangeSource(
  name: string,
  {
    answer,
    query: asked,
    open,
  }: Readonly<{ answer: Recorded; query: ChangeQuery; open(options: BackendOptions): ChangeSource }>,
): void {
  testHttpSource(name, {
    answer,
    readsWhole: true,
    connect(options) {
      const source = open(options);
      return {
        async ask(signal) {
          const { query, changes } = await source.findChanges(asked, signal);
          // Links of changes lead to the server, which has another port each time.
          const text = JSON.stringify(changes).replaceAll(options.url.origin, 'https://code.example');
          const chunks = onlyChunk(Buffer.from(text));
          return { source: source.name, format: 'auto', query, chunks };
        },
        check: source.check,
      };
    },
  });
}
