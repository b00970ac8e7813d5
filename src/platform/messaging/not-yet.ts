/** Thrown by a handler whose time has not come: the job is put back as if it had not been tried, and gives its place to others meanwhile. */
export class NotYet extends Error {
  override readonly name = 'NotYet';

  constructor(readonly againInMs: number) {
    super(`the job waits for something else; it comes again in ${againInMs} ms`);
  }
}
