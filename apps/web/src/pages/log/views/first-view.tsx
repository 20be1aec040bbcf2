import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Navigate } from "@tanstack/react-router";
import { type ReactNode, useEffect, useState } from "react";
import { useTRPC } from "../../../api.ts";
import { AfterDelay } from "../../../components/after-delay.tsx";
import { Page } from "../../../components/page.tsx";
import { texts } from "../../../texts.ts";
import { useFirstRange } from "../first-range.ts";
import type { Range } from "../log-search.ts";
import { isBare, searchOf } from "./view-query.ts";
import { viewsTexts } from "./views-texts.ts";

const route = getRouteApi("/app/log");

type Props = { children: (first: Range) => ReactNode };

/**
 * Opens the log with the reader's default view where the address says nothing, and with the office's range where it names none.
 * When the views cannot be read it opens as it is.
 */
export function FirstView({ children }: Props) {
  const first = useFirstRange();
  const isBareNow = isBare(route.useSearch());
  // Only whoever arrives: filters that are cleared later leave the whole log.
  const [isArriving, setArriving] = useState(isBareNow);
  useEffect(() => {
    if (!isBareNow) setArriving(false);
  }, [isBareNow]);
  const bare = isArriving && isBareNow;
  const trpc = useTRPC();
  const list = useQuery({ ...trpc.views.list.queryOptions(), enabled: bare, retry: false });
  if (first === null || (bare && list.isPending)) {
    return (
      <Page fill title={texts.log.title}>
        <AfterDelay ms={800}>
          <p role="status">{viewsTexts.loading}</p>
        </AfterDelay>
      </Page>
    );
  }
  const view = bare ? list.data?.items.find(({ isDefault }) => isDefault) : undefined;
  return view ? <Navigate to="/log" search={searchOf(view)} replace /> : children(first);
}
