import { useQuery } from "@tanstack/react-query";
import { useTRPC } from "../api.ts";
import { Foreign } from "./foreign.tsx";

/** What the office is called; nothing until that is known. */
export const useOfficeName = (): string => {
  const trpc = useTRPC();
  return useQuery(trpc.system.settings.queryOptions()).data?.office ?? "";
};

export function OfficeName({ className }: { className: string | undefined }) {
  const name = useOfficeName();
  if (name === "") return null;
  return (
    <div className={className} title={name}>
      <Foreign text={name} />
    </div>
  );
}
