/** Links into Grafana's Explore. Grafana selects its default data source of a type by the type alone. */
import { addressUnder } from '#adapters/http.ts';

export type ExploreQuery = Readonly<{
  /** The type of the data source: `tempo`. */
  type: string;
  /** The query in the form of the data source. */
  query: Readonly<Record<string, unknown>>;
  range: Readonly<{ from: string; to: string }>;
  panelsState?: Readonly<Record<string, unknown>> | undefined;
}>;

/** `pane` is the name of the pane in the address. */
export function exploreLink(grafana: URL, pane: string, { type, query, range, panelsState }: ExploreQuery): string {
  const queries = [{ refId: 'A', ...query, datasource: { type } }];
  return addressUnder(grafana, 'explore', [
    ['schemaVersion', '1'],
    ['panes', JSON.stringify({ [pane]: { datasource: type, queries, range, panelsState } })],
  ]);
}

/** Whole milliseconds, as Explore takes them. */
export function exploreRange({ fromUs, toUs }: Readonly<{ fromUs: number; toUs: number }>): ExploreQuery['range'] {
  return { from: `${Math.floor(fromUs / 1000)}`, to: `${Math.ceil(toUs / 1000)}` };
}

/** The address with its placeholders as they are, not encoded: whoever shows the link replaces them. */
export function inTemplate(link: string): string {
  return link.replace('%7BtraceId%7D', '{traceId}').replace('%7BspanId%7D', '{spanId}');
}
