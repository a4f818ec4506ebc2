/**
 * Work that waits its turn since the change: one process, one thread, one permit or one row does it for all requests.
 *
 *   +  def get(id), do: GenServer.call(__MODULE__, {:get, id})       each request waits in the mailbox of one process
 *   +  Executors.newSingleThreadExecutor()                           … for one thread
 *   +  UPDATE numbers SET n = n + 1                                  … for the lock of one row
 */
import { type Effect, effect, moreIn, type Sides } from '#model/changes/effect.ts';

/**
 * Elixir and Erlang (a GenServer and an Agent handle one message after another: hexdocs.pm/elixir/GenServer.html), Java,
 * Kotlin, Scala, Python, Node.js, .NET, Go, Rust, Ruby.
 */
const IN_TURN =
  /\bGenServer\.call\(|\bgen_(?:server|statem):call\(|\bAgent\.(?:get|update|get_and_update)\(|\bnewSingleThread(?:Executor|ScheduledExecutor|Context)\(|\blimitedParallelism\(\s{0,3}1\s{0,3}\)|\bFixedThreadPool\(\s{0,3}1\s{0,3}[),]|\bmax_workers\s{0,3}=\s{0,3}1\b(?!\d)|\bpLimit\(\s{0,3}1\s{0,3}\)|\bSemaphoreSlim\(\s{0,3}1\s{0,3}[),]|\bMaxDegreeOfParallelism\s{0,3}=\s{0,3}1\b(?!\d)|\bNewWeighted\(\s{0,3}1\s{0,3}\)|\bmake\(chan struct\{\},\s{0,3}1\s{0,3}\)|\bSemaphore::new\(\s{0,3}1\s{0,3}\)|\bSingleThreadExecutor\b/g;

/**
 * Numbers that are counted in one row: its lock is held until each transaction ends. SQL, Django, Rails, MongoDB, and a call
 * that updates something to its value plus one.
 */
const COUNTS_IN_ROW =
  /\bUPDATE\s{1,4}["`]?[\w.]{1,80}["`]?\s{1,4}SET\s{1,4}["`]?(\w{1,60})["`]?\s{0,3}=\s{0,3}["`]?\1["`]?\s{0,3}\+\s{0,3}1\b|\bF\(\s{0,2}["']\w{1,60}["']\s{0,2}\)\s{0,3}\+\s{0,3}1\b|\bincrement(?:!\s{0,2}\(|_counter\()|\bupdate_counters\(|\$inc\b|\.[Uu]pdate\w{0,20}\([^;\n()]{1,160}\b\w{1,60}\s{0,2}\+\s{0,2}1\s{0,2}[,)]/g;

export function serialWork(sides: Sides): Effect[] {
  const isCounted = moreIn(sides.added, sides.removed, COUNTS_IN_ROW).length > 0;
  return [
    ...inTurn(sides),
    ...effect('new-lock', isCounted ? 'its transactions count in the same row, one at a time' : ''),
  ];
}

function inTurn({ added, removed }: Sides): Effect[] {
  const [first = ''] = moreIn(added, removed, IN_TURN);
  const name = first.replace(/\W{1,40}$/, '');
  return effect(
    'new-lock',
    name && `it hands its work to one process or thread, which does one after another (${name})`,
  );
}
