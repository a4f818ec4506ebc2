import { type SettingsToCheck, UnreachableError } from '#core/errors.ts';
import type { LogSource } from '#gather/sources.ts';

export function acme({ url, errors }: Readonly<{ url: URL; errors: SettingsToCheck | undefined }>): LogSource {
  const name = 'acme';
  return {
    name,
    links: { logs: '' },
    async openLogs({ fromUs }) {
      const row = { ts: `${fromUs * 1_000}`, labels: { service: 'shop' }, line: 'a line of Acme' };
      const chunks = async function* () {
        yield new TextEncoder().encode(`${JSON.stringify(row)}\n`);
      };
      return { source: name, format: 'log-jsonl', query: { text: 'all', url: url.href }, chunks: chunks() };
    },
    async check() {
      if (url.hostname.startsWith('down.')) throw new UnreachableError(name, 'it is down', { check: errors });
      return { ok: true, detail: `answers at ${url.href}`, remedy: '' };
    },
  };
}
