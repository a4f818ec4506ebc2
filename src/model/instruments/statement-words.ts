/** Words for one statement that a driver, an ORM or a database logs with its duration. */
import { CUSTOMARY, signList } from '#model/instruments/sign-list.ts';
import type { AmountSign } from '#model/trace/wait-amounts.ts';

/** Many of them are written for each statement: only the number shows that one was slow. */
export const STATEMENT_LINES = signList<AmountSign>(
  /statement|slow|DbCommand|duration|Query_time|elapsed|took|\d ?m?s\)|^\(\d|Time:\d/i,
  [
    {
      by: 'sqlx',
      says: /\bslow statement: execution time exceeded alert threshold\b/i,
      reads: /\belapsed["']?[=:] ?"?(?<amount>[\d.]{1,20})(?<unit>ns|µs|us|ms|s)\b/i,
      example:
        'slow statement: execution time exceeded alert threshold summary="SELECT id FROM …" elapsed=4.187213502s',
      source: 'https://docs.rs/sqlx/latest/sqlx/trait.ConnectOptions.html#method.log_slow_statements',
    },
    {
      by: 'Hibernate',
      says: /\bslow query took \d{1,9} milliseconds\b/i,
      reads: /\bslow query took (?<amount>\d{1,9}) (?<unit>milliseconds)\b/i,
      example: 'Slow query took 4187 milliseconds [select l1_0.id from ledger l1_0 where l1_0.account=?]',
      source: 'https://docs.jboss.org/hibernate/orm/6.6/userguide/html_single/Hibernate_User_Guide.html#configurations',
    },
    {
      by: 'GORM',
      says: /\bSLOW SQL >= \d/i,
      reads: /\[(?<amount>[\d.]{1,20})(?<unit>ms)\]/i,
      example: '/app/ledger.go:42 SLOW SQL >= 200ms [4187.213ms] [rows:12] SELECT * FROM ledger WHERE account = 7',
      source: 'https://gorm.io/docs/logger.html',
    },
    {
      by: 'ActiveRecord',
      says: /(?<!\bCACHE[\w ]{0,60})\(\d{1,9}\.\d{1,3}ms\) {1,4}(?:SELECT|INSERT|UPDATE|DELETE|WITH|CALL)\b/i,
      reads: /\((?<amount>[\d.]{1,20})(?<unit>ms)\) {1,4}[a-z]/i,
      example: 'Ledger Load (4187.2ms)  SELECT "ledger".* FROM "ledger" WHERE "ledger"."account" = 7',
      source: 'https://guides.rubyonrails.org/debugging_rails_applications.html',
    },
    {
      by: 'PostgreSQL log_min_duration_statement, auto_explain',
      says: /\bduration: [\d.]{1,20} ms {1,3}(?:statement|execute|bind|parse|plan)\b/i,
      reads: /\bduration: (?<amount>[\d.]{1,20}) (?<unit>ms)\b/i,
      example: 'LOG:  duration: 4187.213 ms  statement: SELECT * FROM ledger WHERE account = 7',
      source: 'https://www.postgresql.org/docs/current/runtime-config-logging.html#GUC-LOG-MIN-DURATION-STATEMENT',
    },
    {
      by: 'Entity Framework Core',
      says: /\b(?:Executed|Failed executing) DbCommand \([\d,]{1,12}ms\)/i,
      reads: /\bDbCommand \((?<amount>[\d,]{1,12})(?<unit>ms)\)/i,
      example: "Executed DbCommand (4,187ms) [Parameters=[@p0='?'], CommandType='Text', CommandTimeout='30'] SELECT 1",
      source: 'https://learn.microsoft.com/ef/core/logging-events-diagnostics/simple-logging',
    },
    {
      by: 'MySQL slow log',
      says: /\bQuery_time: [\d.]{1,20} {1,4}Lock_time: 0?\.?0/i,
      reads: /\bQuery_time: (?<amount>[\d.]{1,20})\b/i,
      unit: 's',
      example: '# Query_time: 4.187213  Lock_time: 0.000021 Rows_sent: 12  Rows_examined: 8211004',
      source: 'https://dev.mysql.com/doc/refman/8.4/en/slow-query-log.html',
    },
    {
      by: 'MongoDB',
      says: /\bslow query\b[^\0]{0,4000}\bdurationMillis["']?:\d/i,
      reads: /\bdurationMillis["']?:(?<amount>\d{1,9})/i,
      example: '{"s":"I","c":"COMMAND","msg":"Slow query","attr":{"ns":"shop.ledger","durationMillis":4187}}',
      source: 'https://www.mongodb.com/docs/manual/reference/log-messages/#slow-operations',
    },
    {
      by: 'Cassandra',
      says: /\btime \d{1,9} msec - slow timeout \d{1,9} msec\b/i,
      reads: /\btime (?<amount>\d{1,9}) (?<unit>msec) - slow timeout\b/i,
      example: '<SELECT * FROM shop.ledger WHERE account = 7>, time 4187 msec - slow timeout 500 msec',
      source: 'https://cassandra.apache.org/doc/latest/cassandra/managing/configuration/cass_yaml_file.html',
    },
    {
      by: 'Elasticsearch slow log',
      says: /\btook_millis(?:\[|["']?[:=] ?)\d/i,
      reads: /\btook_millis(?:\[|["']?[:=] ?)"?(?<amount>\d{1,9})/i,
      example: '[ledger][0] took[4.1s], took_millis[4187], total_hits[12 hits], search_type[QUERY_THEN_FETCH]',
      source: 'https://www.elastic.co/docs/deploy-manage/monitor/logging-configuration/slow-logs',
    },
    {
      by: 'TypeORM',
      says: /\bquery is slow:[^\0]{0,4000}\bexecution time: \d/i,
      reads: /\bexecution time: (?<amount>\d{1,9})/i,
      example: 'query is slow: SELECT * FROM ledger WHERE account = $1 execution time: 4187',
      source: 'https://typeorm.io/docs/advanced-topics/logging/#log-long-running-queries',
    },
    {
      by: 'Sequelize',
      says: /\bExecuted \([\w-]{1,40}\): [^\0]{0,4000}\bElapsed time: \d/i,
      reads: /\bElapsed time: (?<amount>\d{1,9}) ?(?<unit>ms)/i,
      example: 'Executed (default): SELECT * FROM ledger WHERE account = 7 Elapsed time: 4187ms',
      source: 'https://sequelize.org/docs/v6/getting-started/#logging',
    },
    {
      by: 'P6Spy',
      says: /\btook \d{1,9}ms ?\| ?statement\b|^\d{10,16}\|\d{1,9}\|statement\|/i,
      reads: /(?:\btook |^\d{10,16}\|)(?<amount>\d{1,9})(?:ms)?/i,
      example: '#1767709800000 | took 4187ms | statement | connection 3| url jdbc:postgresql://db/shop',
      source: 'https://p6spy.readthedocs.io/en/latest/configandusage.html',
    },
    {
      by: 'datasource-proxy',
      says: /\bTime:\d{1,9}, Success:(?:True|False), Type:/i,
      reads: /\bTime:(?<amount>\d{1,9}), Success:/i,
      example: 'Name:dataSource, Connection:3, Time:4187, Success:True, Type:Prepared, Batch:False, QuerySize:1',
      source: 'https://jdbc-observations.github.io/datasource-proxy/docs/current/user-guide/',
    },
    {
      by: 'Django',
      says: /^\(\d{1,6}\.\d{3}\) (?:SELECT|INSERT|UPDATE|DELETE|WITH)\b/i,
      reads: /^\((?<amount>[\d.]{1,12})\) /i,
      unit: 's',
      example: '(4.187) SELECT "ledger"."id" FROM "ledger" WHERE "ledger"."account" = 7; args=(7,)',
      source: 'https://docs.djangoproject.com/en/stable/ref/logging/#django-db-backends',
    },
    {
      by: 'services',
      says: /\bslow (?:sql |db |database )?(?:query|statement)\b[^\0]{0,200}?\b\d[\d.]{0,12} ?(?:ms|s|seconds)\b|\b(?:sql|query|statement) took \d[\d.]{0,12} ?(?:ms|s|seconds)\b/i,
      reads:
        /\b(?:slow (?:sql |db |database )?(?:query|statement)|(?:sql|query|statement) took)\b[^\0]{0,200}?(?<![\w.])(?<amount>\d[\d.]{0,12}) ?(?<unit>ms|s|seconds)\b/i,
      example: 'slow query (4187 ms): SELECT * FROM ledger WHERE account = ?',
      source: CUSTOMARY,
    },
  ],
);
