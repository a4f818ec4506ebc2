/**
 * A session or a connection of a database that many requests share, where the failure says that somebody else's transaction is
 * broken or open.
 *
 *   -  @app.teardown_appcontext        Can't reconnect until invalid transaction is rolled back
 *   +  session = Session()             ◄── no request ends the session that the last one broke
 *
 * https://docs.sqlalchemy.org/en/20/errors.html#error-8s2b, https://go.microsoft.com/fwlink/?linkid=2097913
 */
import { moreIn } from '#model/changes/effect.ts';
import type { Touched } from '#model/changes/said/values.ts';

/**
 * SQLAlchemy (8s2b, 7s2a, isce), PostgreSQL 25P02, Entity Framework Core, Npgsql, asyncpg, SQL Server, MySQL 2014, PyMySQL,
 * SQLite, Doctrine, Hibernate; in lower case.
 */
const SAYS_SHARED =
  /\bpendingrollbackerror\b|\buntil invalid transaction is rolled back\b|\bsession's transaction has been rolled back\b|\bcurrent transaction is aborted\b|\b25p02\b|\binfailedsqltransaction\b|\ba second operation (?:was )?started on this context\b|\bentity ?manager is closed\b|\bsession is (?:closed|already flushing)\b|\bsession is provisioning a new connection\b|\banother (?:command|operation) is (?:already )?in progress\b|\balready an open datareader\b|\bcommands out of sync\b|\bpacket sequence number wrong\b|\bobjects created in a thread can only be used\b|\bconnection is busy with results\b/;

/** What ends or separates the sessions of requests: Flask, SQLAlchemy, ASP.NET Core, Spring, Hibernate. */
const SEPARATES =
  /\bteardown_(?:appcontext|request)\b|\b(?:db|orm|sql|database)?_?\.?session\w{0,10}\.(?:remove|rollback)\(|\b(?:async_)?scoped_session\b|\bscopefunc\b|\bwith \w{0,20}session(?:local|maker|factory|_?scope)?\(|\badd(?:scoped|transient)\b[^\n]{0,80}(?:context|session|connection|repositor|unit_?of_?work)|\badd_?dbcontext\w{0,10}\b|\bservicelifetime\.(?:scoped|transient)\b|@request_?scoped?\b/gi;
/** One for all, where it stands at the left edge of its line or is static. Sessions of HTTP and of clouds are no transactions. */
const SHARES =
  /(?:^|\bstatic (?:final |readonly )?(?:[\w<>]{2,40} )?)(?:export |const |let |var |val ){0,3}\w{0,30}(?:session|conn|connection|db_?context)\w{0,10}\s{0,3}:?=\s{0,3}(?:await |new )?(?!(?:requests|aiohttp|httpx|boto3|aws|tls)\b)[\w.]{0,60}(?:session\w{0,10}|connect\w{0,10}|dbcontext)\(/gim;
/** Dependency injection: one object for the whole process. */
const SINGLETON =
  /\badd_?singleton\b[^\n]{0,80}(?:context|session|connection|repositor|unit_?of_?work)|\bservicelifetime\.singleton\b/gi;
/** People say it in the title. */
const SAID_SHARED =
  /\b(?:one|same|shared|single|global) (?:database |db )?(?:session|connection|entity manager|dbcontext)\b|\b(?:session|connection|entity manager|dbcontext) (?:is |was )?(?:made|opened|created|kept|shared|reused) (?:only )?(?:once|by all|for all|at (?:the )?start|globally)\b/i;

/**
 * Empty where no transaction of others is said, or where the change keeps the sessions of requests apart. `outermost`: the
 * added lines without an indent.
 */
export function sessionShared({ added, removed, all }: Touched, outermost: string, failure: string): string {
  if (!SAYS_SHARED.test(failure) || moreIn(added, removed, SEPARATES).length > 0) return '';
  const isShared =
    moreIn(removed, added, SEPARATES).length > 0 ||
    moreIn(outermost, removed, SHARES).length > 0 ||
    moreIn(added, removed, SINGLETON).length > 0 ||
    SAID_SHARED.test(all);
  return isShared ? 'it lets requests share a session or a connection of the database' : '';
}
