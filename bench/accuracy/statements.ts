/** Statements as ORMs write them, and as database instrumentation records them. */
import type { Random } from './random.ts';
import type { Service } from './services.ts';

export type Query = Readonly<{ verb: string; table: string; text: string }>;

/** How a value stands in the recorded text: as it is, or taken out. */
type Literals = 'literal' | 'masked';

/** One row by a column's value: what lazy loading sends for every parent. */
export function byKey(service: Service, table: string, column: string, id: number, literals: Literals): Query {
  const { orm } = service.stack;
  const { system } = service.database;
  if (system === 'mongodb') {
    const value = literals === 'masked' ? '"?"' : `${id}`;
    return { verb: 'SELECT', table, text: `{"find":"${table}","filter":{"${camel(column)}":${value}},"limit":1}` };
  }
  const value = literals === 'literal' ? `${id}` : placeholder(service);
  return { verb: 'SELECT', table, text: selectBy[orm](table, column, value) };
}

const selectBy: Readonly<Record<Service['stack']['orm'], (table: string, column: string, value: string) => string>> = {
  hibernate: (table, column, value) =>
    `select t1_0.id,t1_0.name,t1_0.${column},t1_0.updated_at from ${table} t1_0 where t1_0.${column}=${value}`,
  'ef-core': (table, column, value) =>
    `SELECT TOP(1) [t].[Id], [t].[Name], [t].[${pascal(column)}] FROM [${pascal(table)}] AS [t] WHERE [t].[${pascal(column)}] = ${value}`,
  django: (table, column, value) =>
    `SELECT "shop_${table}"."id", "shop_${table}"."name", "shop_${table}"."${column}" FROM "shop_${table}" WHERE "shop_${table}"."${column}" = ${value} LIMIT 21`,
  rails: (table, column, value) =>
    `SELECT "${table}".* FROM "${table}" WHERE "${table}"."${column}" = ${value} LIMIT 1`,
  prisma: (table, column, value) =>
    `SELECT "public"."${pascal(table)}"."id", "public"."${pascal(table)}"."name" FROM "public"."${pascal(table)}" WHERE ("public"."${pascal(table)}"."${camel(column)}" = ${value} AND 1=1) LIMIT 1 OFFSET 0`,
  gorm: (table, column, value) =>
    `SELECT * FROM \`${table}\` WHERE \`${table}\`.\`${column}\` = ${value} AND \`${table}\`.\`deleted_at\` IS NULL`,
  sequelize: (table, column, value) =>
    `SELECT "id", "name", "${camel(column)}" FROM "${pascal(table)}" AS "${pascal(table)}" WHERE "${pascal(table)}"."${camel(column)}" = ${value};`,
  sqlalchemy: (table, column, value) =>
    `SELECT ${table}.id AS ${table}_id, ${table}.name AS ${table}_name \nFROM ${table} \nWHERE ${table}.${column} = ${value}`,
  jdbc: (table, column, value) => `SELECT * FROM ${table} WHERE ${column} = ${value}`,
};

function placeholder({ stack: { orm }, database: { system } }: Service): string {
  if (orm === 'ef-core') return '@__p_0';
  if (orm === 'django') return '%s';
  if (orm === 'sqlalchemy') return '%(pk_1)s';
  if (orm === 'hibernate' || orm === 'jdbc' || system === 'mysql') return '?';
  return '$1';
}

/** Many rows at once: what the list itself is, or a batch load. */
export function listOf(service: Service, table: string, random: Random): Query {
  if (service.database.system === 'mongodb') {
    return { verb: 'SELECT', table, text: `{"find":"${table}","filter":{"state":"active"},"limit":50}` };
  }
  const text = random.pick([
    `SELECT id, state, total FROM ${table} WHERE state = 'active' ORDER BY created_at DESC LIMIT 50`,
    `select t.id, t.state, t.total from ${table} t where t.tenant_id = $1 and t.state = $2 limit $3`,
    `SELECT * FROM ${table} WHERE id IN (101, 102, 103, 104, 105, 106, 107, 108)`,
  ]);
  return { verb: 'SELECT', table, text };
}

/** Statements that take long when the table is large. */
export function heavy(service: Service, table: string, other: string, random: Random): Query {
  return random.chance(0.8) ? heavyRead(service, table, other, random) : heavyWrite(service, table, random);
}

export function heavyRead(service: Service, table: string, other: string, random: Random): Query {
  if (service.database.system === 'mongodb') {
    const text = random.pick([
      `{"find":"${table}","filter":{"email":"?"},"sort":{"createdAt":-1}}`,
      `{"aggregate":"${table}","pipeline":[{"$lookup":{"from":"${other}","localField":"_id","foreignField":"ref","as":"r"}},{"$group":{"_id":"$state","n":{"$sum":1}}}]}`,
    ]);
    return { verb: 'SELECT', table, text };
  }
  const text = random.pick([
    `SELECT * FROM ${table} WHERE email = $1`,
    `SELECT * FROM ${table} WHERE lower(name) LIKE '%smith%'`,
    `SELECT a.*, b.* FROM ${table} a JOIN ${other} b ON a.id = b.ref_id WHERE a.customer_id = $1 ORDER BY a.created_at DESC`,
    `SELECT date_trunc('day', created_at), count(*), sum(total) FROM ${table} GROUP BY 1 ORDER BY 1 DESC`,
    `select t.* from ${table} t left outer join ${other} o on o.ref_id=t.id where t.state=? order by t.updated_at`,
    `SELECT id, name, description, price, currency, stock, created_at, updated_at FROM ${table} WHERE tenant_i...`,
    `WITH recent AS (SELECT * FROM ${table} WHERE created_at > now() - interval '30 days') SELECT count(*) FROM recent r JOIN ${other} o ON o.ref_id = r.id`,
  ]);
  return { verb: 'SELECT', table, text };
}

function heavyWrite(service: Service, table: string, random: Random): Query {
  if (service.database.system === 'mongodb') {
    return {
      verb: 'UPDATE',
      table,
      text: `{"update":"${table}","updates":[{"q":{"state":"?"},"u":{"$set":{"state":"?"}},"multi":true}]}`,
    };
  }
  const [verb, text] = random.pick([
    ['DELETE', `DELETE FROM ${table} WHERE created_at < '2025-01-01'`],
    ['UPDATE', `UPDATE ${table} SET archived = true WHERE updated_at < now() - interval '90 days'`],
    ['CALL', `CALL refresh_${table}_totals()`],
    ['INSERT', `INSERT INTO ${table}_archive SELECT * FROM ${table} WHERE created_at < '2025-01-01'`],
  ] as const);
  return { verb, table, text };
}

export function insert(table: string): Query {
  return { verb: 'INSERT', table, text: `INSERT INTO ${table} (id, state, payload) VALUES ($1, $2, $3)` };
}

export function update(table: string): Query {
  return { verb: 'UPDATE', table, text: `UPDATE ${table} SET state = $1, updated_at = now() WHERE id = $2` };
}

export function lockingRead(service: Service, table: string): Query {
  if (service.database.system === 'mssql') {
    return { verb: 'SELECT', table, text: `SELECT * FROM ${table} WITH (UPDLOCK, ROWLOCK) WHERE id = @p0` };
  }
  return { verb: 'SELECT', table, text: `SELECT * FROM ${table} WHERE id = ${placeholder(service)} FOR UPDATE` };
}

function camel(name: string): string {
  return name.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

function pascal(name: string): string {
  return camel(`_${name}`);
}
