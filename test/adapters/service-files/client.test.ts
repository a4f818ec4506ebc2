import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { readCatalogInfo } from '#adapters/service-files/catalog-info.ts';
import { serviceFiles } from '#adapters/service-files/client.ts';
import { readCodeOwners } from '#adapters/service-files/codeowners.ts';
import type { FoundFacts } from '#gather/sources.ts';
import { later } from '#test/later.ts';

const COMPONENT = `
apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: payments
  title: Payments API
  annotations:
    backstage.io/kubernetes-id: payments-api
    pagerduty.com/service-id: PABC123
    pagerduty.com/integration-key: 0123456789abcdef
    github.com/project-slug: acme/payments
  tags: [java, tier-1]
  links:
    - { url: https://wiki.example.com/runbooks/pay, title: Runbook }
    - { url: https://grafana.example.com/d/pay, title: Overview, type: dashboard }
    - { url: javascript:alert(1), title: Runbook }
spec:
  type: service
  lifecycle: production
  owner: group:default/payments-team
  system: checkout
---
apiVersion: backstage.io/v1alpha1
kind: Group
metadata:
  name: payments-team
  links: [{ url: https://acme.slack.com/archives/C012, title: Chat }]
spec: { type: team }
---
kind: Template
metadata: {}
`;

function said({ facts }: FoundFacts) {
  return facts.map(({ service, kind, value }) => `${service} ${kind} ${value}`);
}

describe('catalog-info.yaml', () => {
  test('says names, owner, tier, links and system of a component, with what its group adds', () => {
    const found = readCatalogInfo(COMPONENT, 'catalog-info.yaml');
    expect(said(found)).toEqual([
      'payments name payments',
      'payments alias Payments API',
      'payments alias payments-api',
      'payments alias PABC123',
      'payments repository acme/payments',
      'payments tier 1',
      'payments lifecycle production',
      'payments system checkout',
      'payments runbook https://wiki.example.com/runbooks/pay',
      'payments dashboard https://grafana.example.com/d/pay',
      'payments owner group:default/payments-team',
      'payments channel https://acme.slack.com/archives/C012',
    ]);
    expect(found.warnings).toEqual([]);
    expect(JSON.stringify(found)).not.toContain('0123456789abcdef');
  });

  test('that is no YAML is named with its line, without the text that may hold a secret', () => {
    const { facts, warnings } = readCatalogInfo('kind: Component\nmetadata: {name: "hunter2\n', 'a.yaml');
    expect(facts).toEqual([]);
    expect(warnings[0]).toMatch(/^a\.yaml, line \d+, column \d+: no valid YAML \(\w+\): correct it$/);
  });

  test('without a name is named with its document and its field; the others count', () => {
    const { facts, warnings } = readCatalogInfo(`kind: Component\nmetadata: {}\n---${COMPONENT}`, 'a.yaml');
    expect(facts.length).toBeGreaterThan(5);
    expect(warnings).toEqual([expect.stringMatching(/^a\.yaml, document 1: metadata\.name: .*: correct it/)]);
  });

  test('whose aliases multiply is refused in a moment', () => {
    const bomb = [
      'a: &a [x,x,x,x,x,x,x,x,x]',
      ...[...'bcdefghij'].map((name, i) => `${name}: &${name} [${`*${'abcdefghij'[i]},`.repeat(9)}]`),
    ].join('\n');
    const { warnings } = readCatalogInfo(`kind: Component\n${bomb}`, 'a.yaml');
    expect(warnings).toEqual([expect.stringContaining('write the values out')]);
  });
});

describe('CODEOWNERS', () => {
  test('gives a folder to the owners of its last line, and the repository to those of *', () => {
    const text = `
# teams
*                       @acme/platform
/services/payments/     @acme/payments someone@example.com # comment
/services/payments/**   @acme/pay
/services/checkout      @acme/checkout @acme/web
*.md                    @acme/docs
/services/*/            @acme/nobody
/services/stock/go.mod  @acme/bots
[Section]
`;
    const found = readCodeOwners(text, { place: 'CODEOWNERS', repository: 'shop' });
    expect(said(found)).toEqual([
      'shop owner @acme/platform',
      'payments owner @acme/pay',
      'checkout owner @acme/checkout',
      'checkout owner @acme/web',
      'services owner @acme/nobody',
    ]);
    expect(found.facts.every(({ ifKnown }) => ifKnown)).toBe(true);
    expect(found.facts[1]?.place).toBe('CODEOWNERS, line 5');
  });
});

describe('the files of the settings', () => {
  function folderWith(files: Readonly<Record<string, string>>): string {
    const folder = mkdtempSync(join(tmpdir(), 'spanhound-services-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), text);
    }
    return folder;
  }

  test('are found in folders; those of dependencies are left out', async () => {
    const folder = folderWith({
      'payments/catalog-info.yaml': COMPONENT,
      'payments/.github/CODEOWNERS': '* @acme/payments',
      'payments/node_modules/other/catalog-info.yaml': COMPONENT,
    });
    const source = serviceFiles([folder]);
    const { facts, warnings } = await source.readFacts(later());
    expect(warnings).toEqual([]);
    expect(new Set(facts.map(({ origin }) => origin))).toEqual(new Set(['backstage', 'codeowners']));
    expect(facts.filter(({ kind }) => kind === 'name')).toHaveLength(1);
    expect(await source.check(later())).toMatchObject({ ok: true, detail: 'name 1 services' });
  });

  test('that are missing are named with what to do, and fail the check', async () => {
    const source = serviceFiles(['/nowhere/catalog-info.yaml']);
    const { warnings } = await source.readFacts(later());
    expect(warnings).toEqual([
      '/nowhere/catalog-info.yaml cannot be read (ENOENT): correct the path in SERVICES_FILES',
    ]);
    expect(await source.check(later())).toMatchObject({ ok: false });
  });
});
