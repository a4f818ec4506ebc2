/**
 * Server and credentials from a database address in the form of its own tools:
 *
 *  postgresql://spanhound:secret@db1.example.com:5432/shop?sslmode=verify-full&sslrootcert=/etc/ca.pem
 */
export type DatabaseAddress = Readonly<{
  host: string;
  port: number;
  user: string;
  password: string;
  /** Empty where none is named. */
  database: string;
  /** `verify`: encrypted, and the server proves its identity. `encrypt` accepts any server. */
  tls: 'off' | 'encrypt' | 'verify';
  /** The file of trusted authorities; empty for the default ones. */
  authorities: string;
}>;

const SYSTEMS = { postgresql: { port: 5432, other: 'postgres' }, mysql: { port: 3306, other: 'mariadb' } } as const;

/** The names of libpq. Its `allow` and `prefer` let an attacker in between decide, so they are not accepted. */
const TLS: Readonly<Record<string, DatabaseAddress['tls']>> = {
  disable: 'off',
  require: 'encrypt',
  'verify-ca': 'verify',
  'verify-full': 'verify',
};

/** The problem of an address, without quoting it; empty where there is none. */
export function databaseAddressProblem(text: string, system: keyof typeof SYSTEMS): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const { other } = SYSTEMS[system];
  const isOfSystem = url?.protocol === `${system}:` || url?.protocol === `${other}:`;
  if (url === undefined || !isOfSystem || url.hostname === '') {
    return `must be an address such as ${system}://user:password@host/database`;
  }
  if (!isPercentEncoded(text)) return 'contains a % that does not begin a percent-encoded byte';
  if (url.username === '') return `has no user; write ${system}://user:password@host/database`;
  const mode = url.searchParams.get('sslmode');
  if (mode !== null && TLS[mode] === undefined) return `sslmode must be ${Object.keys(TLS).join(', ')}`;
  const unknown = [...url.searchParams.keys()].find((name) => name !== 'sslmode' && name !== 'sslrootcert');
  return unknown === undefined ? '' : 'only sslmode and sslrootcert may follow the ?';
}

/** Whether each % begins an encoded byte, and the bytes are UTF-8. */
export function isPercentEncoded(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

/** Reads a valid address. */
export function databaseAddress(text: string, system: keyof typeof SYSTEMS): DatabaseAddress {
  const url = new URL(text);
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? SYSTEMS[system].port : Number(url.port),
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    database: decodeURIComponent(url.pathname.slice(1)),
    tls: TLS[url.searchParams.get('sslmode') ?? ''] ?? 'verify',
    authorities: url.searchParams.get('sslrootcert') ?? '',
  };
}
