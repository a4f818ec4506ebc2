import type { Alert } from '#model/incident/alert.ts';

export function acmeAlert(title: string, atUs: number): Alert {
  const said = { service: 'shop', severity: '', state: 'triggered', url: '', traceId: '', labels: {} } as const;
  return { ...said, source: 'acme', key: title, title, atUs, saidUs: atUs };
}
