/**
 * Loads the configuration: one YAML file, overridden by the environment. Secrets come only from the environment, as
 * `NAME` or as `NAME_FILE` (the path of a file with the secret), because a configuration file is copied, committed and
 * pasted into chats. All mistakes are reported at once, so that a deploy fails once and not five times.
 */
import type { z } from 'zod';
import { DETECTORS_PREFIX } from '#config/detector-settings.ts';
import { Config } from '#config/schema.ts';
import { type Setting, settingsOf } from '#config/setting.ts';
import { isTree, type Mistakes, mistakesText, readText, readYaml, type Tree } from '#config/yaml-file.ts';
import { ConfigError } from '#core/errors.ts';
import { once } from '#core/memoize.ts';
import { nearestWord } from '#core/nearest-word.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** `file` is the argument of `--config`; without it SPANHOUND_CONFIG names the file, if there is one. */
export function loadConfig(env: Environment, file?: string): Config {
  const { config, mistakes } = loadUsable(env, file);
  if (config === undefined || mistakes.length > 0) throw new ConfigError(mistakesText(NOT_VALID, mistakes));
  return config;
}

const NOT_VALID = 'The configuration is not valid:';

/** The schema stays as it is: a bot that loads its configuration again does not walk it again. */
const allSettings = once((): readonly Setting[] => settingsOf(Config));

/** One path with a mistake may hide another. */
const MOST_PASSES = 5;

/** The configuration without the settings that have a mistake. Undefined where too little is left. */
export function loadUsable(
  env: Environment,
  file?: string,
): Readonly<{ config: Config | undefined; mistakes: readonly string[] }> {
  const mistakes: Mistakes = [];
  const settings = allSettings();
  const path = file ?? (env.SPANHOUND_CONFIG || undefined);
  const input = path === undefined ? {} : readYaml(path, 'the configuration file', mistakes).tree;
  refuseSecrets(input, settings, mistakes);
  applyEnvironment(input, env, settings, mistakes);
  for (let pass = 0; pass < MOST_PASSES; pass += 1) {
    const result = Config.safeParse(input);
    if (result.success) return { config: result.data, mistakes };
    for (const issue of result.error.issues) {
      // What lacks a setting that was dropped is dropped as a whole, and is no further mistake.
      if (drop(input, issue, settings) || pass === 0) mistakes.push(...describe(issue, settings));
    }
  }
  return { config: undefined, mistakes };
}

/** Drops the setting that the mistake is about, or what is around it where it is not there. Whether it was there. */
function drop(input: Tree, issue: z.core.$ZodIssue, settings: readonly Setting[]): boolean {
  const at = issue.path.map(String);
  const keys = issue.code === 'unrecognized_keys' ? issue.keys : [];
  const whole = settings.find((known) => startsWith(at, known.path))?.path ?? at;
  const parent = treeAt(input, keys.length > 0 ? at : whole.slice(0, -1));
  const dropped = (keys.length > 0 ? keys : whole.slice(-1)).filter((key) => parent && Object.hasOwn(parent, key));
  for (const key of dropped) delete parent?.[key];
  if (dropped.length > 0) return true;
  const around = whole.at(-2);
  if (around !== undefined) delete treeAt(input, whole.slice(0, -2))?.[around];
  return false;
}

/** Removes a refused secret, so that no further message mentions its value. */
function refuseSecrets(input: Tree, settings: readonly Setting[], mistakes: Mistakes): void {
  for (const { path, env, secret, kind } of settings) {
    const parent = treeAt(input, path.slice(0, -1));
    const key = path.at(-1);
    if (parent === undefined || key === undefined || !Object.hasOwn(parent, key)) continue;

    if (secret) {
      mistakes.push(`is a secret and must not stand in a file: set ${env} or ${env}_FILE → at ${path.join('.')}`);
      delete parent[key];
    } else if (kind === 'address' && holdsPassword(parent[key])) {
      mistakes.push(`holds a password, which must not stand in a file: set ${env} instead → at ${path.join('.')}`);
      delete parent[key];
    }
  }
}

function holdsPassword(value: unknown): boolean {
  return typeof value === 'string' && /^[a-z]+:\/\/[^/?#]*@/i.test(value);
}

function applyEnvironment(input: Tree, env: Environment, settings: readonly Setting[], mistakes: Mistakes): void {
  for (const setting of settings) {
    const text = textOf(setting, env, mistakes);
    if (text === undefined) continue;
    const parent = treeFor(input, setting.path.slice(0, -1));
    const key = setting.path.at(-1);
    if (parent === undefined || key === undefined) continue; // the file has a wrong type there, which is reported
    parent[key] = parsed(text, setting, mistakes);
  }
  const known = new Set(settings.map((setting) => setting.env));
  for (const name of Object.keys(env)) {
    if (name.startsWith(DETECTORS_PREFIX) && !known.has(name)) mistakes.push(`no detector has this setting → ${name}`);
  }
}

/** An empty variable counts as not set: compose files and CI leave variables out this way. */
function textOf({ env: name, secret }: Setting, env: Environment, mistakes: Mistakes): string | undefined {
  const text = env[name] || undefined;
  const file = secret ? env[`${name}_FILE`] || undefined : undefined;
  if (file === undefined) return text;
  if (text !== undefined) {
    mistakes.push(`set only one of them → ${name} and ${name}_FILE`);
    return text;
  }
  return readText(file, mistakes, `the file that ${name}_FILE names`)?.trimEnd();
}

function parsed(text: string, { kind, env }: Setting, mistakes: Mistakes): unknown {
  if (kind === 'number') return text.trim() === '' || Number.isNaN(Number(text)) ? text : Number(text);
  if (kind === 'flag') return text === 'true' || (text === 'false' ? false : text);
  if (kind === 'pairs') return pairsOf(text, env, mistakes);
  if (kind === 'list')
    return text
      .split(',')
      .map((item) => item.trim())
      .filter((item) => item !== '');
  return text;
}

function pairsOf(text: string, env: string, mistakes: Mistakes): Tree {
  const pairs: Tree = {};
  for (const pair of text.split(',')) {
    const [, name, value] = /^\s*([\w!#$%&'*+.^`|~-]+)\s*=(.*)$/s.exec(pair) ?? [];
    const decoded = value === undefined ? undefined : percentDecoded(value.trim());
    if (name === undefined || decoded === undefined) {
      mistakes.push(`must be name=value,name=value with percent-encoded values → ${env}`);
      return {};
    }
    pairs[name.toLowerCase()] = decoded;
  }
  return pairs;
}

function percentDecoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

function describe(issue: z.core.$ZodIssue, settings: readonly Setting[]): string[] {
  const path = issue.path.map(String);
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => `unknown setting${meant(key, path, settings)} → at ${[...path, key].join('.')}`);
  }
  const setting = settings.find((known) => startsWith(path, known.path));
  return [`${issue.message} → at ${path.join('.')}${setting ? ` (${setting.env})` : ''}`];
}

/** A variable's name, or a known name at the same place that differs only by a typo. */
function meant(key: string, path: readonly string[], settings: readonly Setting[]): string {
  const variable = path.length === 0 ? settings.find(({ env }) => env === key.toUpperCase()) : undefined;
  if (variable !== undefined)
    return variable.secret
      ? `; ${variable.env} is a secret: set it as a variable of the environment`
      : `; ${variable.env} is the variable: in this file it is ${variable.path.join('.')}`;
  const name = nearestWord(
    key,
    settings.filter((known) => startsWith(known.path, path)).map((known) => known.path[path.length] ?? ''),
  );
  return name === undefined ? '' : `; did you mean ${name}?`;
}

function startsWith(path: readonly string[], start: readonly string[]): boolean {
  return start.every((key, index) => path[index] === key);
}

function treeAt(tree: Tree, path: readonly string[]): Tree | undefined {
  let at: unknown = tree;
  for (const key of path) at = isTree(at) && Object.hasOwn(at, key) ? at[key] : undefined;
  return isTree(at) ? at : undefined;
}

/** The same, but creates missing objects on the path; does nothing if the file has a plain value there. */
function treeFor(tree: Tree, path: readonly string[]): Tree | undefined {
  let at = tree;
  for (const key of path) {
    if (!Object.hasOwn(at, key)) at[key] = {};
    const next = at[key];
    if (!isTree(next)) return undefined;
    at = next;
  }
  return at;
}
