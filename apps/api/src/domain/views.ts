import { type Changes, changesBetween } from "@countersign/audit/changes";
import {
  countViews,
  deleteView,
  insertView,
  lockView,
  markView,
  type SavedView,
  updateView,
} from "@countersign/db/saved-views";
import type { Transaction } from "@countersign/db/transaction";
import { foldName } from "../accounts/names.ts";
import { DomainError, notFound } from "./domain-error.ts";
import { unlessTaken } from "./unless-taken.ts";

const mostViews = 100;

/** Who acts, and when. */
export type Viewing = { userId: number; at: string };
export type ViewChange = { before: SavedView | null; after: SavedView | null };

const facts = ({ name, query, shared, starred, isDefault }: SavedView) => ({
  name,
  query,
  shared,
  starred,
  default: isDefault,
});

export const viewChanges = ({ before, after }: ViewChange): Changes =>
  changesBetween(before === null ? null : facts(before), after === null ? null : facts(after));

const nameTaken = (name: string): DomainError =>
  new DomainError("conflict", "name_taken", `Nothing was changed: you have a view called ${name} already.`);
const notOwner = ({ name, owner }: SavedView): DomainError =>
  new DomainError(
    "forbidden",
    "not_owner",
    `Nothing was changed: the view ${name} is ${owner.name}'s. Save one of your own.`,
  );

const locked = async (tx: Transaction, id: number, { userId }: Viewing): Promise<SavedView> => {
  const view = await lockView(tx, id, userId);
  if (view === undefined) throw notFound("view");
  return view;
};

/** A view that its owner is about to change, as it was when it was looked at. */
const owned = async (tx: Transaction, id: number, version: number, viewing: Viewing): Promise<SavedView> => {
  const view = await locked(tx, id, viewing);
  if (view.version !== version) {
    throw new DomainError(
      "conflict",
      "stale_version",
      `Nothing was changed: the view ${view.name} was changed meanwhile. Look at it again and try anew.`,
    );
  }
  if (view.owner.id !== viewing.userId) throw notOwner(view);
  return view;
};

const folded = (name: string): string => {
  const nameFolded = foldName(name);
  if (nameFolded === "") throw nameTaken(name);
  return nameFolded;
};

export const saveView = async (
  tx: Transaction,
  view: Pick<SavedView, "name" | "query" | "shared">,
  viewing: Viewing,
): Promise<ViewChange> => {
  const nameFolded = folded(view.name);
  if ((await countViews(tx, viewing.userId)) >= mostViews) {
    throw new DomainError(
      "conflict",
      "too_many_views",
      `Nothing was saved: you have ${mostViews} views already. Remove one first.`,
    );
  }
  const id = await unlessTaken(
    tx,
    () => nameTaken(view.name),
    (part) => insertView(part, viewing.userId, { ...view, nameFolded }, viewing.at),
  );
  return { before: null, after: await locked(tx, id, viewing) };
};

export const changeView = async (
  tx: Transaction,
  {
    viewId,
    version,
    ...change
  }: { viewId: number; version: number } & Partial<Pick<SavedView, "name" | "query" | "shared">>,
  viewing: Viewing,
): Promise<ViewChange> => {
  const before = await owned(tx, viewId, version, viewing);
  const next = { name: before.name, query: before.query, shared: before.shared, ...change };
  if (next.name === before.name && next.query === before.query && next.shared === before.shared) {
    return { before, after: before };
  }
  await unlessTaken(
    tx,
    () => nameTaken(next.name),
    (part) => updateView(part, viewId, { ...next, nameFolded: folded(next.name) }, viewing.at),
  );
  return { before, after: await locked(tx, viewId, viewing) };
};

export const removeView = async (
  tx: Transaction,
  { viewId, version }: { viewId: number; version: number },
  viewing: Viewing,
): Promise<ViewChange> => {
  const before = await owned(tx, viewId, version, viewing);
  await deleteView(tx, viewId);
  return { before, after: null };
};

/** Stars a view, or makes it the one that the log opens with; one's own or one that is shared. */
export const changeMarks = async (
  tx: Transaction,
  viewId: number,
  marks: Partial<Pick<SavedView, "starred" | "isDefault">>,
  viewing: Viewing,
): Promise<ViewChange> => {
  const before = await locked(tx, viewId, viewing);
  const after = { ...before, ...marks };
  if (after.starred !== before.starred || after.isDefault !== before.isDefault) {
    await markView(tx, viewing.userId, viewId, after);
  }
  return { before, after };
};
