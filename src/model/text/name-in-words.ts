/** The words of an identifier: `Replay.transcodeVideo` becomes `Replay.transcode Video`, `rsa_generate_key` `rsa generate key`. */
export function nameInWords(name: string): string {
  return name.replace(/([a-z\d])([A-Z])/g, '$1 $2').replaceAll('_', ' ');
}
