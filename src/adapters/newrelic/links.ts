/**
 * Where people open New Relic: the query builder with a query. Its address keeps the state of the page as JSON in base64.
 *
 * https://docs.newrelic.com/docs/query-your-data/explore-query-data/query-builder/use-advanced-nrql-mode-specify-data/
 */
import { addressUnder } from '#adapters/http.ts';
import type { Query } from '#gather/sources.ts';
import type { NewRelicOptions } from './nerdgraph.ts';

const HOSTS = { us: 'https://one.newrelic.com', eu: 'https://one.eu.newrelic.com' } as const;

type Place = Pick<NewRelicOptions, 'region' | 'accountId' | 'uiUrl'>;

/** A query as a person can run it again. */
export function shown({ region, accountId, uiUrl = new URL(HOSTS[region]) }: Place, nrql: string): Query {
  const pane = {
    nerdletId: 'data-exploration.query-builder',
    initialActiveInterface: 'nrqlEditor',
    initialAccountId: accountId,
    initialNrqlValue: nrql,
    isViewingQuery: true,
  };
  const state = Buffer.from(JSON.stringify(pane)).toString('base64');
  return { text: nrql, url: addressUnder(uiUrl, 'launcher/data-exploration.query-builder', [['pane', state]]) };
}
