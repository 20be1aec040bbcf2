import type postgres from "postgres";
import { asUnsent } from "./failures.ts";
import { answeringWhole } from "./whole-rows.ts";

/** How long a caller waits for a free connection. */
export const waitMs = 1000;

export const noConnection = () => Object.assign(new Error(`no free connection within ${waitMs} ms`), { code: "53300" });

/** The parts of the driver's query that matter here; `state` is null until a connection has taken it. */
type Statement = Promise<unknown> & {
  state: unknown;
  tagged: boolean;
  strings: readonly string[];
  args: readonly unknown[];
  handler(statement: Statement): void;
  resolve(answer: unknown): void;
  reject(error: unknown): void;
};

const bounded = (made: unknown): unknown => {
  // Names and lists to be put into a statement are made by the same function.
  if (!(made instanceof Promise)) return made;
  const statement = made as Statement;
  answeringWhole(statement);
  const { handler, reject } = statement;
  statement.reject = (error) => reject(statement.state === null ? asUnsent(error) : error);
  statement.handler = (running) => {
    handler(running);
    if (running.state !== null) return;
    const timer = setTimeout(() => {
      if (running.state === null) giveUp(running);
    }, waitMs);
    const stop = () => clearTimeout(timer);
    running.then(stop, stop);
  };
  return statement;
};

/** The driver's own `cancel` leaves a connection that is being opened for the statement waiting for ever; so it is sent, as nothing. */
const giveUp = (statement: Statement): void => {
  Object.assign(statement, { tagged: false, strings: ["select"], args: [] });
  statement.reject(noConnection());
};

/** Statements outside of a transaction reject with 53300 when no connection takes them within a second, and are not run later. */
export const withBoundedWait = (sql: postgres.Sql): postgres.Sql => {
  const unsafe = (...args: Parameters<postgres.Sql["unsafe"]>) => bounded(sql.unsafe(...args));
  return new Proxy(sql, {
    apply: (target, _, args) => bounded(Reflect.apply(target, undefined, args)),
    get: (target, name) => (name === "unsafe" ? unsafe : Reflect.get(target, name)),
  });
};
