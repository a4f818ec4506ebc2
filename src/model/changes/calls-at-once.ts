/**
 * Calls that run together since a change, where the failure says that whoever is asked gets too many of them.
 *
 *   -  get(page)                           SlowDown: Please reduce your request rate
 *   +  join_all(tiles.map(get_tile))       ◄── the change makes one call for each tile, and all at once
 */
import { moreIn, type Sides } from '#model/changes/effect.ts';

/** S3, DynamoDB, AWS' APIs, Azure Storage and Cosmos DB, Google Cloud, and what providers answer with 429; in lower case. */
const SAYS_TOO_OFTEN =
  /\bslow_?down\b|\breduce your request rate\b|\bthrottl(?:ed|ing)\w{0,12}\b|\brate (?:of requests )?exceeded\b|\btoo ?many ?requests\b|\bprovisionedthroughputexceeded\w{0,10}|\brequestlimitexceeded\b|\bserver_?busy\b|\brequest rate is (?:too )?(?:large|high)\b|\brate[- ]?limit(?:ed)?\b|\bconcurren\w{3,6} (?:request )?limit\b/;
/** Rust, JavaScript, Python, .NET, Java, Go, Kotlin, Ruby. */
const TOGETHER =
  /\b(?:try_)?join_all\(|\bbuffer_unordered\(|\bFuturesUnordered\b|\bPromise\.(?:all|allSettled)\(|\basyncio\.gather\(|\bTaskGroup\(|\b(?:Thread|Process)PoolExecutor\(|\bTask\.WhenAll\(|\bParallel\.(?:ForEach|For)\w{0,5}\(|\.parallelStream\(|\.parallel\(\)|\bCompletableFuture\.allOf\(|\berrgroup\.\w{2,20}|\bsync\.WaitGroup\b|\bgo func\(|\bawaitAll\(|\bParallel\.(?:map|each)\(/g;

/** Empty where the failure is about something else, or where the calls ran together before. */
export function callsAtOnce({ added, removed }: Pick<Sides, 'added' | 'removed'>, failure: string): string {
  const isNew = SAYS_TOO_OFTEN.test(failure) && moreIn(added, removed, TOGETHER).length > 0;
  return isNew ? 'it makes many calls at once, and the failure says that these are too many' : '';
}
