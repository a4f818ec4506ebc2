/**
 * Lines about what the client of a request did: it left, or it sent what nobody can use. Services write them as warnings
 * and errors, and nobody of the house has to look. In English, German, French and Spanish.
 */

/** Java's and Node's names for it, nginx's words, and those of people. */
const CLIENT_LEFT =
  /\b(?:client|user|visitor|browser|customer|caller|guest|viewer|player|subscriber)s?\b[^.;\n]{0,20}\b(?:disconnect(?:ed|s)|closed|went away|gone|abort(?:ed|s)|cancel(?:led|ed|s)|left|hung up|navigated away)\b|\b(?:closed|aborted|cancelled|canceled|reset) by (?:the )?(?:client|user|visitor|browser|customer|caller|guest|viewer)\b|\bClientAbortException\b|\bClientDisconnect\b|\b(?:write EPIPE|broken pipe)\b|\b(?:Kund(?:e|in)|Nutzer(?:in)?|Benutzer(?:in)?|Client)\b[^.;\n]{0,30}\b(?:abgebrochen|getrennt|geschlossen|verlassen)\b|\b(?:utilisateur|utilisatrice|client|cliente|visiteur)\b[^.;\n]{0,30}\b(?:annulée?|parti|déconnectée?|fermée?)(?![\wé])|\b(?:usuari[oa]|client[ea]|visitante)\b[^.;\n]{0,30}\b(?:cancel(?:ó|ado|ada)|cerr(?:ó|ado)|desconect(?:ó|ado|ada))(?![\wó])/i;
/** What somebody typed. */
const WRONG_INPUT =
  /\bvalidation (?:failed|error)\b|\b(?:invalid|wrong|bad|incorrect|malformed|unknown|mistyped) (?:e-?mail|password|passcode|PIN|OTP|captcha|coupon|voucher|promo|gift card|user ?name|phone|postcode|zip|IBAN|credentials|form|user input|search term)\b|\b(?:rate )?limit (?:of|for) (?:client|user|visitor|tenant|customer|ip)\b|\b(?:ungültige[rs]?|falsche[rs]?) (?:E-?Mail|Passwort|PIN|Gutschein|Code|Eingabe)|\b(?:e-?mail|mot de passe|code|saisie|bon) (?:invalide|incorrecte?|erronée?)|\b(?:correo|contraseña|código|cupón) (?:inválid[oa]|incorrect[oa]|erróne[oa])/i;
/** Whom somebody asked for, or a search without a hit. */
const ASKED_IN_VAIN =
  /\b(?:user|customer|account|member|guest|visitor|profile)\b[^.,;:\n]{0,40}\b(?:not found|does not exist|unknown)\b|\bno (?:results?|match(?:es)?|hits?) for (?:the )?(?:query|search|term|filter|phrase)\b|\b(?:Benutzer(?:in)?|Nutzer(?:in)?|Kund(?:e|in)|Konto)\b[^.,;:\n]{0,40}\bnicht gefunden\b|\b(?:utilisateur|utilisatrice|client|compte)\b[^.,;:\n]{0,40}\bintrouvable\b|\b(?:usuari[oa]|client[ea]|cuenta)\b[^.,;:\n]{0,40}\bno (?:encontrad[oa]|existe)\b/i;
/** Then something was lost, another system is in the way, or it is more than one client. */
const NOT_OF_CLIENT =
  /\b(?:dropp(?:ed|ing)|lost|discard(?:ed|ing)|skipp(?:ed|ing)|giv(?:en|ing) up|gave up|undelivered|incomplete|corrupt\w{0,3}|not (?:be )?(?:sent|stored|saved|written|delivered|charged|booked|shipped)|every|all|many|redis|memcached|database|db|sql|broker|kafka|rabbitmq|nats|queue|upstream|backend|server|s3|bucket|smtp|ldap|schema|config\w{0,9}|our|internal|unexpected\w{0,2}|pool|time[d]?[ -]?outs?|service|(?:http|grpc|mqtt|api|rest|feign) client)\b/i;

/** `isAnswer`: the line is of a request that somebody waits for. A message cannot be sent anew by whom it names. */
export function blamesClient(message: string, isAnswer: boolean): boolean {
  if (NOT_OF_CLIENT.test(message)) return false;
  return CLIENT_LEFT.test(message) || (isAnswer && (WRONG_INPUT.test(message) || ASKED_IN_VAIN.test(message)));
}
