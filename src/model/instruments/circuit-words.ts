/** Words for a call that a circuit breaker refused. Bulkheads and rate limiters also permit no further calls, but do not count. */
import { type Sign, signList } from '#model/instruments/sign-list.ts';

/** A message, an exception, an event or a line. `isOfProxy`: the breaker is on the way, and not in the caller. */
export const CIRCUIT_OPEN = signList<Sign & Readonly<{ isOfProxy?: true }>>(
  /circuit|breaker|not ?permitted|upstream|degradeexception|\bUO\b|\bfuse\b/i,
  [
    {
      by: 'Resilience4j, gobreaker, pybreaker, Akka',
      says: /circuit.?breaker.{0,80}\b(?:is |still |was )?(?:half.?)?open/i,
      example: "CircuitBreaker 'stock' is HALF_OPEN and does not permit further calls",
      source: 'https://resilience4j.readme.io/docs/circuitbreaker',
    },
    {
      by: 'gobreaker, half-open',
      says: /\bgobreaker\b.{0,80}\b(?:too many requests|ErrTooManyRequests)\b/i,
      example: 'gobreaker: too many requests',
      source: 'https://pkg.go.dev/github.com/sony/gobreaker/v2#ErrTooManyRequests',
    },
    {
      by: 'Polly',
      says: /\bcircuit\b.{0,40}\b(?:is |now |still )*(?:half.?)?open\b/i,
      example: 'The circuit is now open and is not allowing calls.',
      source: 'https://www.pollydocs.org/strategies/circuit-breaker.html',
    },
    {
      by: 'opossum',
      says: /\bbreaker(?: is)? open\b|\bEOPENBREAKER\b/i,
      example: 'Breaker is open',
      source: 'https://nodeshift.dev/opossum/',
    },
    {
      by: 'Resilience4j',
      says: /call ?not ?permitted/i,
      example: 'io.github.resilience4j.circuitbreaker.CallNotPermittedException',
      source: 'https://resilience4j.readme.io/docs/circuitbreaker',
    },
    {
      by: 'Polly',
      says: /brokencircuit|isolatedcircuit/i,
      example: 'Polly.CircuitBreaker.BrokenCircuitException',
      source: 'https://www.pollydocs.org/strategies/circuit-breaker.html',
    },
    {
      by: 'Semian, Circuitbox, Faulty, Failsafe, MicroProfile',
      says: /opencircuit|circuit(?:breaker)?open/i,
      example: 'Semian::OpenCircuitError',
      source: 'https://github.com/Shopify/semian',
    },
    {
      by: 'Hystrix',
      says: /short.?circuited|\bhystrix[ ._:]+circuit[ ._-]{1,2}open\b|\bcircuit_(?:breaker_)?open\b/i,
      example: 'hystrix.circuit_open',
      source: 'https://github.com/Netflix/Hystrix/wiki/How-it-Works',
    },
    {
      by: 'Sentinel',
      says: /\bDegradeException\b/i,
      example: 'com.alibaba.csp.sentinel.slots.block.degrade.DegradeException',
      source: 'https://sentinelguard.io/en-us/docs/circuit-breaking.html',
    },
    {
      by: 'Erlang, Elixir: fuse',
      says: /\bfuse\b.{0,80}\b(?:is |was |still )?blown\b/i,
      example: 'fuse :stock is blown',
      source: 'https://hexdocs.pm/fuse/fuse.html#ask/2',
    },
    {
      by: 'Envoy, Istio',
      isOfProxy: true,
      says: /upstream_rq_pending_overflow|upstream connect error.{0,80}overflow|\bupstream[ _]?overflow\b|\bupstream_reset_before_response_started\{overflow\}|" 503 (?:[A-Z]{2,5},){0,5}UO[, ]/i,
      example: 'upstream connect error or disconnect/reset before headers. reset reason: overflow',
      source: 'https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/upstream/circuit_breaking',
    },
  ],
);
