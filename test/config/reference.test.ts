import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { loadConfig } from '#config/load.ts';
import { Config } from '#config/schema.ts';
import { settingFacts, settingsOf } from '#config/setting.ts';
import { detectors } from '#detect/registry.ts';
import { configurationReference } from '../../tools/configuration-reference.ts';

const settings = settingsOf(Config);
const page = readFileSync('docs/configuration.md', 'utf8');

describe('settings', () => {
  test('each has a variable of its own', () => {
    const variables = settings.map(({ env }) => env);
    expect(new Set(variables).size).toBe(variables.length);
  });

  test('none has a variable that Kubernetes or Heroku sets for something else', () => {
    const foreign = /^(SPANHOUND|JAEGER|LOKI|SLACK)_(PORT|SERVICE_)|^(HOST|HOSTNAME|PATH|HOME|USER|DYNO)$/;
    expect(settings.filter(({ env }) => foreign.test(env))).toEqual([]);
  });

  test('the variables that scripts rely on are there', () => {
    const variables = settings.map(({ env }) => env);
    for (const name of [
      'PORT',
      'SPANHOUND_DATA',
      'SLACK_BOT_TOKEN',
      'SLACK_SIGNING_SECRET',
      'SLACK_APP_TOKEN',
      'JAEGER_URL',
      'LOKI_URL',
    ]) {
      expect(variables).toContain(name);
    }
  });

  test('every threshold of every detector is one, with the detector’s default', () => {
    for (const { id, thresholds } of detectors) {
      for (const [name, threshold] of Object.entries(thresholds)) {
        const setting = settings.find(({ path }) => path.join('.') === `detectors.${id}.${name}`);
        expect(setting, `${id}.${name}`).toMatchObject({ default: threshold.default, kind: 'number' });
      }
    }
  });

  test('one that does not say what it means is refused when the schema is read', () => {
    expect(() => settingsOf(z.strictObject({ mute: z.string() }))).toThrow(/mute does not say what it means/);
    const told = z.string().register(settingFacts, { env: 'TOLD', means: 'Something.' });
    expect(settingsOf(z.strictObject({ told: told.prefault('x') }))).toMatchObject([{ env: 'TOLD', default: 'x' }]);
  });
});

describe('docs/configuration.md', () => {
  test('is what the schema says', () => {
    expect(page).toBe(configurationReference(settings));
  });

  test('has an example that is valid', () => {
    const [, example] = /```yaml\n([\s\S]*?)```/.exec(page) ?? [];
    expect(Config.safeParse(parse(example ?? '')).error).toBeUndefined();
  });

  test('the defaults that it shows are those that hold', () => {
    const config: unknown = loadConfig({});
    for (const { path, default: preset, kind } of settings) {
      if (preset === undefined || kind === 'pairs') continue;
      const inside = path.slice(0, -1).reduce<unknown>((at, key) => (at as Record<string, unknown>)?.[key], config);
      if (inside !== undefined)
        expect(inside, path.join('.')).toHaveProperty([path.at(-1) ?? ''], settledOn(kind, preset));
    }
  });
});

function settledOn(kind: string, preset: unknown): unknown {
  return kind === 'address' ? new URL(`${preset}`) : preset;
}
