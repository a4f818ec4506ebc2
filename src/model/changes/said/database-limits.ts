/**
 * A database refuses a statement by a limit of its own, and a change lowers that limit.
 *
 *   -  temp_file_limit = -1           temporary file size exceeds temp_file_limit (2048kB)
 *   +  temp_file_limit = 2048         ◄── the limit that the refusal names
 */
import { type Limit, limitsIn } from '#model/changes/changed-limits.ts';
import type { DiffLine } from '#model/changes/diff-lines.ts';

/** `says`: the refusal, in lower case. `named`: the setting in a diff, without what joins its words. */
type OwnLimit = Readonly<{ says: RegExp; named: RegExp }>;

/**
 * https://www.postgresql.org/docs/current/runtime-config-resource.html, …/runtime-config-client.html,
 * https://dev.mysql.com/doc/refman/8.4/en/server-system-variables.html, https://dev.mysql.com/doc/mysql-errors/8.4/en/,
 * https://www.mongodb.com/docs/manual/reference/parameters/, https://clickhouse.com/docs/operations/settings/query-complexity,
 * https://docs.oracle.com/en/error-help/db/, https://trino.io/docs/current/admin/properties-resource-management.html,
 * https://learn.microsoft.com/sql/relational-databases/errors-events/
 */
const OWN_LIMITS: readonly OwnLimit[] = [
  { says: /\btemporary file size exceeds\b/, named: /tempfilelimit/ },
  { says: /\bdue to statement timeout\b/, named: /statementtimeout/ },
  { says: /\bdue to lock timeout\b/, named: /locktimeout/ },
  { says: /\bdue to transaction timeout\b/, named: /transactiontimeout/ },
  { says: /\bdue to idle-in-transaction timeout\b/, named: /idleintransactionsessiontimeout/ },
  { says: /\bmax_locks_per_transaction\b/, named: /maxlockspertransaction/ },
  {
    says: /\bmax_prepared_transactions\b|\bmaximum number of prepared transactions\b/,
    named: /maxpreparedtransactions/,
  },
  { says: /\bpacket bigger than\b|\bmax_allowed_packet\b/, named: /maxallowedpacket/ },
  { says: /\bmax_prepared_stmt_count\b/, named: /maxpreparedstmtcount/ },
  { says: /\bcut by group_concat\b/, named: /groupconcatmaxlen/ },
  {
    says: /\bmaximum statement execution time exceeded\b|\bmax_statement_time exceeded\b/,
    named: /max(?:execution|statement)time/,
  },
  { says: /\bmax_join_size\b/, named: /maxjoinsize/ },
  { says: /\bout of sort memory\b/, named: /sortbuffersize/ },
  {
    says: /\bthe table ['"`]?[^\s'"`]{1,160}['"`]? is full\b/,
    named: /tmptablesize|maxheaptablesize|temptablemax|innodbtempdatafilepath/,
  },
  { says: /\block wait timeout exceeded\b/, named: /lockwaittimeout/ },
  {
    says: /\bsort exceeded memory limit\b|\bexceeded memory limit for \$?\w{2,20}\b/,
    named: /maxblockingsortmemory|maxmemoryusage|maxstagememory|allowdiskuse/,
  },
  { says: /\boperation exceeded time limit\b/, named: /maxtimems/ },
  { says: /\bin database ['"]?tempdb\b/, named: /tempdb|maxsize/ },
  { says: /\bora-01652\b/, named: /maxsize|temp\w{0,20}size/ },
  { says: /\bora-04036\b|\bpga_aggregate_limit\b/, named: /pgaaggregatelimit/ },
  { says: /\bora-01000\b|\bmaximum open cursors\b/, named: /opencursors/ },
  { says: /\bmemory limit \((?:for query|total|for user)\) exceeded\b/, named: /maxmemoryusage|maxservermemoryusage/ },
  { says: /\btoo many simultaneous queries\b/, named: /maxconcurrent\w{0,20}queries/ },
  { says: /\blimit for rows\b.{0,80}\bexceeded\b/, named: /maxrowsto/ },
  { says: /\bquery exceeded (?:per-node|distributed) \w{0,20} ?memory limit\b/, named: /querymax\w{0,10}memory/ },
];

/** What joins the words of a setting. */
const JOINED = /[\s_.-]+/g;
/** No limit at all: PostgreSQL's -1, and 0 of time-outs and of ClickHouse. */
const UNLIMITED = /(?<![\w.])-1(?![\w.])/;

/** `lines`: of the diff. `failure`: in lower case. Empty where it lowers no limit that the failure names. */
export function ownLimitLowered(lines: readonly DiffLine[], failure: string): string {
  const said = OWN_LIMITS.filter(({ says }) => says.test(failure));
  if (said.length === 0) return '';
  const isNamed = (text: string) => said.some(({ named }) => named.test(text.toLowerCase().replaceAll(JOINED, '')));
  const isUnlimited = (side: '+' | '-') => lines.some(({ mark, text }) => mark === side && UNLIMITED.test(text));
  const wasUnlimited = isUnlimited('-');
  if (isUnlimited('+')) return '';
  const lowered = limitsIn(lines).find((one) => isNamed(nameOf(one)) && isLower(one, wasUnlimited));
  if (lowered === undefined) return '';
  const before = wasUnlimited || lowered.before === 0 ? 'none' : String(lowered.before);
  return `it lowers the limit that the failure names, from ${before} to ${lowered.after}`;
}

/** The words around count where the name stands on a line of its own. */
function nameOf({ text, words }: Limit): string {
  return `${text}\n${words.join('\n')}`;
}

function isLower({ before, after }: Limit, wasUnlimited: boolean): boolean {
  const was = wasUnlimited || before === 0 ? Number.POSITIVE_INFINITY : before;
  return after > 0 && after < was;
}
