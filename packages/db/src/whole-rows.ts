/** The parts of the driver's query that an answer passes through. */
type Statement = {
  cursorFn?: ((rows: unknown) => unknown) | null;
  handler(statement: Statement): void;
  resolve(answer: unknown): void;
};

const withoutHoles = (answer: unknown): unknown => {
  if (!Array.isArray(answer) || answer.length === 0 || 0 in answer) return answer;
  let holes = 1;
  while (holes < answer.length && !(holes in answer)) holes++;
  answer.splice(0, holes);
  return answer;
};

/**
 * Makes a statement answer with its own rows, from the first one on. After a statement that failed when some of its rows
 * had arrived already, postgres.js 3.4.9 goes on counting, and the next answer on that connection begins with as many holes.
 * In a transaction BEGIN or ROLLBACK has set the counter back.
 */
export const answeringWhole = (statement: Statement): void => {
  const { resolve, handler } = statement;
  statement.resolve = (answer) => resolve(withoutHoles(answer));
  statement.handler = (running) => {
    const { cursorFn } = running;
    if (cursorFn) running.cursorFn = (rows) => cursorFn(withoutHoles(rows));
    handler(running);
  };
};
