import { useQuery } from "@tanstack/react-query";
import { useRouter } from "@tanstack/react-router";
import { FileCheck2, Keyboard, KeyRound, LogOut, type LucideIcon, ScrollText, UserRound, Zap } from "lucide-react";
import { type Me, useTRPC } from "../../api.ts";
import { navFor } from "../../components/nav.ts";
import { useOffer } from "../../components/page-actions.ts";
import { useSignOut } from "../../me.ts";
import { isEventId, type LogSearch } from "../log/log-search.ts";
import { readPhrase } from "./log-phrase.ts";
import { paletteTexts as words } from "./palette-texts.ts";

export type PaletteItem = { id: string; label: string; detail?: string; Icon: LucideIcon; run: () => void };
export type PaletteGroup = { name: string; items: readonly PaletteItem[] };

const most = 5;
const leastLetters = 2;

const fold = (text: string) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
const isFound = (label: string, text: string) =>
  fold(text)
    .split(/\s+/)
    .every((word) => fold(label).includes(word));

/** Finds permits and users by name, each where the one who asks may see them; nothing is asked before two letters. */
const useNames = (me: Me, text: string) => {
  const trpc = useTRPC();
  const isLong = text.length >= leastLetters && !isEventId(text);
  const input = { search: text.slice(0, 256), limit: most };
  const may = (feature: Me["features"][number]) => isLong && me.features.includes(feature);
  // What was typed in passing is not worth keeping.
  const briefly = { staleTime: 30_000, gcTime: 30_000 } as const;
  const permits = useQuery({ ...trpc.permits.list.queryOptions(input), ...briefly, enabled: may("permits.read") });
  const users = useQuery({ ...trpc.users.list.queryOptions(input), ...briefly, enabled: may("users.read") });
  return { permits, users, isSearching: permits.isFetching || users.isFetching };
};

/** Everything the palette offers for what was typed, by group. */
export const usePaletteGroups = (me: Me, text: string, settled: string, onKeys: () => void) => {
  const router = useRouter();
  const signOut = useSignOut();
  const offer = useOffer();
  const { permits, users, isSearching } = useNames(me, settled);
  const toLog = (search: LogSearch) => () => void router.navigate({ to: "/log", search });
  const mayReadLog = me.features.includes("audit.read");
  const phrase = mayReadLog ? readPhrase(text, Date.now()) : null;

  const here = (offer?.actions ?? []).map(({ label, run }) => ({ id: `act-${label}`, label, Icon: Zap, run }));
  const pages = navFor(me.features).flatMap((group) =>
    group.pages.map(({ to, label, Icon }) => ({
      id: `page-${to}`,
      label: words.goTo(label),
      detail: group.name,
      Icon,
      run: () => void router.navigate({ to }),
    })),
  );
  const other = [
    { id: "keys", label: words.keys, Icon: Keyboard, run: onKeys },
    { id: "password", label: words.password, Icon: KeyRound, run: () => void router.navigate({ to: "/password" }) },
    { id: "sign-out", label: words.signOut, Icon: LogOut, run: signOut },
  ];
  const log: PaletteItem[] = [];
  if (mayReadLog && isEventId(text)) {
    const id = text.toLowerCase();
    log.push({ id: "event", label: words.openEvent(id), Icon: ScrollText, run: toLog({ event: id }) });
  } else if (mayReadLog && text !== "") {
    if (phrase) {
      log.push({ id: "phrase", label: words.query(phrase.words), Icon: ScrollText, run: toLog(phrase.search) });
    }
    log.push({ id: "text", label: words.text(text), Icon: ScrollText, run: toLog({ q: text.slice(0, 256) }) });
  }
  const found = settled === text ? { permits: permits.data?.items ?? [], users: users.data?.items ?? [] } : null;
  const groups: PaletteGroup[] = [
    { name: words.here(offer?.of ?? ""), items: here.filter(({ label }) => isFound(label, text)) },
    { name: words.log, items: phrase || isEventId(text) ? log : [] },
    { name: words.pages, items: pages.filter(({ label }) => isFound(label, text)) },
    {
      name: words.permits,
      items: (found?.permits ?? []).map((permit) => ({
        id: `permit-${permit.id}`,
        label: permit.permitNumber,
        detail: permit.holderName,
        Icon: FileCheck2,
        run: () => void router.navigate({ to: "/permits/$id", params: { id: String(permit.id) } }),
      })),
    },
    {
      name: words.users,
      items: (found?.users ?? []).map((user) => ({
        id: `user-${user.id}`,
        label: user.name,
        detail: user.username,
        Icon: UserRound,
        run: () => void router.navigate({ to: "/users/$id", params: { id: String(user.id) } }),
      })),
    },
    { name: words.log, items: phrase || isEventId(text) ? [] : log },
    { name: words.other, items: other.filter(({ label }) => isFound(label, text)) },
  ];
  const failed = [permits.isError && words.permits, users.isError && words.users].filter((name) => name !== false);
  return { groups: groups.filter(({ items }) => items.length > 0), isSearching, failed };
};
