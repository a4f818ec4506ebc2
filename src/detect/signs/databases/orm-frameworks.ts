/**
 * Frameworks that generate queries (ORMs), and how each loads or writes rows together, and how a query reads less. From
 * their documentation: Hibernate ORM user guide (fetching), EF Core
 * (loading related data), Django (database access optimization), Rails guide (eager loading associations), Prisma (query
 * optimization), GORM (preloading), Sequelize (eager loading), SQLAlchemy (relationship loading techniques), TypeORM
 * (find options), jOOQ (MULTISET), Ecto (preload), Laravel (eager loading), Doctrine (DQL, batch processing), Mongoose
 * (populate, bulkWrite).
 */
import type { SpanIndex } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';

type Framework = Readonly<{
  name: string;
  /** Names of the instrumentations that only it has. */
  scope: RegExp;
  /** Ends `Load <what> together, with <name>: `. */
  together: string;
  /** Ends `Write <what> together, with <name>: `. */
  atOnce: string;
  /** Ends `With <name>: `. */
  less: string;
}>;

const FRAMEWORKS: readonly Framework[] = [
  {
    name: 'Hibernate',
    scope: /hibernate|\bjpa\b/i,
    together:
      'JOIN FETCH in the query or @EntityGraph on the repository method; @BatchSize where a join reads too much',
    atOnce: 'hibernate.jdbc.batch_size with hibernate.order_inserts (ids of type IDENTITY switch it off)',
    less: 'select a projection instead of whole entities, and declare the index in the migration, not only in @Table',
  },
  {
    name: 'EF Core',
    scope: /EntityFrameworkCore/i,
    together: '.Include() and .ThenInclude(); .AsSplitQuery() where several collections multiply the rows',
    atOnce: 'AddRange() and one SaveChanges(), which sends batches; ExecuteUpdate() for changes by condition',
    less: '.Select() only the columns that are needed, .AsNoTracking() for reads; .ToQueryString() shows the statement',
  },
  {
    name: 'Django',
    scope: /django/i,
    together: 'select_related() for foreign keys, prefetch_related() for collections',
    atOnce: 'bulk_create() and bulk_update()',
    less: 'QuerySet.explain() shows the plan, only() or values() read fewer columns; the index goes into Meta.indexes',
  },
  {
    name: 'Active Record',
    scope: /active_?record|instrumentation::rails\b/i,
    together: 'includes() (or preload, eager_load) on the relation; strict_loading finds the others',
    atOnce: 'insert_all or upsert_all; update_all for changes by condition',
    less: 'explain on the relation shows the plan, select or pluck reads fewer columns; add_index in a migration',
  },
  {
    name: 'Prisma',
    scope: /prisma/i,
    together: 'include: or a nested select: in the first findMany, or one findMany with in:',
    atOnce: 'createMany and updateMany',
    less: 'select: only the fields that are needed; the index goes into the schema as @@index',
  },
  {
    name: 'GORM',
    scope: /\bgorm\b|go-gorm/i,
    together: 'Preload() for collections, Joins() for a single association',
    atOnce: 'Create() with a slice, or CreateInBatches()',
    less: 'Select() only the columns that are needed; the index goes into the model as a tag (gorm:"index")',
  },
  {
    name: 'Sequelize',
    scope: /sequelize/i,
    together: 'include: in the first findAll; separate: true where several collections multiply the rows',
    atOnce: 'bulkCreate(), and update() with a condition',
    less: 'attributes: only the columns that are needed; the index goes into indexes: of the model',
  },
  {
    name: 'SQLAlchemy',
    scope: /sqlalchemy/i,
    together: 'selectinload() for collections, joinedload() for a single object; raiseload() finds the others',
    atOnce: 'session.execute(insert(…), rows), or add_all() and one flush()',
    less: 'load_only() reads fewer columns; the index goes into the table as Index() or index=True',
  },
  {
    name: 'TypeORM',
    scope: /typeorm/i,
    together: 'relations: in the first find, or leftJoinAndSelect() in the query builder',
    atOnce: 'insert() with an array of rows',
    less: 'select: only the columns that are needed; the index goes on the entity as @Index()',
  },
  {
    name: 'jOOQ',
    scope: /jooq/i,
    together: 'MULTISET for nested collections, or one join',
    atOnce: 'batchInsert(), or one INSERT with several rows',
    less: 'select the columns that are needed instead of selectFrom()',
  },
  {
    name: 'Ecto',
    scope: /\becto\b|_ecto\b/i,
    together: 'preload: in the query, or Repo.preload() on the whole list and not on each element',
    atOnce: 'Repo.insert_all() and Repo.update_all()',
    less: 'Ecto.Adapters.SQL.explain(Repo, :all, query) shows the plan, select: reads only the fields that are needed; create index() in a migration',
  },
  {
    name: 'Eloquent',
    scope: /laravel|eloquent/i,
    together: 'with() in the first query, or load() on the collection; Model::preventLazyLoading() finds the others',
    atOnce: 'insert() or upsert() with an array of rows',
    less: 'explain() on the query shows the plan, select() reads fewer columns; the index goes into a migration',
  },
  {
    name: 'Doctrine',
    scope: /doctrine/i,
    together:
      'a fetch join: JOIN and addSelect() in the first query; for several collections setFetchMode() with FETCH_EAGER, which reads them a hundred at a time',
    atOnce:
      'one flush() and clear() for many, a DQL UPDATE for changes by condition, one DBAL statement with several rows: flush() itself sends an INSERT a row',
    less: 'select only the fields that are needed; the index goes on the entity as #[ORM\\Index]',
  },
  {
    name: 'Mongoose',
    scope: /mongoose/i,
    together: 'populate() on the first query, which asks once for each field, or one find with $in',
    atOnce: 'insertMany() or bulkWrite()',
    less: 'select() fewer fields, lean() to make no documents of them; explain() shows the plan, schema.index() declares an index',
  },
];

/** At most this many spans above a query are read, all of its service. */
const MOST_ABOVE = 20;

/** The framework that wrote this query; empty where no instrumentation names one. The spans above the driver's span show it. */
export function frameworkOf(trace: Trace, query: SpanIndex): string {
  let at: SpanIndex | undefined = query;
  for (let up = 0; up <= MOST_ABOVE && at !== undefined && trace.isOfOneService(at, query); up += 1) {
    const scope = trace.scope(at);
    const framework = scope === '' ? undefined : FRAMEWORKS.find((one) => one.scope.test(scope));
    if (framework !== undefined) return framework.name;
    at = trace.parent(at);
  }
  return '';
}

/** How to load rows together, with the framework's own means where it is known. */
export function loadTogether(what: string, framework: string): string {
  const known = FRAMEWORKS.find(({ name }) => name === framework);
  return known === undefined
    ? `Load ${what} together: a join, one query with IN over the ids, or the eager loading of the framework.`
    : `Load ${what} together, with ${known.name}: ${known.together}.`;
}

/** How to write rows together. */
export function writeTogether(what: string, framework: string): string {
  const known = FRAMEWORKS.find(({ name }) => name === framework);
  return known === undefined
    ? `Write ${what} together: one statement with several rows, or a batch of the driver or of the framework.`
    : `Write ${what} together, with ${known.name}: ${known.atOnce}.`;
}

/** How one query can read less, as a sentence; empty where the framework is unknown. */
export function readLess(framework: string): string {
  const known = FRAMEWORKS.find(({ name }) => name === framework);
  return known === undefined ? '' : `With ${known.name}: ${known.less}.`;
}
