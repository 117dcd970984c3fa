/** Why the Indexer does not start; a closed set, each with a sentence for the operator. */
export type StartupReason =
  | 'bad-setting'
  | 'port-in-use'
  | 'address-refused'
  | 'data-folder'
  | 'disk-full'
  | 'data-in-use'
  | 'tls-files';

/** A start that failed for a reason the operator can mend; `message` says what happened and what to do. */
export class StartupProblem extends Error {
  readonly reason: StartupReason;

  constructor(reason: StartupReason, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'StartupProblem';
    this.reason = reason;
  }
}
