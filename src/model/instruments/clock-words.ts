/** Words for a token, a signature or a message that is refused because its time lies ahead, and lines of services that set clocks. */
import { CUSTOMARY, type Sign, signList } from '#model/instruments/sign-list.ts';

/** `isOfClock`: the words blame a clock, and no token that somebody made for later. */
type ClockSign = Sign & Readonly<{ isOfClock?: true }>;

/** A message, an exception, an event or a line. */
export const CLOCKS_DIFFER = signList<ClockSign>(
  /token|jwt|skew|signature|premature|assertion|not ?before|not yet|yet:|in the future|request (?:time|date)|timestamp/i,
  [
    {
      // RFC 7519, 4.1.6: `iat` is the time at which the token was issued, and nobody issues one for later.
      by: 'PyJWT, golang-jwt, identity servers, about the time of issue',
      says: /\bnot yet valid \(iat\)|\b(?:token|jwt|assertion)\b.{0,60}\b(?:used before issued|issued (?:\S{1,40} ){0,6}in the future)\b/i,
      isOfClock: true,
      example: 'The token is not yet valid (iat)',
      source: 'https://github.com/jpadilla/pyjwt/blob/master/jwt/api_jwt.py',
    },
    {
      by: 'PyJWT, .NET, identity servers',
      says: /\b(?:token|jwt|assertion)\b.{0,40}\b(?:is )?not (?:yet valid|valid yet|yet active)\b|\bImmatureSignatureError\b|\bSecurityTokenNotYetValidException\b/i,
      example: 'The token is not yet valid (nbf)',
      source: 'https://pyjwt.readthedocs.io/en/stable/api.html#jwt.exceptions.ImmatureSignatureError',
    },
    {
      by: 'golang-jwt, Spring Security, jjwt, jsonwebtoken',
      says: /\b(?:token|jwt) used before\b|\bPrematureJwtException\b|\bjwt must not be accepted before\b|\bjwt not active\b|\bNotBeforeError\b/i,
      example: 'jwt not active',
      source: 'https://pkg.go.dev/github.com/golang-jwt/jwt/v5#pkg-variables',
    },
    {
      by: 'SAML: ruby-saml, OneLogin, node-saml, pysaml2, Spring Security',
      says: /\b(?:current )?time is (?:earlier|before) .{0,20}\bnot ?before\b|\bcould not validate timestamp: not yet valid\b|\bSAML assertion (?:is )?not yet valid\b|\bassertion (?:is )?not yet valid\b|\bcan't use (?:it|response|assertion) yet\b|\bissued in the future\b/i,
      // Its issuer sets it to the time at which it answers (SAML Core 2.5.1.2), and nobody asks for a later one.
      isOfClock: true,
      example: 'Current time is earlier than NotBefore condition (2026-03-02 08:00:00 UTC < 2026-03-02 08:01:30 UTC)',
      source: 'https://github.com/SAML-Toolkits/ruby-saml/blob/master/lib/onelogin/ruby-saml/response.rb',
    },
    {
      by: 'AWS',
      says: /\bRequestTimeTooSkewed\b|\bsignature not yet current\b|\bdifference between the request time and the (?:current|server's) time is too large\b/i,
      isOfClock: true,
      example: 'RequestTimeTooSkewed: The difference between the request time and the current time is too large.',
      source: 'https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html',
    },
    {
      by: 'AWS',
      says: /\bsignature expired: \d{8}T\d{6}Z is now earlier\b/i,
      example: 'Signature expired: 20261106T120000Z is now earlier than 20261106T121504Z',
      source: 'https://docs.aws.amazon.com/IAM/latest/UserGuide/signature-v4-troubleshooting.html',
    },
    {
      by: 'Azure Storage, Google',
      says: /\brequest date header too old\b|\buse a clock with skew to account for clock differences\b/i,
      isOfClock: true,
      example:
        'Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. Check your iat and exp values and use a clock with skew to account for clock differences between systems.',
      source: 'https://developers.google.com/identity/protocols/oauth2/service-account',
    },
    {
      // systemd's `timedatectl` prints `System clock synchronized: no`.
      by: 'services that know that nothing sets their clock',
      says: /\b(?:token|jwt|assertion|request|signature)\b.{0,120}\b(?:system |own )?clock (?:is )?(?:not |un)synchroni[sz]ed\b/i,
      isOfClock: true,
      example: 'token rejected: expired 551 s ago (ttl 60 s), system clock not synchronised since boot',
      source: 'https://www.freedesktop.org/software/systemd/man/latest/timedatectl.html',
    },
    {
      by: 'Binance',
      says: /\btimestamp for this request (?:was|is) (?:\d{1,9} ?ms ahead of the server's time|outside of the recvWindow)/i,
      isOfClock: true,
      example: "Timestamp for this request was 1000ms ahead of the server's time.",
      source: 'https://developers.binance.com/docs/binance-spot-api-docs/errors',
    },
    {
      by: 'Kerberos',
      says: /\bclock skew too great\b|\bKRB_AP_ERR_SKEW\b/i,
      isOfClock: true,
      example: 'kinit: Clock skew too great while getting initial credentials',
      source: 'https://web.mit.edu/kerberos/krb5-latest/doc/admin/troubleshoot.html',
    },
  ],
);

/** Lines in which what sets a host's clock says that the clock is wrong, or that nothing sets it. */
export const CLOCK_IS_OFF = signList(
  /clock|synchroni|time (?:reset|differs|deviates|is off)|step time|TIME_ERROR|(?:local|system|host) time/i,
  [
    {
      by: 'services that compare their clock with that of their caller or callee',
      says: /\b(?:time|clock) (?:differs|deviates|is off) (?:by|from \S{1,40} by) \d{1,9}(?:\.\d{1,9})? ?s(?:ec(?:onds?)?)?\b|\b(?:local|system|host|own|device|server) (?:time|clock) (?:is |was )?(?:by )?\d{1,9}(?:\.\d{1,9})? ?s(?:ec(?:onds?)?)? (?:behind|ahead|slow|fast|late|off)\b/i,
      example: 'token refused: local clock is 12.4 s behind the hub',
      source: CUSTOMARY,
    },
    {
      by: 'chrony',
      says: /\bSystem clock (?:is )?wrong by [+-]?\d{1,9}\.\d{1,9} seconds\b|\bSystem clock was stepped by [+-]?\d{1,9}\.\d{1,9} seconds\b/i,
      example: 'System clock wrong by 12.408553 seconds',
      source: 'https://gitlab.com/chrony/chrony/-/blob/master/reference.c',
    },
    {
      by: 'chrony, without a source',
      says: /\bCan't synchronise: no (?:selectable sources|majority|reachable sources)\b/i,
      example: "Can't synchronise: no selectable sources",
      source: 'https://gitlab.com/chrony/chrony/-/blob/master/sources.c',
    },
    {
      by: 'ntpd, ntpdate',
      says: /\btime reset [+-]?\d{1,9}\.\d{1,9} ?s\b|\bstep time server \S{1,64} offset [+-]?\d{1,9}\.\d{1,9} sec\b/i,
      example: 'time reset +12.408553 s',
      source: 'https://www.ntp.org/documentation/4.2.8-series/msyslog/',
    },
    {
      by: 'ntpd, ntpdate, without a source',
      says: /\bno server suitable for synchronization found\b|\bTIME_ERROR: 0x[\da-f]{1,8}: Clock Unsynchronized\b/i,
      example: 'kernel reports TIME_ERROR: 0x41: Clock Unsynchronized',
      source: 'https://www.ntp.org/documentation/4.2.8-series/msyslog/',
    },
    {
      by: 'Windows Time',
      says: /\btime service has not synchronized the system time for \d{1,9} seconds\b/i,
      example:
        'The time service has not synchronized the system time for 86400 seconds because none of the time service providers provided a usable time stamp.',
      source: 'https://learn.microsoft.com/windows-server/networking/windows-time-service/windows-time-service-top',
    },
  ],
);

const OFF_BY =
  /\b(?:wrong by|stepped by|time reset|offset|(?:time|clock)(?: is| was| differs| deviates| is off)?(?: from \S{1,40})?(?: by)?) [+-]?(\d{1,9}(?:\.\d{1,9})?) ?s/i;

/**
 * Undefined where the line says nothing of the kind. `us`: by how many microseconds the clock was wrong; 0 where the line
 * says only that nothing sets it.
 */
export function clockOff(text: string): Readonly<{ us: number }> | undefined {
  if (!CLOCK_IS_OFF.test(text)) return undefined;
  return { us: Number(OFF_BY.exec(text)?.[1] ?? 0) * 1e6 };
}

/** The refusal blames a clock, so whoever was refused did nothing that its people meant. */
export function blamesClock(text: string): boolean {
  return CLOCKS_DIFFER.find(text)?.isOfClock === true;
}
