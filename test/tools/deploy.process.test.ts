/** The files for compose and Kubernetes name only fields that exist, and fit together. */
import { readFileSync } from 'node:fs';
import { matchesGlob } from 'node:path';
import * as kubernetes from '@kubernetes/client-node';
import { describe, expect, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { Config } from '#config/schema.ts';
import { settingsOf } from '#config/setting.ts';

type Tree = Readonly<Record<string, unknown>>;
type Model = Readonly<{ getAttributeTypeMap(): readonly Readonly<{ baseName: string; type: string }>[] }>;

const manifests = parseAllDocuments(readFileSync('deploy/kubernetes.yaml', 'utf8')).map(
  (document) => document.toJS() as Tree & { kind: string; spec: Tree },
);
const models = kubernetes as unknown as Readonly<Record<string, Model | undefined>>;

/** Paths that Kubernetes' own client does not know. */
function unknownFields(value: unknown, type: string, path: string): readonly string[] {
  const list = /^Array<(.+)>$/.exec(type);
  if (list !== null) {
    if (!Array.isArray(value)) return [`${path} is no list`];
    return value.flatMap((one, index) => unknownFields(one, list[1] ?? '', `${path}[${index}]`));
  }
  const model = models[type];
  if (model?.getAttributeTypeMap === undefined) return [];
  if (typeof value !== 'object' || value === null) return [`${path} is no object`];
  return Object.entries(value).flatMap(([name, inner]) => {
    const known = model.getAttributeTypeMap().find(({ baseName }) => baseName === name);
    return known === undefined ? [`${path}.${name}`] : unknownFields(inner, known.type, `${path}.${name}`);
  });
}

function manifest(kind: string) {
  const found = manifests.find((one) => one.kind === kind);
  if (found === undefined) throw new Error(`there is no ${kind}`);
  return found;
}

describe('the Kubernetes manifests', () => {
  test('have only fields that Kubernetes knows', () => {
    expect(manifests.map(({ kind }) => kind)).toEqual([
      'ServiceAccount',
      'ConfigMap',
      'PersistentVolumeClaim',
      'Deployment',
      'Service',
      'PodDisruptionBudget',
      'NetworkPolicy',
    ]);
    expect(manifests.flatMap((one) => unknownFields(one, `V1${one.kind}`, one.kind))).toEqual([]);
    expect(unknownFields({ spec: { replica: 2 } }, 'V1Deployment', 'planted')).toEqual(['planted.spec.replica']);
  });

  test('select the pods of the Deployment', () => {
    const labels = { 'app.kubernetes.io/name': 'spanhound' };
    expect(manifest('Deployment').spec).toMatchObject({
      selector: { matchLabels: labels },
      template: { metadata: { labels } },
    });
    expect(manifest('Service').spec.selector).toEqual(labels);
    expect(manifest('PodDisruptionBudget').spec.selector).toEqual({ matchLabels: labels });
    expect(manifest('NetworkPolicy').spec.podSelector).toEqual({ matchLabels: labels });
  });

  test('name settings that exist', () => {
    const known = settingsOf(Config).map(({ env }) => env);
    expect(known).toEqual(expect.arrayContaining(Object.keys(manifest('ConfigMap').data as Tree)));
    expect(known).toEqual(expect.arrayContaining(['DATABASE_URL', 'SPANHOUND_REDACTION_KEY', 'SPANHOUND_DATA']));
  });
});

test('compose.yaml gives all replicas one database, one key and one volume', () => {
  const { services, volumes } = parse(readFileSync('compose.yaml', 'utf8'), { merge: true });
  expect(services.spanhound.environment).toEqual(services.migrate.environment);
  expect(Object.keys(services.spanhound.environment)).toEqual(['DATABASE_URL', 'SPANHOUND_REDACTION_KEY']);
  expect(services.spanhound.deploy.replicas).toBe(2);
  expect(services.spanhound.depends_on.migrate.condition).toBe('service_completed_successfully');
  expect(Object.keys(volumes)).toEqual(['postgres', 'evidence']);
});

describe('files with secrets', () => {
  /** Those that compose.yaml and docs/operations.md tell people to write, and their usual other names. */
  const secret = [
    ...new Set(
      [
        ...readFileSync('compose.yaml', 'utf8').matchAll(/\S*\.env\b/g),
        ...readFileSync('docs/operations.md', 'utf8').matchAll(/[\w-]*\.env\b/g),
      ].map(([name]) => name),
    ),
    '.env.local',
    '.env.production',
    'production.env',
    'deploy/spanhound.env',
    'deploy/.env',
  ];
  const harmless = ['.env.example', 'example.env', 'src/config/load.ts', 'compose.yaml'];

  test('are those that the documents name', () => {
    expect(secret).toEqual(expect.arrayContaining(['.env', 'spanhound.env']));
  });

  test.each(['.dockerignore', '.gitignore'])('%s leaves them out', (file) => {
    const rules = readFileSync(file, 'utf8').split('\n');
    const isOut = (path: string) => isIgnored(path, rules, file === '.gitignore');
    expect(secret.filter((path) => !isOut(path))).toEqual([]);
    expect(harmless.filter(isOut)).toEqual([]);
  });
});

/** The last rule that fits decides. A rule of git without a folder fits in each folder. */
function isIgnored(path: string, rules: readonly string[], isGit: boolean): boolean {
  const fits = (rule: string) => {
    const glob = rule.replace(/^!/, '');
    return matchesGlob(path, isGit && !glob.includes('/') ? `**/${glob}` : glob);
  };
  const last = rules.filter((rule) => rule !== '' && !rule.startsWith('#') && fits(rule)).at(-1);
  return last !== undefined && !last.startsWith('!');
}
