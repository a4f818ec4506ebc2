/** Words for a token or a signature that could not be checked: its issuer's keys, or the secret, were not at hand. */
import { signList } from '#model/instruments/sign-list.ts';

/** A message, an event or a line. The caller's token may be right. */
export const KEYS_NOT_FETCHED = signList(/keys?\b|jwks?|RemoteKeySource|IDX208/i, [
  {
    by: 'Nimbus JOSE (Spring Security, Quarkus)',
    says: /\bRemoteKeySourceException\b|\bcouldn't retrieve remote JWK set\b/i,
    example: "RemoteKeySourceException: Couldn't retrieve remote JWK set: Read timed out",
    source:
      'https://www.javadoc.io/doc/com.nimbusds/nimbus-jose-jwt/latest/com/nimbusds/jose/RemoteKeySourceException.html',
  },
  {
    by: 'PyJWT',
    says: /\bPyJWKClientConnectionError\b/i,
    example: 'PyJWKClientConnectionError: Fail to fetch data from the url, err: "<urlopen error timed out>"',
    source: 'https://pyjwt.readthedocs.io/en/stable/api.html',
  },
  {
    by: 'go-oidc',
    says: /\bfetching keys oidc: get keys failed\b/i,
    example: 'failed to verify signature: fetching keys oidc: get keys failed 503 Service Unavailable',
    source: 'https://github.com/coreos/go-oidc',
  },
  {
    by: '.NET',
    says: /\bIDX2080[34]\b/i,
    example: "IDX20803: Unable to obtain configuration from: 'https://id.example/.well-known/openid-configuration'.",
    source: 'https://github.com/AzureAD/azure-activedirectory-identitymodel-extensions-for-dotnet/wiki',
  },
  {
    by: 'Envoy',
    says: /\bJwks[ _]remote[ _]fetch[ _](?:is[ _])?failed\b/i,
    example: 'jwt_authn_access_denied{Jwks_remote_fetch_is_failed}',
    source: 'https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_filters/jwt_authn_filter',
  },
]);

/** A message, an event or a line. A key that nobody knows is a forged one, or one that the issuer has had for a short time. */
export const KEY_UNKNOWN = signList(/keys?(?:\b|_)|jwks?|IDX105/i, [
  {
    by: 'PyJWT, jwks-rsa',
    says: /\bunable to find a signing key that matches\b/i,
    example: 'PyJWKClientError: Unable to find a signing key that matches: "k-7"',
    source: 'https://github.com/auth0/node-jwks-rsa',
  },
  {
    by: 'jose',
    says: /\bno applicable key found in the JSON Web Key Set\b/i,
    example: 'JWKSNoMatchingKey: no applicable key found in the JSON Web Key Set',
    source: 'https://github.com/panva/jose/blob/main/docs/util/errors/classes/JWKSNoMatchingKey.md',
  },
  {
    by: 'Nimbus JOSE (Spring Security, Quarkus)',
    says: /\bno matching key\(s\) found\b/i,
    example: 'Signed JWT rejected: Another algorithm expected, or no matching key(s) found',
    source:
      'https://www.javadoc.io/doc/com.nimbusds/nimbus-jose-jwt/latest/com/nimbusds/jwt/proc/DefaultJWTProcessor.html',
  },
  {
    by: 'jose4j (Quarkus, SmallRye JWT)',
    says: /\bunable to find a suitable verification key\b/i,
    example: 'UnresolvableKeyException: Unable to find a suitable verification key for JWS w/ header {"kid":"k-7"}',
    source: 'https://bitbucket.org/b_c/jose4j/wiki/JWT%20Examples',
  },
  {
    by: 'jwx for Go',
    says: /\bfailed to find key with key ID\b/i,
    example: 'failed to find key with key ID "k-7" in key set',
    source: 'https://github.com/lestrrat-go/jwx',
  },
  {
    by: '.NET',
    says: /\bIDX1050[13]\b|\bunable to match key:/i,
    example: "IDX10503: Signature validation failed. Token does not have a kid. Keys tried: 'k-7'.",
    source: 'https://github.com/AzureAD/azure-activedirectory-identitymodel-extensions-for-dotnet/wiki',
  },
  {
    by: 'Envoy',
    says: /\bJwks[ _]doesn't[ _]have[ _]key[ _]to[ _]match[ _]kid[ _]or[ _]alg[ _]from[ _]Jwt\b/i,
    example: "Jwks doesn't have key to match kid or alg from Jwt",
    source: 'https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_filters/jwt_authn_filter',
  },
]);

/**
 * A message, an event or a line. One wrong signature is a forged one; where all are wrong, whoever checks them has another
 * secret than the sender, or reads another body than it signed.
 */
export const SIGNATURE_REFUSED = signList(/signature|hmac|IDX1051/i, [
  {
    by: 'Stripe',
    says: /\bSignatureVerificationError\b|\bno signatures found matching the expected signature\b/i,
    example: 'No signatures found matching the expected signature for payload.',
    source: 'https://docs.stripe.com/webhooks/signature',
  },
  {
    by: 'Svix (Clerk, Resend)',
    says: /\bno matching signature found\b|\bWebhookVerificationError\b/i,
    example: 'WebhookVerificationError: No matching signature found',
    source: 'https://docs.svix.com/receiving/verifying-payloads/how',
  },
  {
    by: 'Octokit',
    says: /\bsignature does not match event payload and secret\b/i,
    example: '[@octokit/webhooks] signature does not match event payload and secret',
    source: 'https://github.com/octokit/webhooks.js',
  },
  {
    by: 'AWS Signature Version 4',
    says: /\bSignatureDoesNotMatch\b|\bsignature we calculated does not match\b/i,
    example: 'SignatureDoesNotMatch: The request signature we calculated does not match the signature you provided.',
    source: 'https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-troubleshooting.html',
  },
  {
    by: '.NET',
    says: /\bIDX1051[17]\b/i,
    example: "IDX10511: Signature validation failed. Keys tried: 'k-7'.",
    source: 'https://github.com/AzureAD/azure-activedirectory-identitymodel-extensions-for-dotnet/wiki',
  },
  {
    by: 'JWT libraries and services',
    says: /\b(?:invalid|wrong|bad|mismatch(?:ed|ing)?) (?:\w{1,20} )?(?:signatures?|hmac)\b|\b(?:signatures?|hmac) (?:\w{1,20} ){0,2}(?:verification failed|validation failed|mismatch|invalid|does not match|do not match|did not match|don't match)\b/i,
    example: 'JsonWebTokenError: invalid signature',
    source: 'https://github.com/auth0/node-jsonwebtoken#jsonwebtokenerror',
  },
]);

/** A line of a service whose own name and secret the issuer of tokens does not take: nobody can get in then. */
export const OWN_LOGIN_REFUSED = signList(/client|introspection/i, [
  {
    by: 'OAuth 2.0',
    says: /\b(?:invalid|unauthorized)_client\b/i,
    example: '{"error":"invalid_client","error_description":"Client authentication failed"}',
    source: 'https://www.rfc-editor.org/rfc/rfc6749#section-5.2',
  },
  {
    by: 'Keycloak',
    says: /\binvalid client (?:secret|credentials)\b|\binvalid client or invalid client credentials\b/i,
    example: 'Invalid client or Invalid client credentials',
    source: 'https://www.keycloak.org/docs/latest/server_admin/#_client-credentials',
  },
  {
    by: 'Microsoft Entra ID',
    says: /\bAADSTS70002(?:15|22)\b.{0,80}\bclient\b/i,
    example: 'AADSTS7000215: Invalid client secret provided.',
    source: 'https://learn.microsoft.com/entra/identity-platform/reference-error-codes',
  },
  {
    by: 'Spring Security, Quarkus',
    says: /\bintrospection endpoint responded with (?:http status code )?40[013]\b|\btoken introspection failed: 40[013]\b/i,
    example: 'Introspection endpoint responded with HTTP status code 401',
    source: 'https://docs.spring.io/spring-security/reference/servlet/oauth2/resource-server/opaque-token.html',
  },
  {
    by: 'Okta, Google',
    says: /\bclient secret\b.{0,60}\b(?:is invalid|expired|not match)/i,
    example: 'The client secret supplied for a confidential client is invalid.',
    source: 'https://developer.okta.com/docs/api/openapi/okta-oauth/guides/overview/',
  },
  {
    by: 'AWS',
    says: /\bInvalidClientTokenId\b|\bUnrecognizedClientException\b/i,
    example: 'UnrecognizedClientException: The security token included in the request is invalid.',
    source: 'https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html',
  },
]);
