/**
 * Work that waits its turn since the change: one process, one thread or one permit does it for all requests.
 *
 *   +  def get(id), do: GenServer.call(__MODULE__, {:get, id})       each request waits in the mailbox of one process
 *   +  Executors.newSingleThreadExecutor()                           … for one thread
 */
import { type Effect, effect, moreIn, type Sides } from '#model/changes/effect.ts';

/**
 * Elixir and Erlang (a GenServer and an Agent handle one message after another: hexdocs.pm/elixir/GenServer.html), Java,
 * Kotlin, Scala, Python, Node.js, .NET, Go, Rust, Ruby.
 */
const IN_TURN =
  /\bGenServer\.call\(|\bgen_(?:server|statem):call\(|\bAgent\.(?:get|update|get_and_update)\(|\bnewSingleThread(?:Executor|ScheduledExecutor|Context)\(|\blimitedParallelism\(\s{0,3}1\s{0,3}\)|\bFixedThreadPool\(\s{0,3}1\s{0,3}[),]|\bmax_workers\s{0,3}=\s{0,3}1\b(?!\d)|\bpLimit\(\s{0,3}1\s{0,3}\)|\bSemaphoreSlim\(\s{0,3}1\s{0,3}[),]|\bMaxDegreeOfParallelism\s{0,3}=\s{0,3}1\b(?!\d)|\bNewWeighted\(\s{0,3}1\s{0,3}\)|\bmake\(chan struct\{\},\s{0,3}1\s{0,3}\)|\bSemaphore::new\(\s{0,3}1\s{0,3}\)|\bSingleThreadExecutor\b/g;

export function serialWork({ added, removed }: Sides): Effect[] {
  const [first = ''] = moreIn(added, removed, IN_TURN);
  const name = first.replace(/\W{1,40}$/, '');
  return effect(
    'new-lock',
    name && `it hands its work to one process or thread, which does one after another (${name})`,
  );
}
