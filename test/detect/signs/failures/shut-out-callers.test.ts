/** A mesh that lets a caller not in: the service with the policy is to look at, not the caller. */
import { describe, expect, test } from 'vitest';
import type { LogLine } from '#model/logs/log-line.ts';
import { diagnosed } from '#test/diagnosed.ts';
import { logLine } from '#test/log-line.ts';
import { call, server, traceOf } from '#test/trace.ts';

const DETAILS = 'rbac_access_denied_matched_policy[none]';

type Drawn = Readonly<{ status?: number; details?: string; statusText?: string; host?: string }>;

function verdict({ status = 403, details, statusText, host = 'berths' }: Drawn, lines: readonly LogLine[] = []) {
  const answered = { 'http.response.status_code': status };
  const url = `http://${host}:8080/of/7`;
  const asked = { 'http.request.method': 'GET', 'url.full': url, 'server.address': host, ...answered };
  const proxy = server('mesh', 'berths.pier.svc.cluster.local:8080/*', {
    at: 12,
    ms: 6,
    attributes: { ...answered, ...(details !== undefined && { response_code_details: details }) },
  });
  const trace = traceOf(
    server('desk', 'GET /berth', { ms: 40, failed: true, attributes: { 'http.response.status_code': 500 } }, [
      call(
        'desk',
        '',
        'GET',
        { at: 10, ms: 10, failed: true, attributes: asked, ...(statusText !== undefined && { statusText }) },
        details === undefined ? [] : [proxy],
      ),
    ]),
  );
  return diagnosed(trace, lines).diagnosis;
}

const access = (path: string, details: string) =>
  logLine(
    'berths',
    19,
    `[2031-02-03T04:05:06.789Z] "GET ${path} HTTP/1.1" 403 - ${details} - "-" 0 19 0 - "-" inbound|8080||`,
  );

describe('the service with the policy is to look at', () => {
  test.each<[string, Drawn, readonly LogLine[]]>([
    ['where the span of the proxy says it', { details: DETAILS }, []],
    ['where the answer says it', { statusText: 'RBAC: access denied' }, []],
    ['where only the line of the proxy says it', {}, [access('/of/7?x=1', DETAILS)]],
  ])('%s', (_, drawn, lines) => {
    expect(verdict(drawn, lines)).toMatchObject({ kind: 'error-origin', service: 'berths' });
  });
});

describe('the caller stays where nothing says that the mesh refused it', () => {
  test.each<[string, Drawn, readonly LogLine[]]>([
    ['another detail', { details: 'via_upstream' }, []],
    ['another answer', { status: 404, statusText: 'RBAC: access denied' }, []],
    ['a line of another path', {}, [access('/of/8', DETAILS)]],
    ['a line with another detail', {}, [access('/of/7', 'via_upstream')]],
  ])('%s', (_, drawn, lines) => {
    expect(verdict(drawn, lines)?.service).not.toBe('berths');
  });
});
