/**
 * Access to the APIs of Google Cloud: with the key of a service account, or as the service account of the machine, which
 * its metadata server knows.
 *
 * “Using OAuth 2.0 for Server to Server Applications”: https://developers.google.com/identity/protocols/oauth2/service-account
 * “Authenticate workloads to Google Cloud APIs using service accounts”:
 * https://cloud.google.com/compute/docs/access/authenticate-workloads
 */
import { createPrivateKey, type KeyObject, sign } from 'node:crypto';
import { z } from 'zod';
import { parsed } from '#adapters/http.ts';
import { type AccessToken, type Asking, oauthTokens, type TokenWay } from '#adapters/oauth-tokens.ts';
import { ConfigError } from '#core/errors.ts';

/** Who asks for it, and for what. */
export type GoogleUse = Readonly<{
  /** The source, as errors name it. */
  name: string;
  /** The setting with the key. */
  setting: string;
  /** Rights, separated with spaces. */
  scopes: string;
}>;

export type GoogleAccess = Readonly<{
  /** The JSON of a service account's key. @default the service account of the machine */
  key?: string | undefined;
  use: GoogleUse;
  /** @default Google's own */
  tokenUrl?: URL;
  metadataUrl?: URL;
}> &
  TokenWay;

const TOKEN_URL = 'https://oauth2.googleapis.com';
const METADATA_URL = 'http://metadata.google.internal';
const MACHINE_PATH = 'computeMetadata/v1/instance/service-accounts/default/token';
const KEY_LIFE_S = 3_600;

/** Throws a ConfigError for a key that is none. */
export function googleTokens({
  key,
  use: { name, setting, scopes },
  tokenUrl = new URL(TOKEN_URL),
  metadataUrl = new URL(METADATA_URL),
  nowMs = Date.now,
  timeoutMs,
}: GoogleAccess): AccessToken {
  const common = { name, nowMs };
  if (key === undefined) {
    const headers = { 'metadata-flavor': 'Google' };
    const machine = `${setting}, or the service account of the machine,`;
    return oauthTokens(
      { ...common, path: MACHINE_PATH, ask: (backend, path, signal) => backend.get(path, { signal, headers }) },
      { url: metadataUrl, timeoutMs, errors: { address: machine, credentials: machine } },
    );
  }
  const account = accountIn(key, setting);
  const ask: Asking['ask'] = (backend, path, signal) => {
    const assertion = assertionOf({ account, scopes }, Math.floor(nowMs() / 1_000));
    const grant = ['grant_type', 'urn:ietf:params:oauth:grant-type:jwt-bearer'] as const;
    return backend.post(path, { signal, form: [grant, ['assertion', assertion]] });
  };
  const errors = { address: `the way to ${TOKEN_URL}`, credentials: setting };
  return oauthTokens({ ...common, path: 'token', ask }, { url: tokenUrl, timeoutMs, errors });
}

type Account = Readonly<{ email: string; keyId: string | undefined; key: KeyObject }>;

const ServiceAccountKey = z.object({
  type: z.literal('service_account'),
  client_email: z.string().min(3).max(320),
  private_key_id: z.string().max(200).optional(),
  private_key: z.string().max(20_000),
});

function accountIn(text: string, setting: string): Account {
  const { success, data } = ServiceAccountKey.safeParse(parsed(text));
  const key = success ? rsaKeyIn(data.private_key) : undefined;
  if (!success || key === undefined) {
    throw new ConfigError(
      `${setting} is no key of a service account: it must be the JSON that Google Cloud made, with client_email and private_key`,
    );
  }
  return { email: data.client_email, keyId: data.private_key_id, key };
}

function rsaKeyIn(pem: string): KeyObject | undefined {
  try {
    const key = createPrivateKey(pem);
    return key.asymmetricKeyType === 'rsa' ? key : undefined;
  } catch {
    return undefined; // The reason may quote the key.
  }
}

/** A token in which the service account asks for itself. */
function assertionOf(
  { account: { email, keyId, key }, scopes }: Readonly<{ account: Account; scopes: string }>,
  nowS: number,
): string {
  const header = { alg: 'RS256', typ: 'JWT', ...(keyId !== undefined && { kid: keyId }) };
  const claims = { iss: email, scope: scopes, aud: `${TOKEN_URL}/token`, iat: nowS, exp: nowS + KEY_LIFE_S };
  const signed = [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
  return `${signed}.${sign('RSA-SHA256', Buffer.from(signed), key).toString('base64url')}`;
}
