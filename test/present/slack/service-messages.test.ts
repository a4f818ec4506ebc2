import { describe, expect, test } from 'vitest';
import { catalogueOf } from '#model/services/catalogue.ts';
import { ownedService } from '#model/services/owned-service.ts';
import type { FactKind, ServiceFact } from '#model/services/service-fact.ts';
import { blockProblems } from '#present/slack/block-limits.ts';
import {
  serviceMarkdown,
  serviceNamedLine,
  serviceQuestion,
  serviceQuestionOf,
  withService,
} from '#present/slack/service-messages.ts';

function fact(kind: FactKind, value: string, more: Partial<ServiceFact> = {}): ServiceFact {
  return { service: 'payments-api', kind, value, origin: 'backstage', place: 'catalog-info.yaml', ...more };
}

const read = (value: unknown): string => JSON.stringify(value);
const owned = (...facts: readonly ServiceFact[]) => ownedService(catalogueOf(facts), 'payments-api');
const HOSTILE = `<!channel> *bold* \`code\` <https://evil.example|click> ${'x'.repeat(300)}`;

describe('the line about the owner', () => {
  const ANSWER = { text: 't', blocks: [], thread: [{ text: 'detail', blocks: [] }] };

  test('stands in the detail, with links that can be opened', () => {
    const service = owned(
      fact('owner', 'group:default/payments-team'),
      fact('tier', '1'),
      fact('runbook', 'https://wiki.example.com/pay'),
      fact('channel', '#payments'),
    );
    const { thread } = withService(ANSWER, service);
    expect(thread).toHaveLength(1);
    expect(read(thread[0]?.blocks)).toMatch(/payments-api.*owner payments-team.*tier 1.*"runbook".*channel #payments/);
    expect(serviceMarkdown(service)).toContain(
      'owner payments-team · tier 1 · [runbook](https://wiki.example.com/pay)',
    );
  });

  test('names both owners if the sources contradict each other', () => {
    const service = owned(fact('owner', 'payments-team'), fact('owner', '@acme/sre', { place: 'CODEOWNERS' }));
    expect(serviceMarkdown(service)).toMatch(/payments-team or @\u2060?acme\/sre \(sources contradict each other\)/);
  });

  test('is left out where no source says anything useful', () => {
    expect(owned(fact('name', 'payments-api'))).toBeUndefined();
    expect(withService(ANSWER, undefined)).toBe(ANSWER);
    expect(serviceMarkdown(undefined)).toBe('');
  });

  test('of hostile values stays plain text within the limits', () => {
    const service = owned(fact('owner', HOSTILE), fact('channel', HOSTILE), fact('runbook', 'javascript:alert(1)'));
    const [detail] = withService(ANSWER, service).thread;
    expect(blockProblems(detail?.blocks ?? [])).toEqual([]);
    expect(read(detail)).not.toContain('"type":"link"');
    expect(read(detail)).not.toContain('mrkdwn');
  });
});

describe('the question', () => {
  test('offers the services, and its block names the answer', () => {
    const question = serviceQuestion({ said: 'SRE-OTR-FTL', services: ['payments-api', 'checkout'] }, 'i-1');
    expect(question?.text).toBe('Which service is SRE-OTR-FTL?');
    expect(read(question?.blocks)).toContain('"value":"payments-api"');
    expect(serviceQuestionOf('alert_service:i-1')).toBe('i-1');
    expect(serviceQuestionOf('trace_detail')).toBe('');
    expect(blockProblems(question?.blocks ?? [])).toEqual([]);
  });

  test('of hundreds of services says how many it shows, and leaves out what Slack cannot hold', () => {
    const services = [...Array.from({ length: 300 }, (_, i) => `service-${i}`), 'x'.repeat(80), ' ', 'a\nb'];
    const question = serviceQuestion({ said: HOSTILE, services }, 'i-1');
    expect(blockProblems(question?.blocks ?? [])).toEqual([]);
    expect(read(question?.blocks)).toContain('These are 100 of 300.');
    expect(question?.text).not.toContain('<!channel>');
  });

  test('is not asked without services', () => {
    expect(serviceQuestion({ said: 'SRE', services: [] }, 'i-1')).toBeUndefined();
  });
});

test('the second look says who named the service', () => {
  const line = serviceNamedLine({ by: 'mira', said: 'SRE-OTR-FTL', service: 'payments-api', title: HOSTILE });
  expect(line.text).toContain('mira says that SRE-OTR-FTL is payments-api. Looking into');
  expect(line.text).not.toContain('<!channel>');
  expect(blockProblems(line.blocks)).toEqual([]);
});
