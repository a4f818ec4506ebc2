/** Statements that no index serves any more, and their twins. */
import { describe, expect, test } from 'vitest';
import { derivedQueries, slowerStatements } from '#model/changes/slower-statements.ts';

const texts = (removed: string, added: string) => slowerStatements({ removed, added }).map(({ text }) => text);
const ANY_CASE = 'it searches for text in any case, which no plain index serves';

describe('a search for text in any case', () => {
  test.each([
    ['Spring Data', 'Criteria.where("email").is(mail)', 'Criteria.where("email").regex("^" + mail + "$", "i")'],
    ['the shell', 'db.crews.find({ email: mail })', 'db.crews.find({ email: { $regex: mail, $options: "i" } })'],
    ['Node.js', 'crews.findOne({ email })', 'crews.findOne({ email: new RegExp(email, "i") })'],
    ['PyMongo', 'crews.find_one({"email": mail})', 'crews.find_one({"email": re.compile(mail, re.IGNORECASE)})'],
    ['Go', 'c.Find(ctx, bson.M{"m": mail})', 'c.Find(ctx, bson.M{"m": bson.Regex{Pattern: mail, Options: "i"}})'],
    ['Django', 'Crew.objects.filter(email=mail)', 'Crew.objects.filter(email__iregex=mail)'],
  ])('%s', (_, removed, added) => {
    expect(texts(removed, added)).toContain(ANY_CASE);
    expect(texts(added, removed)).not.toContain(ANY_CASE);
  });

  test.each([
    [
      'a check of what users type',
      'if (plain.test(mail)) save(mail)',
      'if (new RegExp(rule, "i").test(mail)) save(mail)',
    ],
    ['case as before', 'find({ m: new RegExp(a, "i") })', 'find({ m: new RegExp(b, "i") })'],
    ['case that counts', 'where("email").is(mail)', 'where("email").regex("^" + mail)'],
  ])('not %s', (_, removed, added) => {
    expect(texts(removed, added)).not.toContain(ANY_CASE);
  });
});

describe('a query without its partition', () => {
  const ALL = 'its query names no partition, and the store asks all of them';

  test.each([
    [
      'Cosmos DB in .NET',
      'new QueryRequestOptions { PartitionKey = new(town) }',
      'new QueryRequestOptions { MaxConcurrency = -1 }',
    ],
    [
      'Cosmos DB in Python',
      'c.query_items(q, partition_key=town)',
      'c.query_items(q, enable_cross_partition_query=True)',
    ],
    ['Cosmos DB in Java', 'new CosmosQueryRequestOptions().setPartitionKey(key)', 'new CosmosQueryRequestOptions()'],
    ['DynamoDB', 'KeyConditionExpression: "town = :t"', 'FilterExpression: "town = :t"'],
    ['Elasticsearch', 'es.search(index="crews", routing=town)', 'es.search(index="crews")'],
    ['BigQuery', 'SELECT id FROM crews WHERE _PARTITIONDATE = @day', 'SELECT id FROM crews WHERE day = @day'],
  ])('%s', (_, removed, added) => {
    expect(texts(removed, added)).toContain(ALL);
    expect(texts(added, removed)).not.toContain(ALL);
  });

  test.each([
    ['another partition', 'query_items(q, partition_key=town)', 'query_items(q, partition_key=harbour)'],
    ['a key of messages', 'producer.send(partition_key=town)', 'producer.send(body)'],
  ])('not %s', (_, removed, added) => {
    expect(texts(removed, added)).not.toContain(ALL);
  });
});

describe('a search whose name is its condition', () => {
  const columns = (removed: string, added: string) => derivedQueries({ removed, added }).map(({ text }) => text);

  test.each([
    ['Spring Data', '  Optional<Crew> findFirstByBadgeCode(String code);', 'BadgeCode'],
    ['Micronaut Data', '  long countByHarbour(String harbour);', 'Harbour'],
    ['Rails', '  crew = Crew.find_by_badge_code(code)', 'badge_code'],
    ['Laravel', '  $crew = Crew::whereBadgeCode($code)->first();', 'BadgeCode'],
  ])('%s', (_, added, column) => {
    expect(columns('', added)).toEqual([`it searches by ${column}, and nothing says that an index serves it`]);
  });

  test.each([
    ['by its key', '', 'Optional<Crew> findById(Long id);'],
    ['by several keys', '', 'List<Crew> findAllByIdIn(Set<Long> ids);'],
    ['one that was there', 'Crew findByBadgeCode(String code);', 'Optional<Crew> findByBadgeCode(String code);'],
    ['one that comes with its index', '', '@Indexed\nCrew findByBadgeCode(String code);'],
  ])('not %s', (_, removed, added) => {
    expect(columns(removed, added)).toEqual([]);
  });
});

test.each([
  ['PostgreSQL', 'enable_indexscan = on', 'enable_indexscan = off'],
  ['PostgreSQL', 'autovacuum = on', 'autovacuum = off'],
  ['SQL Server', 'SET AUTO_UPDATE_STATISTICS ON', 'SET AUTO_UPDATE_STATISTICS OFF'],
  ['MySQL', '', 'ALTER TABLE crews ALTER INDEX badge INVISIBLE'],
])('the planner of %s may use or learn less: “%s” becomes “%s”', (_, removed, added) => {
  const said = 'the planner of the database may use or learn less';
  expect(texts(removed, added)).toContain(said);
  expect(texts(added, removed)).not.toContain(said);
});

describe('a trigger of a table', () => {
  const effects = (removed: string, added: string) =>
    slowerStatements({ removed, added }).map(({ text, table }) => [text, table]);

  test.each([
    ['PostgreSQL', 'CREATE OR REPLACE TRIGGER counted AFTER INSERT OR UPDATE ON public.loans', 'public.loans'],
    ['MySQL', 'CREATE TRIGGER counted BEFORE INSERT ON `loans` FOR EACH ROW', 'loans'],
    ['SQL Server', 'CREATE OR ALTER TRIGGER dbo.counted ON [loans] AFTER INSERT AS', 'loans'],
    ['SQLite', 'CREATE TRIGGER IF NOT EXISTS counted INSERT ON loans BEGIN', 'loans'],
    ['a rule of PostgreSQL', 'CREATE RULE counted AS ON INSERT TO loans DO ALSO', 'loans'],
  ])('%s', (_, added, table) => {
    const text = `it adds a trigger to ${table}, which runs with each row that is written there`;
    expect(effects('', added)).toEqual([[text, table]]);
    expect(effects(added, '')).toEqual([]);
    expect(effects(added, added)).toEqual([]);
  });
});
