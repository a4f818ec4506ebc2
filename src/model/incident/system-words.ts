/**
 * Tells a text about systems from one that may name a person. No list holds all names, and a name may be any word. So the
 * list holds the other side: words that describe systems. A text with any other word may name somebody.
 *
 *   pool size 20 -> 5 in user-service    names nobody
 *   kim dropped it                       may: "kim" is not in the list
 *   Jenkins built the wrong branch       may: Jenkins is also a last name
 *
 * A missing word costs little: the postmortem then cites the entry without its words. A name in the list costs a lot:
 * words that are also names (mark, will, grace, april) must not stand here.
 */
import { isGermanSystemWord } from '#model/incident/system-words-german.ts';
import { isJapaneseSystemText, JAPANESE } from '#model/incident/system-words-japanese.ts';

/** `services`: names from the evidence, which are no people. */
export function namesNobody(text: string, services: readonly string[] = []): boolean {
  if (text.includes('@')) return false;
  const named = services.reduce((left, service) => left.split(nameOf(service)).join(' '), text.normalize('NFC'));
  const rest = NO_NAME_THERE.reduce((left, pattern) => left.replaceAll(pattern, ''), named);
  const isJapaneseKnown = (rest.match(JAPANESE) ?? []).every(isJapaneseSystemText);
  return isJapaneseKnown && (rest.replaceAll(JAPANESE, ' ').match(WORD) ?? []).every(isSystemWord);
}

/**
 * Words that are names, too, where the words around them say that they are none: `We will send it`, `it took the max.`,
 * `An index was added`, `the flag sig-v2-only`. `An also added it` and `after that will ran it` may name somebody.
 */
const NO_NAME_THERE = [
  /(?<=(?<!\p{L})(?:[Ww]e|[Tt]hey|[Yy]ou|[Ii]t|[Tt]his|[Tt]hese|[Tt]hose|[Tt]here) )will(?= (?!\p{L}{1,20}(?:ed|s)\b|(?:ran|broke|took|made|did|went|had|saw|sent|said|got|gave|put|set|cut|shut|left|lost|built)\b)\p{Ll})/gu,
  /(?<=(?<!\p{L})(?:the|a|our|its) )(?:max|mark|bill|grace|hope|miles|will)(?=$|[.,;:!?)”]|\s(?:of|is|was|for|at|in|on|since)(?!\p{L}))/gu,
  /(?<=^[“"(]?|[.!?]\s)An(?= (?!\p{L}{1,20}(?:ed|s|ly)\b|(?:also|already|always|and|asked|at|ate|even|again|in|is|often|on|only|or|undid|undo|overrode|oversaw|understood)\b)[aeiou]\p{Ll})/gu,
  /(?<=(?<!\p{L})(?:flag|toggle|setting|metric|topic|queue|index|table|column|bucket|variable|parameter|header) )[\p{Ll}\p{N}]{1,30}(?:[-_.][\p{Ll}\p{N}]{1,30}){1,8}/gu,
];

/**
 * The text without the words that may name a person: `…` stands in their places. '' where too little is left to be
 * understood, or where the place may be that of somebody who did it: `… dropped the index`, `dropped by …`.
 */
export function withoutNames(text: string, services: readonly string[] = []): string {
  if (/^[^A-Za-z]*\p{Script=Han}/u.test(text)) return namesNobody(text, services) ? text : '';
  const pieces = piecesOf(text.normalize('NFC'));
  const isWord = ({ text: piece }: Piece) => /[\p{L}\p{N}]/u.test(piece);
  const isKnown = ({ text: piece, isInPlace }: Piece) => isInPlace || namesNobody(piece, services);
  const words = pieces.filter(isWord);
  const left = words.filter(isKnown).length;
  if (left < LEAST_WORDS || left / words.length < LEAST_SHARE || words.length - left > MOST_GAPS) return '';
  const rest = pieces
    .map((piece) => (!isWord(piece) || isKnown(piece) ? piece.text : `…${/[.,;:!?]$/.exec(piece.text)?.[0] ?? ''}`))
    .join('')
    .replaceAll(/…(?:[,;:]?\s+…){1,40}/g, '…');
  return ACTOR.test(rest) ? '' : rest;
}

/** `isInPlace`: the words around it say that it is no name. */
type Piece = Readonly<{ text: string; isInPlace: boolean }>;

function piecesOf(text: string): readonly Piece[] {
  const places = new Set(NO_NAME_THERE.flatMap((pattern) => [...text.matchAll(pattern)].map(({ index }) => index)));
  let begins = 0;
  return text.split(/(\s+)/).map((piece) => {
    const at = begins + Math.max(0, piece.search(/[\p{L}\p{N}]/u));
    begins += piece.length;
    return { text: piece, isInPlace: places.has(at) };
  });
}

const ACTOR = /^\s*…|\bby …/i;

const LEAST_WORDS = 3;
const LEAST_SHARE = 0.7;
const MOST_GAPS = 2;

/** A whole name: in `art-service`, the service `art` is not meant. */
export function nameOf(service: string): RegExp {
  return new RegExp(`(?<![\\p{L}\\p{N}_-])${RegExp.escape(service)}(?![\\p{L}\\p{N}_-])`, 'u');
}

/** Splits identifiers: `users.email`, `maxPoolSize`, `eu-west-1`. An amount such as `90M` is one word. */
const WORD =
  /\p{N}{1,15}\p{Lu}(?!\p{L})|\p{Lu}?[\p{Ll}\p{Lo}\p{M}\p{N}]+(?:['’]\p{L}+)?|\p{Lu}+(?![\p{Ll}])[\p{N}]*(?:['’]\p{L}+)?|\p{L}/gu;

/** `20`, `5xx`, `540ms`, `v42`, `p95`, and a commit's hash. A name with a number (`kim7`) is none of them. */
const AMOUNT = /^(?:\d+(?:[a-z]{1,3})?|[vpt]\d+|(?=[a-f]*\d)[0-9a-f]{7,40})$/;

function isSystemWord(written: string): boolean {
  if (CAPITALS.has(written)) return true;
  const lower = written.toLowerCase();
  const word = lower.replace(/['’](?:s|re|ve|ll|d)$|n['’]t$/, '');
  const stems = [...stemsOf(word), word.replace(NUMBERED, '$1')];
  if (stems.some((stem) => NAMES_WITH_CAPITAL.has(stem))) return written === lower;
  const isEnglish = stems.some((stem) => SYSTEM_WORDS.has(stem));
  return AMOUNT.test(word) || isEnglish || isGermanSystemWord(written, (one) => SYSTEM_WORDS.has(one));
}

/** `db1`, `node42` */
const NUMBERED = /^(\p{L}{2,30})\d{1,4}$/u;

/** `drops`, `dropped`, `dropping`, `scaled`, `scaling`, `retries`, `retried`, `slowly` */
function stemsOf(word: string): readonly string[] {
  return [word, ...ENDINGS.flatMap(([end, put]) => (word.endsWith(end) ? withoutEnd(word, end, put) : []))];
}

function withoutEnd(word: string, end: string, put: string): readonly string[] {
  const start = word.slice(0, -end.length);
  return start.length < SHORTEST_STEM ? [] : [`${start}${put}`, start.replace(/([^aeiou])\1$/, '$1')];
}

/** A shorter one makes words of names: `ted`, `les`. */
const SHORTEST_STEM = 3;
const ENDINGS = [
  ['s', ''],
  ['es', ''],
  ['d', ''],
  ['ed', ''],
  ['ing', ''],
  ['ing', 'e'],
  ['ly', ''],
  ['ies', 'y'],
  ['ied', 'y'],
] as const;

/** An Nguyen, Per Olsson, and last names. */
const NAMES_WITH_CAPITAL = new Set(
  [
    'an do per so black branch case close day east even field flow green grey h hand long min north page power',
    'price s short skip small south storm trip west bank bin bridge cross deep fan fish front gate hall house',
    'lake land ping pink ring rush sharp smart story strong sweet swift tower wall water way well wild',
  ]
    .join(' ')
    .split(' '),
);
/** Without capitals, each is a name. */
const CAPITALS = new Set(['DAG', 'LAN', 'NAT', 'ORA', 'RAM', 'SIM', 'SIP', 'UPS']);

const SYSTEM_WORDS = new Set(
  [
    // What binds a sentence.
    'a about above across after again against all almost alone already also although always among and another any are',
    'as at away back be because been before began begin begun behind being below between both but by cannot could did',
    'does done down due during each either else enough every everything everywhere except far few fewer finally',
    'first for from fully further gone had half has have here how if in instead into is it its itself last later',
    'least less like longer longest made many maybe mid more most much near nearly never new newer next no nobody',
    'none nor not nothing now of off often old older on once one only onto or other our out over own partly past',
    'please possibly probably quite rather really same second seems should shows since some soon still such than that',
    'the their then there therefore these third this those three through too toward towards two twice under unless',
    'until unusual up upon us usual very via was we went were',
    'what',
    'when',
    'where',
    'whether',
    'which',
    'while whole',
    'why with',
    'within without would wrong yet zero yes four five six seven eight nine ten hundred thousand million',
    // Time.
    'afternoon date evening hour hourly daily midnight minute moment month monthly morning night noon period time',
    'today tomorrow tonight week weekday weekend weekly year yesterday monday tuesday wednesday thursday friday',
    'saturday sunday january february march july september october november december sec ms ns utc cet cest gmt',
    'est pst',
    // What happens.
    'abort accept access acquire act add adjust allocate allow analyse analyze answer appear apply archive arrive ask',
    'assign attach attempt authenticate authorize autoscale avoid await balance batch become became block boot break',
    'broke broken build built burst bypass cache calculate call cancel cap cause change charge check choose clean',
    'clear clone come came commit communicate compare compile complete compress confirm conflict connect',
    'consume contain contact continue convert copy corrupt count crash create cut deadlock decline decrease default',
    'degrade delay delete deliver depend deploy deprecate describe detach detect diagnose differ disable discard',
    'disconnect downgrade downscale drain drift drop duplicate empty enable encrypt end enforce enlarge enter',
    'escalate evict exceed execute exhaust exist exit expire explain export expose extend fail fall fell fallback',
    'fetch fill filter find found finish fire fit fix flap flood flush follow force forward free freeze froze frozen',
    'fsync generate get got give gave go grow grew grown handle hang happen heal help hide hit hold held idle ignore',
    'import improve inactive include increase index indices inform initialise initialize inject insert install',
    'introduce invalidate investigate invoke isolate jump keep kept kill know known lack lag launch lead leak leave',
    'left let lift limit link list listen load lock log lose lost lower maintain make match mean measure meet merge',
    'migrate mirror mismatch miss missing mitigate modify monitor mount move need notify observe occur offer omit',
    'open optimise optimize overflow overload override oversize overwrite pass pause patch peak pend perform pin poll',
    'pool prepare prevent probe process produce promote propagate protect provide provision publish pull purge push',
    'put query queue raise ran run reach read rebalance reboot rebuild rebuilt receive recommend reconnect record',
    'recover recreate recur redeploy redirect redistribute reduce refactor refer refill refresh refuse register',
    'reject release reload remain remediate remove rename render renew reopen repair repeat replace replay replicate',
    'reply report request require reroute rerun rescale reschedule reserve reset resize resolve respond restart',
    'restore result resume retire retry return reuse revert revoke rewrite rise risen roll rollback rollout rotate',
    'route sample saturate save say said scale scan schedule seal search see seen send sent separate serve set settle',
    'share shed shift show shown shrink shut shutdown shuttle sleep slow spawn spike spill split spread stabilise',
    'stabilize stall start starve stay stick stuck stop store stream stress succeed suffer support surge suspect swap',
    'switch sync synchronise synchronize take took taken tear test throttle throw threw thrown timeout touch trace',
    'track transfer trigger trust try tune turn unblock undo unlock unset unsync update upgrade upload upscale',
    'use validate vary verify wait warm warn watch work worsen wrap write wrote written terminate truncate vacuum',
    'lease',
    // What systems are made of.
    'account action address admin agent alarm alert algorithm allocation alternative amount api app application area',
    'array artifact asset attribute auth authentication authorization autoscaler availability backend background',
    'backfill backlog backoff backpressure backup balancer bandwidth bar baseline basket behavior behaviour binary',
    'bit body booking boundary bottleneck bound box breaker broker browser bucket budget buffer bug bulk bundle byte',
    'callback caller canary capacity cart catalog catalogue category cell certificate cert chain channel chart',
    'checkout checksum chunk circuit class classpath client clock cloud cluster code codec cold column comment',
    'compaction component compression computer concurrency condition config configmap configuration connection',
    'connector consent consistency console constraint consumer container content contention context control',
    'controller cookie coordinator core cost counter coupon coverage credential credit cron cronjob crashloop cursor',
    'curve customer cycle daemon dashboard data database dataset db dead debug deduplication definition delivery',
    'demand dependency deployment design detail detector device diff difference digest dimension directory disk',
    'dispatcher document domain dump duration edge effect element email emergency endpoint engine entity entry env',
    'environment error evaluation event eviction evidence example exception exchange executor exhaustion expiry',
    'exporter extension extra factor failover failure false feature feed file finding fingerprint firewall firmware',
    'flag fleet folder form format fraction fragment frame framework frequency frontend full function garbage',
    'gateway gauge gc generation glitch global graph group growth guard handler handshake hardware hash header health',
    'healthcheck healthy heap heartbeat heavy high higher host hostname hotfix id identifier identity image impact',
    'incident incoming ingest ingestion ingress inode input instance integration interface interval inventory invoice',
    'io ip issue item iteration job journal json jvm kernel key keyspace label lambda large larger latency layer',
    'layout leader ledger length level library licence license lifecycle line listener literal live liveness local',
    'locale location logic login logout lookup loop low machine mail manifest manual map mapping media memory menu',
    'message metadata method metric middleware migration mobile mode model module mutex name namespace native network',
    'node noise normal notification null number oauth object offline offset okay ok onboarding online oom operation',
    'operator option order origin outage output outbound inbound package packet parallel parameter parent parser',
    'partial partition password path pattern payload payment percent percentage percentile performance permanent',
    'permission phase physical pipeline place plan planner platform plugin pod point pointer policy pooler port',
    'position postmortem precaution prefix primary priority private problem procedure processor product production',
    'prod profile program project property protocol provider proxy public quantity quorum quota race rack random',
    'range rate ratio raw readiness reader reason recommendation recovery redundancy redundant reference region',
    'regression regular remote replica replication repo repository resolution resolver resource responder response',
    'retention revision risk role root routing row rule runbook runner runtime safe safety sandbox saturation scanner',
    'scheduler schema scope screen script secondary secret section sector security segment selector semaphore',
    'sequence serial server service session setting setup severity shard sidecar signal signature signup silent',
    'similar simple single site size slot slower snapshot socket software solution source space span spec speed spot',
    'stable stack stage staging stale standard standby startup state stateful stateless statement static statistics',
    'status step storage strategy string structure subnet subscriber subscription suite sum symptom syntax',
    'system table tag target task team technical template temporary tenant term text thread threshold throughput',
    'thumbnail ticket tier timer timestamp timezone token tool topic topology total traffic transaction transit',
    'transport tree true ttl tunnel type unavailable unavailability unchanged unhealthy unique unit unknown',
    'unreachable unresponsive unstable unused upstream downstream uptime url usage user users username utilisation',
    'utilization valid invalid value variable vendor version view virtual visibility visible volume vulnerability wal',
    'warehouse warning webhook website wide window wire worker workaround workflow workload writer zone commander',
    'deputy communications external internal liaison scribe engineer engineering maintenance management office',
    'company business partner member everybody shop shopping refund shipping shipment billing wallet messaging chat',
    'able actual additional affected apparent available bad big bigger better busy certain common correct critical',
    'current dangerous different direct double dry early easy effective elevated entire equal exact expected',
    'unexpected experimental fast faster final fine fixed good hot huge immediate important incomplete incorrect',
    'individual initial intermittent late latest limited main major minor maximum minimum moderate multiple necessary',
    'obsolete overall persistent planned possible potential present previous proper quick rapid ready recent related',
    'responsible several significant smaller smallest special specific steady sudden sufficient insufficient',
    'synchronous asynchronous tight tiny unclear unlimited unplanned upper various vulnerable weak worse worst red',
    'yellow blue allowlist denylist blocklist collation dedicated deletion creation insertion addition removal',
    'reduction investigation hypothesis confirmation detection mitigation escalation explanation information',
    'instruction documentation central northeast southeast eu europe european asia asian american country city ',
    'cable datacenter datacentre cooling internet intranet vpn vpc wan holiday sale to web sign signin pg feat chore',
    'bump perf blank pages paged prices cases fields days hands limiter skill part look apart picture words',
    'plain question proof promise sender shorter round whose gi mi kind brain herd thundering letter idempotency',
    'idempotent cardinality logging sampling checkpoint spillover hotspot warmup cooldown flaky toggle hook phishing',
    'bot crawler attack attacker abuse spam fraud tax currency otp captcha sms video play purchase seat flight hotel',
    'ride passenger student teacher voucher discount stock article review post newsletter loyalty rewards reward bank',
    'banking card debit iban trade trading quote market news weather sensor vehicle telemetry printer camera player',
    'game score voice room meeting calendar invite invitation appointment survey photo tile tracking tracker supplier',
    'cohort experiment variant audience impression click conversion funnel blocked exhausted logged signed locked',
    'sealed typo semicolon regex glob privilege sudo shell cli flagged wildcard loopback gossip raft paxos follower',
    'election epoch vote ballot tombstone compact memtable sstable swapped paging descriptor epoll fiber coroutine',
    'future spin spinning jitter skew leap dst',
    // Places of sites that are seldom names.
    'amsterdam antwerp athens atlanta bangalore bangkok barcelona basel beijing boston bremen brussels bucharest',
    'budapest cairo chicago copenhagen dortmund dresden dubai dublin edinburgh geneva glasgow hamburg hanover helsinki',
    'hyderabad istanbul jakarta kyiv leipzig lisbon ljubljana madrid manchester marseille melbourne montreal munich',
    'nairobi osaka oslo portland prague riga rotterdam seattle shanghai shenzhen stuttgart taipei toronto vancouver warsaw',
    // What people write to each other every day.
    'egress contract oldest newest fewest highest lowest',
    'aaaa abandon ability abnormal absence absorb acceptable accident accuracy accurate achieve achievement ack',
    'acknowledge active activity adapter adequate adjacent admit advantage advice advise aes affair affect agenda',
    'agree agreement ahead aid aim air airport alike alive ambiguity amend amqp analysis anger angle animal announce',
    'annoying anomaly anticipate anxiety anybody anything anyway anywhere apologise apologize appetite appliance',
    'appreciate approach approval approve archiver arent argue argument arise army arose around arp arrangement',
    'arrival artificial aside asleep aspect assembly assertion assess assessment assist assistance assistant',
    'association assume assumption assure ate atmosphere attend attention attitude attract auction author authority',
    'automatic automation autovacuum average award aware badge bag bare basic basically basis battery battle beat',
    'beautiful behave belief believe belong benchmark benefit bet bgp bigtable bike bind binlog birth bite blast',
    'bloat blog blow blown board boat bogus boil bolt bomb bone book boost borrow bother bottom bought bounce bowl',
    'brake breach bread breath brick brief bring brotli brought brush burden bus button buy buyer ca cabinet cake',
    'calm camp campus cancellation candidate cant canvas capability capable capital care career careful cargo carry',
    'catch caught cautious cease ceiling cent century ceremony certainty certification cgroup chair challenge',
    'champion chaos chapter character charity cheap cheat cheque chicken choice circumstance cite citizen claim',
    'clarify clarity clash clerk climb cling clinic clip clog closely clue clueless cms cname coach coast coat coffee',
    'coincide coincidence collapse colleague collect collection college collide color colour combination combine',
    'comfortable command commerce commission commitment committee communication community companion comparison',
    'competition complaint completion complex complexity compliance complicated complication comply compose',
    'compromise compute concept concern conclude conclusion concurrently conduct conference confidence confident',
    'confuse confusion congestion conntrack consequence consider considerable consideration consist consistent',
    'constantly construct construction consultant consumption contend contest continuity contractor contradict',
    'contrast contribute contribution convenient convention conventional conversation cool cooperation coordination',
    'cope coredns corner corporation correction correlate correlation correspond corruption couldnt council',
    'counterpart couple courage course court cover crack craft crawl crazy crd creep crew crime crisis criteria',
    'criterion criticism crl crlf crm crop crowd crucial crush cry csr cte culture cumbersome cup cure curious custom',
    'cutoff cutover daemonset damage danger darklaunch darkness dbs dbt ddl deal dealer dealt death debate decade',
    'decide decision declaration declare dedicate defeat defect defective defence defend defense defer deficit degree',
    'delegate delegation deliberately demo demonstration denial dense density deny depart department departure',
    'deposit deprive depth derive description deserialize desert deserve desire desk desperate destination destroy',
    'determination determine develop developer development deviate devil devote diagnosis diagnostics diagram dialog',
    'dialogue dictate dictionary didnt die diet difficulty dig dinner direction director dirt dirty disability',
    'disadvantage disagree disagreement disappear disappoint disappointment disaster discipline disclose discourage',
    'discover discovery discuss discussion disease dish dislike dismiss display dispose dispute disrupt disruption',
    'dissolve distance distant distinction distinguish distort distribute distribution distributor district disturb',
    'dive diversity divert divide division dml docs doctor doesnt dog dont door dose doubt doubtful download dozen',
    'dpo draft drag drama drawback drawing dream dress drill drink drive driven drove drum dug dull duplication dust',
    'duty dwh dynatrace eager earn earth ease easily eat eaten ebpf echo editor education effectiveness efficiency',
    'effort eg eject electricity electronics elegant eliminate elimination elsewhere embed emerge emission emit',
    'emphasis employ employee employer employment encounter encourage encryption endless endure enemy energy',
    'enforcement engage enhance enjoy enormous enqueue enquiry ensure entail enterprise entertainment entrance',
    'envelope eol episode equation equip equipment equivalent era erase erode erp especially essay essence essential',
    'establishment estimate estimation etc etl eventual ever evident evolve exam examine excellent exceptional excess',
    'excessive excitement exciting exclude excuse execution exercise exhibit existence expand expansion expect',
    'expectation expense expensive experience expert expertise explicitly explode exploit explore explosion exposure',
    'express expression extent extreme eye fabric face facilitate facility fact factory faculty fade faint fair',
    'familiar farm fashion fat fatal fate fault faulty favour fax fear federation fee feedback feel felt female fence',
    'festival fever fiction fifth fight figure finalise finance firm fitness flash flat flaw flee flick flip float',
    'flour flow flown fluctuation focus fog fold font food fool foot forbid forecast foreign forensics forever formal',
    'former formulate forth fortunate foundation fragile frequent fresh friction fridge friend fruit frustrate ftp',
    'fuel fulfil fun funny furniture fuse fuzzy gain gallery gang gap gas gather gaze gear gender general genuine gif',
    'gift gist glance glue goal government gradual grain grammar grass greedy grid grip ground gtid guarantee guess',
    'guest guidance guide guideline guilt gw gzip habit hack hair halt halved hammer handful handy happy hardly',
    'harmful harmless hasnt hat haul havent hdd headache headline headquarters hear heat heavily height hell helper',
    'helpful hence hesitate hidden hint hire history hive hmac hobby hole home honest honour horizon horrible horror',
    'horse hospital hostile household housing however human humour hundredth hunger hurdle hurry hurt ic ice icon',
    'idea identification identify idx ie ignorance illegal illness illusion illustrate imagination imagine imbalance',
    'immunity implementation implication imply importance impose impossible impress impressive improvement imsi',
    'inability inaccurate inadequate inappropriate inbox incentive inclusion income incompatible inconsistency',
    'inconsistent inconvenient increasingly indeed independence indicate indication indicator indirect induce',
    'industry inefficient infect infection infer infinite inflate inflation influence influx influxdb info informal',
    'infrastructure inherit inhibit initiative injection injury ink inner innocent inquire inquiry insecure insight',
    'insist inspect inspection inspector inspire installation instant instinct institute institution instrument',
    'insurance intact intelligence intend intense intent intention interact interaction intercept interest interfere',
    'interference interior intermediate interpret interpretation interrupt interruption intervene interview',
    'introduction invasion invent invention invest investment investor invisible involve involvement iops iptables',
    'irq irregular irrelevant island isnt isolation jacket jam journey jpg judge judgement juice jury just',
    'justify jwks keepalive kerberos keyboard kilometre kinesis kitchen knee knife knock knowledge kube lab',
    'laboratory labour ladder lame landing landscape language laptop laugh laundry lawyer lazy ldap leaf leakage lean',
    'learn learnt lecture legacy legal legitimate lend lengthy lent lesson liability librarian life lifetime light',
    'likelihood limb limitation limp literature litre lobby locate lonely loose loosen loss lot lottery loud lsn lte',
    'luck luggage lunch machinery mad magazine magnitude majority maker male manage manipulate manner manufacturer',
    'margin marker mass massive material matter mature meal meantime meanwhile measurement mechanic mechanism',
    'medicine membership memo mention merchant mere mess messy metal meter mfa midday middle mild mile military milk',
    'mimir mind minimal minister minority minus miracle misconfiguration misconfigure mislead misled misread mission',
    'mistake misunderstanding misuse mixed mixture mod moderation modern modest modification money mood mortgage',
    'mother motion motor mountain mouse mouth movement movie mpls mss mud multiply muscle museum music mute mutual',
    'mvcc mysterious mystery nail narrow nasty nation natural nature navigation nearby neat necessarily neck negative',
    'negotiate neighbor neighbour neither nerve nervous nest netfilter neutral nevertheless newspaper nic nice',
    'nightmare nil nod noeviction noisy nominal nonsense nose nosql notable notafter note notice notion npe nudge',
    'numa numerous nurse nvme obey objection objective obligation obscure observation obstacle obtain obvious',
    'occasion occasional occupation occupy occurrence ocsp offence officer official offload oil onset openssl opera',
    'operate opinion opponent opportunity oppose opposite optional orange orbit orchestrate ordinary organ',
    'organisation organise organization organize orientation originate oscillate otherwise outcome outdated outer',
    'outgrow outlet outline outlook outnumber outsider outweigh overcome overdue overestimate overhead overlap',
    'overnight overprovision overrun oversee oversight overtake overview overwhelm ownership pace pack pad paid pain',
    'painful paint pair palace panel panic pants paper paragraph parcel pardon parking participant participation',
    'particular passage passion passive paste pay pbx pdb pdu peace peculiar peel penalty pencil pension people per',
    'perception perfect perfection perhaps permit persist persistence person personality personnel perspective',
    'persuade phenomenon philosophy phone phrase physics piano pick piece pile pill pilot pipe pitch pity pizza plane',
    'planet plant plastic plate plausible pleasant pleasure plenty plot plug plus png pocket poem poet poetry poison',
    'police politics pollution ponder poor popular populate population portion pos positive possess possibility',
    'postpone pot potato pour poverty powder powerful practical practice praise pre precise predict predictable',
    'prefer preference premature preparation presence presentation preserve president press pressure presto',
    'presumably presume pretend prevail prevention print printout prior prison privacy prize probability probable',
    'proceed proceedings procure producer productive profession professor profit programme programmer progress',
    'prohibit prohibition prolong prominent promotion prompt proportion proposal propose prospect protection',
    'protective protest prototype prove proven province psychology publication publicity publisher pubsub punch',
    'punishment pupil pure purple purpose pursue pursuit puzzle qos qualify quality quantify quarantine quarter quiet',
    'quit radical radio radius raid rail railway rang rare rbac re reaction readings reality realm rear reasonable',
    'reassign reassignment recall receipt receiver reception recipe recipient reckon recognise recognition recognize',
    'reconcile reconfigure reconnection reconsider reconstruct recycle redesign redo reflect reflection reform',
    'refrain refrigerator refusal regain regard regenerate regime registration registry regret regulation reindex',
    'reinstall reinstate reissue relate relation relationship relative relax relay relevance reliable relief religion',
    'reluctance reluctant rely remainder remark remarkable remember remind reminder renderer renewal rent reoccur',
    'reorder repay repeatedly repetition replacement represent representation representative reproduce reproduction',
    'republic reputation requirement rescue research resemble resend resent reservation reservoir reshape reside',
    'residence resist resistance resizer resort respawn respect responsibility responsive restaurant restless',
    'restriction resubmit retailer retain rethink retirement retract retrieve retrospective reveal revenue reverse',
    'revise revisit revolution rewind rhythm ridiculous rigid risky rman road robot robust rocket roof rope rotation',
    'rotten rough routine rsa rst rub rubbish ruin rumour sad salary sand sank sat satellite satisfaction satisfy',
    'sauce scandal scare scary scatter scenario scene scheme scholar school science scientist scrap scrape scratch',
    'scream season secretary secure seek seem selection selective self sell sensation sense senseless sensible',
    'sensitive sensitivity sentence sentiment separation seqscan serialise serialize series serious severe sftp shade',
    'shadow shake shaky shallow shape shareholder shave sheet shelf shine ship shock shoe shook shoot shore shortage',
    'shortly shot shoulder shout shove shower shrug shuffle sick side sight significance silence silicon silly',
    'similarity simplify simply simulate simultaneously sink sit situation skin slam slice slide slight slim slip',
    'slope smash smell smoke smooth snap sneak soak society sock soft soften soil sold soldier solely solid solve',
    'somehow something sometimes somewhat somewhere sorry sort sought sound soup spanner spare sparse speak speaker',
    'specialist specifically specification specify speculate speech spelling spend spent spirit spit spite spoil',
    'spoke spoken spontaneous sport spreadsheet spurious squeeze sso staff stair stake stamp stand stare statefulset',
    'stats steadily steal steam steel steep steer stem sticky stiff stimulus stir stolen stomach stood strange',
    'stranger strength stretch strict strike strip strive stroke strongly struck struggle stubborn studio study stuff',
    'stumble style subject subscribe substance substitute subtitle subtle subtract success successful sugar suggest',
    'suggestion suit suitable summarise summarize supermarket supervision supplement supply supporter suppress',
    'surface surgery surplus surprise surround survival survive suspend suspicion suspicious sustain svg swallow',
    'swear sweat sweep swell swept symbol sympathy syn syslog systematic tackle tail talent talk tall tank tap tape',
    'taste teaching technique technology teen telephone television tell temperature tempo temporarily tempt',
    'temptation tendency tension tent tenth terrible territory terror tether thank theatre theft them theme',
    'themselves theory therapy they thick thin thing think thought threat threaten thrive throat thus tick',
    'tidy tie tighten tilt tip tired tissue title tobacco together toilet tolerate tomato tongue tooth toss',
    'tough tour tourist tournament towel toxic tradition traditional tragedy trail train trainer transformation',
    'transition translation transmission trap trash travel treasure treat treatment trend trial triangle trick tricky',
    'tried trim trino trip triple trivial trouble troubleshoot truck truly truth tube tuition twin twist txt typical',
    'uat ugly ulimit ultimate unable unacceptable unattended unauthorised unauthorized uncertain uncertainty uncommon',
    'uncover undefined underestimate undergo underlying understand understood undocumented unemployment uneven',
    'unfinished unfortunate uniform uninstall union university unlike unload unmount unnecessary unpack unpleasant',
    'unplug unprotected unregister unrelated unreliable unrest unsafe unsubscribe unsuccessful unsupported unsure',
    'untie unwanted unwind urge urgent useful useless utilise utilize vacation vaccine vague validity valley vanish',
    'variation variety vast vegetable venue verdict verification verse victim village violate violation violence vip',
    'virus vision visit visitor visualise vital vitamin vlan voip volunteer vs wake walk wander want war warranty',
    'wasnt waste wave weaken weakness wealth weapon wear webp wedding weigh weight weird whatever wheel whenever',
    'wherever whichever whisper whistle widen width wifi wind wine wing winner wipe wisdom wish withdraw withdrawn',
    'withdrew witness wo woman wonder wont word workforce workplace workshop world worldwide worry worth worthless',
    'wouldnt wound wraparound wreck xid yard yell yield youth zipkin zoom',
    // Products, protocols and places that are seldom names of people.
    'berlin frankfurt loki mumbai ohio oregon seoul singapore stockholm tokyo vault zurich adyen airflow akamai',
    'amazon android ansible apache apple argocd auth0 aws azure bigquery celery chrome clickhouse cloudflare',
    'cloudfront cloudwatch cockroachdb consul datadog debian django docker dynamodb ebs ec2 ecs eks elasticache',
    'elasticsearch envoy etcd fargate fastly firebase firefox flink fluentd flyway gcp gcs git GitHub GitLab gke',
    'google Grafana graphql grpc hadoop haproxy helm hibernate hikari http http2 https iam ilert ios istio java',
    'javascript jira jwt jmx k8s kafka karpenter keycloak kibana kubectl kubelet Kubernetes linkerd linux liquibase',
    'logstash mariadb memcached microsoft mongo mongodb mqtt mtls mysql nats nginx oidc okta openai opensearch',
    'openshift OpenTelemetry opsgenie otel PagerDuty paypal pgbouncer php Postgres postgresql Prometheus python',
    'rabbitmq rails rds react redis rest rpc rust s3 saml seq sendgrid sentry sidekiq slack smtp snowflake sns splunk',
    'sql SQLite sqs ssh ssl statuspage stripe tcp terraform thanos tls traefik twilio typescript ubuntu udp vercel',
    'windows xml yaml zookeeper acl arm cdn ci cd cidr cors cpu csrf css csv ddos dhcp dlq dns gb gib gpu html hpa',
    'hsm ide ids ipv4 ipv6 kb kib lb lru mb mib mtu nfs ntp oomkilled orm os pdf pem pid pii pr pvc qps rps rto',
    'rpo sdk sla sli slo ssd tb ui usb uri utf uuid vm vpa waf websocket ascii kms qa poc select join alter distinct',
    'having desc asc cyber christmas easter campaign',
  ]
    .join(' ')
    .toLowerCase()
    .split(' '),
);
