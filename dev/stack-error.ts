/** A fault whose message is for a person: what is wrong and what to do. */
export class StackError extends Error {
  override readonly name = 'StackError'
}
