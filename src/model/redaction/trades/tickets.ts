/** Tickets and tokens of sessions that a product builds of several parts, and its own way to set a password. */
import { type Form, form, secret } from '#model/redaction/form.ts';
import { NO_PLACEHOLDER, QUOTE } from '#model/redaction/pattern-parts.ts';

const DIGEST = String.raw`[A-Za-z0-9+/]{20,1000}={0,2}`;

export const TICKETS: readonly Form[] = [
  // pve.proxmox.com/wiki/Proxmox_VE_API, "Ticket Cookie": the product, the user, the time, a signature. The user stays.
  form(
    'session',
    ['PVE:', 'PBS:', 'PMG:', 'PVEVNC:', 'PVETERM:', 'PMGQUAR:', 'PDM:'],
    String.raw`((?:PVE(?:VNC|TERM)?|PBS|PMG(?:QUAR)?|PDM):[\w.@+-]{1,64}:)[0-9A-F]{8}::${DIGEST}`,
  ),
  // The same in an address or a cookie, percent-encoded
  form(
    'session',
    ['PVE%3A', 'PBS%3A', 'PMG%3A', 'PVEVNC%3A'],
    String.raw`((?:PVE(?:VNC)?|PBS|PMG)%3[Aa][\w.@+%-]{1,64}?%3[Aa])[0-9A-F]{8}%3[Aa]%3[Aa][\w%+/=-]{20,1400}`,
  ),
  // pve.proxmox.com/wiki/Proxmox_VE_API, "CSRF Prevention": the time, a digest
  secret(
    ['CSRFPreventionToken'],
    String.raw`CSRFPreventionToken(?:${QUOTE})?\s{0,3}[:=]\s{0,3}(?:${QUOTE})?`,
    String.raw`[0-9A-F]{8}:[A-Za-z0-9+/]{20,100}={0,2}`,
  ),
  // jetbrains.com/help/youtrack and /hub, "Permanent token": the user and the name in base64, a random part
  form(
    'token',
    ['perm:', 'perm-'],
    String.raw`perm[:-][A-Za-z0-9+/=_-]{4,120}\.[A-Za-z0-9+/=_-]{2,60}\.[A-Za-z0-9]{20,60}`,
  ),
  // docs.couchdb.org/en/stable/config/auth.html: the body is the password in JSON
  secret(
    ['_config/admins/', 'config/admins/'],
    String.raw`_?config\/admins\/[\w.@-]{1,64}["']?[^\r\n\v|;]{0,120}? (?:-d|--data(?:-raw|-binary)?)[ =]?['"]{0,2}\\{0,3}["']?`,
    String.raw`${NO_PLACEHOLDER}(?![@-])[^\s"'\\]{3,200}`,
  ),
];
