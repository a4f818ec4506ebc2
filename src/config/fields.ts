/** Kinds of settings that several parts of the configuration share. An error message follows the sign `✖`. */
import { z } from 'zod';
import { settingFacts } from '#config/setting.ts';
import { databaseAddressProblem, isPercentEncoded } from '#model/sql/database-address.ts';

/** The path and the variable follow. */
export function says(mistake: string) {
  return { error: ({ input }: { input?: unknown }) => (input === undefined ? 'is missing' : mistake) };
}

export const Address = () =>
  z
    .url({ protocol: /^https?$/, ...says('must be an address such as https://jaeger.example.com') })
    .refine(hasReadableUser, 'has a user or a password with a % that does not begin a percent-encoded byte: write %25')
    .transform((address) => new URL(address));

/** Other mistakes are reported as such. */
function hasReadableUser(address: string): boolean {
  const { username, password } = URL.parse(address) ?? { username: '', password: '' };
  return isPercentEncoded(username) && isPercentEncoded(password);
}

export const Text = () => z.string(says('must be text')).min(1, 'must not be empty');

/** The id of a Slack channel: `C05ABCD12`. */
export const ChannelId = () =>
  z
    .string('must be text')
    .regex(/^[CG][A-Z0-9]{5,}$/, 'must be the id of a channel (C…), as the channel’s details in Slack show it');

/** An optional secret; it comes from the environment only. */
export const Secret = ({ env, means }: Readonly<{ env: string; means: string }>) =>
  Text().register(settingFacts, { env, secret: true, means }).optional();

/** An optional token that an HTTP header carries. */
export const Token = ({ env, means }: Readonly<{ env: string; means: string }>) =>
  HeaderText().min(1, 'must not be empty').register(settingFacts, { env, secret: true, means }).optional();

/**
 * Text that an HTTP header can carry: RFC 9110, field values. Another one would fail at the first request, and look
 * like a backend that is down.
 */
export const HeaderText = () =>
  z
    .string(says('must be text'))
    .regex(
      /^[\t\x20-\x7e\x80-\xff]*$/,
      'must not have line breaks, control characters or characters outside Latin-1: an HTTP header cannot carry them',
    );

/**
 * Whether a secret can sign requests as Standard Webhooks describes it. A decoder skips what is no base64, so a mistyped
 * key would sign with another one, or with none.
 */
export function isSigningSecret(secret: string): boolean {
  return !secret.startsWith('whsec_') || /^[A-Za-z0-9+/]{2,}={0,2}$/.test(secret.slice('whsec_'.length));
}

export const NO_SIGNING_SECRET = 'must have base64 after whsec_, as openssl rand -base64 32 writes it';

/** One signing secret, or two with a space between them, while a team changes it. */
export const SigningSecrets = () =>
  z
    .string(says('must be text'))
    .regex(/\S/, 'must not be empty')
    .refine((written) => written.split(' ').every(isSigningSecret), NO_SIGNING_SECRET);

export const Amount = () => z.number(says('must be a number')).positive('must be more than 0');

export const ZoneName = () =>
  z
    .string(says('must be the name of a time zone, such as Europe/Berlin'))
    .refine(isZone, 'must be the name of a time zone, such as Europe/Berlin');

function isZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false; // RangeError: the tz database does not know it
  }
}

/** The message does not repeat the address, because it may contain a password. */
export const DatabaseAddress = (system: Parameters<typeof databaseAddressProblem>[1]) =>
  z.string(says('must be text')).superRefine((text, context) => {
    const problem = databaseAddressProblem(text, system);
    if (problem !== '') context.addIssue({ code: 'custom', message: problem, input: '' });
  });

/** What Spanhound may do in a paging system. `what`: its incidents, with a link to their docs. */
export const PagerActions = <const Action extends string>(
  actions: readonly [Action, ...Action[]],
  { env, what }: Readonly<{ env: string; what: string }>,
) =>
  z
    .array(
      z.enum(
        actions,
        actions.length === 1
          ? `must be ${actions[0]}`
          : `must be ${actions.slice(0, -1).join(', ')} or ${actions.at(-1)}`,
      ),
      says('must be a list of actions'),
    )
    .max(actions.length, `must be at most ${actions.length}`)
    .register(settingFacts, {
      env,
      means: `What Spanhound does to ${what}: ${actions.map((action) => `\`${action}\``).join(', ')}. Default: nothing. In the variable, separate them with commas.`,
    })
    .prefault([]);

/** The settings that backends share: credentials and tenant. `prefix` starts their variables. */
export function accessSettings(prefix: string, title: string) {
  return {
    tenant: HeaderText()
      .min(1, 'must not be empty')
      .register(settingFacts, {
        env: `${prefix}_TENANT`,
        means: `The tenant to read, if ${title} serves several.`,
      })
      .optional(),
    ...credentialSettings(prefix, title),
  };
}

export function credentialSettings(prefix: string, title: string) {
  return {
    token: Token({ env: `${prefix}_TOKEN`, means: `The bearer token for ${title}.` }),
    headers: z
      .record(z.string(), HeaderText())
      .register(settingFacts, {
        env: `${prefix}_HEADERS`,
        secret: true,
        means: `Additional headers for every request to ${title}, as \`name=value,name=value\`, values percent-encoded.`,
      })
      .prefault({}),
  };
}

/**
 * Which fields of a line hold its trace id and its level: alike for each store whose lines have any form. `prefix` starts
 * their variables. `knows`: whose names count without them.
 */
export function lineFieldSettings(prefix: string, { knows = 'OpenTelemetry and loggers', form = LINE_FIELD } = {}) {
  const field = (env: string, holds: string) =>
    z
      .string(says('must be text'))
      .regex(form, 'must be the name of a field')
      .register(settingFacts, {
        env,
        means: `The field with the ${holds} of a line. Default: the names that ${knows} use.`,
      })
      .optional();
  return {
    traceField: field(`${prefix}_TRACE_FIELD`, 'trace id'),
    levelField: field(`${prefix}_LEVEL_FIELD`, 'level'),
  };
}

const LINE_FIELD = /^[\w@][\w@.-]{0,199}$/;

/** `acme/shop`, or `checkout=acme/shop` if the service has another name than the repository. */
export function codeSettings({ env, what, example }: Readonly<{ env: string; what: string; example: string }>) {
  return z
    .array(
      z
        .string('must be text')
        .regex(
          /^(?:[^=,\s]{1,200}=)?[\w.-]{1,200}(?:\/[\w.-]{1,200}){1,20}$/,
          `must be ${example}or service=${example}`,
        )
        .transform(codeOf),
      'must be a list',
    )
    .register(settingFacts, {
      env,
      means: `The ${what} to read deployments and commits from, such as \`${example}\`, or \`checkout=${example}\` if the service has another name. Default: none. Spanhound reads the diffs of reported commits in any case. In the variable, separate them with commas.`,
    })
    .prefault([]);
}

/** `Login=8kbf7d35c070`: what customers use, with the id that a status page has for it. */
export function pageComponents({ env, id, example }: Readonly<{ env: string; id: RegExp; example: string }>) {
  return z
    .array(
      z
        .string('must be text')
        .max(200, 'must have at most 200 characters')
        .refine((entry) => componentOf(entry).name.trim() !== '' && id.test(componentOf(entry).id), {
          message: `must be a name, =, and the id of a component, such as ${example}`,
        })
        .transform(componentOf),
      'must be a list of names with ids',
    )
    .register(settingFacts, {
      env,
      means: `The ids of the components on that page, by their names in \`incidents.statusPage.components\`, such as \`${example}\`. In the variable, separate them with commas.`,
    })
    .prefault([]);
}

/** An id has no equals sign; a name may have one. */
function componentOf(entry: string): Readonly<{ name: string; id: string }> {
  const equals = entry.lastIndexOf('=');
  return { name: entry.slice(0, Math.max(equals, 0)), id: entry.slice(equals + 1) };
}

/** `acme/ops`, or `checkout=acme/shop` for the items of one service. `path`: what a place looks like. */
export function issuePlaces({
  env,
  what,
  example,
  path,
}: Readonly<{ env: string; what: string; example: string; path: RegExp }>) {
  return z
    .array(
      z
        .string('must be text')
        .transform(placeOf)
        .refine(
          ({ path: written, service }) => path.test(written) && service.length <= 200,
          `must be ${example} or service=${example}`,
        ),
      'must be a list',
    )
    .register(settingFacts, {
      env,
      means: `The ${what} in which action items get [issues](issues.md), such as \`${example}\`, or \`checkout=${example}\` for incidents of the service \`checkout\`. Default: none. In the variable, separate them with commas.`,
    })
    .prefault([]);
}

/** One repository for postmortems, a folder in it, and a token of its own. `prefix` starts their variables. */
export function postmortemRepository({
  prefix,
  what,
  path,
  rights,
}: Readonly<{ prefix: string; what: string; path: RegExp; rights: string }>) {
  return {
    postmortems: z
      .string('must be text')
      .regex(path, 'must be like acme/ops')
      .register(settingFacts, {
        env: `${prefix}_POSTMORTEMS`,
        means: `The ${what} to which people may [export](exports.md) postmortems, such as \`acme/ops\`. Default: none.`,
      })
      .optional(),
    postmortemsFolder: z
      .string('must be text')
      .regex(FOLDER, 'must be a folder in it, such as docs/postmortems')
      .register(settingFacts, { env: `${prefix}_POSTMORTEMS_FOLDER`, means: `The folder in this ${what}.` })
      .prefault('postmortems'),
    postmortemsToken: Token({ env: `${prefix}_POSTMORTEMS_TOKEN`, means: `A token ${rights}` }),
  };
}

/** No part begins with a dot. */
const FOLDER = /^(?:[\w-][\w.-]{0,99}\/){0,9}[\w-][\w.-]{0,99}$/;

export function issueLabels(env: string) {
  return z
    .array(
      z.string('must be text').min(1, 'must not be empty').max(100, 'must have at most 100 characters'),
      'must be a list of labels',
    )
    .max(20, 'must be at most 20')
    .register(settingFacts, {
      env,
      means:
        'Labels of each [issue](issues.md), such as `postmortem`. Default: none. In the variable, separate them with commas.',
    })
    .prefault([]);
}

function placeOf(text: string): Readonly<{ path: string; service: string }> {
  const at = text.indexOf('=');
  return { path: text.slice(at + 1).trim(), service: text.slice(0, Math.max(0, at)).trim() };
}

function codeOf(text: string): Readonly<{ path: string; service: string }> {
  const at = text.indexOf('=');
  const path = text.slice(at + 1);
  return { path, service: at > 0 ? text.slice(0, at) : path.slice(path.lastIndexOf('/') + 1) };
}
