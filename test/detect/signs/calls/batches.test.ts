import { describe, expect, test } from 'vitest';
import { areBatches, areParts } from '#detect/signs/calls/batches.ts';
import type { Attributes } from '#model/trace/columns.ts';
import { call, query, type SpanNode, server, span, times, traceOf } from '#test/trace.ts';

function isBatch(make: (index: number) => SpanNode): boolean {
  const trace = traceOf(server('shop', 'POST /import', { ms: 4000 }, times(8, make)));
  return areBatches(trace, Array.from(trace.children(trace.root)));
}

const BY_ID = 'SELECT * FROM prices WHERE id = $1';
const INSERT = 'INSERT INTO prices (a, b) VALUES ($1, $2)';
const sent = (statement: string, attributes: Attributes = {}) =>
  isBatch(() => query('shop', statement, { attributes }));

test('a long row of batches with one call before it and one after it', () => {
  const steps = [
    query('board', 'DEL board:tmp', { at: 0 }),
    ...times(30, (at) =>
      query('board', 'ZADD board:tmp', { at: 10 + at, attributes: { 'db.operation.batch.size': 9 } }),
    ),
    query('board', 'RENAME board:tmp board', { at: 50 }),
  ];
  const trace = traceOf(server('board', 'POST /rebuild', { ms: 800 }, steps));
  expect(areBatches(trace, Array.from(trace.children(trace.root)))).toBe(true);
});

describe('a batch', () => {
  test.each([
    ['rows of one statement', INSERT, { 'db.operation.batch.size': 500 }],
    ['rows that it changed', 'DELETE FROM events WHERE t < $1', { 'db.response.affected_rows': 5000 }],
    ['rows that it returned', BY_ID, { 'db.response.returned_rows': 1000 }],
  ])('by its %s', (_, statement, attributes) => {
    expect(sent(statement, attributes)).toBe(true);
  });

  test.each([
    'SELECT * FROM orders WHERE id > 7 ORDER BY id LIMIT 1000',
    'SELECT * FROM orders WHERE id > 7 LIMIT 1000',
    'SELECT * FROM orders WHERE (created_at, id) > ($1, $2) ORDER BY created_at, id LIMIT $3',
    'SELECT * FROM metrics WHERE ts >= $1 AND ts < $2',
    'SELECT * FROM metrics WHERE ts BETWEEN $1 AND $2',
    'DELETE FROM events WHERE created_at < $1 LIMIT 10000',
    'DELETE FROM events WHERE ctid IN (SELECT ctid FROM events WHERE ts < $1 LIMIT 10000)',
    'FETCH FORWARD 1000 FROM c1',
    'FETCH 500 FROM _psycopg_cur',
    'COPY prices FROM STDIN',
    'SELECT * FROM prices WHERE id IN ($1, $2, $3)',
    'SELECT * FROM prices WHERE id = ANY($1)',
    'INSERT INTO p SELECT * FROM unnest($1::int[], $2::text[])',
    '{"getMore": 1234, "collection": "orders"}',
    '{"scroll": "1m", "scroll_id": "x"}',
  ])('by its statement: %s', (statement) => {
    expect(sent(statement)).toBe(true);
  });

  test.each(['POST /orders/_bulk', 'POST /_search/scroll', 'POST /v1/prices:batchGet', 'acme.Prices/BatchGetPrices'])(
    'by its address: %s',
    (operation) => {
      expect(isBatch(() => call('shop', 'prices', operation, {}))).toBe(true);
    },
  );
});

describe('no batch', () => {
  test.each([
    BY_ID,
    INSERT,
    'SELECT * FROM prices WHERE sku = $1 AND valid_from <= $2 AND valid_to > $2',
    'SELECT * FROM prices WHERE sku = $1 ORDER BY id LIMIT 1',
    'SELECT * FROM prices WHERE id IN ($1)',
    'DELETE FROM carts WHERE id = $1 LIMIT 1',
  ])('%s', (statement) => {
    expect(sent(statement, { 'db.response.returned_rows': 3 })).toBe(false);
  });

  test('if only some of the calls are', () => {
    expect(isBatch((at) => query('shop', BY_ID, { attributes: { 'db.response.returned_rows': at * 100 } }))).toBe(
      false,
    );
  });

  test('calls for one element each', () => {
    expect(isBatch((at) => call('shop', 'prices', `GET /prices/${at}`, {}))).toBe(false);
    expect(isBatch((at) => call('shop', 'prices', 'GET /batches', { at }, [span('prices', 'read', { at })]))).toBe(
      false,
    );
  });
});

describe('the parts of one upload', () => {
  const upload = (operation: string, attributes: Attributes) =>
    isBatch(() => call('backup', 'store', operation, { attributes }));

  test.each<[string, string, Attributes]>([
    ['S3, by the method', 'S3.UploadPart', {}],
    ['S3, by the address', 'PUT', { 'url.full': 'https://b.s3.amazonaws.com/k?partNumber=7&uploadId=x' }],
    ['S3, by its query alone', 'PUT', { 'url.query': 'partNumber=7&uploadId=x' }],
    ['Azure', 'PUT', { 'url.full': 'https://a.blob.core.windows.net/c/k?comp=block&blockid=MDAx' }],
    ['any store, by the number of the part', 'PUT', { 'aws.s3.part_number': 3 }],
  ])('%s', (_, operation, attributes) => {
    expect(upload(operation, attributes)).toBe(true);
  });

  test('is not a put of whole objects', () => {
    expect(upload('S3.PutObject', { 'url.full': 'https://b.s3.amazonaws.com/part/7' })).toBe(false);
  });
});

describe('parts of one file', () => {
  const areParts8 = (make: (index: number) => SpanNode) => {
    const trace = traceOf(server('cam', 'upload', { ms: 8000 }, times(8, make)));
    return areParts(trace, Array.from(trace.children(trace.root)));
  };
  const sent = (method: string, attributes: Attributes) => (index: number) =>
    call('cam', 'store', method, {
      at: index * 900,
      ms: 880,
      attributes: { 'http.request.method': method, ...attributes },
    });

  test.each<[string, string, Attributes]>([
    ['tus', 'PATCH', { 'url.full': 'https://up.test/files/9', 'http.request.body.size': 4_000_000 }],
    ['tus by its header', 'PATCH', { 'http.request.header.upload-offset': '4000000' }],
    ['Google’s resumable uploads', 'PUT', { 'url.full': 'https://gcs.test/o?uploadType=resumable&upload_id=7' }],
    ['Azure’s blocks', 'PUT', { 'url.full': 'https://a.test/c/b?comp=block&blockid=AAA' }],
    ['S3’s parts', 'PUT', { 'url.full': 'https://b.test/k?partNumber=3&uploadId=7' }],
    ['Dropbox', 'POST', { 'url.full': 'https://d.test/2/files/upload_session/append_v2' }],
    ['a registry', 'PATCH', { 'url.full': 'https://r.test/v2/app/blobs/uploads/6a' }],
  ])('%s', (_, method, attributes) => {
    expect(areParts8(sent(method, attributes))).toBe(true);
  });

  test('small changes of one resource, or of several, are none', () => {
    expect(areParts8(sent('PATCH', { 'url.full': 'https://up.test/files/9', 'http.request.body.size': 300 }))).toBe(
      false,
    );
    expect(
      areParts8((index) =>
        sent('PUT', { 'url.full': `https://up.test/files/${index}`, 'http.request.body.size': 900_000 })(index),
      ),
    ).toBe(false);
  });
});
