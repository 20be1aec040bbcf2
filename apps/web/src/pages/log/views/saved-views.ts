import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { inferOutput } from "@trpc/tanstack-react-query";
import { useState } from "react";
import { type Api, type Receipt, useTRPC, useTRPCClient } from "../../../api.ts";
import { useMe } from "../../../me.ts";
import { usePreferences } from "../../../preferences.ts";
import { type LogSearch, without } from "../log-search.ts";
import { isEdited, queryOf, searchOf } from "./view-query.ts";
import { viewsTexts } from "./views-texts.ts";

export type SavedView = inferOutput<Api["views"]["list"]>["items"][number];
type Kept = Receipt & { view?: SavedView | null };
type Act = { run: () => Promise<Kept>; said: string; after?: (kept: Kept) => LogSearch };

const words = viewsTexts.done;

/** The views that somebody may open, which of them is open, and the acts on it. The dialog that is open waits for its act. */
export const useSavedViews = (search: LogSearch, onChange: (search: LogSearch) => void) => {
  const trpc = useTRPC();
  const { views } = useTRPCClient();
  const queries = useQueryClient();
  const me = useMe();
  const { zone, density } = usePreferences();
  const drawn = { zone, density };
  const list = useQuery(trpc.views.list.queryOptions());
  const [dialog, setDialog] = useState<"save" | "rename" | "remove" | null>(null);
  const [done, setDone] = useState<{ receipt: Receipt; said: string } | null>(null);
  const current = list.data?.items.find(({ id }) => id === search.view) ?? null;
  const isOwn = current !== null && current.owner.id === me?.id;

  const act = useMutation({
    mutationFn: ({ run }: Act) => run(),
    onSuccess: async (kept, { said, after }) => {
      await queries.invalidateQueries({ queryKey: trpc.views.list.queryKey() });
      setDialog(null);
      setDone({ receipt: kept, said });
      if (after) onChange(after(kept));
    },
  });
  const start = (next: Act) => {
    setDone(null);
    act.mutate(next);
  };
  const onCurrent =
    (said: (name: string) => string, run: (view: SavedView) => Promise<Kept>, after?: Act["after"]) => () => {
      if (current) start({ run: () => run(current), said: said(current.name), ...(after && { after }) });
    };
  const mark = ({ id: viewId, version }: SavedView) => ({ viewId, version });

  const isOpenEdited = current !== null && isEdited(search, current, drawn);
  return {
    list,
    current,
    isOwn,
    /** Whether the open view is edited, an act left something, or a dialog is open. */
    hasSomethingToSay: isOpenEdited || act.isError || done !== null || dialog !== null,
    /** The id of the one who is signed in. */
    mine: me?.id,
    isEdited: isOpenEdited,
    act,
    done,
    dismiss: () => setDone(null),
    dialog,
    ask: (next: typeof dialog) => {
      act.reset();
      setDialog(next);
    },
    open: (view: SavedView) => onChange(searchOf(view)),
    openAll: () => onChange({ view: 0 }),
    revert: () => {
      if (current) onChange(searchOf(current));
    },
    readAgain: () => {
      act.reset();
      setDialog(null);
      void list.refetch();
    },
    saveAs: (name: string, shared: boolean) =>
      start({
        run: () => views.save.mutate({ name, shared, query: queryOf(search, drawn) }),
        said: words.save(name),
        after: ({ view }) => ({ ...search, view: view?.id ?? 0 }),
      }),
    save: onCurrent(words.save, (view) => views.update.mutate({ ...mark(view), query: queryOf(search, drawn) })),
    rename: (name: string) =>
      onCurrent(
        () => words.change(name),
        (view) => views.rename.mutate({ ...mark(view), name }),
      )(),
    share: onCurrent(words.change, (view) => views.share.mutate({ ...mark(view), shared: !view.shared })),
    star: onCurrent(words.change, ({ id, starred }) => views.star.mutate({ viewId: id, starred: !starred })),
    makeFirst: onCurrent(words.change, ({ id, isDefault }) =>
      views.setDefault.mutate({ viewId: id, isDefault: !isDefault }),
    ),
    remove: onCurrent(
      words.remove,
      (view) => views.remove.mutate(mark(view)),
      () => ({ ...without(search, "view"), view: 0 }),
    ),
  };
};

export type SavedViews = ReturnType<typeof useSavedViews>;
