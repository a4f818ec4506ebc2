/** Checks a timestamp of RFC 3161: what it stamps, its signature, and the certificate of the server. */
import { Certificate, ContentInfo, SignedData, TSTInfo } from 'pkijs';
import type { CheckedStamp } from '#model/incident/timestamp.ts';

/** `authorities`: PEM with the certificates that are trusted; without any, the certificate of the server is not checked. */
export async function checkedToken(token: string, stamped: string, authorities: string): Promise<CheckedStamp> {
  try {
    const signed = new SignedData({ schema: ContentInfo.fromBER(Buffer.from(token, 'base64')).content });
    const content = signed.encapContentInfo.eContent?.getValue();
    if (content === undefined) return refused('it has no content');
    const { genTime } = TSTInfo.fromBER(content);
    const trustedCerts = certificatesIn(authorities);
    if (authorities !== '' && trustedCerts.length === 0) return refused('the file has no certificate in PEM form');
    const { signatureVerified, signerCertificate } = await signed.verify({
      signer: 0,
      data: bytesOf(stamped),
      extendedMode: true,
      trustedCerts,
      checkChain: trustedCerts.length > 0,
      // The certificate may have ended since.
      checkDate: genTime,
    });
    if (signatureVerified !== true || !signerCertificate) return refused('its signature is not valid');
    return { atUs: genTime.getTime() * 1_000, by: nameOf(signerCertificate), problem: '' };
  } catch (error) {
    return refused(error instanceof Error ? error.message : `${error}`);
  }
}

function refused(problem: string): CheckedStamp {
  return { atUs: 0, by: '', problem };
}

const PEM = /-----BEGIN CERTIFICATE-----([\sA-Za-z0-9+/=]{1,100000})-----END CERTIFICATE-----/g;

function certificatesIn(pem: string): Certificate[] {
  return [...pem.matchAll(PEM)].map(([, base64 = '']) => Certificate.fromBER(Buffer.from(base64, 'base64')));
}

/** `CN=…, O=…`: the values of the subject. */
function nameOf({ subject }: Certificate): string {
  return subject.typesAndValues.map(({ value }) => `${value.valueBlock.value}`).join(', ');
}

/** A buffer of its own: those of Node share a larger one. */
function bytesOf(text: string): ArrayBuffer {
  return Uint8Array.from(Buffer.from(text)).buffer;
}
