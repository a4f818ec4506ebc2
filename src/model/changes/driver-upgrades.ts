/**
 * A new version of a library from which on it refuses what it took before, where the failure says just that refusal.
 *
 *   -  Npgsql 5.0.18      Cannot write DateTime with Kind=Unspecified to PostgreSQL type 'timestamp with time zone'
 *   +  Npgsql 8.0.3       ◄── since 6.0 it takes no time without a zone
 */
import type { Touched } from '#model/changes/said/values.ts';

/** `since`: the first version, as major and minor, that says what `says` matches. `says`: in lower case. */
type Break = Readonly<{ library: RegExp; since: readonly [number, number]; says: RegExp }>;

const BREAKS: readonly Break[] = [
  {
    // https://www.npgsql.org/doc/release-notes/6.0.html
    library: /^npgsql(?:\.entityframeworkcore\.postgresql)?$/,
    since: [6, 0],
    says: /\bcannot write datetime(?:offset)? with (?:kind|offset)\b|\bonly (?:utc|offset 0 \(utc\)) is supported\b/,
  },
  {
    // https://www.npgsql.org/doc/release-notes/8.0.html
    library: /^npgsql(?:\.entityframeworkcore\.postgresql)?$/,
    since: [8, 0],
    says: /\bdynamic json serialization\b|\benabledynamicjson\b|\benableunmappedtypes\b|\benablerecordsastuples\b/,
  },
  {
    // https://learn.microsoft.com/sql/connect/ado-net/introduction-microsoft-data-sqlclient-namespace: Encrypt is on.
    library: /^microsoft\.data\.sqlclient$/,
    since: [4, 0],
    says: /\bcertificate chain was issued by an authority that is not trusted\b|\btarget principal name is incorrect\b/,
  },
  {
    // https://www.mongodb.com/docs/drivers/csharp/current/upgrade/v3/
    library: /^mongodb\.(?:driver|bson)$/,
    since: [3, 0],
    says: /\bguidrepresentation is unspecified\b/,
  },
  {
    // https://pymongo.readthedocs.io/en/stable/migrate-to-pymongo4.html
    library: /^pymongo$/,
    since: [4, 0],
    says: /\buuidrepresentation\.unspecified\b|\bcollection['"]? object is not callable\b|\bobjects do not implement truth value testing\b/,
  },
  {
    // https://docs.sqlalchemy.org/en/20/changelog/migration_20.html
    library: /^sqlalchemy$/,
    since: [2, 0],
    says: /\bnot an executable object\b|['"]?engine['"]? object has no attribute ['"]?execute\b|\bshould be explicitly declared as text\(/,
  },
  {
    // https://mongoosejs.com/docs/migrating_to_7.html
    library: /^mongoose$/,
    since: [7, 0],
    says: /\bno longer accepts a callback\b/,
  },
  {
    // https://github.com/redis/node-redis/blob/master/docs/v3-to-v4.md
    library: /^redis$/,
    since: [4, 0],
    says: /\bclientclosederror\b|\bthe client is closed\b/,
  },
  {
    // https://www.elastic.co/guide/en/elasticsearch/client/python-api/current/migration.html
    library: /^elasticsearch$/,
    since: [8, 0],
    says: /\baccept version must be either version\b|\bpositional arguments can't be used with elasticsearch api methods\b|\bserver is not elasticsearch\b/,
  },
  {
    // https://github.com/boto/boto3/issues/4392: other stores with the interface of S3 do not know its checksums.
    library: /^(?:boto3|botocore)$/,
    since: [1, 36],
    says: /\bxamzcontentsha256mismatch\b|\bx-amz-(?:sdk-)?checksum\S{0,40}\b|\baws-chunked\b|\bmissingcontentlength\b/,
  },
];

/** `Npgsql 8.0.3`, `boto3==1.36.0`, `"mongoose": "^8.1.0"`, `Include="Npgsql" Version="8.0.3"`, `sqlalchemy (2.0.1)` */
const NAME_AND_VERSION =
  /(?<![\w./@-])([A-Za-z][\w.-]{2,60}?)["']?(?:\s{1,3}Version)?\s{0,3}(?:[:,=(]|==|~=|>=|\s)\s{0,3}["'^~(]{0,3}v?(\d{1,4})\.(\d{1,4})/gi;

type Version = readonly [number, number];

/** Empty where no library passed such a version, or where the failure says something else. `failure`: in lower case. */
export function driverUpgraded({ added, removed }: Touched, failure: string): string {
  const said = BREAKS.filter(({ says }) => says.test(failure));
  if (said.length === 0) return '';
  const before = versionsIn(removed);
  for (const [name, now] of versionsIn(added)) {
    const was = before.get(name);
    const isBroken = ({ library, since }: Break) =>
      was !== undefined && library.test(name) && isBelow(was, since) && !isBelow(now, since);
    if (said.some(isBroken)) return `it brings ${name} ${now.join('.')}, which refuses what the failure names`;
  }
  return '';
}

function versionsIn(text: string): ReadonlyMap<string, Version> {
  return new Map(
    Array.from(text.matchAll(NAME_AND_VERSION), ([, name = '', major, minor]) => [
      name.toLowerCase(),
      [Number(major), Number(minor)],
    ]),
  );
}

function isBelow([major, minor]: Version, [other, otherMinor]: Version): boolean {
  return major < other || (major === other && minor < otherMinor);
}
