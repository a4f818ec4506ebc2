/** What every source of traces promises, whether it is a backend or a folder. */
import { describe, expect, test } from 'vitest';
import { TraceNotFoundError } from '#core/errors.ts';
import type { TraceSource } from '#gather/sources.ts';
import { textOf } from '#test/bytes.ts';
import { later } from '#test/later.ts';

export type OpenedTraceSource = Readonly<{ source: TraceSource; close(): Promise<void> }>;

export function testTraceSource(
  name: string,
  {
    open,
    traceId,
    unknownId,
    spanCount,
  }: { open(): Promise<OpenedTraceSource>; traceId: string; unknownId: string; spanCount: number },
): void {
  describe(`${name} as a source of traces`, () => {
    async function withSource(use: (source: TraceSource) => Promise<void>): Promise<void> {
      const { source, close } = await open();
      try {
        await use(source);
      } finally {
        await close();
      }
    }

    test('hands on the bytes of the trace, with their format and what was asked', () =>
      withSource(async (source) => {
        const body = await source.openTrace(traceId, later());
        expect(body.source).toBe(source.name);
        expect(body.format).toMatch(/^(jaeger-json|otlp-json|zipkin-json|auto)$/);
        expect(body.query.text).not.toBe('');
        expect(spansIn(await textOf(body.chunks))).toBe(spanCount);
      }));

    test('finds the trace whatever the case of its id, as people paste it', () =>
      withSource(async (source) => {
        const body = await source.openTrace(traceId.toUpperCase(), later());
        expect(spansIn(await textOf(body.chunks))).toBe(spanCount);
      }));

    test('says not found, with the id and where it looked, when it does not have the trace', () =>
      withSource(async (source) => {
        const opening = source.openTrace(unknownId, later());
        await expect(opening).rejects.toThrow(TraceNotFoundError);
        await expect(opening).rejects.toThrow(new RegExp(`${unknownId}.*${source.name}`));
      }));

    test('does not know an id that is no hex, and says so as for any other', () =>
      withSource(async (source) => {
        await expect(source.openTrace('abc123def456ghi789jkl', later())).rejects.toThrow(TraceNotFoundError);
      }));

    test('stops when the caller has stopped waiting', () =>
      withSource(async (source) => {
        const opening = source.openTrace(traceId, AbortSignal.abort());
        await expect(opening).rejects.toMatchObject({ code: 'SH_UNREACHABLE' });
      }));

    test('links to a trace by its id, or nowhere', () =>
      withSource(async (source) => {
        expect(source.links.trace).toMatch(/^$|\{traceId\}/);
        expect(source.links.span).toMatch(/^$|\{traceId\}.*\{spanId\}/);
      }));

    test('is found healthy by its check', () =>
      withSource(async (source) => {
        expect(await source.check(later())).toMatchObject({ ok: true, detail: expect.stringMatching(/\w/) });
      }));
  });
}

/** A span says its parts once in each form; a reference to one has an id alone. */
function spansIn(json: string): number {
  return json.match(/"(operationName|startTimeUnixNano|localEndpoint|start_timestamp)"/g)?.length ?? 0;
}
