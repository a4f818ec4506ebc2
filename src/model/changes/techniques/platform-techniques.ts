/**
 * Techniques of platforms and of what they run: machines that can be taken away, signatures, agents, upkeep of tables,
 * shared memory, indexes for search.
 */
import type { EffectKind } from '#model/changes/effect.ts';

/**
 * `changes`: in the changed lines, or in the title where no line is shown. `shows`: in what fails, in lower case.
 * `unless`: what fails says this, which happens without a change. `isLess`: a number that becomes larger does the opposite.
 */
export type Technique = Readonly<{
  kind: EffectKind;
  said: string;
  changes: RegExp;
  shows: RegExp;
  unless?: Pick<RegExp, 'test'>;
  isLess?: boolean;
}>;

export const PLATFORM_TECHNIQUES: readonly Technique[] = [
  {
    // Envoy (flag UO), Istio's DestinationRule, Consul's and Contour's limits of an upstream.
    // https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/upstream/circuit_breaking
    kind: 'lower-limit',
    said: 'it changes how many requests or connections may wait for a callee',
    changes:
      /\bhttp[12]_?Max_?(?:Pending)?_?Requests\b|\bmax_?(?:pending_?|concurrent_?)?(?:requests|connections|retries)\b|\bcircuit_?breakers?\b|\bconnection_?pool\b/i,
    shows:
      /\breset reason: overflow\b|\bbefore_response_started\{overflow\}|\bupstream overflow\b|\bupstream_rq_pending_overflow\b/,
    isLess: true,
  },
  {
    // Anthropic, OpenAI, Gemini, Mistral, Bedrock: a call of a tool and its result stand one behind the other, and roles take turns.
    // https://docs.claude.com/en/docs/agents-and-tools/tool-use/implement-tool-use, https://platform.openai.com/docs/guides/function-calling
    kind: 'other-format',
    said: 'it changes which messages of a conversation a model gets',
    changes:
      /\b(?:chat_?|message_?)?history\b|\bmessages\b.{0,40}(?:\bappend|\bpush|\bpop|\bslice|\bextend|\[-?\d{0,6}:|\.filter\(|\+\s{0,2}=)|\b(?:trim|prune|compact|summari[sz]e|truncate)\w{0,3} (?:\w{1,20} ){0,2}(?:histor(?:y|ies)|messages|conversations?)\b|\btrim_?messages\b|\bconversation\b/i,
    shows:
      /\btool_use\W{0,3} ids were found without\b|\btool_result\W{0,3} block(?:s|\(s\))?\b.{0,60}\b(?:must|unexpected|corresponding)|\bunexpected\W{0,3}tool_(?:use|result)|\bmust be followed by tool messages\b|\bmust be a response to a prece{1,2}ding message\b|\btool_call_id\W{0,3}s? (?:did not|not found|of)\b|\broles must alternate\b|\bfunction response parts (?:is |are )?equal\b|\bfirst message must use the\b/,
  },
  {
    // The scheduler's words, and what Spanhound says for them: labels, taints, spreading of pods over nodes and zones.
    // https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/
    kind: 'other-machines',
    said: 'it changes which nodes its pods may run on',
    changes:
      /\bnode_?-?selector\b|\bnode_?-?affinity\b|\bpod_?-?(?:anti_?-?)?affinity\b|\banti_?-?affinity\b|\btolerations?\b|\btaints?\b|\btopology_?-?spread\w{0,20}|\brequiredDuringScheduling|\bnode[_ -]?(?:pool|group|label)s?\b/i,
    shows:
      /\bdidn't match pod's node (?:affinity|selector)|\bdidn[’']t match (?:pod|node)|\bno node has the labels\b|\buntolerated taint|\btaint that the pod does not tolerate|\bpod (?:anti-)?affinity\b.{0,40}\brules\b|\bits anti-affinity excludes\b|\btopology spread constraints?\b/,
  },
  {
    // Stores that end one of two transactions on the same row: CockroachDB, PostgreSQL 40001, YugabyteDB, TiDB 9007, Spanner,
    // MongoDB, FoundationDB, DynamoDB. https://www.cockroachlabs.com/docs/stable/transaction-retry-error-reference
    kind: 'new-lock',
    said: 'its transactions write the same row',
    changes:
      /\bUPDATE\s{1,4}["`]?[\w.]{1,80}["`]?\s{1,4}SET\s{1,4}["`]?(\w{1,60})["`]?\s{0,3}=\s{0,3}(?:[\w.]{1,60}\.)?["`]?\1["`]?\s{0,3}[+-]|\bcounters?\b|\b\w{0,30}sequences?\b|\bFOR\s{1,4}UPDATE\b|\bSERIALIZABLE\b|\bincrement\w{0,10}\s?[!(]|\$inc\b/i,
    shows:
      /\brestart transaction\b|\bwrite_?too_?old\w{0,8}|\btransactionretry\w{0,20}|\bcould not serialize access\b|\bserialization ?failure\b|\bwrite ?conflict\b|\btransaction(?:\s\S{1,40})? was aborted\b|\btoo much contention\b|\btransactionconflict\w{0,12}|\bconflicts with (?:higher priority|concurrent) transaction\b/,
  },
  {
    // Stores that sort, group or filter only by fields that are kept for it: Elasticsearch, OpenSearch, Solr, Typesense,
    // Meilisearch, Algolia. https://www.elastic.co/docs/reference/elasticsearch/mapping-reference/text
    kind: 'other-format',
    said: 'it changes how a field can be searched or sorted',
    changes:
      /\bmappings?\b|["']?\b(?:doc_?values|fielddata|indexed|index|sort|facet|optional)["']?\s{0,3}[:=]\s{0,3}["']?(?:true|false)\b|["']type["']\s{0,3}:\s{0,3}["'](?:text|keyword|match_only_text|wildcard|integer|long|float|double|date|boolean|nested|object|flattened)["']|\b(?:sortable|filterable|searchable)_?-?attributes\b|\battributes_?For_?Faceting\b|<field\s/i,
    shows:
      /\bfielddata is disabled\b|\btext fields are not optimi[sz]ed\b|\bcannot search on field \[|\bno mapping found for \[.{1,80}\] in order to sort\b|\bfield \[.{1,80}\] of type \[.{1,60}\] (?:is not supported|does not support)\b|\bfailed to find nested object under path\b|\bcan ?not sort on (?:a |multivalued )|\bcan ?not use facet\.|\bis not (?:sortable|filterable)\b|\bcould not find a (?:facet |filter )?field named\b|\bis not marked as (?:a )?(?:facet|sort)\w{0,3}\b/,
  },
  {
    // A server of another kind than before takes the same protocol and not all commands: Redis Cluster, ElastiCache and Azure,
    // replica sets and DocumentDB, Aurora, poolers, CockroachDB, OpenSearch for Elasticsearch, Redpanda for Kafka.
    // https://redis.io/docs/latest/operate/oss_and_stack/reference/cluster-spec/#multi-key-operations
    // https://docs.aws.amazon.com/documentdb/latest/developerguide/mongo-apis.html
    kind: 'other-host',
    said: 'it changes which server of the store is asked, and that one does not take the command',
    changes:
      /\b(?:rediss?|valkeys?|mongodb(?:\+srv)?|postgres(?:ql)?|mysql|mariadb|amqps?|cassandra|nats|sqlserver):\/\/|\b\w{0,20}(?:redis|valkey|mongo|mysql|mariadb|postgres|pg|database|db|elastic|opensearch|search|kafka|rabbit|amqp|cache|store|sql)\w{0,12}[._-]?(?:ur[il]|hosts?|addr(?:ess(?:es)?)?|endpoints?|nodes?|servers?|dsn|connection_?-?strings?)["']?\s{0,3}[:=]/i,
    shows:
      /\bcrossslot\b|\b(?:moved|ask) \d{1,5} \S{1,253}:\d{1,5}\b|\bcluster support disabled\b|\bnot allowed in cluster mode\b|\berr unknown command\b|\bunknown redis command\b|\btransaction numbers are only allowed on a replica set\b|\bonly (?:supported|allowed|available) on (?:a )?replica sets?\b|\bfeature not supported\b|\baggregation stage not supported\b|\bno such command\b|\bunrecognized pipeline stage\b|\bunimplemented (?:feature|statement|command)\b|\bunsupported (?:command|startup parameter|api version|version of the request)\b|\bprepared statement \S{1,80} does not exist\b|\bproduct check failed\b|\bnot supported (?:in|by|on) (?:this|the) (?:server|cluster|version|edition|engine|tier|proxy)\b/,
  },
  {
    // Envoy (flag UH), Contour, Istio, Traefik, nginx: a route that leads to nobody.
    kind: 'other-traffic',
    said: 'it changes where requests are sent',
    changes:
      /\bweights?\b|\b(?:canary|traffic|mirror|subset|backend_?-?refs?|upstreams?|cluster_?name|target_?port)\b|\b(?:HTTPProxy|HTTPRoute|VirtualService|DestinationRule|IngressRoute|TraefikService)\b/i,
    shows:
      /\bno[ _]healthy[ _](?:upstream|host)|\bno (?:available|live) (?:server|upstream|backend)s?\b|\bno endpoints (?:available|found)\b|\bno upstream host\b|\bcluster_not_found\b/,
  },
  {
    // Karpenter (karpenter.sh/capacity-type), EKS, Fargate Spot, GKE and Compute Engine, AKS and scale sets, Batch.
    // https://karpenter.sh/docs/concepts/scheduling/, https://cloud.google.com/kubernetes-engine/docs/concepts/spot-vms
    kind: 'instances-stopped',
    said: 'it moves work to machines that can be taken away at any time',
    changes:
      /(?<![A-Za-z])(?:FARGATE_)?spot(?![A-Za-z])|\bpreemptib\w{2,5}\b|\bcapacity-?type\b|\bscaleSetPriority\b|\bscalesetpriority\b|\binterruptible\b|\blow-priority\b/i,
    shows:
      /\bnot available\b|\bunavailable\b|\bno (?:healthy|available) \w{3,10}|\bconnection refused\b|\bpre-?empt(?:ed|ion)\b|\bspot (?:instance )?interrupt\w{3,4}|\bnode (?:\S{1,60} )?(?:is |was )?(?:not ready|lost|gone|shut\w{0,8})\b|\bevicted\b|\bnodelost\b|\bworker ?lost\w{0,6}|\bexecutor ?lost\w{0,8}|\bno leader\b|\bunreachable\b/,
  },
  {
    // Stripe, GitHub, Shopify, Slack, Twilio, Svix and Standard Webhooks, AWS Signature 4, Rails' and Django's signers.
    // https://docs.stripe.com/webhooks/signature, https://docs.github.com/webhooks/using-webhooks/validating-webhook-deliveries
    kind: 'other-credentials',
    said: 'it changes what signatures are made or checked with',
    changes:
      /\b(?:webhook|signing|hmac|signature|shared|endpoint)[-_ ]?(?:secret|key)s?\b|(?<![A-Za-z])(?:WH_?SEC\w{0,10}|\w{1,40}_(?:SIGNING|WEBHOOK|HMAC)_(?:SECRET|KEY)\w{0,10})|\brotat\w{1,4}\b.{0,60}\b(?:secret|key|value|credential|vault)s?\b|\bsecret_?key_?base\b|\bhmac\b|\braw_?body\b|\bbody_?-?parser\b|\bexpress\.(?:json|raw)\b/i,
    shows:
      /\bno signatures? found matching\b|\bsignature ?(?:verification|validation|check)\w{0,3} ?(?:has )?(?:failed|failure|error)|\bsignature_?verification_?(?:error|failed)|\bsignature (?:does not|did not|doesn't) match|\bsignature_?does_?not_?match|\b(?:invalid|bad|wrong|incorrect|mismatched)_?[- ]?(?:webhook |request |hmac )?signature\b|\bsignature (?:is |was )?(?:invalid|mismatch|wrong)|\bhmac (?:\w{1,12} )?(?:mismatch|failed|invalid)|\bwebhook ?verification ?(?:error|failed)/,
  },
  {
    // LangGraph's GRAPH_RECURSION_LIMIT, LangChain's max_iterations, OpenAI's Agents SDK (MaxTurnsExceeded), AutoGen, CrewAI,
    // Vercel's AI SDK, Semantic Kernel. https://docs.langchain.com/oss/python/langgraph/errors/GRAPH_RECURSION_LIMIT
    kind: 'other-settings',
    said: 'it changes the words for an agent, its tools or its end',
    changes:
      /\bprompts?\b|\bsystem_?(?:prompt|message|instruction)s?\b|\btools?(?:_?(?:descriptions?|schema|choice|spec))?\b|\bagents?\b|\bfunction_?(?:call|declaration)\w{0,3}\b|\bstop_?(?:when|condition|reason|sequence)\w{0,3}\b|\bmax_?-?(?:turns|steps|iterations|round_?trips|rpm)\b|\brecursion_?limit\b|\breturn END\b|\badd_conditional_edges\b|\bshould_?continue\b|\bis_?termination_?msg\b|\btermination_?condition\b/i,
    shows:
      /\brecursion limit of \d|\bgraph_?recursion_?(?:error|limit)\b|\bagent stopped due to\b|\bmax_?turns_?exceeded|\bmax(?:imum)?(?: number of)? (?:agent |tool )?(?:iterations|turns|steps|tool calls|round-?trips)\b.{0,40}\b(?:reach|exceed)\w{2,3}|\b(?:reached|exceeded|hit)\b.{0,30}\bmax(?:imum)?_?(?: number of)?[ _](?:agent |tool )?(?:iterations|turns|steps|tool calls)\b|\bwithout hitting a stop condition\b/,
  },
  {
    // Upkeep rewrites files that others write at the time: Delta Lake, Iceberg, Hudi.
    // https://docs.delta.io/latest/concurrency-control.html, https://iceberg.apache.org/docs/latest/reliability/
    kind: 'new-lock',
    said: 'it changes when or how files of tables are rewritten',
    changes:
      /\bcron\b|\bschedul\w{1,4}\b|\boptimi[sz]e\b|\bvacuum\b|\bcompact\w{0,4}\b|\bz-?order\w{0,3}\b|\brewrite_?data_?files\b|\bmaintenance\b|\bhouse-?keeping\b|\bclustering\b/i,
    shows:
      /\bconcurrent(?:append|deleteread|deletedelete|transaction|write)exception\b|\bdelta_concurrent_\w{3,30}|\bconflicting commit\b|\bfound (?:new )?conflicting (?:files|delete files)\b|\bhoodiewriteconflict\w{0,10}|\bcommitfailedexception\b.{0,80}\b(?:branch|snapshot|metadata)\b/,
  },
  {
    // nginx and OpenResty (lua_shared_dict, zones), Apache (slotmem), PHP (OPcache, APCu), PostgreSQL in containers (/dev/shm).
    // https://github.com/openresty/lua-nginx-module#lua_shared_dict, https://hub.docker.com/_/postgres (shm-size)
    kind: 'less-memory',
    said: 'it changes how much memory processes share',
    changes:
      /\blua_shared_dict\b|\b\w{0,10}zone=\w{1,40}:\d|\b\w{1,20}_zone\b|\bshared_?-?memory\b|\bshm_?-?size\b|\/dev\/shm\b|\bopcache\.\w{1,30}|\bapcu?\.shm_\w{1,20}|\bshared_buffers\b|\bssl_session_cache\b/i,
    shows:
      /\): failed to \w{3,12} \S{1,60}.{0,40}: no memory\b|\bno memory\b|\bcould not allocate node\b|\bshared (?:memory|zone|dict)\b.{0,60}\b(?:full|exhaust\w{1,3}|no space|too small|failed)\b|\bcould not resize shared memory segment\b|\bunable to allocate (?:\w{1,20} )?shared memory\b|\bout of shared memory\b|\bunable to allocate memory for pool\b|\bslab_alloc\(\) failed\b/,
    isLess: true,
  },
  {
    // Solr (commit, autoSoftCommit, maxWarmingSearchers), Elasticsearch and OpenSearch (refresh).
    // https://solr.apache.org/guide/solr/latest/configuration-guide/commits-transaction-logs.html
    kind: 'unbatched',
    said: 'it changes when a search finds new rows',
    changes:
      /\bcommit\s{0,2}[=:]\s{0,2}["']?true\b|\bcommit(?:Within|_within)\b|\bauto_?-?(?:soft_?-?)?commit\b|\bsoft_?-?commit\b|\bopenSearcher\b|\brefresh(?:_interval)?["']?\s{0,2}[=:(]|\bmaxWarmingSearchers\b/i,
    shows:
      /\bmaxwarmingsearchers\b|\boverlapping ondecksearchers\b|\berror opening new searcher\b|\brefresh\b.{0,60}\b(?:reject|queue)\w{0,3}\b|\bes_rejected_execution_exception\b/,
  },
];
