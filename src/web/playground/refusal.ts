/** Slack's error code, the `error` of a response. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly details: readonly string[];

  constructor(error: string, details: readonly string[] = []) {
    super(error);
    this.details = details;
  }
}
