/** One request in each form in which programs keep spans in Elasticsearch: its diagnosis is that of Jaeger’s own answer. */
import { json as bodyOf } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { elasticsearchTraces } from '#adapters/elasticsearch/traces.ts';
import { textOf } from '#test/bytes.ts';
import { guideExamples } from '#test/guide-report.ts';
import { later } from '#test/later.ts';
import { happening } from '#test/otlp.ts';
import { problemTraces } from '#test/problem-traces.ts';
import { replay, startRecordedServer } from '#test/recorded-server.ts';
import { reportOf } from '#test/report-of.ts';
import { DOCUMENT_FORMS, type DocumentForm, type SearchDocument, SPAN_INDICES } from '#test/search-documents.ts';
import { TRACE_FORMS } from '#test/trace-forms.ts';

/** What a store answers that holds these documents alone: events are in the indices of logs. */
async function readFrom(documents: readonly SearchDocument[], traceId: string): Promise<string> {
  await using server = await startRecordedServer(() => async (response, request) => {
    const isForEvents = JSON.stringify(await bodyOf(request)).includes('"error.id"');
    const hits = documents
      .filter(({ index }) => index.startsWith('logs-') === isForEvents)
      .map(({ source }) => ({ _source: source, sort: [] }));
    const body = Buffer.from(JSON.stringify({ timed_out: false, _shards: { total: 1 }, hits: { hits } }));
    await replay({ status: 200, headers: { 'content-type': 'application/json' }, body })(response, request);
  });
  const source = elasticsearchTraces({ url: server.url, indices: SPAN_INDICES });
  return await textOf((await source.openTrace(traceId, later())).chunks);
}

async function told(text: string) {
  const { diagnosis, findings } = await reportOf(text);
  return {
    cause: [diagnosis?.kind, diagnosis?.service, diagnosis?.operation, diagnosis?.status],
    verdict: diagnosis?.verdict,
    findings: findings.map(({ detector, service, spanIds }) => [detector, service, spanIds]),
  };
}

const FORMS = Object.keys(DOCUMENT_FORMS) as DocumentForm[];
const requests = [...guideExamples, ...problemTraces].map((scenario) => happening(scenario));

test.each(requests.map((happened) => [happened.scenario.name, happened] as const))('%s', async (_, happened) => {
  const before = await told(TRACE_FORMS.jaeger(happened));
  for (const form of FORMS) {
    const { verdict, ...rest } = await told(await readFrom(DOCUMENT_FORMS[form](happened), happened.traceId));
    const { verdict: expected, ...others } = before;
    expect(rest, form).toEqual(others);
    // APM Server keeps no text of a status, so a verdict cannot quote it.
    if (form !== 'Elastic APM’s') expect(verdict, form).toBe(expected);
  }
});
