/**
 * Rows that were read one after another and are loaded together since a change, where the failure says that no memory is left.
 *
 *   -  foreach ($repo->streamAll() as $row)      Allowed memory size of 268435456 bytes exhausted
 *   +  foreach ($repo->findAll() as $row)        ◄── all rows are in memory at once
 */
import { moreIn, type Sides } from '#model/changes/effect.ts';

/** PHP, the Java machine, Node.js, Python, Ruby, .NET, Go, the kernel; in lower case. */
const SAYS_NO_MEMORY =
  /\ballowed memory size of \d{1,15} bytes exhausted\b|\boutofmemory(?:error|exception)\b|\bjava heap space\b|\bgc overhead limit\b|\bheap out of memory\b|\bmemoryerror\b|\bnomemoryerror\b|\bcannot allocate memory\b|\boom-?killed\b|\bout of memory\b/;
/** Doctrine, Laravel, Rails, Django, SQLAlchemy, Spring Data, Entity Framework, Node.js, JDBC. */
const ONE_BY_ONE =
  /\bstream\w{0,20}\(|\b(?:to)?iter(?:able|ate|ator)\w{0,10}\(|\b(?:cursor|lazy|chunk\w{0,10}|each_?row|find_each|find_in_batches|in_batches|each_batch|yield_per|scroll)\(|\bAsAsyncEnumerable\(|\bstream_results\b|\bsetFetchSize\(/gi;
const TOGETHER =
  /(?:\.|->|::)(?:find_?all|fetch_?all|get_?result|all|to_?list(?:async)?|to_?array(?:async)?|to_a|get)(?:\(\s{0,3}\)|\b(?!\())|\blist\(/gi;

/** Empty where memory is not what lacks, or where the rows were loaded together before. `failure`: in lower case. */
export function rowsLoaded({ added, removed }: Pick<Sides, 'added' | 'removed'>, failure: string): string {
  const isWhole =
    moreIn(removed, added, ONE_BY_ONE).length > 0 &&
    moreIn(added, removed, TOGETHER).length > 0 &&
    moreIn(added, removed, ONE_BY_ONE).length === 0;
  return SAYS_NO_MEMORY.test(failure) && isWhole
    ? 'it loads all rows at once, which it read one after another before'
    : '';
}
