/** `spanhound token`: creates, lists and revokes the tokens of the REST API. */
import type { Call } from '#cli/call.ts';
import { EXIT } from '#cli/failure.ts';
import { readOnce } from '#cli/note-read.ts';
import { openOutput } from '#cli/output.ts';
import { openStore } from '#cli/store.ts';
import { makeToken } from '#compose/tokens.ts';
import { loadConfig } from '#config/load.ts';
import { dayFromUs, isoFromUs } from '#core/clock.ts';
import { readableSecond } from '#present/words/instant.ts';
import { endToken, type ListedToken, listTokens } from '#workflows/rights/api-tokens.ts';

/** For the audit log: anybody who may run this on the machine with the data. */
const ACTOR = 'command line';

export type CreateTokenOptions = Readonly<{
  scope?: readonly string[];
  channel?: readonly string[];
  days?: string;
}>;

/** A quarter: long enough to forget a date, short enough for a token that leaked. */
const DEFAULT_DAYS = '90';

export async function create(call: Call, name: string, options: CreateTokenOptions): Promise<number> {
  const output = openOutput(call, ['text', 'json']);
  const store = await openStore(loadConfig(call.env, call.options.config));
  const { scope: scopes = [], channel: channels = [], days = DEFAULT_DAYS } = options;
  const { token, stored } = await makeToken(store, { name, scopes, channels, days, by: ACTOR }).finally(() =>
    store.close(),
  );
  const json = { token, ...jsonOf({ ...stored, state: 'valid' }) };
  await output.write(output.form === 'json' ? `${JSON.stringify(json)}\n` : `${token}\n`);
  // Not on stdout, so that `$(spanhound token create …)` is the token alone.
  if (output.form !== 'json') {
    const until = readableSecond(stored.expiresUs);
    process.stderr.write(`This token is shown once. It is valid until ${until}; its id is ${stored.id}.\n`);
  }
  return EXIT.done;
}

export async function list(call: Call): Promise<number> {
  const output = openOutput(call, ['text', 'json']);
  const store = await openStore(loadConfig(call.env, call.options.config));
  const all = await readOnce(store, 'tokens', listTokens(store));
  const text = all.length === 0 ? 'There are no tokens.\n' : all.map(lineOf).join('');
  await output.write(output.form === 'json' ? `${JSON.stringify(all.map(jsonOf))}\n` : text);
  return EXIT.done;
}

export async function revoke(call: Call, named: string): Promise<number> {
  const output = openOutput(call, ['text', 'json']);
  const store = await openStore(loadConfig(call.env, call.options.config));
  const { token, changed } = await endToken(store, named, ACTOR).finally(() => store.close());
  const { id, name } = token;
  const said = `Token ${name} (${id}) is revoked${changed ? '. A bot refuses it within a second' : ' already'}.`;
  await output.write(`${output.form === 'json' ? JSON.stringify({ id, name, state: 'revoked' }) : said}\n`);
  return EXIT.done;
}

/** All of it has a fixed form. */
function lineOf({ id, name, scopes, channels, state, expiresUs, usedUs }: ListedToken): string {
  const until = `${state === 'valid' ? 'until' : state} ${dayFromUs(expiresUs)}`;
  const used = usedUs === undefined ? 'never used' : `used ${dayFromUs(usedUs)}`;
  const sees = channels.length === 0 ? '' : `  sees ${channels.join(' ')}`;
  return `${id}  ${name}  ${scopes.join(' ')}  ${state === 'revoked' ? state : until}  ${used}${sees}\n`;
}

function jsonOf({ id, name, scopes, channels, state, createdUs, expiresUs, revokedUs, usedUs }: ListedToken) {
  const at = (us: number | undefined) => (us === undefined ? null : isoFromUs(us));
  return {
    id,
    name,
    scopes,
    channels,
    state,
    createdAt: at(createdUs),
    expiresAt: at(expiresUs),
    revokedAt: at(revokedUs),
    usedAt: at(usedUs),
  };
}
