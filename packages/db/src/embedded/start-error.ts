/** A start that cannot go on, told as one plain sentence for the person at the terminal. */
export class StartError extends Error {
  override readonly name = "StartError";
  readonly sentence: string;

  constructor(sentence: string, options?: ErrorOptions) {
    super(sentence, options);
    this.sentence = sentence;
  }
}
