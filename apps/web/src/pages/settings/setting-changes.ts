import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { failureOf, useTRPC, useTRPCClient } from "../../api.ts";
import { type Saved, saveEach } from "../../components/save-each.ts";
import type { Setting } from "./setting-areas.ts";
import { type Entry, entryOf, isSame, problemOf, sentValue } from "./setting-values.ts";

export type SettingChange = { setting: Setting; value: unknown };

/** The settings as they are, what waits to be saved, and what became of what was saved last. */
export const useSettings = () => {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const queries = useQueryClient();
  const read = useQuery({ ...trpc.settings.list.queryOptions({}), staleTime: 10_000 });
  const [draft, setDraft] = useState<ReadonlyMap<string, Entry>>(new Map());
  const [saved, setSaved] = useState<readonly Saved<SettingChange>[]>([]);
  const [isWorking, setWorking] = useState(false);
  const [reason, setReason] = useState("");

  const settings = read.data?.items ?? [];
  const entry = (setting: Setting): Entry => (draft.has(setting.key) ? draft.get(setting.key) : entryOf(setting));
  const edited = settings.filter((setting) => !isSame(entry(setting), entryOf(setting)));
  const changes = edited.map((setting) => ({ setting, value: sentValue(setting, entry(setting)) }));

  const save = async () => {
    setWorking(true);
    const results = await saveEach(changes, ({ setting: { key, version }, value }) =>
      client.settings.change.mutate({ key, value, version, ...(reason.trim() !== "" && { reason: reason.trim() }) }),
    );
    setSaved(results);
    const kept = new Set(results.filter(({ kind }) => kind === "kept").map(({ change }) => change.setting.key));
    setDraft((before) => new Map([...before].filter(([key]) => !kept.has(key as Setting["key"]))));
    if (kept.size === results.length) setReason("");
    queries.removeQueries({ ...trpc.audit.pathFilter(), type: "inactive" });
    await Promise.all([
      queries.invalidateQueries(trpc.settings.list.queryFilter()),
      queries.invalidateQueries(trpc.system.settings.queryFilter()),
    ]);
    setWorking(false);
  };
  return {
    read,
    settings,
    entry,
    edited,
    changes,
    entries: [...draft.values()],
    /** Fields that cannot be saved as they are. */
    wrong: edited.filter((setting) => problemOf(setting, entry(setting)) !== null).length,
    /** What the server said against a setting when it was saved last. */
    refusal: ({ key }: Setting): string | null => {
      const found = saved.find((one) => one.change.setting.key === key);
      return found?.kind === "refused" && draft.has(key) ? failureOf(found.error).message : null;
    },
    set: (setting: Setting, value: Entry) => {
      setDraft((before) => new Map(before).set(setting.key, value));
      setSaved((before) => before.filter(({ kind, change }) => kind === "kept" || change.setting.key !== setting.key));
    },
    undo: ({ key }: Setting) => setDraft((before) => new Map([...before].filter(([one]) => one !== key))),
    discard: () => setDraft(new Map()),
    saved,
    dismiss: () => setSaved([]),
    isWorking,
    reason,
    setReason,
    save,
  };
};

export type Settings = ReturnType<typeof useSettings>;
