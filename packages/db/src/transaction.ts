import { drizzle } from "drizzle-orm/postgres-js";
import type postgres from "postgres";
import { noConnection, waitMs } from "./bounded-wait.ts";
import type { Database, Sql } from "./client.ts";
import { asUnsent, isConnectionFailure, isUnsent } from "./failures.ts";

export type Transaction = Database & {
  /**
   * Sends a last statement together with COMMIT instead of waiting for its answer first, which spares a round trip.
   * If it fails, PostgreSQL turns the COMMIT into a ROLLBACK and `inTransaction` rejects with its error.
   */
  defer(statement: PromiseLike<unknown>): void;
  /** A part that may fail without undoing the rest: a savepoint. Without it any failed statement fails the transaction. */
  attempt<Part>(part: (tx: Transaction) => Promise<Part>): Promise<Part>;
  /** Runs once the transaction has surely committed, and is waited for. It must not fail: what is committed stands. */
  afterCommit(callback: () => unknown): void;
};

/** `die` ends the scope at once: no later statement is sent and the caller is told. */
type Scope = { begun: boolean; committing: boolean; dead: unknown; die(error: unknown): void };
type Query = Promise<unknown> & { handler(query: unknown): void; reject(error: unknown): void };

const fenced = (made: unknown, scope: Scope): unknown => {
  if (!(made instanceof Promise)) return made;
  const query = made as Query;
  const { handler, reject } = query;
  query.reject = (error) => {
    if (isConnectionFailure(error)) scope.die(error);
    reject(error);
  };
  query.handler = (running) => (scope.dead === undefined ? handler(running) : reject(scope.dead));
  return query;
};

/** The connection's own tag, whose statements are refused once the connection has died. */
const fence = (inner: postgres.TransactionSql, root: Sql, scope: Scope): Sql => {
  const tag = (...args: unknown[]) => fenced((inner as unknown as (...all: unknown[]) => unknown)(...args), scope);
  const unsafe = (...args: Parameters<Sql["unsafe"]>) => fenced(inner.unsafe(...args), scope);
  const { array, json, typed, types } = inner;
  return Object.assign(tag, { unsafe, array, json, typed, types, options: root.options }) as unknown as Sql;
};

/** The connection died with the COMMIT under way: it may or may not have happened. */
export class OutcomeUnknown extends Error {
  override name = "OutcomeUnknown";
  constructor(cause: unknown) {
    super("the connection was lost while committing", { cause });
  }
}

/**
 * For a single statement that commits by itself. Rejects with `OutcomeUnknown` when its connection died under it: it may
 * have been committed with the answer lost.
 */
export const committing = async <Result>(statement: Promise<Result>): Promise<Result> => {
  try {
    return await statement;
  } catch (error) {
    throw isConnectionFailure(error) && !isUnsent(error) ? new OutcomeUnknown(error) : error;
  }
};

const never = new Promise<never>(() => undefined);

const maxTries = 3;

/** On a dead connection nothing may come back to the driver, neither a result nor an error. */
const unlessDead = async <Result>(scope: Scope, run: () => Promise<Result>): Promise<Result> => {
  try {
    const result = await run();
    return scope.dead === undefined ? result : await never;
  } catch (error) {
    if (scope.dead !== undefined) return await never;
    throw error;
  }
};

const transact = async <Result>(
  db: Database,
  run: (tx: Transaction) => Promise<Result>,
  scope: Scope,
  died: Promise<never>,
): Promise<Result> => {
  const deferred: Promise<unknown>[] = [];
  const committed: (() => unknown)[] = [];
  const afterCommit = (callback: () => unknown): void => {
    committed.push(callback);
  };
  const transaction = db.sql.begin(async (inner) => {
    if (scope.dead !== undefined) throw scope.dead;
    scope.begun = true;
    const defer = (statement: PromiseLike<unknown>): void => {
      const running = Promise.resolve(statement);
      running.catch(() => undefined);
      deferred.push(running);
    };
    const within = (connection: postgres.TransactionSql): Transaction => {
      const sql = fence(connection, db.sql, scope);
      return {
        sql,
        // Made when asked for: most transactions never do.
        get orm() {
          return drizzle({ client: sql });
        },
        defer,
        afterCommit,
        attempt: <Part>(part: (tx: Transaction) => Promise<Part>) =>
          connection.savepoint((nested) => unlessDead(scope, () => part(within(nested)))) as Promise<Part>,
      };
    };
    return unlessDead(scope, async () => {
      const result = await run(within(inner));
      scope.committing = true;
      return { result };
    });
  });
  transaction.catch(scope.die);
  const { result } = (await Promise.race([transaction, died])) as { result: Result };
  await Promise.all(deferred);
  await Promise.all(committed.map((callback) => callback()));
  return result;
};

/**
 * The one door to more than one statement. Commits when `run` resolves, rolls back when it throws.
 *
 * postgres.js 3.4.9 goes on with the callback on a new connection, outside any transaction, when the first one dies
 * (upstream issues 1155, 1186, 1215). Here a dead connection refuses every later statement of its scope, and its callback
 * never returns into the driver, which would otherwise send ROLLBACK or COMMIT to whoever has the connection next.
 *
 * Rejects with 53300 after a second without a free connection. A connection that fails before BEGIN is tried again: the
 * driver gives the last error of a dead connection to the first statement of its successor, unsent.
 */
export const inTransaction = async <Result>(
  db: Database,
  run: (tx: Transaction) => Promise<Result>,
): Promise<Result> => {
  for (let tries = 1; ; tries++) {
    const scope: Scope = { begun: false, committing: false, dead: undefined, die: () => undefined };
    const died = new Promise<never>((_, reject) => {
      scope.die = (error) => {
        scope.dead ??= error;
        reject(error);
      };
    });
    died.catch(() => undefined);
    const timer = setTimeout(() => {
      if (!scope.begun) scope.die(noConnection());
    }, waitMs);
    try {
      return await transact(db, run, scope, died);
    } catch (thrown) {
      const error = scope.begun ? thrown : asUnsent(thrown);
      if (scope.committing && isConnectionFailure(error)) throw new OutcomeUnknown(error);
      if (scope.begun || tries === maxTries || !isConnectionFailure(error)) throw error;
    } finally {
      clearTimeout(timer);
    }
  }
};
