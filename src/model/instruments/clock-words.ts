/** Words for a token, a signature or a message that is refused because its time lies ahead: two clocks differ. */
import { signList } from '#model/instruments/sign-list.ts';

/** A message, an exception, an event or a line. */
export const CLOCKS_DIFFER = signList(/token|jwt|skew|signature|premature|assertion|not ?before|request time/i, [
  {
    by: 'PyJWT, .NET, identity servers',
    says: /\b(?:token|jwt|assertion)\b.{0,40}\b(?:is )?not (?:yet valid|valid yet|yet active)\b|\bImmatureSignatureError\b|\bSecurityTokenNotYetValidException\b/i,
    example: 'The token is not yet valid (iat)',
    source: 'https://pyjwt.readthedocs.io/en/stable/api.html#jwt.exceptions.ImmatureSignatureError',
  },
  {
    by: 'golang-jwt, Spring Security, jjwt, jsonwebtoken',
    says: /\b(?:token|jwt) used before\b|\bPrematureJwtException\b|\bjwt must not be accepted before\b|\bjwt not active\b|\bNotBeforeError\b/i,
    example: 'token used before issued',
    source: 'https://pkg.go.dev/github.com/golang-jwt/jwt/v5#pkg-variables',
  },
  {
    by: 'AWS',
    says: /\bRequestTimeTooSkewed\b|\bsignature (?:not yet current|expired: \d{8}T\d{6}Z is now earlier)\b|\bdifference between the request time and the (?:current|server's) time is too large\b/i,
    example: 'RequestTimeTooSkewed: The difference between the request time and the current time is too large.',
    source: 'https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html',
  },
  {
    by: 'Kerberos',
    says: /\bclock skew too great\b|\bKRB_AP_ERR_SKEW\b/i,
    example: 'kinit: Clock skew too great while getting initial credentials',
    source: 'https://web.mit.edu/kerberos/krb5-latest/doc/admin/troubleshoot.html',
  },
]);
