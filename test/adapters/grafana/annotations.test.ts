/** Grafana's annotations as a source of changes, against answers of the form that its documentation gives. */
import nock from 'nock';
import { expect, test } from 'vitest';
import { grafanaAnnotations } from '#adapters/grafana/annotations.ts';
import { later } from '#test/later.ts';
import { useMockedApis } from '#test/mocked-api.ts';

useMockedApis();

const SITE = 'https://grafana.example';
const AT_US = Date.UTC(2026, 2, 11, 14) * 1000;
const QUERY = { services: ['shop', 'checkout'], fromUs: AT_US - 3_600_000_000, toUs: AT_US + 60_000_000 };

const annotation = {
  id: 7,
  alertId: 0,
  dashboardUID: '',
  panelId: 0,
  time: AT_US / 1000,
  timeEnd: AT_US / 1000 + 5,
  data: {},
};

test('an annotation with a tag of a kind of change is one; a region counts from its beginning', async () => {
  nock(SITE, { reqheaders: { authorization: 'Bearer glsa_1' } })
    .get('/api/annotations')
    .query({ from: `${QUERY.fromUs / 1000}`, to: `${QUERY.toUs / 1000}`, type: 'annotation', limit: '500' })
    .reply(200, [
      {
        ...annotation,
        text: '<b>checkout</b> 1.4.2 <a href="https://ci.example/41">run</a>',
        tags: ['deploy', 'service:checkout', 'version:1.4.2'],
      },
      { ...annotation, id: 8, text: 'limits', tags: ['shop', 'Config'], dashboardUID: 'abc' },
      { ...annotation, id: 9, text: 'somebody looked at this', tags: ['note'] },
    ]);
  const { changes, query } = await grafanaAnnotations({ url: new URL(SITE), token: 'glsa_1' }).findChanges(
    QUERY,
    later(),
  );
  expect(changes).toEqual([
    {
      atUs: AT_US,
      kind: 'deploy',
      service: 'checkout',
      id: '1.4.2',
      text: 'checkout 1.4.2 run',
      url: 'https://ci.example/41',
      files: [],
      diff: '',
    },
    {
      atUs: AT_US,
      kind: 'config',
      service: 'shop',
      id: 'annotation 8',
      text: 'limits',
      url: `${SITE}/d/abc`,
      files: [],
      diff: '',
    },
  ]);
  expect(query.text).toMatch(/^GET \/api\/annotations\?from=/);
});

test('an answer of somebody else is no Grafana', async () => {
  nock(SITE).get('/api/annotations').query({ limit: '1' }).reply(200, { message: 'hello' });
  expect(await grafanaAnnotations({ url: new URL(SITE) }).check(later())).toMatchObject({ ok: false });
});
