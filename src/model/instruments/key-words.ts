/** Words for a token that nobody could check, because the keys of its issuer could not be fetched. */
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
    says: /\bJwks[ _]remote[ _]fetch[ _]is[ _]failed\b/i,
    example: 'jwt_authn_access_denied{Jwks_remote_fetch_is_failed}',
    source: 'https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_filters/jwt_authn_filter',
  },
]);
