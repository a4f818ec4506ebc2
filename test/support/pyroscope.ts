/** A Pyroscope that answers as its API reference describes: https://grafana.com/docs/pyroscope/latest/reference-server-api/ */
import { json as bodyOf } from 'node:stream/consumers';
import { type Recorded, type Reply, replay } from '#test/recorded-server.ts';

export type AskedPyroscope = Readonly<{ method: string; json: Readonly<Record<string, unknown>> }>;

/** `http.HandlerFunc` calls `checkout`, which calls `json.Marshal` twice; the rest was left out. */
export const FLAME_GRAPH = {
  names: ['total', 'http.HandlerFunc', 'checkout', 'encoding/json.Marshal', 'runtime.mallocgc', 'other'],
  levels: [
    { values: ['0', '120000000000', '0', '0'] },
    { values: ['0', '108000000000', '6000000000', '1', '0', '12000000000', '12000000000', '5'] },
    { values: ['0', '96000000000', '12000000000', '2', '0', '6000000000', '6000000000', '3'] },
    { values: ['0', '54000000000', '54000000000', '3', '0', '30000000000', '30000000000', '4'] },
  ],
  total: '120000000000',
  maxSelf: '54000000000',
};

export const CPU = 'process_cpu:cpu:nanoseconds:cpu:nanoseconds';

const ANSWERS: Readonly<Record<string, unknown>> = {
  LabelValues: { names: ['payment', 'checkout'] },
  ProfileTypes: {
    profileTypes: [{ ID: CPU, name: 'process_cpu', sampleType: 'cpu', sampleUnit: 'nanoseconds' }],
  },
  SelectMergeStacktraces: { flamegraph: FLAME_GRAPH },
};

export function pyroscopeAnswer(answer: unknown): Recorded {
  return { status: 200, headers: { 'content-type': 'application/json' }, body: Buffer.from(JSON.stringify(answer)) };
}

/** Answers each method as in `ANSWERS`, or as `other` says; `asked` collects the requests. */
export function answeringPyroscope(
  asked: AskedPyroscope[],
  other: Readonly<Record<string, unknown>> = {},
): () => Reply {
  return () => async (response, request) => {
    const json = (await bodyOf(request)) as AskedPyroscope['json'];
    const method = (request.url ?? '').split('/').at(-1) ?? '';
    asked.push({ method, json });
    await replay(pyroscopeAnswer({ ...ANSWERS, ...other }[method]))(response, request);
  };
}
