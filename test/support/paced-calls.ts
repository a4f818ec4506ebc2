/** Eight calls of one kind, one after another, two a second. */
import { drawn } from '#test/detector-test.ts';
import { logLine } from '#test/log-line.ts';
import { call, span, times } from '#test/trace.ts';

/** `line`: what `service` logs for this request; the caller is `tides`. */
export function pacedCalls(line: string, service = 'tides') {
  return drawn(
    span(
      'tides',
      'refresh.run',
      { ms: 4_000 },
      times(8, (i) => call('tides', 'harbour', `GET /stations/${i + 1}`, { at: 10 + i * 490, ms: 430 })),
    ),
    { logs: [{ ...logLine(service, 3_990, line), rung: 'trace-id' as const }] },
  );
}

/** Eight identical commands for one valve, one after another, two a second. */
export function repeatedCommands(line: string, service = 'greenhouse', path = (_: number) => '/valve') {
  const command = (i: number) =>
    call('greenhouse', 'field-bus', 'POST', {
      at: 10 + i * 490,
      ms: 430,
      attributes: { 'http.request.method': 'POST', 'url.full': `http://field-bus${path(i)}` },
    });
  return drawn(span('greenhouse', 'valve.check', { ms: 4_000 }, times(8, command)), {
    logs: [{ ...logLine(service, 3_990, line), rung: 'trace-id' as const }],
  });
}
