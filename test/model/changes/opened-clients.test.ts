import { describe, expect, test } from 'vitest';
import { diffLines } from '#model/changes/diff-lines.ts';
import { openedClients } from '#model/changes/opened-clients.ts';

const kindsOf = (removed: string, added: string) => {
  const marked = (mark: string, text: string) => text.replaceAll(/^/gm, mark);
  return openedClients(diffLines(`${marked('-', removed)}\n${marked('+', added)}`)).map(({ kind }) => kind);
};

const SHARED: readonly (readonly [string, string])[] = [
  ['const pool = new Pool({ host });', 'export async function rows() { const pool = new Pool({ host }); }'],
  ['const pg = new pg.Pool(settings)', 'export const rows = async () => new pg.Pool(settings).query(ALL)'],
  ['client = MongoClient(url)\ndef rooms():', 'def rooms():\n    client = MongoClient(url)'],
  ['engine = create_engine(url)', 'def rows():\n    return create_engine(url).connect()'],
  ['var db, _ = sql.Open("pgx", url)', 'func rows() {\n\tdb, _ := sql.Open("pgx", url)'],
  ['REDIS = Redis.new(url: URL)', 'def seats\n  Redis.new(url: URL).get("seats")\nend'],
];

describe('a client that was made once is made for each call', () => {
  test.each(SHARED)('%j becomes %j', (shared, perCall) => {
    expect(kindsOf(shared, perCall)).toEqual(['never-closed']);
  });

  test.each(SHARED)('%j: the other way round it spares connections', (shared, perCall) => {
    expect(kindsOf(perCall, shared)).toEqual([]);
  });

  test.each([
    ['another address', 'const db = new MongoClient(oldUrl)', 'const db = new MongoClient(newUrl)'],
    ['made when it is missing', 'const db = new MongoClient(url)', 'const db = () => (kept ??= new MongoClient(url))'],
    [
      'one bean',
      'DataSource d = new HikariDataSource(c);',
      '  @Bean\n  DataSource d() { return new HikariDataSource(c); }',
    ],
    ['another client', 'const db = new MongoClient(url)', 'const send = () => new SmtpClient(url)'],
  ])('%s is no client for each call', (_, removed, added) => {
    expect(kindsOf(removed, added)).toEqual([]);
  });
});
