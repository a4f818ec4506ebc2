/** Links into Discover. Kibana and OpenSearch Dashboards take the same address; the data view is the person's own default. */
import { addressUnder } from '#adapters/http.ts';

export const LAST_DAY = { from: 'now-24h', to: 'now' };

export function discoverLink(ui: URL, kql: string, { from, to }: Readonly<{ from: string; to: string }>): string {
  const state = `_g=(time:(from:${rison(from)},to:${rison(to)}))&_a=(query:(language:kuery,query:${rison(kql)}))`;
  return `${addressUnder(ui, 'app/discover')}#/?${state}`;
}

/** Text in Rison, Kibana's form of its state in an address. */
function rison(text: string): string {
  return encodeURIComponent(`'${text.replace(/[!']/g, '!$&')}'`);
}
