/** An address that takes or gives bytes said no; `data` is what a refused call of the router carries, too. */
export class RefusedAnswer extends Error {
  override name = "RefusedAnswer";
  readonly data: Record<string, unknown>;
  constructor(message: string, data: Record<string, unknown>) {
    super(message);
    this.data = data;
  }
}
