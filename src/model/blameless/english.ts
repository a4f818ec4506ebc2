import { KNOWN, type Language } from '#model/blameless/language.ts';

const NOUNS = [
  'engineers?|(?<!(?:kubernetes|k8s|postgres|postgresql|kafka|strimzi|redis|mysql|prometheus|cert-manager|etcd|vault|elastic|rabbitmq|mongodb|rook|istio|database|our|custom) )operators?|developers?|devs?|admins?|administrators?|dbas?|sres?|reviewers?|approvers?|managers?',
  'colleagues?|coworkers?|contractors?|consultants?|interns?|employees?|staff|people|persons?|guys?|humans?|authors?',
  'responders?|commanders?|(?:tech|team|technical|shift|incident|communications|dev|engineering|project) leads?',
  'on-?call|scribe|teams?|squads?|departments?|crews?|(?:night|day|early|late|morning|evening|weekend|previous|next) shifts?|management|leadership|technicians?|programmers?|architects?',
  'newcomers?|juniors?|seniors?|analysts?|vendors?|suppliers?|testers?|testing|QA|ops|devops|netops|secops|infra|(?:customer )?support(?: (?:desk|staff|agents?))?|finance|security|legal|marketing|sales|procurement|accounting|HR|(?:Dr|Mr|Mrs|Ms|Prof)\\.? \\p{L}+',
].join('|');
const PRONOUNS = 'somebody|someone|nobody|no[ -]one|everybody|everyone|he|she|we|I';

/** `we missed our target by 0.04 points` blames nobody. */
const NO_GOAL = '(?! (?:\\w+ ){0,2}(?:target|SL[AOI]s?|goal|objective|deadline|milestone|cut-?off)s?)';
const PARTICIPLES =
  'checked|double-checked|tested|read|followed|verified|thought|cared|paid|reviewed|looked|asked|told|communicated|escalated|reacted|understood|validated|listened|done|remembered|waited|bothered|been (?:more|paying|awake)';

const NEGATED =
  "(?:did(?:n['’]t| not)|had(?:n['’]t| not)|has(?:n['’]t| not)|have(?:n['’]t| not)|never|do(?:es)?(?:n['’]t| not))";
const UNDONE =
  'bother(?:ed)?|check(?:ed)?|test(?:ed)?|read|follow(?:ed)?|verif(?:y|ied)|think|thought|care[ds]?|pay|paid|double-check(?:ed)?|review(?:ed)?|look(?:ed)?|ask(?:ed)?|tell|told|communicate[ds]?|escalate[ds]?|react(?:ed)?|open(?:ed)?|understand|understood|update[ds]?|validate[ds]?|announce[ds]?|document(?:ed)?|notice[ds]?|do (?:his|her|their) job';

/** `lazy loading`, `dumb-init` and `page fault` blame nobody. */
const TRAITS =
  'careless|negligent|incompetent|sloppy|reckless|inattentive|irresponsible|unprofessional|clueless|ignorant|complacent|distracted|unqualified|inexperienced|lazy|stupid|dumb|foolish|asleep|sleeping|at fault|to blame|guilty|the culprit|no idea what|out of (?:his|her|their) depth|useless|clueless|(?:solely |fully |personally )?responsible for (?:taking|breaking|bringing|causing|(?:the |this |that |our )?(?:\\w+ )?(?:outage|incident|failure|downtime|mess|loss|breakage|error))';

/** `should have a jitter` asks something of a program. */
const OWNED = '(?:an?|at|no|one|two|three|its|their own|\\d{1,6}) ';

const PERSON = `(?:${NOUNS}|${PRONOUNS})`;
const SUBJECT = `(?:${KNOWN}|(?:the|our|an?|any|some) (?:[\\w-]+ ){0,2}(?:${NOUNS}))`;

/** What a machine does in another state says nothing of people: `had the failover not triggered, the queue would have`. */
const MACHINE =
  'the (?!(?:[\\w-]+ )?(?:team|on-?call|engineer|operator|reviewer|vendor|developer|deploy|deployment|change|release|rollout|review|test|alert|fix|runbook)s? )[\\w -]{1,30}';
const STATE = 'been (?:open|closed|active|up|down|online|offline|healthy|warm|cold|full|empty|\\d)';
const MACHINE_HAD = `(?:if|had) ${MACHINE} (?:${STATE}|not (?!been ))[^.;!?,]{0,40}, ${MACHINE} `;

export const english: Language = {
  people: PERSON,
  between:
    '(?:has|had|have|was|were|is|are|again|also|just|even|then|later|still|once|both|first|really|who|\\w+ly|(?:of|on|in|at|from|for|with|to|by) (?:the |our |a )?[\\w:-]+(?: (?:team|shift|side|duty|UTC|night|squad))?)',
  faults: [
    "forgot|forgets|(?:has|had|have) (?:simply |again |just |once again )?forgotten|neglected|overlooked|disregarded|botched|bungled|mishandled|fat-?fingered|mistyped|typo['’]?e?d|took it upon (?:himself|herself|themselves)|bothered|should(?:n['’]t)? have known|misread|misjudged|misunderstood|misconfigured|miscommunicated|(?:messed|screwed|slipped|goofed|fucked)(?: \\w+)? up|panicked|cut corners|slept through|dropped the ball|(?:couldn['’]t|could not|can['’]t) be (?:bothered|arsed)|rubber-?stamp(?:ed|s)?|waved (?:\\w+ ){0,4}through|drag(?:ged|s) (?:its|their|his|her) feet|turned a blind eye|cover(?:ed)? (?:himself|herself|themselves)|misled|lied|snoozed|shrugged|passed the buck|sat on|(?:has|had|have) no (?:clue|idea)|(?:clearly )?do(?:es)?(?: not|n['’]t) (?:understand|know|care)",
    `${NEGATED} (?:\\w+ )?(?:${UNDONE})`,
    `caused the|caused (?:an?|this|our|us|it)|broke(?! down| out| off| (?:the|an?|this|that) (?:\\w+ ){0,2}(?:loops?|cycles?|deadlocks?|tie|chain|spiral|silence))|(?:has|had|have) broken|failed to|ignored|ignores|missed (?:the|an?|this|that|it|these|those)${NO_GOAL}|skipped|brought (?:\\w+ ){1,3}down|took (?:down )?prod(?:uction)?(?: down)?|crashed|ruined|let (?:us|everyone|the team) down|knew better|made (?:\\w+ ){0,3}(?:mistakes?|errors?|blunders?|mess)|too lazy|got (?:lazy|sloppy|careless)`,
    `(?:was|were|is|are|been|being|got) (?:\\w+ )?(?:too |so |clearly |simply )?(?:${TRAITS})`,
    '(?:accidentally|mistakenly|inadvertently|carelessly|recklessly|negligently|blindly|sloppily|stupidly) \\w+|by mistake|by accident|without (?:thinking|checking|testing|reading|asking|telling anyone|looking|bothering)',
    'took (?:far |way |much )?(?:too long|forever|ages|(?:its|their|his|her) (?:\\w+ )?time) to|(?:was|were) (?:far |much |way )?too (?:slow|quick|hasty|eager|hesitant) to|lost (?:control|track) of (?:the |this |that )?(?:call|bridge|situation|incident|response|meeting|discussion)|stood idly by|stood by (?:and|while)|stood idle|looked the other way|(?:washed|washes) (?:his|her|their|its) hands|did nothing(?! (?:else|wrong|special|unusual))|turned a deaf ear|took (?:his|her|their|its) eyes? off|saw fit to|thought it (?:wise|clever) to|acted (?:rashly|hastily|irresponsibly|in haste)|breaks (?:the|our|prod|production|everything)(?! (?:tie|loop|cycle|lock|glass|seal|news|change))|wreck(?:s|ed)|trash(?:es|ed)|(?:bungles|botches|mistypes|misreads|misconfigures|overlooks|neglects)|keeps? (?:ignoring|forgetting|breaking|refusing)',
    "(?:was|were|is|are|been|be|being) (?:spoken to|told off|demoted|dismissed|sacked|fired|let go|given a (?:\\w+ )?warning)|(?:(?:was|were|is|are) (?:simply |just |clearly )?not|(?:was|were|is|are)n['’]t) (?:nearly |yet )?(?:(?:experienced|competent|skilled|senior|careful|attentive|diligent|thorough|mature|disciplined|cautious|rigorous) enough|competent|qualified (?:to|for|enough)|fit (?:to|for) |up to (?:the (?:job|task|mark)|it|this)|paying attention|doing (?:his|her|their|its) jobs?|ready to (?:be (?:on|in|left|given|trusted)|take on|lead|own))",
    'failed (?:us|badly|miserably|again)|lack(?:s|ed) (?:the )?(?:\\w+ )?(?:skills?|experience|knowledge|discipline|competence|attention)|(?:is|are) (?:always |never )?(?:unreliable|known for|a liability)',
  ].join('|'),
  blame: [
    "(?<!(?:not|never|n['’]t|rather than|instead of|nor) (?:(?:treat|regard|see|consider|count|call|class|describe|attribute|put|file|an?|the|this|that|it|as|to|down|on|due|caused|by|result|of|case|be) ){0,6})(?:human|operator|user|manual|pilot|people|admin|engineer) errors?",
    'careless(?:ly|ness)?|negligen(?:t|tly|ce)|incompeten(?:t|ce)|sloppy|sloppiness|reckless(?:ly|ness)?|inattenti(?:ve|on)|stupid(?:ly|ity)?|blunders?|(?:screw|mess|cock|fuck|slip)-?ups?|asleep at the (?:wheel|switch)|irresponsib(?:le|ly|ility)|complacen(?:t|cy)|laziness|pebkac|rookie mistakes?|dropped the ball|inept(?:itude|ly)?|clums(?:y|ily|iness)|thoughtless(?:ly|ness)?|slipshod|slapdash|lackadaisical',
    `lazy (?:\\w+ )?${PERSON}|dumb (?:mistakes?|errors?|moves?|decisions?|changes?|idea|${NOUNS})`,
    "(?:poor|bad) judg(?:e)?ment|lack of (?:care|attention|diligence|discipline|competence|ownership|professionalism|commitment|effort|motivation)|(?:due )?(?:diligence|care|caution) (?:was|were)(?: not|n['’]t| never) (?:\\w+ )?(?:exercised|taken|applied|shown)|without (?:due|proper|adequate|reasonable) (?:care|diligence|caution|attention|thought)|(?:his|her|their|whose|my) (?:own )?(?:\\w+ )?(?:fault|mistakes?|blunder|failure to|negligence|oversight|incompetence)",
    `(?:insufficient|inadequate|poor|lax|half-hearted|superficial|lack of) (?:\\w+ )?(?:testing|reviews?|checking|checks|communication|preparation|planning|supervision|handover|handling|coordination|work) (?:by|from|on the part of) (?:an? |the |our )?(?:\\w+ ){0,2}(?:${NOUNS}|${KNOWN})`,
    `(?:${NOUNS}|${KNOWN})['’]s? (?:\\w+ )?(?:typos?|slips?|misjudge?ment|misclick|haste|impatience|inexperience|indecision|inaction|ignorance)|${KNOWN}['’]s (?:\\w+ )?(?:fault|mistakes?|blunder|negligence|carelessness|oversight)`,
    `(?:fault|mistake|error|failure|blunder|negligence|oversight) (?:by|of|from|on the part of|made by|committed by) (?:a |an |the |our )?(?:\\w+ ){0,3}(?:${NOUNS})`,
    `(?:blame|fault|responsibility)(?: [^\\s.;:!?]+){0,8}? (?:lies|rests|falls|sits)(?: \\w+){0,2} (?:with|on)(?! an? (?!(?:\\w+ )?(?:${NOUNS})))`,
    `(?:caused|broken|introduced|triggered) by (?:a |an |the |our )?(?:\\w+ ){0,3}(?:${NOUNS})(?: (?:who|when|that|at|and|not)|['’]s?|[.,;]|$)`,
    `(?:${NOUNS})['’]?s?['’]? (?:\\w+ )?(?:fault|mistake|mistakes|blunder|negligence|carelessness|incompetence|oversight|laziness|failure to|inability to|refusal to)`,
    `(?:${PERSON}|${KNOWN})[^.;:!?\\n]{0,120}? without (?:so much as |even |ever |actually |a )?(?:reading|glanc(?:e|ing)|look(?:ing)?|(?:double-)?check(?:ing)?|consulting|notifying|informing|warning (?:us|any)|testing|thinking|asking|telling|verifying|reviewing|bothering|running (?:the |any )?(?:\\w+ )?(?:tests?|suite))`,
    '(?:half-)?competent (?:\\w+ )?(?:person|engineer|dba|developer|admin|operator|team|reviewer)|left to rot|lift(?:ed)? a finger|swept (?:\\w+ ){0,3}under the (?:rug|carpet)|botched by|messed up by|as usual, (?:the )?(?:\\w+ )?team|stroke of genius|famous one-liner|genius (?:move|idea)|bright idea|(?:great|nice|good|brilliant|fine|stellar) (?:job|work|going) (?:by|from|to) whoever|whoever thought',
    `(?:this|that|it|outage|incident|failure|downtime|one|mess) (?:is|was) (?:all |entirely |squarely |completely |solely )?on (?:the |our )?(?:\\w+ )?(?:${NOUNS}|${KNOWN})(?! (?:side|call))`,
    `(?:caused|broken|introduced|triggered) by ${KNOWN}|(?:mistake|fault|error|blunder|oversight) (?:was|is) (?:entirely |all )?(?:${KNOWN}['’]s|his|hers|theirs)`,
    `(?:had |have |only |ever |actually )bothered to`,
    `(?:had ${SUBJECT}|if ${SUBJECT} had) (?:only |just |simply |actually )?(?:${PARTICIPLES})`,
    `(?:${PERSON}|${KNOWN})(?: (?!(?:that|which|whose|because|how|why|where|when|and) )[^\\s.;:!?]{1,30}){1,10} and (?:then |simply |just )?(?:(?:did(?:n['’]t| not)|never) (?:\\w+ )?(?:${UNDONE})|ignored|forgot|panicked)`,
    `because (?:${KNOWN}|(?:the|an?|our) (?:[\\w-]+ )?(?:${NOUNS})) (?:had )?(?:ran|run|typed|pasted|entered|copied|clicked|deleted|dropped|pushed|deployed|merged|applied|restarted|executed|selected|changed|removed|chose|picked|edited) [^.;:!?\\n]{0,80}(?:instead of|rather than|the wrong|a wrong)`,
    `(?:${PERSON}|${KNOWN}) [^.;:!?\\n]{0,60}(?:straight (?:to|in|into|on)|directly (?:to|in|into|on)|late|without|nothing|nobody|no one)[^.;:!?\\n]{0,40}, as (?:usual|always|ever)|no matter how (?:often|many times|much|clearly) [^.;:!?\\n]{0,40}(?:ask|tell|told|warn|remind)(?:s|ed)?|(?:${PERSON}|${KNOWN}) [^.;:!?\\n]{0,100}despite (?:being|having been) (?:\\w+ )?(?:told|asked|warned|reminded)`,
    `(?:${NOUNS}|${KNOWN})(?: \\w+){0,2} (?:should(?:n['’]t| not)?|could(?! not)|ought(?: not)? to)(?: \\w+)? have (?!${OWNED})\\w+`,
    `any (?:competent|decent|half-decent|sane|sensible|experienced|good) (?:\\w+ )?(?:${NOUNS}) (?:would|could|should)|(?:any|an?) (?:(?:more|less) \\w+|better|competent|careful|attentive|diligent) (?:\\w+ )?(?:${NOUNS}) (?:would|could|might)(?: not|n['’]t)? have|if (?:${PERSON}|${KNOWN}) (?:had |would |could )?(?:only |just |simply )?(?:done|do|did) (?:his|her|their|its) jobs?`,
    `(?:we owe|owed|(?:is|was) down) to (?:the |our )?(?:\\w+ )?(?:${NOUNS}|${KNOWN})|(?:shout-?outs?|kudos|props|hats? off|well done|applause|cheers) to (?:whoever|the (?:genius|person|hero))|because (?:apparently|obviously|clearly|of course) [^.;:!?]{0,60} (?:is|are) for (?:other|others|losers|everyone else)`,
    `(?:anyone|anybody|everyone|whoever) (?:who )?[^.;:!?]{0,100} los(?:es?|ing) (?:his|her|their) (?:\\w+ )?(?:access|rights|privileges|permissions|bonus)|(?:have|having|had) a (?:word|(?:stern|serious|quiet) (?:talk|chat)) with (?:the |our )?(?:\\w+ )?(?:${NOUNS}|${KNOWN})|signed off (?:on )?(?:[^\\s.;:!?]+ ){0,4}without`,
    '(?:was|were|been|got) (?:simply |just |clearly |again |completely )?(?:forgotten|overlooked|neglected|botched)(?! by the (?:\\w+ )?(?:client|server|cache|scheduler|parser|proxy|load balancer))',
    '(?:alerts?|alarms?|pages?|warnings?|runbooks?|checklists?|procedures?|process|reviews?|emails?|tickets?|policy) (?:was|were|had been|has been) (?:simply |just |clearly |again |repeatedly |once again )?(?:ignored|skipped|dismissed|not followed|disregarded)(?! by the (?:\\w+ )?(?:client|server|scheduler|parser|proxy|router))',
    `why (?:did|did(?:n['’]t| not)|would(?:n['’]t)?|was(?:n['’]t)?|were(?:n['’]t)?|has(?:n['’]t)?|had(?:n['’]t)?|does(?:n['’]t)?|do|is|are|on earth)(?: \\w+)?(?: the| our)?(?: \\w+)? (?:${PERSON}|${KNOWN})`,
    `what (?:was|were|is|are) ${PERSON} thinking|what (?:was|were) (?:the|our) (?:\\w+ )?(?:${NOUNS}) thinking`,
    '(?<=^|[.!?"“] {0,2})who (?:broke|did this|let this|allowed|approved|is responsible|is to blame|screwed|pushed this|was supposed)',
    `whoever (?:[^\\s.;:!?]{1,30} ){1,8}(?:missed|forgot|broke|ignored|skipped|overlooked|failed to|did(?:n['’]t| not))`,
    'culprits? (?:who|that|is|was) (?:\\w+ )?(?:pushed|merged|deployed|broke|approved|wrote|changed|deleted|did)',
    `why did(?:n['’]t)? they (?:not )?(?:even |ever |just )?(?:${UNDONE})`,
    'reprimand(?:ed)?|punish(?:ed|ment)?|disciplinary|held (?:personally )?accountable|should be (?:fired|ashamed|more careful)|name and shame|thanks a lot to',
    'blame (?:for this |here )?(?:lies|goes|is on|the (?:\\w+ )?(?:team|engineer|operator|developer|vendor))',
    "sabotag(?:e|ed)|deliberately ignor(?:ed|ing)|couldn['’]t care less|did not care|didn['’]t care",
  ],
  hindsight: [
    `should(?:n['’]t| not| never)?(?: \\w+)? have(?! ${OWNED})|should['’]ve|ought(?: not)? to have|could(?! not|n['’]t)(?: \\w+)? have(?! \\w+(?: \\w+)? [\\d.,]*\\d)|could['’]ve|(?<!(?:since|because|as) [^.;:!?]{0,40}|even (?:if|with|when) (?:[^.;:!?]|[.:](?=\\d)){0,100}|${MACHINE_HAD})would(?:n['’]t| not)?(?: \\w+)? have(?! [^.;:!?]{1,80}, but (?!${KNOWN}|${PERSON}))|would['’]ve|needn['’]t have|might have been (?:avoided|prevented)`,
    `if only|(?:had|were) (?:(?:we|they|he|she|anyone|someone|somebody)(?: not)?|(?:${KNOWN}|the (?:\\w+ )?(?:${NOUNS}))(?: not)?|the \\w+(?: (?!not )\\w+)?) (?:only |just |simply )?(?:\\w+ed|been|known|had|done|seen|read|taken|kept|thought|run|set|made)(?! \\d)`,
    `(?:nobody|no one|no-one|none of (?:us|them)) (?:had )?(?:noticed|realised|realized|spotted|saw)|(?:${PERSON}|${KNOWN})(?: \\w+){0,2} (?:failed|failing) to (?:notice|realise|realize|spot|see)|we (?:had )?(?:missed|overlooked) (?:the|that|a)|the right (?:call|move|thing|decision)(?: [^\\s.;:!?]+){0,4} was`,
    'in hindsight|with hindsight|with the benefit of hindsight|in retrospect|looking back|(?:with|knowing) what we know now|wrong call|bad call',
    'it (?:was|had been) (?:\\w+ )?(?:plain|apparent|evident|clear) from the (?:very |absolute )?(?:start|beginning|outset|onset|first)|(?:was|is) plain (?:from|that)|(?:all |every |the )?(?:(?:warning |telltale |early )?signs|red flags|clues|hints) (?:were|had been) (?:all |always |already |right |plainly )?(?:there|in front of|everywhere)|staring (?:us|them|everyone) in the face|plain as day|writing (?:was )?on the wall|coming a mile off',
    "(?<!(?:not|never|n['’]t|hardly|less|nor) (?:\\w{1,10}ly |at all )?)(?:obvious(?:ly)?|clearly)|of course|self-evident|no-brainer|common sense|as everyone knows|everyone knew|everybody knew|anyone (?:could|would|can)|plain to see|glaring(?:ly)?",
    "simply (?:had|needed|have|needs?) to|just (?:had|needed|have) to|only (?:had|needed) to|all (?:it|that) (?:took|was needed)|would(?:n['’]t| not) be (?:here|writing|having|in this)",
    '(?:easily|trivially|simply) (?:\\w+ )?(?:avoid(?:ed|able)?|prevent(?:ed|able)?|caught|spotted|foreseen|detected|found)|(?:entirely|completely|perfectly|easily|totally) (?:avoidable|preventable|foreseeable|predictable)|avoidable|preventable|was bound to|only a matter of time|waiting to happen',
    '(?:needed|ought) to [^.;:!?]{0,60}(?:earlier|sooner)|(?:earlier|sooner) than (?:he|she|they|we) did',
    'there was (?:insufficient|inadequate|no (?:monitoring|alert|test|check|limit|review))',
  ],
  amounts: [
    '(?:some|several|a few|many|most|lots of|a lot of|numerous|various|a number of|a handful of|countless|quite a few|a bunch of|a (?:small|large|huge|significant|certain|tiny|good|growing|considerable|substantial) (?:number|amount|percentage|share|part|portion|fraction|subset) of|a (?:fraction|portion|subset|part) of|dozens of|hundreds of|thousands of|plenty of|tons of|the majority of|almost all|nearly all|too many|multiple) (?:of (?:the|our) )?(?:[\\w-]+ ){0,2}(?:users?|customers?|clients?|requests?|calls?|minutes?|hours?|seconds?|days?|errors?|alerts?|time|orders?|payments?|people|merchants?|tenants?|visitors?|sessions?|transactions?|messages?|emails?|logins?|checkouts?|pages?|jobs?|reports?|complaints?|tickets?|queries|services?|pods?|nodes?|servers?|players?|patients?|shoppers?|accounts?|shops?|stores?|uploads?|downloads?)',
    'for (?:a while|a bit|some time|quite some time|a (?:short|long|brief|certain) (?:time|while|period)|ages|too long|hours|minutes|days)|briefly|a while',
    'significant(?:ly)?|considerabl[ey]|substantial(?:ly)?|noticeabl[ey]|drastic(?:ally)?|dramatic(?:ally)?|severe(?:ly)?|heav(?:y|ily) (?:impact(?:ed)?|affected)|intermittent(?:ly)?|occasional(?:ly)?|sporadic(?:ally)?|(?:much|a lot|a bit|somewhat|quite|very|extremely|really) (?:slower|slow|higher|high|longer|worse|lower|late|busy)',
    'gradually|little by little|bit by bit|at times|(?:every )?now and then|from time to time|on and off|off and on',
    '(?:pretty|quite|fairly|relatively) (?:quick(?:ly)?|slow(?:ly)?|fast|bad(?:ly)?|long|high)|took (?:far |way |much )?too long|took (?:a while|ages|forever|long)|minor impact|major impact|limited impact|some impact',
  ],
  days: 'yesterday|today|tonight|this (?:morning|afternoon|evening)|last (?:night|week)',
  times: [
    'yesterday|today|tonight|this (?:morning|afternoon|evening|week)|last (?:night|week|month|monday|tuesday|wednesday|thursday|friday|saturday|sunday|weekend)|the other day|earlier (?:today|this|that)|later (?:today|that (?:day|night|evening|morning|afternoon))|(?:an? |\\d{1,6} |a few |some |several )?(?:minutes?|hours?|days?|weeks?) ago|recently|at some point|at night|over the weekend|shortly (?:after(?:wards?)?|before|thereafter)|soon after(?:wards?)?|some time later|a (?:bit|while|little|few minutes|short time) later|a few (?:minutes|hours) (?:later|before|after)|around (?:noon|lunch(?:time)?|midnight|midday)|after lunch|in the (?:morning|afternoon|evening)|(?:in|during|by|until|since) (?:the )?(?:early|late|mid)[- ](?:morning|afternoon|evening)|(?:early|late|mid)[- ](?:morning|afternoon|evening|night)(?= [-–—]|[:,.]|$)|eventually|(?:at )?the same day',
  ],
  attitudes:
    'be (?:more |extra |very )?(?:careful|aware|mindful|vigilant|cautious|attentive|diligent|proactive|thorough)|(?:take|exercise) (?:more |greater |extra )?(?:care(?! of)|caution)|pay (?:more |closer |better )?attention|(?:show|exercise|apply) (?:more|greater|better|extra|due) (?:diligence|vigilance|discipline|judge?ment|rigou?r)|try harder',
  efforts:
    '(?:take|exercise) (?:more |greater |extra )?care of|try to|keep (?:a |an )?(?:closer |better |careful )?eye|do better|think (?:about|twice|of)',
  tasks: [
    'when (?:there is|we have|time|someone has) (?:some |a little )?(?:time|a moment|permits|allows)|investigate|(?:have|take) (?:another |a (?:closer |good |quick )?)look|look (?:into|at)|consider|explore|discuss|evaluate|examine|research|study|reflect|revisit|re-?think|reconsider|talk (?:to|about|with)|check (?:if|whether|why|on|that)|see (?:if|whether|how)|figure out|find out|understand|analy[sz]e|assess|brainstorm|follow up|work on|deal with|handle|address|review(?: (?:the|our|all))?',
    'make (?:[^\\s.;:!?]{1,30} ){1,6}(?:(?:more|less) (?:robust|resilient|reliable|stable|visible|secure|efficient|scalable|flexible|readable|maintainable|obvious|user-friendly|consistent)|better|safer|faster|easier|simpler|clearer|stronger)|check the (?:feasibility|possibility|need)|make sure|ensure|train|re-?train|educate|remind|teach|coach|encourage|raise awareness|increase awareness|spread awareness|communicate (?:better|more)|improve|enhance|optimi[sz]e|strengthen|harden|increase|reduce|monitor (?:more|better|closely|the|our|it|things?)|better|more (?:monitoring|test(?:s|ing)|care(?:ful)?|alert(?:s|ing)|documentation|training|reviews?|awareness|attention|communication|logging|caution)|clean up|fix (?:it|this|that|everything|things|the (?:issue|problem|bug|root cause|monitoring|tests|alerts?))|avoid|prevent|never|stop (?:doing|making|being)|document (?:everything|things|more|better)|test (?:more|better|thoroughly)|add (?:more|better)|do more|some|additional',
  ].join('|'),
};
