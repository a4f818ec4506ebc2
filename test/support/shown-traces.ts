/** Traces that the pictures and texts are judged by, with their analyses. */
import type { TraceAnalysis } from '#model/finding/analysis.ts';
import { analysisOf, findingOf, spanAt } from '#test/analysis.ts';
import { call, query, type SpanNode, server, span, times, traceOf } from '#test/trace.ts';

export const LINKS = {
  trace: 'https://jaeger.example/trace/{traceId}',
  span: 'https://jaeger.example/trace/{traceId}?uiFind={spanId}',
  logs: 'https://grafana.example/explore?trace={traceId}',
  runbooks: 'https://wiki.example/spanhound',
};

/** One query holds nearly the whole of an order's page. */
export function slowQueryAnalysis(): TraceAnalysis {
  const trace = traceOf(
    server('api-gateway', 'GET /orders', { ms: 2340 }, [
      span('api-gateway', 'authenticate', { at: 4, ms: 22 }),
      call('api-gateway', 'order-service', 'GET', { at: 30, ms: 2295 }, [
        server('order-service', 'GET /orders/{id}', { at: 32, ms: 2290 }, [
          query('order-service', 'SELECT * FROM feature_flags WHERE name = $1', { at: 36, ms: 3 }),
          query('order-service', 'SELECT * FROM orders JOIN order_items ON order_items.order_id = orders.id', {
            at: 45,
            ms: 2235,
          }),
          span('order-service', 'serialize', { at: 2284, ms: 30 }),
        ]),
      ]),
    ]),
  );
  const slow = spanAt(trace, '0.1.0.1');
  const gateway = findingOf(trace, {
    spans: [spanAt(trace, '0.1')],
    detector: 'bottleneck',
    title: 'api-gateway waits 2.3 s for order-service',
  });
  return analysisOf(trace, {
    cause: {
      spans: [slow],
      title: 'order-service: one query holds 2.24 s of the 2.34 s of GET /orders (a full scan)',
      explanation:
        'The critical path runs through SELECT orders for 2.24 s: the request cannot end sooner than this query does.',
      confidence: 0.955,
      evidence: [{ kind: 'log', ref: '1767709800000000000', text: 'duration: 2234 ms  plan: Seq Scan on order_items' }],
    },
    findings: [gateway],
    diagnosis: {
      chain: [{ finding: 1, because: 0 }],
      ruledOut: [{ kind: 'n-plus-one-queries', service: 'order-service', why: 'two queries, each of its own shape' }],
    },
    links: LINKS,
    gaps: [{ source: 'loki', problem: 'timed out after 5 s', consequence: 'log lines were not read' }],
    queries: [{ source: 'jaeger', query: 'GET /api/traces/drawn', url: 'https://jaeger.example/trace/drawn' }],
  });
}

/** One query for the list, then one for each customer in it. */
export function nPlusOneAnalysis(): TraceAnalysis {
  const trace = traceOf(
    server('order-service', 'GET /orders', { ms: 540 }, [
      query('order-service', 'SELECT * FROM orders LIMIT 50', { at: 5, ms: 18 }),
      ...times(50, (i) =>
        query('order-service', `SELECT * FROM customers WHERE id = ${i}`, { at: 25 + i * 10, ms: 8.2 }),
      ),
      span('order-service', 'render', { at: 528, ms: 10 }),
    ]),
  );
  const spans = times(50, (i) => spanAt(trace, `0.${i + 1}`));
  return analysisOf(trace, {
    cause: {
      spans,
      detector: 'n-plus-one-queries',
      title: 'order-service asks for customers 50 times, once for each order: 410 ms of 540 ms',
      confidence: 0.76,
    },
    symptom: { kind: 'slow', text: 'GET /orders took 540 ms' },
    links: LINKS,
  });
}

/** A gap before a quick query, of which nothing recorded tells what it was. */
export function unsureAnalysis(): TraceAnalysis {
  const trace = traceOf(
    server('stats', 'GET /stats', { ms: 1400 }, [
      query('stats', 'SELECT * FROM facts WHERE day = $1', { at: 5, ms: 20 }),
      query('stats', 'SELECT * FROM totals WHERE day = $1', { at: 1385, ms: 7 }),
    ]),
  );
  return analysisOf(trace, {
    cause: { spans: [spanAt(trace, '0.1')], detector: 'pool-exhaustion', inferred: true, confidence: 0.4 },
    diagnosis: {
      status: 'inconclusive',
      statusReason: 'nothing recorded shows which of several causes it is',
      couldBe: [
        {
          what: 'a wait for a connection of a full pool',
          shownBy: 'the pool of stats had all its connections in use',
        },
        { what: 'computing', shownBy: 'a profile of GET /stats shows the processor at work' },
      ],
    },
    links: LINKS,
  });
}

/** Five services, and only the lowest knows what happened. */
export function errorChainAnalysis(): TraceAnalysis {
  const failing = { failed: true, attributes: { 'http.response.status_code': 503 } };
  const trace = traceOf(
    server('web-frontend', 'POST /checkout', { ms: 420, ...failing }, [
      call('web-frontend', 'cart', 'GET /cart', { at: 5, ms: 40 }, [server('cart', 'GET /cart', { at: 7, ms: 36 })]),
      call('web-frontend', 'checkout', 'POST /orders', { at: 50, ms: 360, ...failing }, [
        server('checkout', 'POST /orders', { at: 52, ms: 355, ...failing }, [
          query('checkout', 'INSERT INTO orders VALUES (1)', { at: 55, ms: 12 }),
          call('checkout', 'fraud', 'POST /score', { at: 70, ms: 330, ...failing }, [
            server('fraud', 'POST /score', { at: 72, ms: 326, ...failing }, [
              call('fraud', 'ml-model', 'POST /predict', { at: 80, ms: 310, ...failing }, [
                server('ml-model', 'POST /predict', {
                  at: 82,
                  ms: 306,
                  ...failing,
                  statusText: 'Model server OOM: cannot allocate 2 GB',
                }),
              ]),
            ]),
          ]),
        ]),
      ]),
    ]),
  );
  const origin = spanAt(trace, '0.1.0.1.0.0.0');
  return analysisOf(trace, {
    cause: {
      spans: [origin],
      detector: 'error-origin',
      title: 'ml-model POST /predict fails: Model server OOM: cannot allocate 2 GB',
      explanation: 'It is the deepest failed span; the four services above it only passed the failure on.',
      evidence: [{ kind: 'span', ref: trace.spanId(origin), text: 'Model server OOM: cannot allocate 2 GB' }],
      confidence: 1,
      severity: 'critical',
    },
    symptom: { kind: 'failed', text: 'POST /checkout failed with 503' },
    diagnosis: { status: 'confirmed' },
    links: LINKS,
  });
}

/** Five thousand spans: 200 jobs of 24 spans each; one of the jobs waits for a slow query. */
export function largeAnalysis(): TraceAnalysis {
  const job = (i: number): SpanNode =>
    server(`worker-${i % 7}`, `process shard ${i % 40}`, { at: 10 + i * 20, ms: i === 120 ? 900 : 18 }, [
      ...times(22, (k) =>
        call(`worker-${i % 7}`, `store-${k % 3}`, `GET /blob/${k % 5}`, { at: 11 + i * 20 + k * 0.7, ms: 0.6 }),
      ),
      query(`worker-${i % 7}`, `SELECT * FROM shards_${i} WHERE id = 7`, {
        at: 11 + i * 20 + 16,
        ms: i === 120 ? 850 : 0.5,
      }),
    ]);
  const trace = traceOf(server('scheduler', 'nightly reindex', { ms: 4500 }, times(208, job)));
  return analysisOf(trace, {
    cause: {
      spans: [spanAt(trace, '0.120.22')],
      title: 'worker-1: one query holds 850 ms of the 4.5 s of nightly reindex',
      confidence: 0.19,
    },
    symptom: { kind: 'slow', text: 'nightly reindex took 4.5 s' },
    diagnosis: { status: 'inconclusive' },
    links: LINKS,
  });
}

/** Nothing wrong, and the logs could not be read. */
export function healthyAnalysis(): TraceAnalysis {
  const trace = traceOf(server('web', 'GET /health', { ms: 12 }, [query('web', 'SELECT 1', { at: 2, ms: 1.5 })]));
  return analysisOf(trace, {
    checked: {
      found: [],
      clear: ['slow-query', 'n-plus-one-queries'],
      off: [],
      skipped: [{ detector: 'error-burst', missing: ['logs'] }],
      broken: [],
    },
    links: LINKS,
    gaps: [{ source: 'loki', problem: 'is not configured', consequence: 'log lines were not read' }],
  });
}
